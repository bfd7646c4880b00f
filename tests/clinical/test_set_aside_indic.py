"""What Hindi and Marathi sentences set aside, and that a real complaint beside it is still heard."""

from __future__ import annotations

import pytest

from exercises.loader import load
from exercises.schema import Tier
from rehab.clinical.triage import screen

URGENT = (Tier.EMERGENCY, Tier.SAME_DAY)


def is_urgent(text: str) -> bool:
    pack = load()
    rules = pack.rules[pack.protocol_for("total-knee").rules]
    return screen(text, rules, day=9).tier in URGENT


@pytest.mark.parametrize(
    ("set_aside", "real"),
    [
        ("ताप, सूज यातलं काहीही नाही", "ताप, सूज काही नाही पण श्वास घेता येत नाही"),
        (
            "agar kabhi saans phoole to kisko phone karu",
            "saans phool rahi hai to kisko phone karu",
        ),
        ("pay sujla tar baraf lavu ka", "pay sujla ahe, baraf lavu ka"),
        ("2019 me lakwa hua tha", "2019 me operation hua tha, aaj munh tedha ho gaya"),
        ("आनंदाने छाती भरून आली", "छाती भरून आली आणि दुखते"),
        ("पड़ोस के शर्मा जी को दिल का दौरा पड़ा", "पड़ोसी बोले मेरी साँस फूल रही है"),
        ("girne ka dar nahi lagta", "girne ka dar tha aur kal gir gayi"),
        ("fisalte fisalte bacha", "fisal gaya kal"),
        ("sujan utar gayi", "pindli phir sooj gayi"),
        ("pindli me koi dard nahi", "pindli me koi dard uth raha hai"),
        ("saans aur bukhar normal", "pindli me sujan, saans normal hai"),
        ("saans theek, bukhar 98.4", "saans theek nahi hai"),
        ("श्वास घ्यायला फुरसत नाही", "श्वास घ्यायला त्रास होतोय, फुरसत नाही"),
        (
            "video me dekha kisi ka ghav sad gaya, mera to sukha aur saaf hai",
            "video me dekha kisi ka ghav sad gaya, mera bhi sad gaya hai",
        ),
    ],
)
def test_only_what_is_unmistakably_no_complaint_is_set_aside(set_aside: str, real: str) -> None:
    assert not is_urgent(set_aside)
    assert is_urgent(real)


def test_words_typed_without_their_vowels_are_heard() -> None:
    assert is_urgent("sns nhi aa ri thik se")
    assert is_urgent("bkhr h tez")
    assert not is_urgent("pls send hrs")


@pytest.mark.parametrize(
    "text",
    [
        "pnja upr ni uth ra",
        "पाव नि उठ रा उपर",
        "susu ni utri subha se",
        "zmin pr wajan ni utha pa rha",
    ],
)
def test_a_dialect_no_and_a_squeezed_word_complete_a_danger_phrase(text: str) -> None:
    assert is_urgent(text)


def test_a_dialect_no_denies_nothing() -> None:
    assert is_urgent("ताप नि खोकला येतोय")


def test_a_decimal_point_may_be_spoken() -> None:
    assert is_urgent("तप 38 पॉइंट 5 आला")
    assert not is_urgent("98 point 4 aaya")


def test_one_who_writes_on_about_a_relative_writes_for_the_patient() -> None:
    assert is_urgent("My mother has had no urine since last evening and she keeps dozing off.")
    assert is_urgent("my mother has not passed urine since last evening")
    assert not is_urgent("My mother slept well last night")
    assert not is_urgent("My wife has fever and chills, should she sleep in another room?")
    assert not is_urgent("My late husband had a stroke, so I am careful.")


def test_a_wish_to_die_that_was_a_joke_once_is_heard_now() -> None:
    assert is_urgent("pehle mazak me kehta tha, ab sach me fanda lagane ki soch raha hu")
