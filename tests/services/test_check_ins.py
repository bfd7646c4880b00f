"""Check-ins: resumed, corrected, answered late, left behind; and pinned to the version that was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import select

from exercises.loader import ContentPack
from exercises.schema import AskIf, Option, Question
from rehab.clinical.answers import Answer
from rehab.models import (
    CareTask,
    CheckIn,
    CheckInState,
    FindingRecord,
    Observation,
    TaskKind,
    TaskState,
)
from rehab.services import care_tasks, check_ins, episodes, plans, versions
from tests.support.build import Clinic


def asked(clinic: Clinic, check_in_id: int) -> list[str]:
    with clinic.session() as session:
        check_in = session.get_one(CheckIn, check_in_id)
        found = check_ins.asked_questions(session, clinic.context, check_in)
        return [question.id for question in found]


def next_of(clinic: Clinic, check_in_id: int) -> str | None:
    with clinic.session() as session:
        check_in = session.get_one(CheckIn, check_in_id)
        question = check_ins.next_question(session, clinic.context, check_in)
        return question.id if question else None


def state_of(clinic: Clinic, check_in_id: int) -> str:
    return str(clinic.one(select(CheckIn).where(CheckIn.id == check_in_id)).state)


def late(clinic: Clinic, check_in_id: int, question: str, raw: str) -> check_ins.Recorded:
    """An answer to a certain check-in, whatever day it is."""
    with clinic.session() as session:
        return clinic.record(session, session.get_one(CheckIn, check_in_id), question, raw)


# --- the day ------------------------------------------------------------------------------------


def test_at_most_seven_questions_whatever_the_day(clinic: Clinic) -> None:
    questionnaire = clinic.context.content.questionnaires["daily-check-in"]
    for day in range(-28, 400):
        assert 1 <= len(check_ins.questions_for(questionnaire, day)) <= 7, day


@pytest.mark.parametrize(
    ("day", "wound", "metal"),
    [(-1, False, False), (0, True, False), (42, True, False), (43, False, False),
     (89, False, False), (90, False, True)],
)  # fmt: skip
def test_questions_have_their_days(clinic: Clinic, day: int, wound: bool, metal: bool) -> None:
    questionnaire = clinic.context.content.questionnaires["daily-check-in"]
    ids = [question.id for question in check_ins.questions_for(questionnaire, day)]
    assert ("wound" in ids, "metal" in ids) == (wound, metal)


def test_an_unfinished_check_in_is_resumed_where_it_was_left(clinic: Clinic) -> None:
    clinic.answer(clinic.asha, "pain", "3")
    clinic.clock.forward(hours=5)
    clinic.answer(clinic.asha, "medicine", "none")
    assert len(clinic.all_of(CheckIn)) == 1
    assert next_of(clinic, 1) == "wound"


def test_the_last_answer_completes_it_and_its_task(clinic: Clinic) -> None:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        task = care_tasks.ensure(
            session,
            episode=episode,
            kind=TaskKind.CHECK_IN,
            local_on=clinic.today,
            now=clinic.now,
        )
        check_ins.start(
            session,
            clinic.context,
            episode=episode,
            questionnaire_hash=episode.questionnaire_hash,
            local_on=clinic.today,
            now=clinic.now,
            task=task,
        )
    clinic.check_in(clinic.asha)
    found = clinic.one(select(CheckIn))
    assert (found.state, found.completed_at) == (CheckInState.COMPLETED, clinic.now)
    assert found.editable_until == clinic.now + timedelta(minutes=30)
    task = clinic.one(select(CareTask))
    assert (task.state, task.look_after) == (TaskState.DONE, None)


def test_answers_may_come_in_any_order(clinic: Clinic) -> None:
    for question, raw in [("exercises", "all"), ("walking", "same"), ("pain", "2")]:
        clinic.answer(clinic.asha, question, raw)
    assert next_of(clinic, 1) == "medicine"


def test_on_the_next_day_an_unfinished_one_is_left_behind(clinic: Clinic) -> None:
    clinic.answer(clinic.asha, "pain", "3")
    clinic.clock.forward(days=1)
    clinic.answer(clinic.asha, "pain", "4")
    assert [row.state for row in clinic.all_of(CheckIn)] == ["abandoned", "open"]


# --- corrections and late answers ---------------------------------------------------------------


def test_within_half_an_hour_an_answer_is_corrected_and_judged(clinic: Clinic) -> None:
    check_in_id = clinic.check_in(clinic.asha)
    clinic.clock.forward(minutes=30)
    recorded = late(clinic, check_in_id, "legs", "calf")
    assert (recorded.is_correction, recorded.is_late) == (True, False)
    assert [found.rule_id for found in recorded.new_findings] == ["RF02.calf"]


def test_after_that_it_is_a_late_answer_and_still_judged(clinic: Clinic) -> None:
    check_in_id = clinic.check_in(clinic.asha)
    clinic.clock.forward(minutes=30, seconds=1)
    recorded = late(clinic, check_in_id, "legs", "breath")
    assert (recorded.is_correction, recorded.is_late) == (False, True)
    assert clinic.alert().tier == "T0"
    first, second = clinic.read(
        select(Observation).where(Observation.question_id == "legs").order_by(Observation.id)
    )
    assert (first.status, first.is_late) == ("final", False)
    assert (second.status, second.is_late, second.revision) == ("final", True, 2)


def test_a_tap_on_yesterdays_abandoned_question_is_late_and_completes_nothing(
    clinic: Clinic,
) -> None:
    clinic.answer(clinic.asha, "pain", "3")
    clinic.clock.forward(days=1)
    clinic.answer(clinic.asha, "pain", "3")
    recorded = late(clinic, 1, "walking", "cannot")
    assert recorded.is_late
    assert clinic.alert().tier == "T0"
    assert state_of(clinic, 1) == "abandoned"


def test_rules_look_back_over_earlier_days(clinic: Clinic) -> None:
    for pain in ("7", "7"):
        clinic.check_in(clinic.asha, {"pain": pain})
        clinic.clock.forward(days=1)
    rules = {found.rule_id for found in clinic.all_of(FindingRecord)}
    assert rules & {"RF17.twice", "RF17.band-8-14"}


def test_the_warning_list_begins_anew_each_time(clinic: Clinic) -> None:
    for _ in range(2):
        with clinic.session() as session:
            episode = episodes.get(session, clinic.asha)
            check_ins.start(
                session,
                clinic.context,
                episode=episode,
                questionnaire_hash=versions.warning_signs(session, clinic.context, episode)[1],
                local_on=clinic.today,
                now=clinic.now,
            )
    assert [row.state for row in clinic.all_of(CheckIn)] == ["abandoned", "open"]


def signs_of(clinic: Clinic, episode_id: int) -> set[str]:
    """What this patient can tap in the list of warning signs."""
    with clinic.session() as session:
        episode = episodes.get(session, episode_id)
        signs, digest = versions.warning_signs(session, clinic.context, episode)
        assert versions.questionnaire(session, clinic.context, digest) == signs
        return {option.value for option in signs.question("sign").options}


def test_every_patient_is_shown_the_warning_signs_of_the_own_operation(clinic: Clinic) -> None:
    knee = clinic.add_patient("Olu Ade", chat=2001, procedure="total-knee")
    shoulder = clinic.add_patient("Mary Fernandes", chat=2002, procedure="rotator-cuff-repair")
    assert "metal" in signs_of(clinic, clinic.asha)
    assert "knee-swollen" in signs_of(clinic, knee)
    assert "metal" not in signs_of(clinic, knee)
    assert {"arm-pop", "cold-hand"} <= signs_of(clinic, shoulder)
    assert "cannot-stand" not in signs_of(clinic, shoulder)


def test_a_new_sign_is_not_shown_to_a_patient_whose_rules_do_not_know_it(clinic: Clinic) -> None:
    before = signs_of(clinic, clinic.asha)
    pack = clinic.context.content
    old = pack.questionnaires["warning-signs"]
    sign = old.question("sign")
    more = sign.model_copy(
        update={"options": (*sign.options, Option(value="sparks", label="Sparks fly"))}
    )
    new = old.model_copy(update={"questions": (more,)})
    publish(clinic, with_questionnaire(pack, "warning-signs", new))
    assert signs_of(clinic, clinic.asha) == before


# --- several answers, branches, and what is asked weekly -----------------------------------------


def asking(clinic: Clinic, *questions: Question) -> int:
    """Asha's check-in of today in a clinic that asks these questions."""
    pack = clinic.context.content
    old = pack.questionnaires["daily-check-in"]
    new = old.model_copy(update={"questions": questions, "version": "3.0.0"})
    publish(clinic, with_questionnaire(pack, "daily-check-in", new))
    with clinic.session() as session:
        episodes.get(session, clinic.asha).questionnaire_hash = "f" * 64
        return clinic.begin(session, clinic.asha).id


