"""Two keys: the system proposes when all criteria hold, a named clinician decides, the patient is told."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab.errors import InvalidInput, NotAllowed, SettingsError
from rehab.models import (
    AuditEvent,
    CareTask,
    ChangeKind,
    CheckIn,
    Decision,
    Episode,
    EpisodeEvent,
    ExerciseRecord,
    FindingRecord,
    OutboxMessage,
    Outcome,
    PlanChange,
    Prompt,
    ProposalState,
    StageChange,
    StageProposal,
    TaskKind,
)
from rehab.services import (
    alerts,
    care_tasks,
    dose_levels,
    episodes,
    measurements,
    plans,
    progression,
)
from rehab.services.progression import StageReview
from rehab.settings import load_settings
from tests.support.build import (
    ASHA_CHAT,
    MEERA_CHAT,
    RAO_CHAT,
    SECRET,
    ZONE,
    Clinic,
    connect,
    content,
)


def measure(clinic: Clinic, name: str, value: float) -> None:
    with clinic.session() as session:
        measurements.record(
            session,
            clinic.context,
            episode_id=clinic.asha,
            measure=name,
            value=value,
            effective_on=clinic.today,
            clinician_id=clinic.meera,
            now=clinic.now,
        )


def confirm(clinic: Clinic, criterion: str, *, stage_id: str = "P1", is_met: bool = True) -> None:
    with clinic.session() as session:
        measurements.confirm_criterion(
            session,
            clinic.context,
            episode_id=clinic.asha,
            stage_id=stage_id,
            criterion_id=criterion,
            is_met=is_met,
            clinician_id=clinic.meera,
            now=clinic.now,
        )


def meet_everything(clinic: Clinic) -> None:
    """All exit criteria of the first stage hold today: the check-in was fine three days in a row."""
    now = clinic.clock.moment
    for back in (2, 1):
        clinic.clock.moment = now - timedelta(days=back)
        clinic.check_in(clinic.asha)
    clinic.clock.moment = now
    confirm(clinic, "safe-transfers")
    measure(clinic, "hip-flexion-degrees", 90)
    clinic.check_in(clinic.asha)


def on_day(clinic: Clinic, day: int) -> None:
    """11:30 of this day after Asha's surgery."""
    surgery_on = clinic.one(select(Episode).where(Episode.id == clinic.asha)).surgery_on
    clinic.clock.at(surgery_on + timedelta(days=day), "11:30")


@pytest.fixture
def ready(clinic: Clinic) -> Clinic:
    """Day 15, all criteria of the first stage met, the proposal made."""
    on_day(clinic, 15)
    meet_everything(clinic)
    return clinic


def review(clinic: Clinic) -> StageReview:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        found = progression.view(session, clinic.context, episode=episode, now=clinic.now)
        session.expunge_all()
        return found


def look(clinic: Clinic) -> None:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        progression.follow(session, clinic.context, episode=episode, now=clinic.now)


def proposals(clinic: Clinic) -> list[tuple[str, str, str]]:
    return [(row.from_stage, row.to_stage, row.state) for row in clinic.all_of(StageProposal)]


def pending(clinic: Clinic) -> list[int]:
    with clinic.session() as session:
        return [row.id for row in progression.pending(session, now=clinic.now)]


def decide(clinic: Clinic, decision: Decision, reason: str = "", **more: Any) -> None:
    given: dict[str, Any] = {"clinician_id": clinic.meera}
    with clinic.session() as session:
        progression.decide(
            session,
            clinic.context,
            episode_id=clinic.asha,
            decision=decision,
            reason=reason,
            now=clinic.now,
            **(given | more),
        )


def stage(clinic: Clinic) -> str:
    return str(clinic.one(select(Episode).where(Episode.id == clinic.asha)).stage_id)


def cards(clinic: Clinic, kind: str = "stage_proposal") -> list[OutboxMessage]:
    return clinic.outbox(kind=kind)


def told(clinic: Clinic) -> str:
    """What the patient was told about the plan."""
    return "\n---\n".join(one.text or "" for one in clinic.outbox(ASHA_CHAT, "plan_changed"))


