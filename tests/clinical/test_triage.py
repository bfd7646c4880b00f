"""Free text: danger words are heard, explained away only when it is unmistakable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.schema import Rule, Tier, WordList
from rehab.clinical.spelling import is_misspelt, roman_key
from rehab.clinical.triage import Screening, screen
from tests.clinical.builders import rule, rule_set

LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "breath": {
        "en": (
            "can't breathe",
            "chest pain",
            "chest + pain",
            "shortness of breath",
            "breathless",
            "breathlessness",
            "🆘",
        ),
        "hi": ("saans nahi aa rahi", "सांस नहीं आ रही", "seene + dard", "सीने + दर्द"),
        "mr": ("श्वास घेता येत नाही", "chhatit dukhtay"),
    },
    "stand": {"en": ("cannot stand", "unable to walk"), "hi": ("khada nahi ho pa raha",)},
    "stroke": {"en": ("stroke", "face drooping")},
    "calf": {
        "en": ("calf + swollen", "calf + swelling", "calf + pain"),
        "hi": ("pindli + sujan", "पिंडली + सूजन"),
        "mr": ("pindli + suj", "पोटरी + सूज"),
    },
    "fever": {
        "en": ("fever", "temperature + 38"),
        "hi": ("bukhar", "बुखार"),
        "mr": ("taap", "ताप"),
    },
    "wound": {"en": ("pus", "wound + smelling", "wound + oozing")},
    "blood": {"en": ("bleeding", "blood clot"), "hi": ("khoon",)},
    "urine": {"en": ("urine + not", "no urine"), "hi": ("peshab + nahi", "पेशाब + नहीं")},
    "fall": {"en": ("fell", "fall"), "hi": ("gir gaya",)},
}


def word_rule(rule_id: str, tier: Tier, words: str) -> Rule:
    return rule(rule_id, tier, any_words=(words,))


RULES = rule_set(
    word_rule("RF20", Tier.SOON, "fall"),
    rule("RF02", Tier.SAME_DAY, any_words=("calf",), from_day=0, to_day=90),
    word_rule("RF04", Tier.SAME_DAY, "fever"),
    word_rule("RF07", Tier.SAME_DAY, "wound"),
    word_rule("RF16", Tier.SAME_DAY, "urine"),
    word_rule("RF13", Tier.SAME_DAY, "blood"),
    word_rule("RF01", Tier.EMERGENCY, "breath"),
    word_rule("RF09", Tier.EMERGENCY, "stand"),
    word_rule("RF18", Tier.EMERGENCY, "stroke"),
    word_lists=tuple(WordList(id=name, words=words) for name, words in LISTS.items()),
)


def hear(text: str, day: int = 10) -> Screening:
    return screen(text, RULES, day=day)


RAISED = (
    ("my chest is paining", "RF01"),
    ("chest pian since last night", "RF01"),
    ("my claf is swollen", "RF02"),
    ("i got fevr", "RF04"),
    ("mummy ko bukhar hai", "RF04"),
    ("my mother has chest pain since the operation", "RF01"),
    ("my son has fever so i also have fever", "RF04"),
    ("neither sleep nor rest, fever is high", "RF04"),
    ("seene me dard tha ab nahi hai", "RF01"),
    ("bukhar tha ab bhi ja nahi raha", "RF04"),
    ("infection ke lakshan hai bukhar hai", "RF04"),
    ("temperature is 38.9", "RF04"),
    ("peshab nahi", "RF16"),
    ("peshab nahi hua", "RF16"),
    ("पेशाब नहीं", "RF16"),
    ("urine is not there since morning", "RF16"),
    ("no urine", "RF16"),
    ("no fever but my calf is swollen", "RF02"),
    ("can't breathe", "RF01"),
    ("i cannot stand", "RF09"),
    ("saans nahi aa rahi hai", "RF01"),
    ("sans nhi aa rhi", "RF01"),
    ("is it normal to have chest pain?", "RF01"),
    ("my wife says my calf is swollen", "RF02"),
    ("No, chest pain started", "RF01"),
    ("no i have chest pain", "RF01"),
    ("no fever, chest pain since morning", "RF01"),
    ("no fever and chest pain", "RF01"),
    ("Fever: no, chest pain: yes", "RF01"),
    ("fever no chest pain yes", "RF01"),
    ("i never had such chest pain before", "RF01"),
    ("feverrrr", "RF04"),
    ("chest pains", "RF01"),
    ("chestpain", "RF01"),
    ("chest 😭 pain", "RF01"),
    ("🆘", "RF01"),
    ("my calf is very swolen", "RF02"),
    ("My calf. It is swollen!", "RF02"),
    ("calf is fine. wound is smelling", "RF07"),
    ("bukhar nahi utar raha", "RF04"),
    ("bukhar ja nahi raha", "RF04"),
    ("khoon nahi ruk raha", "RF13"),
    ("bukhar aur dard nahi hai, chest pain hai", "RF01"),
    ("fever gone up", "RF04"),
    ("fever not gone", "RF04"),
    ("i fell yesterday, ok now", "RF20"),
    ("Chest pain yesterday, gone now", "RF01"),
    ("fever since yesterday, is that normal now?", "RF04"),
    ("agar bukhar hai to kya karu", "RF04"),
    ("i have signs of stroke", "RF18"),
    ("my friend has fever and me too", "RF04"),
    ("पिंडली में सूजन है", "RF02"),
    ("पिंडलि मे सुजन", "RF02"),
    ("mere pindli me bahut soojan hai", "RF02"),
    ("पोटरी सुजली आहे? ताप आहे", "RF04"),
    ("मला श्वास घेता येत नाही", "RF01"),
    ("no problem chest pain now", "RF01"),
    ("no chest pain medicine left", "RF01"),
    ("shortnes of breth", "RF01"),
    ("breathlesness", "RF01"),
    ("not sure if this is chest pain", "RF01"),
    ("सीने में बहुत दर्द हो रहा है", "RF01"),
    ("no fever\nchest pain", "RF01"),
    ("calf not painful but swollen", "RF02"),
    ("fever hasn't come", "RF04"),
    ("I do not have fever, I have chest pain", "RF01"),
    ("doctor fever nahi hai lekin pindli me sujan hai", "RF02"),
    ("i can not breath properly", "RF01"),
    ("not only fever also chills", "RF04"),
    ("didn't sleep because of chest pain", "RF01"),
    ("what if i get fever at night", "RF04"),
    ("if i walk i get chest pain what to do", "RF01"),
    ("Who do i call if i have chest pain", "RF01"),
    ("how can i know if my calf is swollen", "RF02"),
    ("chest paaain", "RF01"),
    ("CHEST PAIN!!!", "RF01"),
    ("no fever, calf pain or swelling is increasing", "RF02"),
    ("not well chest pain", "RF01"),
    ("no sleep, chest pain", "RF01"),
    ("no relief chest pain", "RF01"),
    ("nahi doctor chest pain hai", "RF01"),
    ("chest pain hai nahi ja raha", "RF01"),
    ("chest pain no relief", "RF01"),
    ("not ok. chest pain", "RF01"),
    ("no improvement in fever", "RF04"),
    ("no change fever", "RF04"),
    ("dont ignore my chest pain", "RF01"),
    ("dont know chest pain or gas", "RF01"),
    ("fever didn't go", "RF04"),
    ("fever doesnt stop", "RF04"),
    ("no idea why chest pain", "RF01"),
    ("chest pain but no fever", "RF01"),
    ("chest pain no fever", "RF01"),
    ("chest pain and no breathlessness", "RF01"),
    ("fever nahi but chest pain", "RF01"),
    ("bukhar nahi chest pain hai", "RF01"),
    ("chest pain hai bukhar nahi hai", "RF01"),
    ("never felt such chest pain", "RF01"),
    ("have not had chest pain like this before", "RF01"),
    ("why do i have no fever but chest pain", "RF01"),
    ("father is not home i have chest pain", "RF01"),
    ("my father is a doctor he says chest pain is serious", "RF01"),
    ("my son is driving me, chest pain", "RF01"),
    ("my husband is with me chest pain started", "RF01"),
    ("if i stand i get chest pain", "RF01"),
    ("i get chest pain if i walk what should i do?", "RF01"),
    ("what should i do if i get chest pain again", "RF01"),
    ("what to do for chest pain?", "RF01"),
    ("what if this chest pain is serious?", "RF01"),
    ("is chest pain normal?", "RF01"),
    ("should i worry about chest pain", "RF01"),
    ("symptoms of stroke since morning", "RF18"),
    ("can't say no chest pain", "RF01"),
    ("no doubt it is chest pain", "RF01"),
    ("not only chest pain", "RF01"),
    ("chest pain not going", "RF01"),
    ("chest pain not there before, now there", "RF01"),
    ("no chest pain earlier but now yes", "RF01"),
    ("no chest pain until today", "RF01"),
    ("no chest pain yesterday, today chest pain", "RF01"),
    ("without walking also chest pain", "RF01"),
    ("no one is helping chest pain", "RF01"),
    ("no ambulance chest pain", "RF01"),
    ("i have no breath chest pain", "RF01"),
    ("seene mein bahut dard", "RF01"),
    ("seene me dard sahan nahi hota", "RF01"),
    ("seene ka dard kam nahi ho raha", "RF01"),
    ("सीने का दर्द कम नहीं हो रहा", "RF01"),
    ("ताप उतरत नाही", "RF04"),
    ("ताप नाही पण पोटरी वर सूज आहे", "RF02"),
    ("bukhar toh nahi gaya", "RF04"),
    ("bukhar nahi gaya", "RF04"),
    ("fever gone but came back", "RF04"),
    ("fever was gone, back again", "RF04"),
    ("had fever, took tablet, ok now but calf swollen", "RF02"),
    ("fever ok?", "RF04"),
    ("saans lene me dikkat nahi, lekin seene me dard", "RF01"),
    ("no pain only calf swollen", "RF02"),
    ("no pain in calf only swelling", "RF02"),
    ("no fever calf swollen", "RF02"),
    ("no wound oozing but fever 101", "RF04"),
    ("my mother has fever, i have chest pain", "RF01"),
    ("agar chest pain ho raha hai to kya kare", "RF01"),
    ("I do not want to bother you but I have chest pain", "RF01"),
    ("cannot stand noise", "RF09"),
    ("my leg is swollen, calf I mean", "RF02"),
    ("bukhar hai na, dard bhi hai na", "RF04"),
    ("denies chest pain", "RF01"),
    ("chest pain? no", "RF01"),
    ("swelling in calf has gone down", "RF02"),
    ("my daughter put the thermometer, it is fever", "RF04"),
    ("I read about it, and now I have chest pain", "RF01"),
    ("operation se pehle bukhar tha, ab bhi hai", "RF04"),
)
EXPLAINED = (
    "neither fever nor bleeding",
    "न बुखार है न खून",
    "bukhar tha ab nahi hai",
    "ताप होता, आता नाही",
    "mummy ko bukhar hai isliye nahi aa paya",
    "my wife has a fever so I am late",
    "I fell asleep early",
    "no fever no bleeding",
    "no fever",
    "I don't have chest pain",
    "fever nahi hai",
    "बुखार नहीं",
    "ताप नाही",
    "not breathless",
    "yesterday fever, today ok",
    "had a fever last week, gone now",
    "what should I do if I get chest pain?",
    "my uncle has chest pain",
    "no fever, chest pain or breathlessness",
    "no fever or chest pain",
    "chest pain no",
    "chest pain: no",
    "fever is gone",
    "agar mujhe bukhar aaye to kya karu",
    "what are the signs of stroke?",
    "without any fever",
    "hello doctor thank you",
    "did the exercises, painted a wall",
    "I don’t have any fever.",
    "pindli me sujan bilkul nahi hai",
    "सीने में दर्द नहीं है",
    "No fever. No chest pain. All good",
    "my calf is not swollen, not painful",
    "no longer have fever",
    "no more fever",
    "i am not having fever",
    "fever free since 2 days",
    "pain free",
    "i am not able to stand, no fever",
    "i'm fine no complaints",
    "no issues",
    "calf swelling nil",
    "no swelling in calf",
    "no swelling or pain in calf",
    "no swelling or pain in the calf, no fever, no chest pain",
    "swelling in calf is not there",
    "calf me sujan nahi h",
    "no cough/fever/chest pain",
    "fever: nil, chest pain: nil, calf swelling: nil",
    "chest pain absent",
    "I am not breathless and I don't have fever",
    "mujhe bukhar nahi aaya",
    "मुझे बुखार नहीं है और दर्द भी नहीं है",
    "मला ताप नाही आणि सूज नाही",
    "ताप आला नाही",
    "no chest pain at all",
    "absolutely no chest pain today",
    "no chest pain, no breathlessness, no fever. feeling good",
    "haven't had any chest pain",
    "my neighbour had a stroke",
    "mere dost ko chest pain hai",
    "if i develop breathlessness whom should i call?",
    "thank you doctor no fever today",
    "the fever has gone now",
    "fever yesterday. Gone now.",
    "kal bukhar tha, ab theek hai",
    "काल ताप होता, आता बरा आहे",
    "no swelling since yesterday in calf",
    "the price nearly gave me a stroke haha",
    "I read that a stroke can happen after surgery. how long is the risk?",
    "suppose one day I get chest pain, how would I know?",
    "my late husband had a stroke, but see I am doing fine",
    "had fever last week but it is gone now",
    "operation se pehle bukhar tha",
)


@pytest.mark.parametrize(("text", "rule_id"), RAISED)
def test_danger_words_are_heard(text: str, rule_id: str) -> None:
    found = hear(text)
    assert rule_id in {finding.rule_id for finding in found.findings}
    assert found.understood


@pytest.mark.parametrize("text", EXPLAINED)
def test_what_is_denied_over_imagined_or_anothers_raises_nothing(text: str) -> None:
    assert hear(text).tier is None


@pytest.mark.parametrize(
    "text", ["thank you", "Ok 👍", "🙏", "hello doctor", "done!", "धन्यवाद", "ठीक आहे", "theek hai"]
)
def test_a_short_harmless_text_is_understood(text: str) -> None:
    assert hear(text) == Screening(None, (), understood=True)


@pytest.mark.parametrize(
    "text", ["", "😭", "no fever", "my uncle has chest pain", "when can I drive?", "ok " * 7]
)
def test_everything_else_goes_to_a_person(text: str) -> None:
    assert not hear(text).understood


def test_the_most_urgent_finding_comes_first() -> None:
    found = hear("I fell, have fever and chest pain")
    assert found.tier is Tier.EMERGENCY
    assert [one.rule_id for one in found.findings] == ["RF01", "RF04", "RF20"]


@pytest.mark.parametrize(("day", "tier"), [(-1, None), (0, Tier.SAME_DAY), (90, Tier.SAME_DAY)])
def test_a_rule_hears_only_in_its_window(day: int, tier: Tier | None) -> None:
    assert hear("my calf is swollen", day).tier is tier


def test_a_rule_after_its_window_is_silent() -> None:
    assert hear("my calf is swollen", 91).tier is None


def test_phrases_are_named_in_the_patients_language_first() -> None:
    found = screen("pindli me suj, pindli swollen calf", RULES, day=3, languages=("mr",))
    assert found.findings[0].words == ("pindli + suj", "calf + swollen")


@pytest.mark.parametrize(
    ("typed", "meant", "same"),
    [
        ("swolen", "swollen", True), ("swlolen", "swollen", True), ("swoleen", "swollen", True),
        ("swolin", "swollen", False), ("breathlesness", "breathlessness", True),
        ("brethlesness", "breathlessness", True), ("brthlesness", "breathlessness", False),
        ("chst", "chest", False), ("painted", "fainted", False), ("urin", "urine", False),
    ],
)  # fmt: skip
def test_typing_errors_are_forgiven_by_length(typed: str, meant: str, same: bool) -> None:
    assert is_misspelt(typed, meant) is same


def test_two_known_words_are_not_each_others_typing_error() -> None:
    found = hear("calf smelling")
    assert found.tier is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("khoon", "khun"), ("zyada", "jyada"), ("nahin", "nhi"), ("soojan", "sujan"),
     ("shwas", "shvas"), ("pasina", "paseena")],
)  # fmt: skip
def test_latin_spellings_of_hindi_sound_alike(one: str, other: str) -> None:
    assert roman_key(one) == roman_key(other)


WORDS = (
    "no not fever chest pain calf swollen but and or , . ? if i get my father has yesterday gone now "
    "nahi hai bukhar ताप नाही 🆘 can't breathe"
)
PIECES = st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=25).map(" ".join)


@given(st.one_of(st.text(max_size=60), PIECES))
def test_any_text_is_screened(text: str) -> None:
    found = hear(text)
    assert found.tier == (found.findings[0].tier if found.findings else None)


@given(PIECES)
def test_an_emergency_said_plainly_is_heard_after_any_text(text: str) -> None:
    assert hear(f"{text}. I have chest pain now.").tier is Tier.EMERGENCY


@pytest.mark.parametrize("text", ["a" * 4096, "no fever or " * 340, "if i get chest pain " * 200])
def test_a_long_text_is_screened_all_the_same(text: str) -> None:
    assert isinstance(hear(text), Screening)
