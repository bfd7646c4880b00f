"""A link works once, for one person, for a while. Everybody else gets a kind no, and staff see it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.simulator import Person
from rehab.models import EpisodeState, InviteRefusal, PatientChat
from tests.support.cast import ASHA, NANDINI, OLU, STRANGER, VIKRAM
from tests.support.house import House, episode_of

PHONE = "+91 22 5550 0100"


@pytest.fixture
def token(house: House) -> str:
    return house.add_patient(ASHA)[1]


@pytest.fixture
def stranger(house: House) -> Person:
    return house.sim.user(STRANGER, "Somebody")


def accepted(house: House, token: str) -> Person:
    asha = house.phone(ASHA)
    asha.start(token)
    asha.expect("in which year were you born?")
    asha.send_text(str(ASHA.birth_year))
    consent = asha.expect("please read this")
    asha.tap(consent, "✅ I understand and want to start")
    asha.expect("You are now connected")
    asha.expect("At what time each day")
    return asha


def refusals(house: House) -> list[str]:
    return [one.reason for one in house.rows(select(InviteRefusal).order_by(InviteRefusal.id))]


def seen_by_staff(house: House, words: str) -> bool:
    page = house.browser().get("/patients/refusals")
    return words in page and ASHA.name in page


def test_a_used_link_opens_nothing_for_a_second_person(
    house: House, token: str, stranger: Person
) -> None:
    asha = accepted(house, token)
    stranger.start(token)
    refused = stranger.expect("This link has already been used.")
    assert PHONE in refused.text
    assert "Asha" not in refused.text
    assert seen_by_staff(house, "used")
    stranger.send_text(str(ASHA.birth_year))
    stranger.expect("you need the personal link")
    # The patient herself is told that all is well.
    asha.start(token)
    asha.expect("You are already connected.")
    assert refusals(house) == ["used"]


def test_an_expired_link_says_so(house: House, token: str) -> None:
    house.later(hours=72, minutes=1)
    asha = house.phone(ASHA)
    asha.start(token)
    assert PHONE in asha.expect("This link is too old to use.").text
    assert seen_by_staff(house, "expired")


def test_a_link_that_expires_half_way_ends_there(house: House, token: str) -> None:
    asha = house.phone(ASHA)
    asha.start(token)
    asha.expect("in which year were you born?")
    house.later(hours=73)
    asha.send_text(str(ASHA.birth_year))
    asha.expect("This link is too old to use.")
    assert house.count(PatientChat) == 0


@pytest.mark.parametrize("guess", ["a", "A" * 22, "../../etc/passwd", "0", "%00", "demo"])
def test_a_guessed_link_is_refused_and_counted(house: House, stranger: Person, guess: str) -> None:
    stranger.start(guess)
    refused = stranger.expect("This link does not work here.")
    assert "112" in refused.text
    assert refusals(house) == ["unknown"]
    assert "unknown" in house.browser().get("/patients/refusals")


def test_a_second_phone_is_refused_while_the_first_is_answering(
    house: House, token: str, stranger: Person
) -> None:
    asha = house.phone(ASHA)
    asha.start(token)
    asha.expect("in which year were you born?")
    stranger.start(token)
    stranger.expect("This link was already opened on another phone.")
    assert seen_by_staff(house, "other phone")
    asha.send_text("1974")
    asha.expect("please read this")


def test_a_forwarded_link_is_locked_after_three_wrong_birth_years(
    house: House, token: str, stranger: Person
) -> None:
    stranger.start(token)
    stranger.expect("in which year were you born?")
    stranger.send_text("no idea")
    stranger.expect("as four numbers")
    for year in ("1950", "1960"):
        stranger.send_text(year)
        stranger.expect("does not match")
    stranger.send_text("1970")
    locked = stranger.expect("this link is now locked")
    assert PHONE in locked.text
    # Not even the right year opens it now, nor does the link again.
    stranger.send_text("1974")
    stranger.expect("locked")
    stranger.start(token)
    stranger.expect("locked")
    assert house.count(PatientChat) == 0
    assert seen_by_staff(house, "locked")
    assert seen_by_staff(house, "wrong birth year")


def test_a_new_link_ends_the_old_one(house: House, token: str) -> None:
    browser = house.browser()
    path = f"/patients/{house.patient_id(ASHA)}/invite"
    page = browser.post(path, path)
    newer = page.source.partition("?start=")[2].partition('"')[0]
    asha = house.phone(ASHA)
    asha.start(token)
    asha.expect("This link was replaced by a newer one.")
    accepted(house, newer)
    assert refusals(house) == ["revoked"]


def test_one_phone_cannot_become_two_patients(house: House, token: str) -> None:
    olu = house.enrolled(OLU)
    olu.start(token)
    olu.expect("You are already connected.")
    assert house.count(PatientChat) == 1


def test_whoever_declines_is_left_in_peace_and_may_think_again(house: House, token: str) -> None:
    asha = house.phone(ASHA)
    asha.start(token)
    asha.expect("in which year were you born?")
    asha.send_text("1974")
    consent = asha.expect("please read this")
    asha.tap(consent, "No, thank you")
    asha.expect("That is fine. Nothing was started.")
    house.at("2026-11-23 09:00")
    house.nothing_unexpected()
    with house.session() as session:
        assert episode_of(session, ASHA).state == EpisodeState.INVITED
    asha.tap(consent, "✅ I understand and want to start")
    asha.expect("You are now connected")
    asha.expect("At what time each day")


def test_the_language_can_be_chosen_before_anything_is_answered(house: House) -> None:
    _, token = house.add_patient(NANDINI)
    nandini = house.phone(NANDINI)
    nandini.start(token)
    asked = nandini.expect("1979")
    assert asked.buttons == ["English", "हिन्दी", "मराठी"]
    nandini.tap(asked, "English")
    nandini.expect("in which year were you born?")


def test_the_outsider_does_not_see_whose_link_was_refused(
    house: House, token: str, stranger: Person
) -> None:
    accepted(house, token)
    stranger.start(token)
    stranger.expect("already been used")
    page = house.browser(VIKRAM).get("/patients/refusals")
    assert ASHA.name not in page
