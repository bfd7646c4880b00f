"""How a guided session went, and what it means for the dose: on, the same again, or one level down.

Pain of 3 or less that has settled by the next morning: on. Pain of 4 or 5, or worse the next day:
the same level again. Pain of 6 or more, more swelling or a limp: one level down. A clinician is
told when the pain lies above the expected line of its day or is rising, or when moving went worse:
early after surgery 6 is common. Project proposal, not sourced: clinic must decide. For comparison:
one hip protocol uses pain below 3 of 10 as its gate (Columbus hip dysplasia (PAO) rehabilitation,
n.d., https://columbushipdysplasia.com/rehabilitation/).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from exercises.schema import Tier
from rehab.clinical.facts import Given
from rehab.clinical.redflags import Finding

SETTLED = 3
"""Pain of 0-10 up to which a session was well borne. Project proposal: see the module."""
TOO_MUCH = 6
"""Pain of 0-10 from which a session was too much. Project proposal: see the module."""
RISE = 3
"""So much above the mean of the earlier sessions of the week is rising pain, as in the rule RF17.rise.
Project proposal, not sourced: clinic must decide."""
WEEK = timedelta(days=7)
"""So long all must go well before the dose goes up. The Delaware soreness rules progress weekly when
there is no soreness (Univ. Delaware, Rehabilitation after ACL reconstruction, practice guidelines,
https://www.readkong.com/page/rehabilitation-after-acl-reconstruction-practice-guidelines-1979155);
taking that over to other operations is a project proposal, not sourced: clinic must decide."""
LOWEST_LEVEL = -1
TOO_MUCH_MOVING = {
    "limp": "a limp the next day",
    "cannot": "could not stand the next day",
    "swollen": "more swelling the next day",
}
"""Answers to how walking goes, compared with last time, that mean a limp or more swelling."""
FINE_MOVING = frozenset({"better", "same"})
"""Answers to how walking, or the arm, goes. Any other is at least a reason to wait with more."""
RULE_ID = "RF17.exercise-pain"


class Verdict(StrEnum):
    ON = "on"
    REPEAT = "repeat"
    DOWN = "down"


@dataclass(frozen=True)
class SessionDay:
    """One guided session and the next morning. Pain is 0-10; None is not known."""

    on: date
    pain_before: float | None
    pain_after: float | None
    pain_next: float | None = None
    moving_next: str | None = None
    """How walking goes the next morning, compared with last time; of a shoulder, how the arm does."""


@dataclass(frozen=True)
class Judged:
    """The verdict on one session, with its reasons in words for staff."""

    on: date
    verdict: Verdict
    reasons: tuple[str, ...]


def judge(session: SessionDay) -> Judged | None:
    """Return the verdict on a session; None while what it needs is not known.

    Too much is known at once. Going on needs the next morning.
    """
    down = tuple(_too_much(session))
    if down:
        return Judged(session.on, Verdict.DOWN, down)
    again = tuple(_not_settled(session))
    if again:
        return Judged(session.on, Verdict.REPEAT, again)
    if session.pain_after is None or session.pain_next is None:
        return None
    return Judged(session.on, Verdict.ON, (f"pain {SETTLED} or less, settled by next morning",))


def next_level(level: int, judged: Sequence[Judged], *, since: date, most: int) -> int:
    """Return the level after the newest of these verdicts, oldest first.

    One down at once, never below -1. One up, to `most` at the highest, only when a whole week lies
    at this level (`since`) without a verdict but ON, with an ON at its beginning and at its end.
    """
    if not judged:
        return level
    newest = judged[-1]
    if newest.verdict is Verdict.DOWN:
        return max(level - 1, LOWEST_LEVEL)
    return level + 1 if level < most and _good_week(judged, since) else level


def is_told(session: SessionDay, *, line: float | None, earlier: Sequence[SessionDay]) -> bool:
    """Say whether a clinician is told of a session that was too much.

    `line` is the upper line of the expected pain on its day, `earlier` the sessions of the week
    before it. Without a line there is nothing to compare with, and it is told.
    """
    worst = _worst(session)
    if line is None or worst is None or session.moving_next in TOO_MUCH_MOVING:
        return True
    before = [pain for one in earlier if (pain := _worst(one)) is not None]
    rises = bool(before) and worst - sum(before) / len(before) >= RISE
    return worst > line or rises


def finding(judged: Judged, facts: tuple[Given, ...]) -> Finding:
    """Return what a clinician is told about a session that was too much: T2, it stops nothing."""
    reason = f"Exercises were too much ({', '.join(judged.reasons)}): the dose goes a level down"
    return Finding(RULE_ID, Tier.SOON, reason, "pain", False, facts)


def _worst(session: SessionDay) -> float | None:
    pains = (session.pain_before, session.pain_after, session.pain_next)
    return max((pain for pain in pains if pain is not None), default=None)


def _too_much(session: SessionDay) -> list[str]:
    pains = {"after exercises": session.pain_after, "the next day": session.pain_next}
    if session.pain_after is None:
        # Begun in strong pain and never finished: what is known counts.
        pains["before exercises"] = session.pain_before
    reasons = [
        f"pain {value:g} {when}"
        for when, value in pains.items()
        if value is not None and value >= TOO_MUCH
    ]
    if session.moving_next in TOO_MUCH_MOVING:
        reasons.append(TOO_MUCH_MOVING[session.moving_next])
    return reasons


def _not_settled(session: SessionDay) -> list[str]:
    after, later = session.pain_after, session.pain_next
    reasons = []
    if after is not None and after > SETTLED:
        reasons.append(f"pain {after:g} after exercises")
    if later is not None and later > SETTLED:
        worse = after is not None and later > after
        reasons.append(f"pain {later:g} the next day" + (", worse" if worse else ""))
    if session.moving_next is not None and session.moving_next not in FINE_MOVING:
        reasons.append("moving worse the next day")
    return reasons


def _good_week(judged: Sequence[Judged], since: date) -> bool:
    newest = judged[-1]
    first_on = newest.on - WEEK + timedelta(days=1)
    run: list[Judged] = []
    for one in reversed(judged):
        if one.verdict is not Verdict.ON or one.on < since:
            break
        run.append(one)
    return bool(run) and run[-1].on <= first_on