# --- the review -----------------------------------------------------------------------------


def test_a_review_shows_each_criterion_with_its_facts(clinic: Clinic) -> None:
    on_day(clinic, 12)
    clinic.check_in(clinic.asha, {"pain": "5"})
    confirm(clinic, "safe-transfers")
    found = review(clinic)
    states = {view.criterion.id: view.state for view in found.criteria}
    assert states == {
        "rest-pain": "not_met",
        "dry-wound": "unknown",  # one dry day is not three in a row
        "safe-transfers": "met",
        "flexion": "unknown",
    }
    (fact,) = next(v.facts for v in found.criteria if v.criterion.id == "rest-pain")
    assert (fact.value, fact.day, fact.source) == (5, 12, "check_in:1")
    assert found.next_stage is not None
    assert found.next_stage.id == "P2"
    assert found.can_advance_from == clinic.today + timedelta(days=3)
    assert (found.blocked, found.hold_until, found.proposal) == ("", None, None)


# --- the first key: the system proposes --------------------------------------------------------


def test_the_last_met_criterion_brings_the_proposal(ready: Clinic) -> None:
    assert proposals(ready) == [("P1", "P2", "open")]
    (row,) = ready.all_of(StageProposal)
    assert {one["state"] for one in row.criteria} == {"met"}
    assert row.criteria[0]["facts"][0]["value"] == 2
    assert pending(ready) == [row.id]
    assert stage(ready) == "P1", "nothing moves without a clinician"


def test_nothing_is_proposed_before_the_protocols_day(clinic: Clinic) -> None:
    on_day(clinic, 14)
    meet_everything(clinic)
    assert proposals(clinic) == []
    on_day(clinic, 15)
    with clinic.session() as session:
        # What the planner does when it brings the day's reminders.
        episode = episodes.get(session, clinic.asha)
        plans.follow_calendar(session, clinic.context, episode=episode, day=15, now=clinic.now)
    assert proposals(clinic) == [("P1", "P2", "open")]


def test_a_clinic_may_let_it_propose_some_days_earlier(sqlite_url: str) -> None:
    clinic = connect(sqlite_url, progression={"early_days": 3})
    on_day(clinic, 12)
    meet_everything(clinic)
    assert proposals(clinic) == [("P1", "P2", "open")]


def test_a_criterion_nobody_knows_about_brings_no_proposal(clinic: Clinic) -> None:
    on_day(clinic, 15)
    clinic.check_in(clinic.asha)
    confirm(clinic, "safe-transfers")
    assert proposals(clinic) == []


def test_there_is_one_proposal_however_often_one_looks(ready: Clinic) -> None:
    look(ready)
    look(ready)
    assert len(proposals(ready)) == 1
    assert len(cards(ready)) == 2


def test_a_worse_day_withdraws_it_and_the_cards_say_so(ready: Clinic) -> None:
    ready.deliver()
    ready.clock.forward(days=1)
    ready.check_in(ready.asha, {"wound": "spots"})
    assert proposals(ready) == [("P1", "P2", "withdrawn")]
    assert pending(ready) == []
    assert all(
        "No longer proposed" in (one.text or "") for one in cards(ready, "stage_proposal_update")
    )
    assert len(cards(ready, "stage_proposal_update")) == 2


def test_a_corrected_answer_withdraws_it_too(ready: Clinic) -> None:
    with ready.session() as session:
        *_, newest = session.scalars(select(CheckIn).order_by(CheckIn.id)).all()
        ready.record(session, newest, "pain", "5")
    assert proposals(ready) == [("P1", "P2", "withdrawn")]


def test_a_warning_sign_withdraws_it_until_the_alert_is_resolved(ready: Clinic) -> None:
    ready.find(ready.asha, Tier.SAME_DAY)
    assert pending(ready) == []
    look(ready)
    assert proposals(ready) == [("P1", "P2", "withdrawn")]
    assert review(ready).blocked == "alert_open"
    with ready.session() as session:
        alerts.resolve(
            session,
            ready.context,
            alert_id=1,
            clinician_id=ready.meera,
            outcome=Outcome.CALLED,
            note="",
            now=ready.now,
        )
    look(ready)
    assert [state for *_, state in proposals(ready)] == ["withdrawn", "open"]


