"""Every sentence a person reads exists, in every language, and can be filled in."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator

import pytest

from exercises.loader import load
from rehab import texts
from rehab.settings import load_settings
from tests.contracts.source import ROOT, calls, dotted, nodes, words_in

LONGEST_TEXT = 3500
"""Telegram takes 4096 units; the rest is room for what is filled in and put around it."""
FACTS = {"clinic", "phone", "emergency_number"}
"""What a conversation always fills in."""
ENGLISH = texts.catalog_of("en")
LANGUAGES = load_settings({"SECRET_KEY": "x" * 40}).config.clinic.languages
TRANSLATIONS = [language for language in LANGUAGES if language != texts.SOURCE_LANGUAGE]
PATIENT_TEXTS = sorted(load().patient_texts())
FAMILIES = sorted({key.partition(".")[0] for key in ENGLISH})


def used_keys() -> Iterator[tuple[str, str]]:
    """What is passed as a key, and whatever else in a conversation looks like one."""
    for file, name, call in calls("rehab", "bot"):
        if name == "text" and call.args:
            yield from ((file, word) for word in words_in(call.args[0]) if is_key(word))
    for file, node in nodes("rehab/flows", "bot"):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_key(node.value):
            yield file, node.value


def is_key(word: str) -> bool:
    """Whether it has the shape of a key of the catalog: a known family, a dot, a name."""
    family, dot, rest = word.partition(".")
    return bool(dot and rest) and family in FAMILIES and word.replace(".", "").isidentifier()


def computed_keys() -> Iterator[str]:
    """Keys that are put together while the product runs."""
    for _, name, call in calls("rehab/flows"):
        if name == "menu":
            yield from (f"menu.{item}" for word in call.args for item in words_in(word))
    yield from (f"weekday.{day}" for day in range(1, 8))
    yield from (f"side.{side}" for side in ("left", "right", "both"))
    for _, node in nodes("rehab/services"):
        if isinstance(node, ast.FunctionDef) and node.name == "_refusal":
            returned = [found for found in ast.walk(node) if isinstance(found, ast.Return)]
            yield from (
                f"refused.{word}" for found in returned for word in words_in(found) if word
            )


def test_every_sentence_the_code_asks_for_exists() -> None:
    used = set(used_keys())
    assert len(used) > 50, "the search for keys finds nothing any more"
    assert {(file, key) for file, key in used if key not in ENGLISH} == set()


def test_every_computed_sentence_exists() -> None:
    assert "refused.expired" in set(computed_keys())
    assert {key for key in computed_keys() if key not in ENGLISH} == set()


def test_every_sentence_is_used() -> None:
    known = {key for _, key in used_keys()} | set(computed_keys())
    for _, node in nodes("rehab", "bot"):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            known.add(node.value)
    pages = "".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "rehab/web").rglob("*.html")
    )
    starts = {word for _, node in nodes("rehab", "bot") for word in starts_of(node)}
    unused = {key for key in ENGLISH if key not in known and f"'{key}'" not in pages}
    assert {key for key in unused if not key.startswith(tuple(starts))} == set()


def test_every_sentence_is_given_what_it_needs() -> None:
    short = []
    for file, name, call in calls("rehab/flows", "rehab/services", "rehab/web"):
        if name != "text" or not call.args or dotted(call.func).startswith("axes"):
            continue
        if any(keyword.arg is None for keyword in call.keywords):
            continue
        given = {keyword.arg for keyword in call.keywords} | FACTS
        for key in words_in(call.args[0]):
            lacking = texts.placeholders(ENGLISH.get(key, "")) - given
            if lacking:
                short.append((file, key, sorted(lacking)))
    assert short == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_sentence_is_there_in_the_language(language: str) -> None:
    catalog = texts.catalog_of(language)
    assert set(catalog) == set(ENGLISH)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translated_sentence_has_the_same_gaps_to_fill(language: str) -> None:
    catalog = texts.catalog_of(language)
    different = [
        key
        for key, english in ENGLISH.items()
        if texts.placeholders(catalog.get(key, "")) != texts.placeholders(english)
    ]
    assert different == []


def test_the_printed_sheet_says_the_same_in_every_language() -> None:
    sheets = tomllib.loads((ROOT / "rehab/web/sheets.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        assert set(sheets[language]) == set(sheets["en"]), language
        for key, english in sheets["en"].items():
            gaps = texts.placeholders(sheets[language][key])
            assert gaps == texts.placeholders(english), (language, key)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_everything_clinical_a_patient_reads_is_translated(language: str) -> None:
    missing = [text for text in PATIENT_TEXTS if texts.content_text(text, language) == text]
    assert [text for text in missing if any(letter.isalpha() for letter in text)] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translated_clinical_text_has_the_same_gaps_to_fill(language: str) -> None:
    different = [
        text
        for text in PATIENT_TEXTS
        if texts.placeholders(texts.content_text(text, language)) != texts.placeholders(text)
    ]
    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_too_long_for_a_message(language: str) -> None:
    sentences = [
        *texts.catalog_of(language).values(),
        *(texts.content_text(text, language) for text in PATIENT_TEXTS),
    ]
    assert [found[:60] for found in sentences if units(found) > LONGEST_TEXT] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_emergency_number_is_written_into_a_sentence(language: str) -> None:
    """It comes from the configuration: another country has another one."""
    sentences = [
        *texts.catalog_of(language).values(),
        *(texts.content_text(text, language) for text in PATIENT_TEXTS),
    ]
    assert [found[:60] for found in sentences if "112" in found] == []


def test_clinical_texts_fill_in_only_what_the_clinic_knows() -> None:
    known = {"emergency_number", "clinic_phone"}
    assert {name for text in PATIENT_TEXTS for name in texts.placeholders(text)} <= known


def starts_of(node: ast.AST) -> list[str]:
    """The fixed beginning of a key that is put together: `f"refused.{reason}"`, `"side." + side`."""
    if (
        isinstance(node, ast.JoinedStr)
        and node.values
        and isinstance(node.values[0], ast.Constant)
    ):
        start = str(node.values[0].value)
        return [start] if start.rstrip(".").isalpha() and start.endswith(".") else []
    return []


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
