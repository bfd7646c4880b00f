"""One exercise of the session: an easier one when it hurts, its timer, its dose, and words that fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select

from rehab import texts
from rehab.flows import exercise_card
from rehab.flows.turn import Turn
from rehab.models import (
    CareTask,
    Episode,
    ExerciseRecord,
    OutboxMessage,
    Patient,
    Prompt,
    TaskKind,
)
from rehab.services import care_tasks
from rehab.services.outbox import LONGEST_CAPTION, LONGEST_TEXT, units
from tests.flows.guided import (
    LANGUAGES,
    an_exercise_with_an_easier_one,
    press,
    prompts,
    records,
    shown,
    speak,
    started,
    states,
    to_exercise,
)
from tests.support.build import ASHA_CHAT, Chat, Clinic


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


# --- too painful -----------------------------------------------------------------------------------


def test_an_exercise_that_hurts_is_left_out_kindly_and_the_next_one_comes(asha: Chat) -> None:
    started(asha)
    asha.taps("too_painful", kind="exercise")
    assert asha.kinds == ["exercise_answered", "exercise_painful", "exercise_one"]
    assert "Good that you stopped." in (shown(asha, "exercise_painful").text or "")
    assert states(asha)[:2] == ["too_painful", "asked"]


def test_an_easier_exercise_is_offered_shown_and_recorded(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    before = len(records(asha))
    asha.taps("too_painful", kind="exercise")
    assert asha.kinds == ["exercise_answered", "exercise_painful"]
    name = asha.clinic.context.content.exercises[easy].name
    assert f"There is an easier one: {name}" in asha.said
    asha.taps("easier", kind="exercise_easier")
    assert name in (shown(asha, "exercise_one").text or "")
    asha.taps("done", kind="exercise")
    found = {record.exercise_id: record for record in records(asha)}
    assert (found[hard].state, found[easy].state) == ("too_painful", "done")
    assert found[easy].position == found[hard].position + 1
    assert sorted(record.position for record in records(asha)) == list(range(1, before + 2))


def test_the_easier_exercise_can_be_declined(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    asha.taps("too_painful", kind="exercise")
    asha.taps("go_on", kind="exercise_easier")
    assert asha.kinds in (["exercise_one"], ["exercise_picture", "exercise_one"], ["session_pain"])
    assert easy not in {record.exercise_id for record in records(asha)}


def test_the_easier_exercise_is_taken_once(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    asha.taps("too_painful", kind="exercise")
    (prompt,) = prompts(asha, "exercise_easier")
    press(asha, prompt, "easier")
    assert press(asha, prompt, "easier").toast == texts.text("tap.already", "en")
    assert [record.exercise_id for record in records(asha)].count(easy) == 1


@pytest.mark.parametrize(("is_stopped", "is_offered"), [(False, True), (True, False)])
def test_while_loading_is_stopped_no_easier_exercise_that_loads_is_offered(
    asha: Chat, is_stopped: bool, is_offered: bool
) -> None:
    clinic = asha.clinic
    hard, _ = an_exercise_with_an_easier_one(asha, tag="loading")
    with clinic.session() as session:
        episode = session.get_one(Episode, clinic.asha)
        day = (clinic.today - episode.surgery_on).days
        row = care_tasks.ensure(
            session, episode=episode, kind=TaskKind.EXERCISES, local_on=clinic.today,
            now=clinic.now,
        )  # fmt: skip
        record = ExerciseRecord(position=1, exercise_id=hard, dose="")
        row.exercises.append(record)
        session.flush()
        episode.loading_stopped_at = clinic.now if is_stopped else None
        item = care_tasks.easier_instead(session, clinic.context, record=record, day=day)
        assert (item is not None) is is_offered


# --- the timer -------------------------------------------------------------------------------------


def test_a_held_exercise_has_a_timer_and_others_have_none(asha: Chat) -> None:
    started(asha)
    seen = set()
    for record in records(asha):
        has_timer = "⏱ Timer" in asha.buttons
        seen.add(has_timer)
        assert has_timer is ("hold_seconds" in (record.dose_fields or {})), record.exercise_id
        asha.taps("done", kind="exercise")
    assert seen == {True, False}


def test_the_timer_comes_as_a_picture_and_answers_nothing(asha: Chat) -> None:
    started(asha)
    while "⏱ Timer" not in asha.buttons:
        asha.taps("done", kind="exercise")
    before = states(asha)
    asha.taps("timer", kind="exercise")
    message = shown(asha, "exercise_timer")
    assert (message.media_kind, str(message.media_key)[:6]) == ("animation", "timer:")
    assert states(asha) == before
    asha.says("timer")
    assert asha.kinds == ["exercise_timer"]


# --- doses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_old_dose_is_said_in_the_patients_language_though_the_plan_has_changed(
    asha: Chat, language: str
) -> None:
    speak(asha.clinic, language)
    asha.command("today")
    with asha.clinic.session() as session:
        record = session.scalars(select(ExerciseRecord).order_by(ExerciseRecord.id)).first()
        assert record is not None
        record.dose_fields = {"sets": 3, "reps": 17, "hold_seconds": 9}
    asha.command("today")
    for key, value in (("dose.sets", 3), ("dose.reps", 17), ("dose.hold", 9)):
        assert texts.text(key, language, n=value) in asha.said


def test_a_dose_from_before_its_numbers_were_kept_is_still_said(asha: Chat) -> None:
    asha.command("today")
    with asha.clinic.session() as session:
        for record in session.scalars(select(ExerciseRecord)):
            record.dose, record.dose_fields = "as it was then", None
    asha.command("today")
    asha.taps("start", kind="exercises")
    asha.taps("2", kind="session_pain")
    assert "as it was then" in asha.said
    assert "⏱ Timer" not in asha.buttons


# --- nothing is too long ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_exercise_makes_a_message_that_telegram_would_refuse(
    clinic: Clinic, language: str
) -> None:
    speak(clinic, language)
    with clinic.session() as session:
        for record in every_exercise(clinic, session):
            turn = Turn(
                session, clinic.context, session.get_one(Patient, 1),
                session.get_one(Episode, clinic.asha), f"test:{record.exercise_id}", clinic.now,
            )  # fmt: skip
            exercise_card.show(turn, record)
            prompt = session.scalars(select(Prompt).order_by(Prompt.id.desc())).first()
            assert prompt is not None
            exercise_card.mark_answered(
                turn, record, prompt, texts.text("exercises.hurts", language)
            )
            exercise_card.show_timer(turn, record)
        messages = list(session.scalars(select(OutboxMessage)))
        assert len(messages) >= 2 * len(clinic.context.content.exercises)
        for message in messages:
            original = session.get(OutboxMessage, message.edits_id) if message.edits_id else None
            is_caption = bool(message.media_key or (original and original.media_key))
            longest = LONGEST_CAPTION if is_caption else LONGEST_TEXT
            assert units(message.text or "") <= longest, (message.kind, message.text)


def every_exercise(clinic: Clinic, session: Any) -> Iterator[ExerciseRecord]:
    episode = session.get_one(Episode, clinic.asha)
    row = CareTask(
        episode=episode, kind=TaskKind.EXERCISES, local_on=clinic.today, due_at=clinic.now
    )
    session.add(row)
    for position, exercise in enumerate(clinic.context.content.exercises.values(), start=1):
        full = {"sets": 10, "reps": 60, "hold_seconds": 10, "times_a_day": 12, "days_a_week": 7}
        row.exercises.append(
            ExerciseRecord(position=position, exercise_id=exercise.id, dose="", dose_fields=full)
        )
    session.flush()
    yield from row.exercises


def test_words_too_long_for_a_caption_follow_the_picture(asha: Chat) -> None:
    clinic = asha.clinic
    pack = clinic.context.content
    long = "Do it slowly and breathe. " * 45
    wordy = {
        name: found.model_copy(update={"instruction": long})
        for name, found in pack.exercises.items()
    }
    clinic.context = replace(
        clinic.context, content=replace(pack, exercises=MappingProxyType(wordy))
    )
    started(asha)
    picture, words = asha.fresh
    assert (picture.kind, picture.media_kind) == ("exercise_picture", "animation")
    assert "Exercise 1 of" in (picture.text or "")
    assert "×" in (picture.text or ""), "the dose stands under the picture"
    assert picture.buttons == []
    assert (words.kind, words.media_key) == ("exercise_one", None)
    assert long in (words.text or "")
    assert asha.buttons[0] == "✅ Done"
    asha.taps("done", kind="exercise")
    edit = shown(asha, "exercise_answered")
    assert edit.edits_id == words.id
    assert long in (edit.text or ""), "the words can be read again"


def test_an_answer_that_no_longer_fits_under_the_picture_leaves_out_the_instruction(
    asha: Chat,
) -> None:
    clinic = asha.clinic
    started(asha)
    first = records(asha)[0].exercise_id
    original = shown(asha, "exercise_one")
    room = LONGEST_CAPTION - units(original.text or "")
    pack = clinic.context.content
    fuller = pack.exercises[first].instruction + "x" * room
    wordy = {
        **pack.exercises,
        first: pack.exercises[first].model_copy(update={"instruction": fuller}),
    }
    clinic.context = replace(
        clinic.context, content=replace(pack, exercises=MappingProxyType(wordy))
    )
    asha.taps("done", kind="exercise")
    edit = shown(asha, "exercise_answered")
    assert pack.exercises[first].name in (edit.text or "")
    assert (edit.text or "").endswith("✓ ✅ Done")
    assert fuller not in (edit.text or "")
