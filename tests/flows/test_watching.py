"""The patient can always see whether somebody reads now, when next, and what to do meanwhile."""

from __future__ import annotations

import pytest

from rehab.models import ClinicHoliday
from tests.support.build import ASHA_CHAT, NIGHT, Clinic


def test_by_day_somebody_reads_and_by_night_nobody(clinic: Clinic) -> None:
    asha = clinic.chat(ASHA_CHAT)
    assert asha.command("watching") == ["watching"]
    assert "Somebody at the clinic is reading now." in asha.said
    assert "until 18:00" in asha.said
    clinic.clock.moment = NIGHT
    asha.command("watching")
    assert "Nobody is reading now." in asha.said
    assert "on Wednesday from 09:00" in asha.said
    assert "Emergency? 🚑 112" in asha.said


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_in_each_language_it_names_the_numbers(clinic: Clinic, language: str) -> None:
    clinic.add_patient("Nandini Sharma", chat=2002, language=language)
    nandini = clinic.chat(2002)
    nandini.command("watching")
    assert "112" in nandini.said
    assert "+91 22 5550 0100" in nandini.said


def test_a_holiday_counts_as_closed(clinic: Clinic) -> None:
    with clinic.session() as session:
        session.add(ClinicHoliday(on=clinic.today, name="Holi"))
    asha = clinic.chat(ASHA_CHAT)
    asha.command("watching")
    assert "Nobody is reading now." in asha.said


def test_it_stands_in_the_help_and_is_one_tap_away(clinic: Clinic) -> None:
    asha = clinic.chat(ASHA_CHAT)
    asha.command("help")
    assert "/watching" in asha.said
    asha.taps("watching")
    assert asha.kinds == ["watching"]


def test_an_old_button_of_a_pause_that_is_over_does_not_pause(clinic: Clinic) -> None:
    asha = clinic.chat(ASHA_CHAT)
    asha.command("stay_paused")
    assert asha.kinds == ["watching"]
