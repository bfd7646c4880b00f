"""No sentence a person reads, in any language, soothes or promises what has not happened."""

from __future__ import annotations

import pytest

from exercises.loader import load
from rehab import texts
from rehab.settings import load_settings

LANGUAGES = load_settings({"SECRET_KEY": "x" * 40}).config.clinic.languages

SOOTHING = {
    "en": (
        "don't worry", "do not worry", "nothing to worry", "no need to worry", "not to worry",
        "no cause for concern", "don't panic", "do not panic", "you will be fine", "you'll be fine",
        "everything is fine", "everything will be", "it is nothing", "rest assured", "stay calm",
        "no need to be afraid", "do not be afraid", "don't be afraid", "perfectly safe",
    ),
    "hi": (
        "चिंता न कर", "चिंता मत", "चिन्ता न कर", "चिन्ता मत", "चिंता की कोई बात", "चिंता की बात नहीं",
        "फिक्र न कर", "फ़िक्र न कर", "फिक्र मत", "फ़िक्र मत", "परेशान न हों", "परेशान मत", "घबराएं नहीं",
        "घबराएँ नहीं", "घबराइए मत", "मत घबराइए", "न घबराएं", "न घबराएँ", "घबराने की", "डरने की", "डरें नहीं",
        "सब ठीक हो जाएगा", "सब ठीक है", "बिल्कुल सुरक्षित", "निश्चिंत रह",
    ),
    "mr": (
        "काळजी करू नका", "काळजी नको", "काळजी करण्याचं", "काळजी करण्याचे", "काळजीचं कारण नाही",
        "काळजीचे कारण नाही", "चिंता करू नका", "चिंता नको", "घाबरू नका", "घाबरण्याचं", "घाबरण्याचे",
        "भिऊ नका", "घाबरायचं कारण", "सगळं ठीक होईल", "सर्व ठीक होईल", "सगळं ठीक आहे", "निश्चिंत रहा",
        "निश्चिंत राहा", "पूर्णपणे सुरक्षित",
    ),
}  # fmt: skip
"""What calms without knowing."""

TOLD = {
    "en": (
        "has been told", "have been told", "we told", "has been informed", "have been informed",
        "is on the way", "help is coming",
    ),
    "hi": (
        "बता दिया गया", "बता दिया है", "बता दी गई", "सूचित कर दिया", "सूचना दे दी", "खबर कर दी", "ख़बर कर दी",
        "मदद आ रही",
    ),
    "mr": (
        "कळवलं आहे", "कळवले आहे", "कळवण्यात आलं", "कळवण्यात आले", "क्लिनिकला सांगितल",
        "डॉक्टरांना सांगितल", "मदत येत आहे",
    ),
}  # fmt: skip
"""What is not known to be so when a fixed clinical text is shown."""

PROMISED = {
    "en": (
        "will call you", "will phone you", "will ring you", "will contact you", "will look at",
        "will answer you", "will reply to you", "within 1 working day",
    ),
    "hi": ("आपको फोन करेंग", "आपको फ़ोन करेंग", "आपको कॉल करेंग", "आपसे संपर्क करेंग", "आपको जवाब देंगे"),
    "mr": ("तुम्हाला फोन करती", "तुम्हाला कॉल करती", "तुमच्याशी संपर्क करती", "तुम्हाला उत्तर देतील"),
}  # fmt: skip
"""What somebody else would have to do."""


def product_texts(language: str) -> dict[str, str]:
    return texts.catalog_of(language)


def clinical_texts(language: str) -> dict[str, str]:
    """The content a patient can see, by its English text."""
    return {english: texts.content_text(english, language) for english in load().patient_texts()}


def said(found: dict[str, str], phrases: tuple[str, ...]) -> dict[str, str]:
    """Which sentences hold one of the phrases, and which one."""
    plain = {key: text.casefold().replace("’", "'") for key, text in found.items()}
    return {key: phrase for key, text in plain.items() for phrase in phrases if phrase in text}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_speak_the_language(language: str) -> None:
    assert SOOTHING[language]
    assert TOLD[language]
    assert PROMISED[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_product_soothes(language: str) -> None:
    assert said(product_texts(language), SOOTHING[language]) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clinical_text_soothes(language: str) -> None:
    assert said(clinical_texts(language), SOOTHING[language]) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_product_promises_for_others(language: str) -> None:
    assert said(product_texts(language), PROMISED[language]) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clinical_text_promises_what_is_not_known(language: str) -> None:
    assert said(clinical_texts(language), TOLD[language] + PROMISED[language]) == {}
