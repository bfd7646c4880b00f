"""The picture of the last weeks and the numbers for its caption, from one patient's facts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from exercises.schema import RuleSet
from rehab.charts import BandSpan
from rehab.clinical import expected, timetable
from rehab.models import (
    CareTask,
    CheckIn,
    Episode,
    ExerciseRecord,
    Observation,
    StageChange,
    TaskKind,
    TaskState,
)
from rehab.progress_picture import PICTURE_VERSION, Day, Weeks, progress_picture
from rehab.services import episodes, versions
from rehab.services.context import Context
from rehab.services.media_cache import MediaFile
from rehab.services.outbox import Media
from rehab.services.overview.signals import exercises_done, pain_by_day

PREFIX = "progress"
HASH_LETTERS = 24
WEEK = 7
SHOWN_DAYS = 28
WEEKLY_UNTIL = 84
"""Last day of the weekly pictures. Project proposal, not sourced: clinic must decide."""
THEN_EVERY = 28
"""Days between two pictures after that. Project proposal, not sourced: clinic must decide."""
LAST_DAY = 365
"""The expected band ends here too. Project proposal, not sourced: clinic must decide."""


@dataclass(frozen=True)
class Progress:
    """One patient's way up to a local date."""

    until: date
    day: int
    """Day after the operation of `until`."""
    weeks: Weeks
    pain: tuple[float, ...]
    """The worst pain of each answered day of the last seven, oldest first."""
    is_above: bool
    """Whether the newest of these has reached the alert line of its day."""
    exercise_days: tuple[int, int]
    """Of the last seven: days with an exercise done, days with a list of exercises."""
    new_stages: tuple[str, ...]
    """English names of the stages that began in the last seven days."""

    @property
    def week(self) -> int:
        """1 in the days 1 to 7 after the operation."""
        return -(-self.day // WEEK)

    @property
    def has_silent_days(self) -> bool:
        """Whether the picture shows a check-in nobody answered."""
        return any(one.pain is None and one.was_asked for one in self.weeks.points)


@dataclass(frozen=True)
class ProgressRecipe:
    """The picture's facts."""

    weeks: Weeks

    def make(self) -> MediaFile:
        # Never kept on disk: it shows a patient.
        return MediaFile("progress.png", progress_picture(self.weeks), "image/png")


def is_day(day: int) -> bool:
    """Whether the picture is sent on this day after the operation: weekly, later every four weeks."""
    if day <= 0 or day > LAST_DAY:
        return False
    if day <= WEEKLY_UNTIL:
        return day % WEEK == 0
    return (day - WEEKLY_UNTIL) % THEN_EVERY == 0


def has_answers(session: Session, *, episode_id: int, until: date) -> bool:
    """Whether the patient answered anything in the seven days up to and including this one."""
    since = until - timedelta(days=WEEK - 1)
    answered = (
        select(Observation.id)
        .join(CheckIn, CheckIn.id == Observation.check_in_id)
        .where(CheckIn.episode_id == episode_id, CheckIn.local_on.between(since, until))
    )
    done = (
        select(ExerciseRecord.id)
        .join(CareTask, CareTask.id == ExerciseRecord.care_task_id)
        .where(
            CareTask.episode_id == episode_id,
            CareTask.local_on.between(since, until),
            ExerciseRecord.recorded_at.is_not(None),
        )
    )
    return any(session.scalar(select(exists(query.limit(1)))) for query in (answered, done))


def of(session: Session, context: Context, *, episode: Episode, until: date) -> Progress:
    """The last four weeks, or all since the patient joined, up to and including this local date."""
    first = _first_day(episode, until)
    day = timetable.day_number(episode.surgery_on, until)
    pain = pain_by_day(session, [episode.id], since=first).get(episode.id, {})
    pain = {on: value for on, value in pain.items() if on <= until}
    exercises = _exercises(session, episode, first, until)
    asked = _asked(session, episode, first, until)
    flags = _stages_begun(session, context, episode, first, until)
    dates = [first + timedelta(days=n) for n in range((until - first).days + 1)]
    week = [on for on in dates if on > until - timedelta(days=WEEK)]
    days = tuple(
        Day(
            day=timetable.day_number(episode.surgery_on, on),
            pain=pain.get(on),
            was_asked=on in asked,
            exercises_done=exercises.get(on),
        )
        for on in dates
    )
    newest = max((on for on in week if on in pain), default=None)
    rules = versions.rules_of(session, context, episode)
    listed = [exercises[on] for on in week if on in exercises]
    return Progress(
        until=until,
        day=day,
        weeks=Weeks(days, _band(rules), tuple(sorted(_day_of(episode, on) for on in flags))),
        pain=tuple(pain[on] for on in week if on in pain),
        is_above=newest is not None
        and expected.above_band(rules, _day_of(episode, newest), pain[newest]),
        exercise_days=(sum(share > 0 for share in listed), len(listed)),
        new_stages=tuple(name for on, name in flags.items() if on in week),
    )


def medium(episode: Episode, found: Progress) -> Media:
    """The picture for the chat. The key changes with every fact it shows."""
    key = f"{PREFIX}:{episode.id}:{found.until.isoformat()}:{_digest(found)}"
    return Media("photo", key)


def recipe_of_key(session: Session, context: Context, parts: Sequence[str]) -> ProgressRecipe:
    """How to make the picture a message asked for. Raises LookupError when its facts changed since:
    its caption would say something else."""
    episode_id, until, digest = parts
    episode = episodes.get(session, int(episode_id))
    found = of(session, context, episode=episode, until=date.fromisoformat(until))
    if _digest(found) != digest:
        raise LookupError("the facts changed since the picture was asked for")
    return ProgressRecipe(found.weeks)


def _digest(found: Progress) -> str:
    said = json.dumps([PICTURE_VERSION, asdict(found)], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:HASH_LETTERS]


def _first_day(episode: Episode, until: date) -> date:
    """Four weeks back; later when the patient joined later; never less than a week."""
    joined = timetable.local_date(
        episode.started_at or episode.created_at, episode.patient.timezone
    )
    shown = max(until - timedelta(days=SHOWN_DAYS - 1), joined)
    return min(shown, until - timedelta(days=WEEK - 1))


def _exercises(session: Session, episode: Episode, first: date, until: date) -> dict[date, float]:
    """The share done by day. A list that is open and untouched says nothing yet."""
    rows = session.scalars(
        select(CareTask)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.local_on.between(first, until),
        )
        .options(selectinload(CareTask.exercises))
    )
    shares = {}
    for row in rows:
        touched = any(record.recorded_at is not None for record in row.exercises)
        if row.exercises and (touched or row.state in (TaskState.DONE, TaskState.MISSED)):
            done, asked = exercises_done(row)
            shares[row.local_on] = done / asked
    return shares