def test_nothing_is_proposed_while_loading_is_stopped(clinic: Clinic) -> None:
    on_day(clinic, 15)
    with clinic.session() as session:
        episodes.get(session, clinic.asha).loading_stopped_at = clinic.now
    meet_everything(clinic)
    assert proposals(clinic) == []
    assert review(clinic).blocked == "loading_stopped"


def test_the_care_team_gets_a_card_with_three_choices(ready: Clinic) -> None:
    sent = cards(ready)
    assert {one.chat_id for one in sent} == {MEERA_CHAT, RAO_CHAT}
    text = sent[0].text or ""
    assert "READY FOR THE NEXT STAGE?" in text
    assert "Asha" not in text
    assert "✓ " in text
    prompts = [one for one in ready.all_of(Prompt) if one.kind == "progression"]
    assert {tuple(one.choices) for one in prompts} == {("advance", "hold", "step_back")}
    assert {one.subject["proposal"] for one in prompts} == {1}


@pytest.mark.parametrize(
    ("day", "wall", "opens_on", "opens_at"),
    [(15, "11:30", 16, "09:00"), (16, "11:30", 16, "11:30"), (16, "20:00", 17, "09:00")],
)
def test_the_card_waits_for_working_hours_and_day_15_is_a_sunday(
    clinic: Clinic, day: int, wall: str, opens_on: int, opens_at: str
) -> None:
    on_day(clinic, day)
    clinic.clock.at(clinic.today, wall)
    meet_everything(clinic)
    leaves = clinic.clock.at(clinic.today + timedelta(days=opens_on - day), opens_at)
    assert [one.not_before for one in cards(clinic)] == [leaves] * 2


# --- the second key: a clinician decides -------------------------------------------------------


def test_advancing_moves_the_stage_and_tells_the_patient(ready: Clinic) -> None:
    ready.deliver()
    decide(ready, Decision.ADVANCE)
    assert stage(ready) == "P2"
    assert proposals(ready) == [("P1", "P2", "decided")]
    (move,) = ready.all_of(StageChange)
    assert (move.from_stage, move.to_stage, move.clinician_id) == ("P1", "P2", ready.meera)
    assert "Well done! You move on to the next stage: Load." in told(ready)
    assert "New: " in told(ready)
    assert "No longer on your list: " in told(ready)
    assert "Remember: " in told(ready)
    assert "This starts today." in told(ready)
    ends = cards(ready, "stage_proposal_update")
    assert all("✅ P2 by Meera Joshi" in (one.text or "") for one in ends)
    assert all(one.closed_at for one in ready.all_of(Prompt) if one.kind == "progression")


def test_todays_list_stays_so_the_new_stage_begins_tomorrow(ready: Clinic) -> None:
    with ready.session() as session:
        task = care_tasks.ensure(
            session,
            episode=episodes.get(session, ready.asha),
            kind=TaskKind.EXERCISES,
            local_on=ready.today,
            now=ready.now,
        )
        care_tasks.list_exercises(session, ready.context, task=task, day=15)
    before = [row.exercise_id for row in ready.all_of(ExerciseRecord)]
    decide(ready, Decision.ADVANCE)
    assert [row.exercise_id for row in ready.all_of(ExerciseRecord)] == before
    assert "This starts tomorrow. Today, do the list you already have." in told(ready)