SIGNS = Question(
    id="signs",
    kind="several",
    text="Signs?",
    short="Signs",
    options=(Option(value="lump", label="Lump"), Option(value="noise", label="Noise")),
)
WHERE = Question(
    id="where",
    kind="scale",
    text="How large?",
    short="Size",
    ask_if=AskIf(question="signs", is_one_of=("lump",)),
)


def test_ticked_answers_are_kept_at_once_and_the_question_stays_open(either: Clinic) -> None:
    check_in_id = asking(either, SIGNS, WHERE)
    for value in (["lump"], ["lump", "noise"]):
        with either.session() as session:
            recorded = check_ins.record_answer(
                session, either.context, check_in=session.get_one(CheckIn, check_in_id),
                question_id="signs", answer=Answer(value, "shown"), is_partial=True,
                source=f"test:{len(value)}", at=either.now, now=either.now,
            )  # fmt: skip
        assert (recorded.is_partial, recorded.is_correction) == (True, False)
    assert next_of(either, check_in_id) == "signs"
    with either.session() as session:
        check_in = session.get_one(CheckIn, check_in_id)
        assert check_ins.finish(
            session, either.context, check_in=check_in, question_id="signs", now=either.now
        ).is_new
    assert next_of(either, check_in_id) == "where"
    assert [(row.value, row.status) for row in either.all_of(Observation)] == [
        (["lump"], "amended"),
        (["lump", "noise"], "final"),
    ]


