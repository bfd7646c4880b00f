"""Which cards make a sound."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab.models import Alert, OutboxMessage
from rehab.services import alerts, episodes, patient_urgency
from tests.support.build import Clinic, finding


def open_alert(clinic: Clinic, tier: Tier) -> int:
    with clinic.session() as session:
        alerts.raise_findings(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            findings=[finding(tier)],
            cause="test:1",
            now=clinic.now,
        )
        return session.scalars(select(Alert.id)).one()


def silent_cards(clinic: Clinic) -> list[bool]:
    with clinic.session() as session:
        cards = select(OutboxMessage.is_silent).where(OutboxMessage.kind == "alert_card")
        return list(session.scalars(cards.order_by(OutboxMessage.id)))


@pytest.mark.parametrize(
    ("tier", "is_silent"), [(Tier.EMERGENCY, False), (Tier.SAME_DAY, False), (Tier.SOON, True)]
)
def test_what_can_wait_for_the_working_day_rings_nobodys_phone(
    clinic: Clinic, tier: Tier, is_silent: bool
) -> None:
    open_alert(clinic, tier)
    assert set(silent_cards(clinic)) == {is_silent}


def test_it_rings_when_the_patient_says_that_somebody_is_needed_today(clinic: Clinic) -> None:
    alert_id = open_alert(clinic, Tier.SOON)
    before = len(silent_cards(clinic))
    with clinic.session() as session:
        patient_urgency.record(
            session,
            clinic.context,
            alert_id=alert_id,
            episode=episodes.get(session, clinic.asha),
            urgency="today",
            now=clinic.now,
        )
    added = silent_cards(clinic)[before:]
    assert added
    assert not any(added)


def test_a_clinic_may_let_everything_ring(clinic: Clinic) -> None:
    clinic.configure("escalation.T2", rings=True)
    open_alert(clinic, Tier.SOON)
    assert not any(silent_cards(clinic))