@pytest.mark.parametrize(
    ("day", "words"), [(15, "not met or not known: rest-pain"), (12, "before 15 Mar 2026")]
)
def test_advancing_against_something_needs_a_reason_that_says_against_what(
    clinic: Clinic, day: int, words: str
) -> None:
    on_day(clinic, day)
    with pytest.raises(InvalidInput) as error:
        decide(clinic, Decision.ADVANCE)
    assert words in error.value.fields["reason"]
    decide(clinic, Decision.ADVANCE, "walks without a limp, seen today")
    (row,) = clinic.all_of(StageProposal)
    assert {one["id"]: one["state"] for one in row.criteria}["rest-pain"] == "unknown"
    assert (row.state, row.decided_by) == (ProposalState.DECIDED, clinic.meera)
    assert stage(clinic) == "P2"


def test_advancing_past_an_open_alert_needs_a_reason(ready: Clinic) -> None:
    ready.find(ready.asha, Tier.SOON)
    with pytest.raises(InvalidInput, match="open alert"):
        decide(ready, Decision.ADVANCE)


def test_a_hold_keeps_the_stage_for_a_week_and_proposes_again_afterwards(ready: Clinic) -> None:
    decide(ready, Decision.HOLD)
    assert stage(ready) == "P1"
    assert ready.all_of(StageChange) == []
    until = ready.today + timedelta(days=7)
    assert review(ready).hold_until == until
    assert "We stay with this stage until 22 March: Protect." in told(ready)
    for day, state in ((16, "none"), (21, "none"), (22, "open")):
        on_day(ready, day)
        ready.check_in(ready.asha)
        newest = proposals(ready)[-1][2]
        assert (newest == "open") == (state == "open"), day


def test_a_step_back_needs_a_reason_and_is_told_kindly(ready: Clinic) -> None:
    decide(ready, Decision.ADVANCE)
    with pytest.raises(InvalidInput, match="reason"):
        decide(ready, Decision.STEP_BACK)
    decide(ready, Decision.STEP_BACK, "too sore")
    assert stage(ready) == "P1"
    assert "For now we go back to this stage: Protect." in told(ready)
    actions = [one.action for one in ready.all_of(AuditEvent) if one.action.startswith("stage.")]
    assert actions == ["stage.proposed", "stage.changed", "stage.changed"]


def test_after_a_step_back_the_same_is_not_proposed_again_tomorrow(ready: Clinic) -> None:
    decide(ready, Decision.ADVANCE)
    decide(ready, Decision.STEP_BACK, "too sore")
    for day in (15, 16, 21):
        on_day(ready, day)
        ready.check_in(ready.asha)
        assert proposals(ready)[-1][2] == "decided", day
    on_day(ready, 22)
    ready.check_in(ready.asha)
    assert proposals(ready)[-1] == ("P1", "P2", "open")


def test_a_paused_patient_is_proposed_nothing_and_the_pause_has_its_reason(ready: Clinic) -> None:
    with ready.session() as session:
        episodes.pause(
            session,
            episode_id=ready.asha,
            until=None,
            actor=f"clinician:{ready.meera}",
            now=ready.now,
            reason="admission",
        )
    assert pending(ready) == []
    look(ready)
    assert proposals(ready) == [("P1", "P2", "withdrawn")]
    event = ready.all_of(EpisodeEvent)[-1]
    assert (event.kind, event.detail) == ("paused", "open end, admission")


def test_a_pause_has_one_of_a_few_reasons(clinic: Clinic) -> None:
    with clinic.session() as session, pytest.raises(InvalidInput, match="admission, travel"):
        episodes.pause(
            session,
            episode_id=clinic.asha,
            until=None,
            actor="patient",
            now=clinic.now,
            reason="bored",
        )


def test_both_keys_turn_on_each_database(either: Clinic) -> None:
    on_day(either, 15)
    meet_everything(either)
    assert proposals(either) == [("P1", "P2", "open")]
    decide(either, Decision.ADVANCE)
    assert stage(either) == "P2"


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_the_patient_reads_it_in_their_own_language(clinic: Clinic, language: str) -> None:
    clinic.asha = clinic.add_patient("Olu Ade", chat=2001, day=15, language=language)
    decide(clinic, Decision.ADVANCE, "seen today")
    decide(clinic, Decision.HOLD)
    decide(clinic, Decision.STEP_BACK, "too sore")
    words = [one.text or "" for one in clinic.outbox(2001, "plan_changed")]
    assert len(words) == 3
    latin = r"[A-Za-z]{4,}"
    assert [re.findall(latin, text) for text in words] == [[], [], []]


