"""Who sees nobody, who is on call, and whom a step of the ladder reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rehab.errors import InvalidInput, NotFound
from rehab.models import Clinician, OnCallShift, RoleName
from rehab.services import access, episodes, on_call, people
from tests.support.build import Clinic


def set_open_to_all(clinic: Clinic, value: bool) -> None:
    config = clinic.context.config
    opened = config.clinic.model_copy(update={"open_to_all_clinicians": value})
    clinic.context = replace(clinic.context, config=config.model_copy(update={"clinic": opened}))


def sees(clinic: Clinic, clinician_id: int) -> bool:
    """Whether this person may see Asha."""
    with clinic.session() as session:
        return access.may_see(
            session,
            clinic.context,
            clinician_id=clinician_id,
            patient_id=episodes.get(session, clinic.asha).patient_id,
            now=clinic.now,
        )


def who_may(clinic: Clinic) -> set[str]:
    names = ("meera", "rao", "vikram", "admin")
    return {name for name in names if sees(clinic, getattr(clinic, name))}


def put_on_call(clinic: Clinic, clinician_id: int, hours: float | None = None) -> None:
    until = clinic.now + timedelta(hours=hours) if hours is not None else None
    with clinic.session() as session:
        on_call.put_on_call(session, clinician_id=clinician_id, now=clinic.now, until=until)


def on_call_ids(clinic: Clinic) -> list[int]:
    with clinic.session() as session:
        return [person.id for person in on_call.on_call_now(session, now=clinic.now)]


def reached(clinic: Clinic, to: str) -> list[int]:
    with clinic.session() as session:
        patient_id = episodes.get(session, clinic.asha).patient_id
        found = on_call.whom_to_page(session, step_to=to, patient_id=patient_id, now=clinic.now)
        return [person.id for person in found]


def deactivate(clinic: Clinic, clinician_id: int) -> None:
    with clinic.session() as session:
        session.get_one(Clinician, clinician_id).active = False


# --- who sees nobody (who sees whom is told in test_access.py) -----------------------------------


@pytest.mark.parametrize("open_to_all", [True, False])
def test_an_administrator_and_somebody_who_left_see_nobody(
    clinic: Clinic, open_to_all: bool
) -> None:
    set_open_to_all(clinic, open_to_all)
    deactivate(clinic, clinic.meera)
    assert who_may(clinic).isdisjoint({"admin", "meera"})
    assert not sees(clinic, 999)


# --- adding people ------------------------------------------------------------------------------


def add(clinic: Clinic, **given: object) -> int:
    values: dict[str, object] = {
        "email": "new@clinic.example",
        "name": "New Person",
        "role": RoleName.NURSE,
        "telegram_id": None,
        "password_hash": None,
    }
    with clinic.session() as session:
        return people.add_clinician(session, now=clinic.now, **(values | given)).id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a b@clinic.example"),
        ("email", "@clinic.example"),
        ("email", "Meera@Clinic.example "),
        ("name", " x "),
        ("telegram_id", 0),
        ("telegram_id", -100123),
        ("telegram_id", 2**60),
        ("telegram_id", 9001),
    ],
)
def test_odd_or_used_values_are_refused_by_field(
    clinic: Clinic, field: str, value: object
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(clinic, **{field: value})
    assert list(refused.value.fields) == [field]


def test_the_telegram_account_of_somebody_who_left_is_refused_kindly(clinic: Clinic) -> None:
    deactivate(clinic, clinic.vikram)
    with pytest.raises(InvalidInput, match="telegram_id"):
        add(clinic, telegram_id=9003)


def test_an_address_is_found_however_it_is_written(clinic: Clinic) -> None:
    added = add(clinic, email=" Nurse@Clinic.Example ")
    with clinic.session() as session:
        assert people.by_email(session, "NURSE@clinic.example").id == added
        with pytest.raises(NotFound):
            people.by_email(session, "nobody@clinic.example")


# --- on call ------------------------------------------------------------------------------------


def test_one_person_takes_over_from_the_other(clinic: Clinic) -> None:
    assert on_call_ids(clinic) == [clinic.meera]
    clinic.clock.forward(hours=1)
    put_on_call(clinic, clinic.rao)
    assert on_call_ids(clinic) == [clinic.rao]
    assert [shift.ends_at for shift in clinic.all_of(OnCallShift)] == [clinic.now, None]


def test_a_shift_ends_when_it_says(clinic: Clinic) -> None:
    put_on_call(clinic, clinic.rao, hours=2)
    clinic.clock.forward(hours=2, seconds=-1)
    assert on_call_ids(clinic) == [clinic.rao]
    clinic.clock.forward(seconds=1)
    assert on_call_ids(clinic) == []


def test_who_cannot_be_on_call_is_refused(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput, match="administrator"):
        put_on_call(clinic, clinic.admin)
    with pytest.raises(InvalidInput, match="future"):
        put_on_call(clinic, clinic.rao, hours=0)
    deactivate(clinic, clinic.rao)
    for nobody in (clinic.rao, 999):
        with pytest.raises(NotFound):
            put_on_call(clinic, nobody)
    assert on_call_ids(clinic) == [clinic.meera]


def test_somebody_who_left_is_on_call_no_more(clinic: Clinic) -> None:
    deactivate(clinic, clinic.meera)
    assert on_call_ids(clinic) == []


def test_each_step_reaches_its_people_the_lead_first(either: Clinic) -> None:
    assert reached(either, "on_call") == [either.meera]
    assert reached(either, "care_team") == [either.meera, either.rao]
    assert reached(either, "everyone") == [either.meera, either.rao, either.vikram]


def test_only_people_with_a_living_chat_are_reached(clinic: Clinic) -> None:
    with clinic.session() as session:
        session.get_one(Clinician, clinic.meera).telegram_lost_at = clinic.now
        session.get_one(Clinician, clinic.vikram).telegram_id = None
    assert reached(clinic, "on_call") == []
    assert reached(clinic, "everyone") == [clinic.rao]
    deactivate(clinic, clinic.rao)
    assert reached(clinic, "everyone") == []
