"""The page about a time in which the bot did not hear, and the banner that leads there."""

from __future__ import annotations

from datetime import timedelta

from rehab.services import outages
from tests.web.build import Clinic
from tests.web.posting import post

MEERA, VIKRAM, ADMIN = "meera@clinic.example", "vikram@clinic.example", "admin@clinic.example"
BANNER = "Whose words may be lost"


def an_outage(clinic: Clinic, *, hours: float) -> int:
    with clinic.change() as session:
        now = clinic.clock.moment
        return outages.record(session, began_at=now - timedelta(hours=hours), now=now).id


def test_every_page_leads_to_the_list_until_a_clinician_has_gone_through_it(
    clinic: Clinic,
) -> None:
    outage = an_outage(clinic, hours=25)
    meera = clinic.signed_in(MEERA)
    assert BANNER in meera.get("/on-call").get_data(as_text=True)
    page = meera.get(f"/outages/{outage}").get_data(as_text=True)
    assert "Asha" in page
    assert "Texts may be lost too" in page
    assert post(meera, f"/outages/{outage}/seen", page=f"/outages/{outage}").status_code == 303
    assert BANNER not in meera.get("/on-call").get_data(as_text=True)
    assert "Gone through" in meera.get(f"/outages/{outage}").get_data(as_text=True)


def test_another_team_learns_how_many_and_not_who(clinic: Clinic) -> None:
    outage = an_outage(clinic, hours=25)
    page = clinic.signed_in(VIKRAM).get(f"/outages/{outage}").get_data(as_text=True)
    assert "Asha" not in page
    assert "of other teams" in page


def test_an_administrator_sees_neither_banner_nor_list(clinic: Clinic) -> None:
    outage = an_outage(clinic, hours=25)
    admin = clinic.signed_in(ADMIN)
    assert BANNER not in admin.get("/on-call").get_data(as_text=True)
    assert admin.get(f"/outages/{outage}").status_code == 403


def test_an_outage_that_is_not_there_leads_home(clinic: Clinic) -> None:
    assert clinic.signed_in(MEERA).get("/outages/99").status_code == 302