def test_an_answer_that_is_due_again_after_a_second_thought_is_asked_anew(either: Clinic) -> None:
    check_in_id = asking(either, SIGNS, WHERE)
    for question, raw in [("signs", "lump"), ("where", "4"), ("signs", "noise")]:
        late(either, check_in_id, question, raw)
    assert state_of(either, check_in_id) == "completed"
    assert asked(either, check_in_id) == ["signs"]
    late(either, check_in_id, "signs", "lump")
    assert next_of(either, check_in_id) == "where"
    late(either, check_in_id, "where", "5")
    rows = either.read(select(Observation).where(Observation.question_id == "where"))
    assert [(row.revision, row.status) for row in rows] == [(1, "no-longer-due"), (2, "final")]


def test_a_weekly_question_waits_a_week_for_its_next_turn(either: Clinic) -> None:
    knee = either.add_patient("Olu Ade", chat=2001, procedure="total-knee", variant=None)
    turns = []
    for _ in range(10):
        check_in_id = either.check_in(knee)
        turns.append("knee-bend" in asked(either, check_in_id))
        either.clock.forward(days=1)
    assert turns == [True, *[False] * 6, True, False, False]


# --- versions -----------------------------------------------------------------------------------


def changed(pack: ContentPack) -> ContentPack:
    """The next release: pain is asked in other words, the wound no more, and hashes differ."""
    old = pack.questionnaires["daily-check-in"]
    questions = tuple(
        question.model_copy(update={"text": "How bad is it?"})
        if question.id == "pain"
        else question
        for question in old.questions
        if question.id != "wound"
    )
    new = old.model_copy(update={"questions": questions, "version": "2.0.0"})
    return with_questionnaire(pack, "daily-check-in", new)


