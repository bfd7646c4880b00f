"""The printed hand-out of one patient's plan: the coming days, the precautions, the warning signs.

What stands on it is read in a transaction (`sheet`), the PDF is made after it (`Recipe.make`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Literal

from babel.dates import format_date
from sqlalchemy.orm import Session

from exercises.schema import Exercise as LibraryExercise
from exercises.schema import Option, Precaution, Protocol, RuleSet, Stage, Tier
from rehab import paper, texts
from rehab.clinical import precautions, timetable
from rehab.clinical.staging import PlanItem
from rehab.models import Episode
from rehab.paper import Box, Exercise, Sheet, Tick
from rehab.services import care_tasks, episodes, heartbeats, media, plans, versions
from rehab.services.context import Context
from rehab.services.media_cache import MediaFile
from rehab.services.outbox import Media

PREFIX = "handout"
DAYS = 7
"""How many days a sheet holds."""
HASH_LETTERS = 24
URGENT: tuple[tuple[Tier, Literal["emergency", "same_day"], str, str], ...] = (
    (Tier.EMERGENCY, "emergency", "handout.now", "generic-t0"),
    (Tier.SAME_DAY, "same_day", "handout.same_day", "generic-t1"),
)
"""Tier, frame, heading, and the clinician's wording of what to do."""


@dataclass(frozen=True)
class Planned:
    """One exercise with one dose, and the days of the sheet it is planned for."""

    item: PlanItem
    days: frozenset[int]


@dataclass(frozen=True)
class HandoutRecipe:
    """A sheet and whatever its pictures are made from."""

    sheet: Sheet
    side: media.Side

    def make(self) -> MediaFile:
        wanted = {one.picture for one in self.sheet.exercises if one.picture}
        stills = {key: media.still(key, self.side) for key in sorted(wanted)}
        pictures = {key: content for key, content in stills.items() if content is not None}
        name = f"exercises-{self.sheet.printed_on:%Y-%m-%d}.pdf"
        return MediaFile(name, paper.draw(self.sheet, pictures), "application/pdf")


def sheet(session: Session, context: Context, *, episode: Episode, local_on: date) -> Sheet:
    """What the hand-out says when it is printed on this local date.

    It holds the next seven days, fewer when the calendar opens another stage before: an exercise
    has boxes only for the days it is planned on, and stands twice when its dose changes. There are
    no exercises while the plan is paused. Call `plans.follow_calendar` first.
    """
    language = episode.patient.language
    protocol = versions.protocol_of(session, context, episode)
    days = _days(session, context, episode, timetable.day_number(episode.surgery_on, local_on))
    dates = [episode.surgery_on + timedelta(days=day) for day in days]
    found = tuple(_exercises(session, context, episode, days, dates))
    return Sheet(
        language=language,
        printed_on=local_on,
        title=texts.text("handout.title", language),
        facts=tuple(_facts(episode, protocol.stage(episode.stage_id), days[0], dates)),
        chat_link=f"https://t.me/{_username(session, context)}",
        chat_words=texts.text("handout.chat", language),
        before=tuple(_before(session, context, episode, protocol, days)),
        exercises_heading=texts.text(
            "handout.exercises" if found else "handout.no_exercises", language
        ),
        ticks_heading=texts.text("handout.tick", language),
        exercises=found,
        warnings=tuple(_warnings(session, context, episode, days[0])),
        footer=_footer(episode, protocol, local_on),
        notes=tuple(_notes(protocol, language)),
        page=texts.text("handout.page", language, page="{page}", pages="{pages}"),
    )


def medium(episode: Episode, found: Sheet) -> Media:
    """The sheet as a document for the chat. The key changes with every word and every picture."""
    return Media(
        "document", f"{PREFIX}:{episode.id}:{found.printed_on.isoformat()}:{_digest(found)}"
    )


def recipe_of(episode: Episode, found: Sheet) -> HandoutRecipe:
    """How to make the file of this sheet."""
    # Both sides: one is shown at work, as in the chat.
    return HandoutRecipe(found, "right" if episode.side == "right" else "left")


