"""The record of each rule: how often, how useful, how fast."""

from __future__ import annotations

from datetime import timedelta

from exercises.schema import Tier
from rehab.models import Alert, Outcome
from rehab.services import alerts, episodes, rule_report
from rehab.services.rule_report import RuleReport
from tests.support.build import Clinic, finding

T0, T1, T2 = Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON


def report(clinic: Clinic, days: int = 30) -> RuleReport:
    with clinic.session() as session:
        return rule_report.report(session, now=clinic.now, days=days)


def find(clinic: Clinic, rule: str, tier: Tier = T1) -> int:
    with clinic.session() as session:
        alerts.raise_findings(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            findings=[finding(tier, rule=rule)],
            cause=f"test:{next(clinic.numbers)}",
            now=clinic.now,
        )
    return int(max(alert.id for alert in clinic.all_of(Alert)))


def end(
    clinic: Clinic, alert_id: int, outcome: Outcome, *, after: int = 0, useful: bool | None = None
) -> None:
    clinic.clock.forward(minutes=after)
    with clinic.session() as session:
        alerts.resolve(
            session,
            clinic.context,
            alert_id=alert_id,
            clinician_id=clinic.meera,
            outcome=outcome,
            note="",
            was_useful=useful,
            now=clinic.now,
        )
    clinic.clock.forward(hours=13)


def test_a_rule_without_alerts_is_not_listed(clinic: Clinic) -> None:
    assert report(clinic) == RuleReport((), 0, ())


def test_outcomes_and_thumbs_are_counted_by_rule(clinic: Clinic) -> None:
    end(clinic, find(clinic, "A"), Outcome.CALLED, useful=True)
    end(clinic, find(clinic, "A"), Outcome.NOT_RELEVANT, useful=False)
    end(clinic, find(clinic, "A"), Outcome.CALLED)
    end(clinic, find(clinic, "B"), Outcome.DUPLICATE)
    first, second = report(clinic).rules
    assert (first.rule_id, first.alerts, first.closed) == ("A", 3, 3)
    assert (first.useful, first.not_useful) == (1, 1)
    assert first.outcomes == (("called", 2), ("not_relevant", 1))
    assert first.true_share == 2 / 3
    assert (second.rule_id, second.true_share) == ("B", 0.0)


def test_an_act_somebody_called_useless_was_no_true_alert(clinic: Clinic) -> None:
    end(clinic, find(clinic, "A"), Outcome.CALLED, useful=False)
    assert report(clinic).rules[0].true_share == 0.0


def test_a_rule_that_is_rarely_true_is_marked_once_enough_were_closed(clinic: Clinic) -> None:
    for _ in range(4):
        end(clinic, find(clinic, "A"), Outcome.NOT_RELEVANT)
    assert not report(clinic).rules[0].needs_review
    end(clinic, find(clinic, "A"), Outcome.CALLED)
    (record,) = report(clinic).rules
    assert (record.closed, record.needs_review) == (5, True)


def test_median_and_ninetieth_percentile_of_the_time_until_somebody_took_it(
    clinic: Clinic,
) -> None:
    for minutes in range(1, 11):
        end(clinic, find(clinic, "A"), Outcome.CALLED, after=minutes)
    (record,) = report(clinic).rules
    assert record.speed.median == timedelta(minutes=5)
    assert record.speed.nine_of_ten == timedelta(minutes=9)
    assert dict(report(clinic).speed_by_tier)[T1].taken == 10


def test_an_alert_nobody_took_in_time_is_ignored_and_one_still_open_waits(clinic: Clinic) -> None:
    number = find(clinic, "A", T0)
    clinic.clock.forward(minutes=5)
    with clinic.session() as session:
        alerts.look(session, clinic.context, alert_id=number, now=clinic.now)
    (record,) = report(clinic).rules
    assert (record.ignored, record.speed.waiting, record.speed.median) == (1, 1, None)


def test_escalating_by_hand_is_not_ignoring(clinic: Clinic) -> None:
    number = find(clinic, "A")
    with clinic.session() as session:
        alerts.escalate(
            session, clinic.context, alert_id=number, clinician_id=clinic.meera, now=clinic.now
        )
    assert report(clinic).rules[0].ignored == 0


def test_older_alerts_and_drills_are_left_out(clinic: Clinic) -> None:
    number = find(clinic, "A")
    end(clinic, number, Outcome.CALLED)
    with clinic.session() as session:
        session.get_one(Alert, number).is_drill = True
    assert report(clinic).alerts == 0
    end(clinic, find(clinic, "B"), Outcome.CALLED)
    clinic.clock.forward(days=40)
    assert report(clinic).alerts == 0
    assert report(clinic, days=90).alerts == 1