def with_questionnaire(pack: ContentPack, name: str, new: object) -> ContentPack:
    shelf: Mapping[str, object] = {**pack.questionnaires, name: new}
    hashes = {**pack.hashes, f"questionnaires/{name}": "f" * 64}
    return replace(
        pack,
        questionnaires=MappingProxyType(shelf),  # type: ignore[arg-type]
        hashes=MappingProxyType(hashes),
        hash="e" * 64,
    )


def publish(clinic: Clinic, pack: ContentPack) -> int:
    clinic.context = replace(clinic.context, content=pack)
    with clinic.session() as session:
        return versions.publish(session, pack, now=clinic.now)


def test_publishing_stores_only_what_is_new(either: Clinic) -> None:
    assert publish(either, either.context.content) == 0
    assert publish(either, changed(either.context.content)) == 1
    assert publish(either, either.context.content) == 0


def test_an_episode_keeps_the_questions_it_began_with(either: Clinic) -> None:
    before = clinic_question(either)
    publish(either, changed(either.context.content))
    check_in_id = either.check_in(either.asha)
    assert "wound" in asked(either, check_in_id)
    assert clinic_question(either) == before
    newer = either.add_patient("Olu Ade", chat=2001)
    assert "wound" not in asked(either, either.check_in(newer))


def clinic_question(clinic: Clinic) -> str:
    """How pain is asked of Asha."""
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        found = versions.questionnaire(session, clinic.context, episode.questionnaire_hash)
        return found.question("pain").text


def test_what_was_stored_reads_back_exactly(either: Clinic) -> None:
    pack = either.context.content
    gone = replace(
        pack,
        protocols=MappingProxyType({}),
        questionnaires=MappingProxyType({}),
        rules=MappingProxyType({}),
        hashes=MappingProxyType({}),
    )
    either.context = replace(either.context, content=gone)
    with either.session() as session:
        episode = episodes.get(session, either.asha)
        assert versions.protocol_of(session, either.context, episode) == pack.protocol_for(
            "hip-resurfacing"
        )
        assert versions.rules_of(session, either.context, episode) == pack.rules["hip-resurfacing"]
        assert (
            versions.questionnaire(session, either.context, episode.questionnaire_hash)
            == pack.questionnaires["daily-check-in"]
        )


def test_a_version_that_was_never_published_is_an_error(clinic: Clinic) -> None:
    with clinic.session() as session, pytest.raises(KeyError, match="never published"):
        versions.questionnaire(session, clinic.context, "0" * 64)


def test_the_conversation_renders_the_old_question_after_a_release(clinic: Clinic) -> None:
    publish(clinic, changed(clinic.context.content))
    chat = clinic.chat(1001)
    chat.command("checkin")
    assert "How bad is it?" not in chat.said
    chat.taps("3", question="pain")
    chat.taps("none", question="medicine")
    assert "wound" in chat.said


def other_library(pack: ContentPack) -> MappingProxyType[str, str]:
    """The hashes of a pack whose library differs."""
    return MappingProxyType({**pack.hashes, "library/EX01": "another version"})


def test_an_episode_keeps_its_exercises_when_the_library_loses_one(clinic: Clinic) -> None:
    pack = clinic.context.content
    fewer = {name: found for name, found in pack.exercises.items() if name != "EX01"}
    clinic.context = replace(
        clinic.context,
        content=replace(pack, exercises=MappingProxyType(fewer), hashes=other_library(pack)),
    )
    assert clinic.chat(1001).command("today") == ["exercise_list"]


def test_an_episode_keeps_its_doses_when_the_library_changes_them(clinic: Clinic) -> None:
    def doses() -> list[str]:
        with clinic.session() as session:
            episode = episodes.get(session, clinic.asha)
            items = plans.on_day(session, clinic.context, episode=episode, day=10)
            return [care_tasks.dose_text(item, "en") for item in items]

    before, pack = doses(), clinic.context.content
    more = {
        name: found.model_copy(update={"dose": found.dose.model_copy(update={"reps": 99})})
        for name, found in pack.exercises.items()
    }
    clinic.context = replace(
        clinic.context,
        content=replace(pack, exercises=MappingProxyType(more), hashes=other_library(pack)),
    )
    assert doses() == before
