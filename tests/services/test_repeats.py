"""The same finding soon after its alert was resolved: noted, and nobody's phone rings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from exercises.schema import Tier
from rehab.clinical.facts import Given
from rehab.models import Alert, AlertEvent, FindingRecord, Outcome
from rehab.services import alerts, episodes
from rehab.services.overview.worklist import worklist
from tests.support.build import MEERA_CHAT, Clinic, finding

T0, T1, T2 = Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON


def find(
    clinic: Clinic, tier: Tier, *, pain: float | None = None, words: tuple[str, ...] = ()
) -> None:
    facts = () if pain is None else (Given("pain", pain, clinic.now, date(2026, 3, 10)),)
    with clinic.session() as session:
        alerts.raise_findings(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            findings=[
                replace(finding(tier, rule="TEST.one", stops=tier is T1), facts=facts, words=words)
            ],
            cause=f"test:{next(clinic.numbers)}",
            now=clinic.now,
        )


def resolve(clinic: Clinic) -> None:
    with clinic.session() as session:
        alerts.resolve(
            session,
            clinic.context,
            alert_id=1,
            clinician_id=clinic.meera,
            outcome=Outcome.CALLED,
            note="",
            now=clinic.now,
        )


@pytest.mark.parametrize(
    ("tier", "hours", "opened"),
    [(T1, 1.9, 1), (T1, 2.1, 2), (T2, 11.9, 1), (T2, 12.1, 2), (T0, 0.1, 2)],
)
def test_a_repeat_is_quiet_for_two_hours_or_twelve_and_never_for_an_emergency(
    clinic: Clinic, tier: Tier, hours: float, opened: int
) -> None:
    find(clinic, tier)
    resolve(clinic)
    clinic.clock.forward(hours=hours)
    find(clinic, tier)
    assert len(clinic.all_of(Alert)) == opened
    assert len(clinic.all_of(FindingRecord)) == 2, "recorded all the same"


def test_a_quiet_repeat_pages_nobody_and_stands_in_the_history_and_the_worklist(
    clinic: Clinic,
) -> None:
    find(clinic, T1, pain=8)
    resolve(clinic)
    clinic.clock.forward(hours=1)
    find(clinic, T1, pain=8)
    assert len(clinic.outbox(MEERA_CHAT, "alert_card")) == 1
    assert clinic.all_of(AlertEvent)[-1].kind == "repeated"
    with clinic.session() as session:
        found = worklist(session, clinic.context, clinician_id=clinic.meera, now=clinic.now)
    (row,) = found.rows
    assert row.level == "amber"
    assert ("repeated", {"reason": "reason of T1"}) in [(r.code, r.values) for r in row.reasons]


def test_a_quiet_repeat_does_not_stop_loading_again(clinic: Clinic) -> None:
    find(clinic, T1)
    resolve(clinic)
    find(clinic, T1)
    with clinic.session() as session:
        assert episodes.get(session, clinic.asha).loading_stopped_at is None


def test_what_is_worse_rings(clinic: Clinic) -> None:
    find(clinic, T1, pain=8)
    resolve(clinic)
    find(clinic, T1, pain=9)
    assert [alert.state for alert in clinic.all_of(Alert)] == ["resolved", "open"]


def test_other_words_ring(clinic: Clinic) -> None:
    find(clinic, T2, words=("swollen",))
    resolve(clinic)
    find(clinic, T2, words=("swollen",))
    assert len(clinic.all_of(Alert)) == 1
    find(clinic, T2, words=("hot + calf",))
    assert len(clinic.all_of(Alert)) == 2


def test_the_same_rule_at_a_higher_tier_rings(clinic: Clinic) -> None:
    find(clinic, T2)
    resolve(clinic)
    find(clinic, T1)
    assert len(clinic.all_of(Alert)) == 2
