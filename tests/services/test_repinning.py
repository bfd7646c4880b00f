"""Moving one patient to newer content: seen first, by a named clinician, and never at a patient's cost."""

from __future__ import annotations

import pytest

from exercises import packs
from rehab.errors import InvalidInput, NotAllowed, WrongState
from rehab.models import (
    AuditEvent,
    CareTask,
    ChangeKind,
    Episode,
    FindingRecord,
    PlanChange,
    TaskKind,
)
from rehab.services import care_tasks, check_ins, episodes, repinning, versions
from tests.services.content_changes import HIP, draft, publish
from tests.support.build import Clinic

REASON = "the team agreed on the newer programme"
DOSE = ('"EX18", dose = { sets = 2, reps = 10', '"EX18", dose = { sets = 2, reps = 11')
SLOWER = ("check_in_every_days = 1", "check_in_every_days = 2")


@pytest.fixture
def changed(clinic: Clinic) -> Clinic:
    """A clinic that published another protocol, questionnaire, exercise, cards and rules."""
    clinic.clock.forward(minutes=1)
    with clinic.session() as session:
        publish(
            session,
            clinic,
            draft(session, clinic, HIP, DOSE),
            draft(session, clinic, "library/EX18", ("Stand tall", "Stand up tall")),
            draft(
                session, clinic, "questionnaires/daily-check-in", ('title = "', 'title = "Now: ')
            ),
            draft(
                session,
                clinic,
                "rules/common",
                ("at_least = 38.0, below", "at_least = 37.8, below"),
            ),
            draft(session, clinic, "education/hip-resurfacing", ('title = "', 'title = "Now: ')),
        )
    return clinic


def move(clinic: Clinic, reason: str = REASON, who: int | None = None) -> PlanChange:
    with clinic.session() as session:
        row = repinning.apply(
            session,
            clinic.context,
            episode_id=clinic.asha,
            reason=reason,
            clinician_id=who or clinic.meera,
            now=clinic.now,
        )
        session.expunge(row)
        return row


def test_the_difference_is_shown_kind_by_kind_before_anything_is_written(changed: Clinic) -> None:
    with changed.session() as session:
        episode = session.get_one(Episode, changed.asha)
        before = (episode.protocol_hash, episode.rules_hash)
        seen = repinning.preview(session, changed.context, episode=episode)
        told = {kind: " / ".join(lines) for kind, lines in seen.differences.items()}
        assert "EX18 2 sets · 10 times · 1× a day → 2 sets · 11" in told["protocol"]
        assert told["exercises"].startswith(
            "EX18 Standing leg lift to the side: Instruction: “Stand tall"
        )
        assert "Now: " in told["questionnaire"]
        assert told["rules"] == "Rule RF04.early, condition 1 (temperature), at least: 38.0 → 37.8"
        assert "Now: " in told["education"]
        assert told["warning_signs"] == ""
        assert seen.problems == ()
        assert (episode.protocol_hash, episode.rules_hash) == before
        assert session.query(PlanChange).count() == 0


def test_the_move_is_kept_with_name_reason_and_difference(changed: Clinic) -> None:
    row = move(changed)
    assert (row.kind, row.clinician_id, row.reason) == (ChangeKind.CONTENT, changed.meera, REASON)
    assert "EX18 2 sets" in row.words
    with changed.session() as session:
        episode = session.get_one(Episode, changed.asha)
        assert versions.protocol_of(session, changed.context, episode).version == "9.0.0"
        assert versions.library_of(session, changed.context, episode)[
            "EX18"
        ].instruction.startswith("Stand up tall")
        rules = versions.rules_of(session, changed.context, episode)
        assert rules.rule("RF04.early").when[0].at_least == 37.8
        assert session.query(AuditEvent).filter_by(action="plan.content").count() == 1
    with pytest.raises(WrongState) as caught:
        move(changed)
    assert caught.value.code == "up_to_date"


def test_it_takes_a_clinician_and_a_reason(changed: Clinic) -> None:
    with pytest.raises(NotAllowed):
        move(changed, who=changed.admin)
    with pytest.raises(InvalidInput) as caught:
        move(changed, reason=" ")
    assert "reason" in caught.value.fields


