"""What a person types is read kindly, and refused with a stable code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.schema import Option, Question
from rehab.clinical.answers import letter_of, read_answer, ticked
from rehab.errors import InvalidInput

PAIN = Question(id="pain", kind="scale", text="Pain?", short="Pain")
WOUND = Question(
    id="wound",
    kind="choice",
    text="Wound?",
    short="Wound",
    options=(
        Option(value="dry", label="Dry", emoji="✅"),
        Option(value="spots", label="A few spots", emoji="💧"),
        Option(value="not-looked", label="I haven't looked", emoji="💧"),
    ),
)
TEMPERATURE = Question(
    id="temperature",
    kind="temperature",
    text="Temperature?",
    short="Temperature",
    options=(
        Option(value="not-measured", label="Not measured"),
        Option(value="38-39", label="38.0–38.9 °C"),
    ),
)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("7", 7), ("7/10", 7), (" 7 ", 7), ("7 / 10", 7), ("7 out of 10", 7), ("७", 7),
        ("७/१०", 7), ("７", 7), ("7️⃣", 7), ("🔟", 10), ("0", 0), ("10", 10), ("7.0", 7),
    ],
)  # fmt: skip
def test_a_number_on_the_scale_is_read(raw: str, value: float) -> None:
    assert read_answer(PAIN, raw).value == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("11", "out_of_range"), ("-1", "out_of_range"), ("−1", "out_of_range"),
        ("7.5", "not_a_number"), ("7,5", "not_a_number"), ("7/5", "not_a_number"),
        ("bad", "not_a_number"), ("", "not_a_number"), ("7½", "not_a_number"),
        ("5 or 6", "not_a_number"), ("nan", "not_a_number"), ("1e1", "not_a_number"),
        ("7" * 40, "not_a_number"),
    ],
)  # fmt: skip
def test_a_number_off_the_scale_is_refused(raw: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_answer(PAIN, raw)
    assert refused.value.fields == {"answer": code}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("dry", "dry"), ("DRY!", "dry"), ("✅", "dry"), ("✅ Dry", "dry"), ("a  few spots", "spots"),
        ("I havent looked", "not-looked"), ("I haven’t looked", "not-looked"), ("सूखा", "dry"),
        ("सुखा।", "dry"), ("not-looked", "not-looked"),
    ],
)  # fmt: skip
def test_an_option_is_found_by_value_label_or_emoji(raw: str, value: str) -> None:
    assert read_answer(WOUND, raw, labels={"dry": "सूखा"}).value == value


def test_an_answer_carries_the_label_in_the_language_of_the_patient() -> None:
    assert read_answer(WOUND, "dry", labels={"dry": "सूखा"}).label == "सूखा"


@pytest.mark.parametrize("raw", ["damp", "", "💧", "dry or not", "?"])
def test_what_is_no_single_option_is_refused(raw: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_answer(WOUND, raw)
    assert refused.value.fields == {"answer": "not_an_option"}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("38.2", 38.2), ("38,2", 38.2), ("38.2 C", 38.2), ("38.2°C", 38.2), ("38.2 ℃", 38.2),
        ("३८.२", 38.2), ("३८.२ डिग्री", 38.2), ("38", 38.0), ("101 F", 38.3), ("101", 38.3),
        ("100.4", 38.0), ("100.3f", 37.9), ("101.5 degrees Fahrenheit", 38.6), ("30", 30.0),
        ("45", 45.0), ("113", 45.0), ("86", 30.0), ("Not measured", "not-measured"),
        ("38.0–38.9 °C", "38-39"),
    ],
)  # fmt: skip
def test_a_temperature_is_read_in_either_unit(raw: str, value: float | str) -> None:
    assert read_answer(TEMPERATURE, raw).value == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("29.9", "out_of_range"), ("45.1", "out_of_range"), ("113.2", "out_of_range"),
        ("-38", "out_of_range"), ("38 F", "out_of_range"), ("101 C", "out_of_range"),
        ("9" * 40, "not_a_number"), ("80", "out_of_range"), ("fever", "not_a_number"),
        ("38.2 or 39", "not_a_number"),
    ],
)  # fmt: skip
def test_a_temperature_no_person_has_is_refused(raw: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_answer(TEMPERATURE, raw)
    assert refused.value.fields == {"answer": code}


def test_the_label_of_a_temperature_shows_its_unit() -> None:
    assert read_answer(TEMPERATURE, "101").label == "38.3 °C"
    assert read_answer(TEMPERATURE, "40").label == "40 °C"


WALKED = Question(
    id="walked",
    kind="number",
    text="Walked?",
    short="Walked",
    unit="minutes",
    minimum=0,
    maximum=90,
    options=(Option(value="not-at-all", label="Not at all"),),
)
GIRTH = WALKED.model_copy(update={"unit": "cm"})
SIGNS = Question(
    id="signs",
    kind="several",
    text="Signs?",
    short="Signs",
    options=(
        Option(value="lump", label="A lump"),
        Option(value="noise", label="Noise"),
        Option(value="none", label="None of these", excludes_others=True),
    ),
)
SHOWN = WOUND.model_copy(update={"picture": "wound"})


@pytest.mark.parametrize(
    ("question", "raw", "value", "label"),
    [
        (WALKED, "20", 20, "20 min"), (WALKED, "20 minutes", 20, "20 min"),
        (WALKED, "२० मिनट", 20, "20 min"), (WALKED, "not at all", "not-at-all", "Not at all"),
        (GIRTH, "41,5 cm", 41.5, "41.5 cm"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_its_unit(
    question: Question, raw: str, value: float | str, label: str
) -> None:
    answer = read_answer(question, raw)
    assert (answer.value, answer.label) == (value, label)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("91", "out_of_range"), ("-1", "out_of_range"), ("2.5", "not_a_number"), ("long", "not_a_number")],
)  # fmt: skip
def test_a_number_that_cannot_be_is_refused(raw: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_answer(WALKED, raw)
    assert refused.value.fields == {"answer": code}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("noise", ["noise"]), ("Noise, a lump", ["lump", "noise"]), ("noise and a lump", ["lump", "noise"]),
        ("none of these", ["none"]),
    ],
)  # fmt: skip
def test_several_answers_are_read_from_one_text(raw: str, value: list[str]) -> None:
    assert read_answer(SIGNS, raw).value == value


@pytest.mark.parametrize("raw", ["none of these, a lump", "a lump, and my cat", "", ","])
def test_a_text_that_says_two_things_is_no_answer(raw: str) -> None:
    with pytest.raises(InvalidInput):
        read_answer(SIGNS, raw)


def test_ticking_adds_takes_away_and_stands_alone() -> None:
    assert ticked(SIGNS, [], "noise", labels={}).value == ["noise"]
    assert ticked(SIGNS, ["noise"], "lump", labels={}).value == ["lump", "noise"]
    assert ticked(SIGNS, ["noise"], "noise", labels={}).value == []
    assert ticked(SIGNS, ["noise", "lump"], "none", labels={}).value == ["none"]
    assert ticked(SIGNS, ["none"], "lump", labels={}).value == ["lump"]


@pytest.mark.parametrize("typed", ["B Spots", "b. spots", "B) 🩹 Spots"])
def test_what_stands_on_a_button_with_a_letter_can_be_typed(typed: str) -> None:
    option = next(one for one in SHOWN.options if one.value == "spots")
    labels = {"spots": f"{option.emoji} Spots"}
    assert read_answer(SHOWN, typed, labels=labels).value == "spots"
    with pytest.raises(InvalidInput):
        read_answer(SHOWN, typed.replace("B", "A").replace("b", "a"), labels=labels)


def test_the_letter_in_the_picture_is_an_answer_and_only_there() -> None:
    assert letter_of(SHOWN, "spots") == "B"
    assert read_answer(SHOWN, "b").value == "spots"
    with pytest.raises(InvalidInput):
        read_answer(WOUND, "b")


QUESTIONS = [PAIN, WOUND, TEMPERATURE, WALKED, GIRTH, SIGNS, SHOWN]


@given(st.text(max_size=30), st.sampled_from(QUESTIONS))
def test_any_text_is_either_an_answer_or_refused(raw: str, question: Question) -> None:
    try:
        label = read_answer(question, raw).label
    except InvalidInput as refused:
        label = refused.fields["answer"]
    assert label
