"""A change of the plan in words: for staff in English, for the patient in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from babel.dates import format_date
from sqlalchemy.orm import Session

from exercises.schema import Dose, Exercise, Precaution, Protocol, Stage
from rehab import texts
from rehab.clinical import timetable
from rehab.clinical.staging import PlanItem
from rehab.models import (
    ChangeKind,
    ChatState,
    Decision,
    Episode,
    EpisodeState,
    MessageClass,
    PlanChange,
)
from rehab.services import outbox, plans
from rehab.services.context import Context

LINES = {
    ChangeKind.DOSE: "plan.line_dose",
    ChangeKind.ADD: "plan.line_add",
    ChangeKind.REMOVE: "plan.line_remove",
    ChangeKind.SWAP: "plan.line_swap",
}
DECIDED = {
    Decision.ADVANCE: "plan.stage_forward",
    Decision.HOLD: "plan.stage_hold",
    Decision.STEP_BACK: "plan.stage_back",
}


def for_staff(change: PlanChange, library: Mapping[str, Exercise], protocol: Protocol) -> str:
    """One line of English: what the change does, from when, until when."""
    what = _what(change, library, protocol)
    until = f" to {_english(change.to_on)}" if change.to_on else ""
    return f"{what}, from {_english(change.from_on)}{until}"


def _what(change: PlanChange, library: Mapping[str, Exercise], protocol: Protocol) -> str:
    name = _name(change.exercise_id, library)
    dose = f": {in_words(Dose(**change.dose), 'en')}" if change.dose else ""
    if change.kind == ChangeKind.PRECAUTION:
        return _precaution(change, protocol)
    lines: dict[str, str] = {
        ChangeKind.DOSE: f"Dose of {name}{dose}",
        ChangeKind.ADD: f"Add {name}{dose}",
        ChangeKind.REMOVE: f"Take out {name}",
        ChangeKind.SWAP: f"{_name(change.new_exercise_id, library)} instead of {name}{dose}",
        ChangeKind.STEP_DOWN: "Every exercise one step easier",
    }
    return lines.get(change.kind, change.kind)


def _precaution(change: PlanChange, protocol: Protocol) -> str:
    known = {one.id: one for one in protocol.precautions}
    one = known.get(change.precaution_id or "")
    text = one.text if one else change.precaution_id
    if change.precaution_to_day is None:
        return f"Precaution off: {text}"
    before = f" instead of day {one.to_day}" if one else ""
    anchor = " after discharge" if one and one.anchor == "discharge" else ""
    return f"Precaution until day {change.precaution_to_day}{anchor}{before}: {text}"


def in_words(dose: Dose, language: str) -> str:
    """A dose in words, e.g. "2 sets · 10 times · hold 5 s"."""
    parts = plans.dose_parts(dose)
    return " · ".join(texts.text(key, language, n=value) for key, value in parts)


def changed(
    change: PlanChange,
    *,
    library: Mapping[str, Exercise],
    precaution: Precaution | None,
    precaution_ends_on: date | None,
    language: str,
) -> str:
    """One sentence for the patient about a change that begins.

    `precaution_ends_on` is the last day of the precaution by now; None when it is switched off.
    """
    if change.kind == ChangeKind.STEP_DOWN and change.to_on is not None:
        return texts.text("plan.line_step_down", language, date=day_text(change.to_on, language))
    if change.kind == ChangeKind.STEP_DOWN:
        return texts.text("plan.line_step_down_open", language)
    if precaution is not None:
        return _precaution_line(precaution, precaution_ends_on, language)
    return texts.text(
        LINES[ChangeKind(change.kind)],
        language,
        exercise=_translated(change.new_exercise_id or change.exercise_id, library, language),
        old=_translated(change.exercise_id, library, language),
        dose=_dose_after(change, library, language),
    )


def taken_back(
    change: PlanChange,
    *,
    library: Mapping[str, Exercise],
    precaution: Precaution | None,
    precaution_ends_on: date | None,
    language: str,
) -> str:
    """One sentence for the patient about a change that was taken back."""
    if change.kind == ChangeKind.STEP_DOWN:
        return texts.text("plan.back_step_down", language)
    if precaution is not None:
        return _precaution_line(precaution, precaution_ends_on, language)
    exercise = _translated(change.exercise_id, library, language)
    if change.kind == ChangeKind.ADD:
        return texts.text("plan.line_remove", language, exercise=exercise)
    return texts.text("plan.back_exercise", language, exercise=exercise)


def decided(
    decision: Decision,
    *,
    stage: Stage,
    hold_until: date | None,
    before: tuple[PlanItem, ...],
    after: tuple[PlanItem, ...],
    library: Mapping[str, Exercise],
    language: str,
) -> list[str]:
    """What a patient reads about a decision: the stage, what is new, what stops, the weight."""
    name = texts.content_text(stage.name, language)
    until = day_text(hold_until, language) if hold_until else ""
    lines = [texts.text(DECIDED[decision], language, stage=name, date=until)]
    if decision is Decision.HOLD:
        return lines
    old, new = {item.exercise_id for item in before}, {item.exercise_id for item in after}
    lines += [
        texts.text(key, language, exercises=", ".join(names))
        for key, ids in (("plan.new", new - old), ("plan.gone", old - new))
        if (names := [_translated(one, library, language) for one in sorted(ids)])
    ]
    weight = texts.content_text(stage.weight_bearing, language)
    return [*lines, texts.text("plan.remember", language, text=weight)]


def tell(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    lines: list[str],
    from_on: date | None,
    cause: str,
    now: datetime,
) -> None:
    """Tell the patient, after the quiet hours, what is different and from when (None: nothing is).

    Nobody is told who has no chat, blocked it, or whose episode is not active.
    """
    patient = episode.patient
    chat = patient.chat
    if chat is None or chat.state != ChatState.ACTIVE or episode.state != EpisodeState.ACTIVE:
        return
    quiet = context.config.reminders
    when = [_when(episode, from_on, now, patient.language)] if from_on else []
    outbox.enqueue(
        session,
        dedupe_key=f"plan_changed:{cause}",
        message_class=MessageClass.REPLY,
        kind="plan_changed",
        chat_id=chat.chat_id,
        text="\n\n".join([*lines, *when, _phone(context, patient.language)]),
        now=now,
        not_before=timetable.next_allowed(
            now, patient.timezone, quiet.quiet_from, quiet.quiet_until
        ),
        patient_id=patient.id,
    )


def day_text(local_on: date, language: str) -> str:
    """A date as people say it, e.g. "24 November"."""
    return str(format_date(local_on, format="d MMMM", locale=language))


def _when(episode: Episode, from_on: date, now: datetime, language: str) -> str:
    today = timetable.local_date(now, episode.patient.timezone)
    if from_on <= today:
        return texts.text("plan.from_today", language)
    if from_on == today + timedelta(days=1):
        return texts.text("plan.from_tomorrow", language)
    return texts.text("plan.from_date", language, date=day_text(from_on, language))


def _phone(context: Context, language: str) -> str:
    return texts.text("plan.questions", language, phone=context.config.clinic.phone)


def _precaution_line(precaution: Precaution, ends_on: date | None, language: str) -> str:
    text = texts.content_text(precaution.text, language)
    if ends_on is None:
        return texts.text("plan.precaution_off", language, text=text)
    return texts.text("plan.precaution", language, text=text, date=day_text(ends_on, language))


def _dose_after(change: PlanChange, library: Mapping[str, Exercise], language: str) -> str:
    if change.dose:
        return in_words(Dose(**change.dose), language)
    exercise = library.get(change.new_exercise_id or change.exercise_id or "")
    return in_words(exercise.dose, language) if exercise else ""


def _name(exercise_id: str | None, library: Mapping[str, Exercise]) -> str:
    exercise = library.get(exercise_id or "")
    return f"{exercise.name} ({exercise.id})" if exercise else str(exercise_id or "")


def _translated(exercise_id: str | None, library: Mapping[str, Exercise], language: str) -> str:
    exercise = library.get(exercise_id or "")
    return texts.content_text(exercise.name, language) if exercise else ""


def _english(local_on: date | None) -> str:
    return f"{local_on:%d %b %Y}" if local_on else ""