@pytest.mark.parametrize(
    ("decision", "more"),
    [
        (Decision.STEP_BACK, {}),
        (Decision.ADVANCE, {"to_stage": "P0"}),
        (Decision.ADVANCE, {"to_stage": "P9"}),
        (Decision.STEP_BACK, {"to_stage": "P2"}),
        (Decision.HOLD, {"hold_until": date(2026, 3, 15)}),
        (Decision.HOLD, {"hold_until": date(2027, 3, 15)}),
    ],
)
def test_odd_decisions_are_refused(
    ready: Clinic, decision: Decision, more: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        decide(ready, decision, "a good reason", **more)
    assert stage(ready) == "P1"


def test_only_clinicians_decide(ready: Clinic) -> None:
    with pytest.raises(NotAllowed):
        decide(ready, Decision.ADVANCE, clinician_id=ready.admin)


def test_the_patient_is_told_after_the_night(ready: Clinic) -> None:
    ready.clock.at(ready.today, "23:00")
    decide(ready, Decision.ADVANCE)
    (message,) = ready.outbox(ASHA_CHAT, "plan_changed")
    assert message.not_before == ready.clock.at(ready.today + timedelta(days=1), "07:00", ZONE)


def test_a_stage_change_begins_at_the_stages_own_doses(ready: Clinic) -> None:
    with ready.session() as session:
        episodes.get(session, ready.asha).dose_level = 2
    decide(ready, Decision.ADVANCE)
    assert ready.one(select(Episode)).dose_level == 0


# --- stages of low risk ------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["hip-resurfacing-standard/P2", "no-such-protocol/P4"])
def test_a_start_that_would_open_a_stage_of_risk_by_itself_is_refused(entry: str) -> None:
    settings = load_settings(
        {"SECRET_KEY": SECRET}, overrides={"progression": {"automatic_stages": [entry]}}
    )
    with pytest.raises(SettingsError, match=r"automatic_stages.*low_risk"):
        progression.check_settings(settings.config, content())


def test_a_stage_of_low_risk_opens_by_itself_where_the_clinic_says_so(sqlite_url: str) -> None:
    entry = "total-hip-posterior/P4"
    clinic = connect(sqlite_url, progression={"automatic_stages": [entry]})
    progression.check_settings(clinic.settings.config, content())
    clinic.asha = clinic.add_patient(
        "Olu Ade", chat=2001, day=84, procedure="total-hip", variant="posterior"
    )
    with clinic.session() as session:
        episodes.get(session, clinic.asha).stage_id = "P3"
    meet_all(clinic, "P3")
    assert stage(clinic) == "P3"
    clinic.clock.forward(days=1)
    look(clinic)
    assert stage(clinic) == "P4"
    (row,) = clinic.all_of(StageProposal)
    assert (row.state, row.decision, row.decided_by) == ("decided", "advance", None)
    (move,) = clinic.all_of(StageChange)
    assert move.clinician_id is None
    assert "Well done!" in (clinic.outbox(2001, "plan_changed")[0].text or "")
    assert cards(clinic) == []


def meet_all(clinic: Clinic, stage_id: str) -> None:
    """Whatever this stage asks for, said by a check-in, measured or confirmed."""
    clinic.check_in(clinic.asha)
    for view in review(clinic).criteria:
        criterion, measure_ = view.criterion, view.measure
        if measure_ is None:
            confirm(clinic, criterion.id, stage_id=stage_id)
        elif view.state != "met":
            measure(clinic, measure_.id, criterion.at_least or criterion.at_most or 0)


def test_an_entry_without_a_stage_is_refused_at_once() -> None:
    with pytest.raises(SettingsError, match="automatic_stages"):
        load_settings(
            {"SECRET_KEY": SECRET}, overrides={"progression": {"automatic_stages": ["P4"]}}
        )


# --- the pain rule -----------------------------------------------------------------------------


def guided(clinic: Clinic, day: int, after: int | None, *, next_pain: int | None = None) -> None:
    """A guided session of this day, and the check-in of the next morning."""
    on_day(clinic, day)
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        task = care_tasks.ensure(
            session,
            episode=episode,
            kind=TaskKind.EXERCISES,
            local_on=clinic.today,
            now=clinic.now,
        )
        task.pain_before, task.pain_after = 1, after
        session.flush()
        dose_levels.look(session, clinic.context, episode=episode, now=clinic.now)
    if next_pain is not None:
        clinic.clock.forward(days=1)
        clinic.check_in(clinic.asha, {"pain": str(next_pain)})


def level(clinic: Clinic) -> int:
    return int(clinic.one(select(Episode)).dose_level)


def test_a_session_that_was_too_much_leads_a_level_down_at_once_and_tells_staff(
    clinic: Clinic,
) -> None:
    guided(clinic, 10, 7)
    assert level(clinic) == -1
    (found,) = clinic.all_of(FindingRecord)
    assert (found.rule_id, found.tier) == ("RF17.exercise-pain", "T2")
    card = clinic.outbox(kind="alert_card")[0].text or ""
    assert "Exercises were too much (pain 7 after exercises)" in card
    assert "Pain after exercises: 7" in card
    (row,) = clinic.all_of(PlanChange)
    assert (row.kind, row.clinician_id) == (ChangeKind.LEVEL, None)
    assert "Dose level 0 to -1" in row.words
    assert "a step easier now" in told(clinic)


def test_a_session_is_judged_once(clinic: Clinic) -> None:
    guided(clinic, 10, 7, next_pain=2)
    look(clinic)
    assert len(clinic.all_of(FindingRecord)) == 1
    assert level(clinic) == -1


def test_a_limp_the_next_morning_leads_a_level_down(clinic: Clinic) -> None:
    guided(clinic, 10, 2)
    assert level(clinic) == 0
    clinic.clock.forward(days=1)
    clinic.check_in(clinic.asha, {"walking": "limp"})
    assert level(clinic) == -1
    assert "RF17.exercise-pain" in {one.rule_id for one in clinic.all_of(FindingRecord)}


def test_a_good_week_leads_one_step_up_and_no_further(clinic: Clinic) -> None:
    for day in range(10, 17):
        assert level(clinic) == 0
        guided(clinic, day, 2, next_pain=2)
    assert level(clinic) == 1
    assert "up by one small step" in told(clinic)
    guided(clinic, 17, 2, next_pain=2)
    assert level(clinic) == 1


def test_the_same_again_after_a_sore_day(clinic: Clinic) -> None:
    for day, after in zip(range(10, 17), (2, 2, 2, 4, 2, 2, 2), strict=True):
        guided(clinic, day, after, next_pain=2)
    assert level(clinic) == 0
    assert clinic.all_of(FindingRecord) == []


def test_while_loading_is_stopped_the_dose_does_not_rise(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.get(session, clinic.asha).loading_stopped_at = clinic.now
    for day in range(10, 17):
        guided(clinic, day, 1, next_pain=1)
    assert level(clinic) == 0


def test_without_a_check_in_the_pain_before_the_next_session_tells_the_morning(
    clinic: Clinic,
) -> None:
    for day in range(10, 18):
        guided(clinic, day, 2)
    on_day(clinic, 19)
    look(clinic)
    assert level(clinic) == 1
    tasks = clinic.read(select(CareTask).where(CareTask.pain_after.is_not(None)))
    assert len(tasks) == 8


def test_the_words_of_the_plan_follow_the_level(clinic: Clinic) -> None:
    def dose(day: int) -> Any:
        with clinic.session() as session:
            episode = episodes.get(session, clinic.asha)
            items = plans.on_day(session, clinic.context, episode=episode, day=day)
            return {item.exercise_id: item.dose for item in items}["EX03"]

    usual = dose(10)
    guided(clinic, 10, 8)
    assert dose(11) != usual