def _asked(session: Session, episode: Episode, first: date, until: date) -> set[date]:
    """Dates whose check-in is over, answered or not. Today's is open until midnight."""
    rows = session.scalars(
        select(CareTask.local_on).where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.CHECK_IN,
            CareTask.state.in_([TaskState.DONE, TaskState.MISSED]),
            CareTask.local_on.between(first, until),
        )
    )
    return set(rows)


def _stages_begun(
    session: Session, context: Context, episode: Episode, first: date, until: date
) -> Mapping[date, str]:
    """Dates on which a later stage began, with its English name. Going back is no milestone."""
    protocol = versions.protocol_of(session, context, episode)
    starts = {stage.id: stage.from_day for stage in protocol.stages}
    names = {stage.id: stage.name for stage in protocol.stages}
    rows = session.scalars(
        select(StageChange).where(StageChange.episode_id == episode.id).order_by(StageChange.id)
    )
    begun: dict[date, str] = {}
    for row in rows:
        on = timetable.local_date(row.at, episode.patient.timezone)
        before = starts.get(row.from_stage or "", starts.get(row.to_stage, 0))
        if first <= on <= until and starts.get(row.to_stage, before) > before:
            begun[on] = names[row.to_stage]
    return begun


def _band(rules: RuleSet) -> tuple[BandSpan, ...]:
    return tuple(
        BandSpan(first, last, band.median, band.upper)
        for first, last, band in expected.pain_bands(rules)
    )


def _day_of(episode: Episode, on: date) -> int:
    return timetable.day_number(episode.surgery_on, on)
