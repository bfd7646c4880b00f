"""The questions of today asked on the phone: one form, recorded and judged in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Option, Question, Tier
from rehab import texts
from rehab.clinical import timetable
from rehab.clinical.answers import read_answer
from rehab.errors import InvalidInput, WrongState
from rehab.models import (
    CheckIn,
    CheckInState,
    Episode,
    FindingRecord,
    Observation,
    ObservationStatus,
    TaskKind,
)
from rehab.services import (
    alert_card,
    audit,
    care_tasks,
    check_ins,
    episodes,
    snoozes,
    versions,
)
from rehab.services.context import Context

NUMBERS = ("temperature", "number")
"""Kinds of questions that are answered with a typed number or one of their options."""


@dataclass(frozen=True)
class Asked:
    """One question of the form."""

    id: str
    text: str
    """In English."""
    own_text: str
    """In the patient's language, to read out; empty when that is English."""
    choices: tuple[tuple[str, str], ...]
    """Value and label."""
    several: bool
    typed: bool
    """Whether a number may be typed instead."""


@dataclass(frozen=True)
class ReadAloud:
    """A fixed safety text, to be read to the patient at once."""

    own: str
    english: str
    """Empty when the patient's language is English."""


@dataclass(frozen=True)
class PhoneForm:
    """What the page shows: texts to read aloud first, then what is known, then what is still asked."""

    aloud: tuple[ReadAloud, ...]
    answers: tuple[str, ...]
    questions: tuple[Asked, ...]
    signs: tuple[tuple[str, str], ...]
    language: str
    completed: bool


def form(session: Session, context: Context, *, episode: Episode, now: datetime) -> PhoneForm:
    """Today's open questions and all warning signs; writes nothing."""
    language = episode.patient.language
    found = _today(session, episode, now)
    signs, _ = versions.warning_signs(session, context, episode)
    return PhoneForm(
        aloud=tuple(_aloud(session, context, episode, now)),
        answers=tuple(_in_words(session, context, found)) if found else (),
        questions=tuple(
            _asked(one, language) for one in _open_questions(session, context, episode, found, now)
        ),
        signs=tuple(
            (one.value, _label(one, language))
            for one in signs.questions[0].options
            if not one.excludes_others
        ),
        language=language,
        completed=found is not None and found.state == CheckInState.COMPLETED,
    )


def record(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    given: Mapping[str, Sequence[str]],
    signs: Sequence[str],
    form_id: str,
    clinician_id: int,
    now: datetime,
) -> None:
    """Record what was said on the phone: the signs first, then the answers, each judged at once.

    `given` maps a question to its values, empty ones left out. The same `form_id` again adds nothing.
    Raises InvalidInput(<question>=code) for an answer that cannot be read, WrongState when the care
    has ended and when nothing was answered.
    """
    if episode.state in episodes.ENDED:
        raise WrongState("ended", "This patient's check-ins have ended.")
    by = f"clinician:{clinician_id}"
    for sign in signs:
        _record_sign(session, context, episode, sign, f"phone:{form_id}:sign:{sign}", by, now)
    if given:
        _record_answers(session, context, episode, given, form_id, by, now)
    audit.record(
        session,
        actor=by,
        action="check_in.on_phone",
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
    )


def _record_answers(
    session: Session,
    context: Context,
    episode: Episode,
    given: Mapping[str, Sequence[str]],
    form_id: str,
    by: str,
    now: datetime,
) -> None:
    found = _today(session, episode, now) or _begin(session, context, episode, now)
    found.answered_by = by
    asked = versions.questionnaire(session, context, found.questionnaire_hash)
    problems: dict[str, str] = {}
    for question in asked.questions:
        if question.id not in given:
            continue
        try:
            answer = read_answer(
                question, ",".join(given[question.id]), labels=_labels(question, "en")
            )
        except InvalidInput as problem:
            problems[question.id] = problem.fields.get("answer", "not_an_option")
            continue
        check_ins.record_answer(
            session,
            context,
            check_in=found,
            question_id=question.id,
            answer=answer,
            source=f"phone:{form_id}:{question.id}",
            at=now,
            now=now,
            answered_by=by,
        )
    if problems:
        raise InvalidInput(**problems)