def recipe_of_key(session: Session, context: Context, parts: Sequence[str]) -> HandoutRecipe:
    """How to make the file a message asked for. Raises LookupError when the plan changed since:
    a paper that is no longer true must not arrive."""
    episode_id, printed_on, digest = parts
    episode = episodes.get(session, int(episode_id))
    found = sheet(session, context, episode=episode, local_on=date.fromisoformat(printed_on))
    if _digest(found) != digest:
        raise LookupError("the plan changed since the hand-out was asked for")
    return recipe_of(episode, found)


def _digest(found: Sheet) -> str:
    said = json.dumps([paper.LAYOUT_VERSION, asdict(found)], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:HASH_LETTERS]


def _days(session: Session, context: Context, episode: Episode, first: int) -> list[int]:
    """The days this sheet may speak about: the plan of another stage is not known yet."""

    def is_this_stage(day: int) -> bool:
        then = plans.stage_then(session, context, episode=episode, day=day)
        return then.id == episode.stage_id

    later = takewhile(is_this_stage, range(first + 1, first + DAYS))
    return [first, *later]


def _facts(episode: Episode, stage: Stage, day: int, dates: list[date]) -> Iterator[str]:
    language = episode.patient.language
    key = "handout.who_before" if day < 0 else "handout.who"
    yield texts.text(key, language, code=episode.patient.code, day=abs(day))
    yield texts.text("handout.stage", language, stage=texts.content_text(stage.name, language))
    start, end = (_date(one, language) for one in (dates[0], dates[-1]))
    yield texts.text("handout.valid", language, start=start, end=end)
    yield texts.text("handout.changed", language)


def _before(
    session: Session, context: Context, episode: Episode, protocol: Protocol, days: list[int]
) -> Iterator[Box]:
    language, clinic = episode.patient.language, context.config.clinic
    yield Box(
        "emergency",
        texts.text("handout.emergency", language, number=clinic.emergency_number),
        texts.text("handout.emergency_more", language, phone=_phone(context)),
    )
    if episode.loading_stopped_at is not None:
        words = texts.text("exercises.loading_stopped", language)
        # The sign in front of it is one no font for paper has.
        yield Box("same_day", texts.text("handout.important", language), words.lstrip("⛔ "))
    stage = protocol.stage(episode.stage_id)
    weight = texts.content_text(stage.weight_bearing, language)
    yield Box("care", texts.text("handout.weight", language), weight)
    rule = texts.text("exercises.pain_rule", language)
    yield Box("plain", texts.text("handout.while", language), rule)
    cares = tuple(_precautions(session, context, episode, protocol, days))
    if cares:
        yield Box("care", texts.text("handout.precautions", language), items=cares)


def _precautions(
    session: Session, context: Context, episode: Episode, protocol: Protocol, days: list[int]
) -> Iterator[str]:
    """Those in force on any day of the sheet, each with the last day it holds."""
    found: dict[str, tuple[Precaution, int]] = {}
    home, changes = plans.discharge_day(episode), plans.changes_of(session, episode)
    for day in days:
        for one in plans.active_precautions(session, context, episode=episode, day=day):
            window = precautions.days_of(protocol, one, day, home, changes)
            assert window is not None, "it is active"
            found[one.id] = (one, window[1])
    language = episode.patient.language
    for one, last in found.values():
        until = _date(episode.surgery_on + timedelta(days=last), language)
        text = texts.content_text(one.text, language)
        yield texts.text("handout.precaution", language, text=text, date=until)


