"""What the plan itself tells the clinic: a lowered dose, and cards that were not understood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from rehab.models import CareTask, Episode, TaskKind, TaskState, TeachBackAnswer
from rehab.services import dose_levels, education, episodes, versions
from tests.support.browser import words_of
from tests.web.build import Clinic
from tests.web.posting import post

MEERA, VIKRAM = "meera@clinic.example", "vikram@clinic.example"


@pytest.fixture
def meera(clinic: Clinic) -> FlaskClient:
    return clinic.signed_in(MEERA)


def _read(client: FlaskClient, path: str) -> str:
    return words_of(client.get(path).get_data(as_text=True))


def _episode(session: Session, patient_id: int) -> Episode:
    found = episodes.latest(session, patient_id=patient_id)
    assert found is not None
    return found


def _answer_wrong(clinic: Clinic, patient_id: int) -> int:
    """The first card that asks something was sent, and its first question answered wrong."""
    with clinic.change() as session:
        episode, now = _episode(session, patient_id), clinic.clock.now()
        cards = versions.education_of(session, clinic.context, episode)
        assert cards is not None
        card = next(one for one in cards.cards if one.teach_back)
        delivery = education.deliver(session, episode=episode, card=card, now=now)
        asked = card.teach_back[0]
        wrong = next(one.value for one in asked.options if one.value != asked.right)
        education.record_answer(session, delivery=delivery, question=asked, value=wrong, now=now)
        return delivery.id


def test_a_wrong_answer_is_shown_with_the_right_one_until_somebody_has_seen_it(
    clinic: Clinic, meera: FlaskClient
) -> None:
    delivery = _answer_wrong(clinic, clinic.cast.asha)
    page = f"/patients/{clinic.cast.asha}"
    assert "Questions about a card answered wrong: 1" in _read(meera, "/")
    shown = _read(meera, page)
    assert "Answered wrong" in shown
    assert "Right:" in shown

    seen = post(meera, f"{page}/misunderstood/seen", page=page, delivery_id=str(delivery))
    assert seen.status_code == 303
    assert "Answered wrong" not in _read(meera, page)
    assert "answered wrong" not in _read(meera, "/")
    with clinic.change() as session:
        assert session.query(TeachBackAnswer).one().seen_by == clinic.cast.meera


def test_a_card_of_another_patient_cannot_be_marked_from_ones_own(clinic: Clinic) -> None:
    delivery = _answer_wrong(clinic, clinic.cast.asha)
    own = clinic.add_patient("Own Patient", days_ago=5, owner=clinic.cast.vikram)
    vikram = clinic.signed_in(VIKRAM)
    page = f"/patients/{own}"
    refused = post(vikram, f"{page}/misunderstood/seen", page=page, delivery_id=str(delivery))
    assert refused.status_code == 404
    with clinic.change() as session:
        assert session.query(TeachBackAnswer).one().seen_at is None


def test_a_dose_lowered_by_the_pain_rule_is_said_in_list_and_plan(
    clinic: Clinic, meera: FlaskClient
) -> None:
    clinic.answer(clinic.cast.asha)
    with clinic.change() as session:
        episode, now = _episode(session, clinic.cast.asha), clinic.clock.now()
        then = now - timedelta(hours=3)
        session.add(
            CareTask(
                episode=episode,
                kind=TaskKind.EXERCISES,
                local_on=then.date(),
                due_at=then,
                prompted_at=then,
                state=TaskState.DONE,
                done_at=then,
                pain_before=2,
                pain_after=8,
            )
        )
        session.flush()
        dose_levels.look(session, clinic.context, episode=episode, now=now)
    assert "Dose a level down by the pain rule (22 Nov)" in _read(meera, "/")
    shown = _read(meera, f"/patients/{clinic.cast.asha}/plan")
    assert "By the pain rule, level -1" in shown
    assert "Dose level 0 to -1 by the pain rule: pain 8 after exercises" in shown
    assert "· the system" in shown