def test_nothing_moves_by_itself(changed: Clinic) -> None:
    with changed.session() as session:
        episode = session.get_one(Episode, changed.asha)
        care_tasks.plan_ahead(session, changed.context, episode=episode, now=changed.now)
        assert versions.protocol_of(session, changed.context, episode).version != "9.0.0"
        assert (
            versions.rules_of(session, changed.context, episode)
            .rule("RF04.early")
            .when[0]
            .at_least
            == 38.0
        )


def test_an_open_check_in_keeps_its_version_and_no_prompted_task_is_due_again(
    changed: Clinic,
) -> None:
    with changed.session() as session:
        episode = session.get_one(Episode, changed.asha)
        check_in = check_ins.start(
            session, changed.context, episode=episode,
            questionnaire_hash=episode.questionnaire_hash,
            local_on=changed.today, now=changed.now,
        )  # fmt: skip
        task = care_tasks.ensure(
            session, episode=episode, kind=TaskKind.EXERCISES, local_on=changed.today,
            now=changed.now,
        )  # fmt: skip
        task.state, task.look_after = "prompted", None
        asked, waiting = check_in.questionnaire_hash, task.id
    move(changed)
    with changed.session() as session:
        episode = session.get_one(Episode, changed.asha)
        again = check_ins.start(
            session, changed.context, episode=episode,
            questionnaire_hash=episode.questionnaire_hash,
            local_on=changed.today, now=changed.now,
        )  # fmt: skip
        assert again.questionnaire_hash == asked != episode.questionnaire_hash
        kept = session.get_one(CareTask, waiting)
        assert (kept.state, kept.look_after) == ("prompted", None)


def test_a_stage_the_new_protocol_does_not_have_stops_the_move(clinic: Clinic) -> None:
    with clinic.session() as session:
        publish(session, clinic, draft(session, clinic, HIP, DOSE))
        episodes.get(session, clinic.asha).stage_id = "P9"
    with pytest.raises(InvalidInput, match="stage P9, which the new protocol does not have"):
        move(clinic)


def test_a_patients_own_precaution_that_would_lose_its_ground_stops_the_move(
    changed: Clinic,
) -> None:
    with changed.session() as session:
        episode = session.get_one(Episode, changed.asha)
        session.add(
            PlanChange(
                episode_id=episode.id, kind=ChangeKind.PRECAUTION, precaution_id="no-such",
                precaution_to_day=60, from_on=changed.today, overrides=[], words="", reason="x",
                at=changed.now, clinician_id=changed.meera,
            )
        )  # fmt: skip
    with pytest.raises(InvalidInput, match="no-such"):
        move(changed)


def test_a_button_the_patient_still_has_must_not_fall_silent(clinic: Clinic) -> None:
    """The new content calls the swollen calf by another name; the old keyboard still says `calf`."""
    old_words = ('value = "calf"', 'is_one_of = ["calf"')
    with clinic.session() as session:
        made = []
        for name, text in packs.release().items():
            pairs = [
                (old, old.replace("calf", "lower-leg"))
                for old in old_words
                for _ in range(text.count(old))
            ]
            if pairs:
                made.append(draft(session, clinic, name, *pairs))
        publish(session, clinic, *made)
    with pytest.raises(InvalidInput, match=r"'calf'.*on an old keyboard it would reach nobody"):
        move(clinic)


def test_a_check_in_whose_finding_the_new_rules_forgot_is_finished_first(clinic: Clinic) -> None:
    with clinic.session() as session:
        publish(
            session, clinic,
            draft(session, clinic, "rules/common", *[("RF04.words-early", "RF04.words-warm")]),
        )  # fmt: skip
        episode = session.get_one(Episode, clinic.asha)
        check_in = check_ins.start(
            session, clinic.context, episode=episode,
            questionnaire_hash=episode.questionnaire_hash,
            local_on=clinic.today, now=clinic.now,
        )  # fmt: skip
        session.add(
            FindingRecord(
                episode_id=episode.id, rule_id="RF04.words-early", tier="T2", reason="warm",
                rules_hash=episode.rules_hash, cause=f"check_in:{check_in.id}", facts=[],
                created_at=clinic.now,
            )
        )  # fmt: skip
    with pytest.raises(InvalidInput, match=r"found RF04\.words-early"):
        move(clinic)
