"""The roll call and the gaps of the rota in words for the staff chat. Codes, never names of patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rehab import texts
from rehab.clinical.daily_state import STATES
from rehab.clinical.rota import Gap
from rehab.services import swaps
from rehab.services.context import Context

if TYPE_CHECKING:
    from rehab.services.roll_call import Calling, Line

LANGUAGE = texts.SOURCE_LANGUAGE
MOST_LINES = 20


def in_words(found: Calling) -> str:
    """The whole roll call; loud when the states do not add up."""
    parts = [
        texts.text("rollcall.heading", LANGUAGE, date=f"{found.local_on:%a %d %b}"),
        _sum(found),
        *_section("rollcall.overdue", found.overdue),
        *_section("rollcall.unreachable", found.unreachable),
        *_section("rollcall.paused", found.paused),
        *_section("rollcall.not_enrolled", found.not_enrolled),
        texts.text("rollcall.today", LANGUAGE, counts=_counts(found.today)),
    ]
    if found.newcomers:
        parts.append(texts.text("rollcall.newcomers", LANGUAGE, n=found.newcomers))
    return "\n\n".join(parts)


def gaps_in_words(context: Context, gaps: Sequence[Gap]) -> str:
    """The hours in which nobody is on call."""
    lines = [f"• {swaps.when(context, one.starts_at, one.ends_at)}" for one in gaps[:MOST_LINES]]
    heading = texts.text(
        "rollcall.gaps", LANGUAGE, days=context.config.rota.warn_of_gaps_days, n=len(gaps)
    )
    return "\n".join([heading, *lines])


def _sum(found: Calling) -> str:
    counts = _counts(found.counts)
    if found.adds_up:
        return texts.text("rollcall.adds_up", LANGUAGE, active=found.active, counts=counts)
    return texts.text(
        "rollcall.differs",
        LANGUAGE,
        active=found.active,
        counts=counts,
        codes=", ".join(line.code for line in found.missing[:MOST_LINES]) or "?",
    )


def _counts(counts: Mapping[str, int]) -> str:
    return " + ".join(f"{counts.get(state, 0)} {state}" for state in STATES)


def _section(key: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    shown = [
        texts.text("rollcall.line", LANGUAGE, code=line.code, days=line.days)
        for line in lines[:MOST_LINES]
    ]
    if len(lines) > MOST_LINES:
        shown.append(texts.text("handover.more", LANGUAGE, n=len(lines) - MOST_LINES))
    return ["\n".join([texts.text(key, LANGUAGE), *shown])]