def _record_sign(
    session: Session,
    context: Context,
    episode: Episode,
    sign: str,
    source: str,
    by: str,
    now: datetime,
) -> None:
    if session.scalar(select(Observation.id).where(Observation.source == source)) is not None:
        return
    asked, digest = versions.warning_signs(session, context, episode)
    question = asked.questions[0]
    answer = read_answer(question, sign, labels=_labels(question, "en"))
    reported = check_ins.start(
        session,
        context,
        episode=episode,
        questionnaire_hash=digest,
        local_on=timetable.local_date(now, episode.patient.timezone),
        now=now,
    )
    reported.answered_by = by
    check_ins.record_answer(
        session,
        context,
        check_in=reported,
        question_id=question.id,
        answer=answer,
        source=source,
        at=now,
        now=now,
        answered_by=by,
    )


def _today(session: Session, episode: Episode, now: datetime) -> CheckIn | None:
    latest = check_ins.latest(session, episode_id=episode.id)
    today = timetable.local_date(now, episode.patient.timezone)
    if latest is None or latest.local_on != today or latest.state == CheckInState.ABANDONED:
        return None
    return latest


def _begin(session: Session, context: Context, episode: Episode, now: datetime) -> CheckIn:
    today = timetable.local_date(now, episode.patient.timezone)
    task = care_tasks.ensure(
        session, episode=episode, kind=TaskKind.CHECK_IN, local_on=today, now=now
    )
    return check_ins.start(
        session,
        context,
        episode=episode,
        questionnaire_hash=episode.questionnaire_hash,
        local_on=today,
        now=now,
        task=task,
    )


def _open_questions(
    session: Session, context: Context, episode: Episode, found: CheckIn | None, now: datetime
) -> list[Question]:
    if episode.state in episodes.ENDED:
        return []
    if found is None:
        asked = versions.questionnaire(session, context, episode.questionnaire_hash)
        return list(check_ins.questions_for(asked, episodes.day_today(episode, now)))
    done = {
        one.question_id
        for one in check_ins.current(found)
        if one.status == ObservationStatus.FINAL
    }
    return [
        one for one in check_ins.asked_questions(session, context, found) if one.id not in done
    ]


def _asked(question: Question, language: str) -> Asked:
    if question.kind == "scale":
        choices = tuple(
            (str(n), _end(question, n)) for n in range(question.minimum, question.maximum + 1)
        )
    else:
        choices = tuple((one.value, _label(one, language)) for one in question.options)
    own = texts.content_text(question.text, language)
    return Asked(
        id=question.id,
        text=question.text,
        own_text=own if own != question.text else "",
        choices=choices,
        several=question.kind == "several",
        typed=question.kind in NUMBERS,
    )


def _end(question: Question, number: int) -> str:
    ends = {question.minimum: question.low_label, question.maximum: question.high_label}
    return f"{number} {ends.get(number) or ''}".strip()


def _label(option: Option, language: str) -> str:
    own = texts.content_text(option.label, language)
    return option.label if own == option.label else f"{option.label} · {own}"


def _labels(question: Question, language: str) -> dict[str, str]:
    return {one.value: texts.content_text(one.label, language) for one in question.options}


def _in_words(session: Session, context: Context, found: CheckIn) -> list[str]:
    asked = versions.questionnaire(session, context, found.questionnaire_hash)
    return [
        alert_card.answer_in_words(asked, one.question_id, one.value)
        for one in check_ins.current(found)
    ]


def _aloud(session: Session, context: Context, episode: Episode, now: datetime) -> list[ReadAloud]:
    """The texts of what today's answers on the phone raised, the most urgent first."""
    today = timetable.local_date(now, episode.patient.timezone)
    causes = [
        f"check_in:{key}"
        for key in session.scalars(
            select(CheckIn.id).where(
                CheckIn.episode_id == episode.id,
                CheckIn.local_on == today,
                CheckIn.answered_by.startswith("clinician:"),
            )
        )
    ]
    rows = session.scalars(
        select(FindingRecord)
        .where(FindingRecord.episode_id == episode.id, FindingRecord.cause.in_(causes))
        .order_by(FindingRecord.id)
    )
    urgent = [
        one
        for one in rows
        if Tier(one.tier) in (Tier.EMERGENCY, Tier.SAME_DAY) and not snoozes.is_expected(one)
    ]
    urgent.sort(key=lambda one: Tier(one.tier).rank)
    return list(dict.fromkeys(_fixed(session, context, episode, one) for one in urgent))


def _fixed(
    session: Session, context: Context, episode: Episode, found: FindingRecord
) -> ReadAloud:
    rules = versions.rule_set(session, context, found.rules_hash)
    english = rules.wording(rules.rule(found.rule_id).wording).text
    own = texts.content_text(english, episode.patient.language)
    clinic = context.config.clinic

    def filled(template: str) -> str:
        return template.format(emergency_number=clinic.emergency_number, clinic_phone=clinic.phone)

    return ReadAloud(filled(own), filled(english) if own != english else "")