def _exercises(
    session: Session, context: Context, episode: Episode, days: list[int], dates: list[date]
) -> Iterator[Exercise]:
    language = episode.patient.language
    library = versions.library_of(session, context, episode)
    for planned in _planned(session, context, episode, days):
        one = library[planned.item.exercise_id]
        picture = media.of_exercise(one.id, episode.side)
        yield Exercise(
            name=texts.content_text(one.name, language) + _side(one, episode),
            dose=care_tasks.dose_text(planned.item, language),
            instruction=texts.content_text(one.instruction, language),
            stop_signs=texts.content_text(one.stop_signs, language),
            caution=texts.content_text(one.caution, language) if one.caution else "",
            ticks=tuple(
                Tick(
                    str(format_date(on, "EEE", locale=language)),
                    str(on.day),
                    is_planned=day in planned.days,
                )
                for day, on in zip(days, dates, strict=True)
            ),
            picture=picture.key if picture else "",
        )


def _planned(
    session: Session, context: Context, episode: Episode, days: list[int]
) -> list[Planned]:
    """What is planned on these days, today's first; one entry for each dose of an exercise."""
    found: dict[tuple[str, str], tuple[PlanItem, set[int]]] = {}
    for day in days:
        for item in plans.on_day(session, context, episode=episode, day=day):
            key = (item.exercise_id, item.dose.model_dump_json())
            found.setdefault(key, (item, set()))[1].add(day)
    return [Planned(item, frozenset(on)) for item, on in found.values()]


def _side(one: LibraryExercise, episode: Episode) -> str:
    if one.side != "operated" or episode.side == "both":
        return ""
    words = texts.text(f"side.{episode.side}", episode.patient.language)
    return f" ({words})"


def _warnings(session: Session, context: Context, episode: Episode, day: int) -> Iterator[Box]:
    """The warning signs the patient can report, by what the pinned rules make of them."""
    language, clinic = episode.patient.language, context.config.clinic
    numbers = {"emergency_number": clinic.emergency_number, "clinic_phone": _phone(context)}
    rules = versions.rules_of(session, context, episode)
    asked, _ = versions.warning_signs(session, context, episode)
    known = {wording.id: wording.text for wording in rules.wordings}
    for tier, frame, heading, wording in URGENT:
        signs = [
            texts.content_text(option.label, language)
            for question in asked.questions
            for option in question.options
            if _tier(rules, question.id, option, day) is tier
        ]
        what_to_do = texts.content_text(known.get(wording, ""), language).format(**numbers)
        title = texts.text(
            heading, language, number=clinic.emergency_number, phone=_phone(context)
        )
        yield Box(frame, title, what_to_do, tuple(signs))
    yield Box(
        "plain",
        texts.text("handout.else", language),
        texts.text("handout.else_more", language, phone=_phone(context)),
    )


def _tier(rules: RuleSet, question_id: str, option: Option, day: int) -> Tier | None:
    """The most urgent thing a sign can mean from this day on: the paper may hang for weeks."""
    tiers = [
        rule.tier
        for rule in rules.rules
        if rule.to_day is None or rule.to_day >= day
        for condition in rule.when
        if condition.question == question_id and option.value in condition.is_one_of
    ]
    return min(tiers, key=lambda tier: tier.rank, default=None)


def _footer(episode: Episode, protocol: Protocol, local_on: date) -> str:
    language = episode.patient.language
    pinned = f"{protocol.id} {protocol.version} · {episode.protocol_hash[:8]}"
    printed = texts.text("handout.printed", language, date=_date(local_on, language))
    return f"{pinned} · {printed}"


def _notes(protocol: Protocol, language: str) -> Iterator[str]:
    if protocol.sign_off.state == "proposal":
        yield texts.text("handout.unsigned", language)
    if language != texts.SOURCE_LANGUAGE and not texts.is_clinician_checked(language):
        yield texts.text("handout.unchecked", language)


def _phone(context: Context) -> str:
    """A number that is never cut at the end of a line."""
    return context.config.clinic.phone.replace(" ", "\u00a0")


def _username(session: Session, context: Context) -> str:
    return heartbeats.bot_username(session) or context.config.telegram.bot_username


def _date(local_on: date, language: str) -> str:
    return str(format_date(local_on, format="d MMMM", locale=language)).replace(" ", "\u00a0")
