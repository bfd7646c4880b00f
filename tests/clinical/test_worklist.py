"""Who needs a person first, and why. Silence is never "ok"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.schema import Tier
from rehab.clinical.adherence import label, share_done
from rehab.clinical.worklist import Signals, rank

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LIMIT = timedelta(hours=48)
WELL = Signals(
    open_tier=None,
    alert_state=None,
    alert_reason=None,
    waiting_since=None,
    unread_messages=0,
    silent_for=timedelta(hours=5),
    silence_limit=LIMIT,
    reachable=True,
    stage_review_due=False,
    adherence_7d=0.8,
    pain_now=2,
    pain_above_band=False,
    enrolled=True,
    paused=False,
)


@pytest.mark.parametrize(
    ("change", "level", "code"),
    [
        ({}, "ok", None),
        ({"open_tier": Tier.EMERGENCY, "alert_state": "open"}, "red", "alert"),
        ({"open_tier": Tier.SAME_DAY, "alert_state": "acknowledged"}, "red", "alert"),
        ({"open_tier": Tier.SOON, "alert_state": "open"}, "amber", "alert"),
        ({"open_tier": Tier.ROUTINE, "alert_state": "open"}, "ok", "alert"),
        ({"unread_messages": 1}, "amber", "unread"),
        ({"reachable": False}, "amber", "unreachable"),
        ({"stage_review_due": True}, "amber", "stage_review"),
        ({"pain_above_band": True, "pain_now": 8}, "amber", "pain_above_band"),
        ({"adherence_7d": 0.49}, "amber", "adherence_low"),
        ({"adherence_7d": 0.5}, "ok", None),
        ({"adherence_7d": None}, "ok", None),
        ({"silent_for": LIMIT - timedelta(seconds=1)}, "ok", None),
        ({"silent_for": LIMIT}, "grey", "silent"),
        ({"silent_for": None}, "grey", "no_data"),
        ({"enrolled": False, "silent_for": None, "reachable": False}, "grey", "not_enrolled"),
        ({"paused": True}, "grey", "paused"),
        ({"paused": True, "open_tier": Tier.SAME_DAY}, "red", "alert"),
    ],
)
def test_each_signal_has_its_level_and_reason(
    change: dict[str, Any], level: str, code: str | None
) -> None:
    found = rank(replace(WELL, **change), NOW)
    assert found.level == level
    assert next((reason.code for reason in found.reasons), None) == code


def test_reasons_carry_the_values_of_their_words() -> None:
    signals = replace(
        WELL,
        open_tier=Tier.SAME_DAY,
        alert_state="open",
        alert_reason="calf pain",
        unread_messages=2,
        pain_now=8.0,
        pain_above_band=True,
        adherence_7d=0.254,
        silent_for=timedelta(hours=50, minutes=59),
    )
    reasons = {reason.code: dict(reason.values) for reason in rank(signals, NOW).reasons}
    assert reasons == {
        "alert": {"tier": "T1", "state": "open", "reason": "calf pain"},
        "unread": {"count": "2"},
        "pain_above_band": {"pain": "8"},
        "adherence_low": {"percent": "25%"},
        "silent": {"hours": "50"},
    }


def test_the_list_is_ordered_by_urgency_then_by_who_waits_longest() -> None:
    alert = replace(WELL, open_tier=Tier.SAME_DAY, alert_state="open", waiting_since=NOW)
    hour = timedelta(hours=1)
    patients = {
        "emergency": replace(alert, open_tier=Tier.EMERGENCY),
        "waits longer": replace(alert, waiting_since=NOW - hour),
        "waits": alert,
        "taken": replace(alert, alert_state="acknowledged", waiting_since=NOW - 5 * hour),
        "soon": replace(alert, open_tier=Tier.SOON),
        "two messages": replace(WELL, unread_messages=2),
        "a message": replace(WELL, unread_messages=1),
        "silent longer": replace(WELL, silent_for=3 * LIMIT),
        "silent": replace(WELL, silent_for=LIMIT),
        "well": WELL,
    }
    ordered = sorted(patients, key=lambda name: rank(patients[name], NOW).order)
    assert ordered == list(patients)


@given(
    st.sampled_from([None, *Tier]),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(48, 5000)),
    st.booleans(),
    st.booleans(),
)
def test_silence_is_never_ok(
    tier: Tier | None, unread: int, hours: int | None, reachable: bool, paused: bool
) -> None:
    signals = replace(
        WELL,
        open_tier=tier,
        unread_messages=unread,
        silent_for=None if hours is None else timedelta(hours=hours),
        reachable=reachable,
        paused=paused,
    )
    assert rank(signals, NOW).level != "ok"


@pytest.mark.parametrize(
    ("done", "planned", "share"),
    [(0, 0, None), (3, 0, None), (0, 4, 0.0), (3, 4, 0.75), (9, 4, 1.0), (-1, 4, 0.0)],
)
def test_the_share_done_is_unknown_without_a_plan(
    done: int, planned: int, share: float | None
) -> None:
    assert share_done(done, planned) == share


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (None, "unknown"), (0.0, "low"), (0.499, "low"), (0.5, "partial"), (0.749, "partial"),
        (0.75, "good"), (1.0, "good"),
    ],
)  # fmt: skip
def test_adherence_has_cut_points(share: float | None, word: str) -> None:
    assert label(share) == word


def test_what_the_patient_says_orders_inside_a_tier_and_never_across_one() -> None:
    soon = replace(WELL, open_tier=Tier.SOON, alert_state="open", waiting_since=NOW)
    today = replace(soon, open_tier=Tier.SAME_DAY)
    patients = {
        "today, wanted today": replace(today, patient_urgency="today"),
        "today, longest": replace(
            today, patient_urgency="just_telling", waiting_since=NOW - 2 * LIMIT
        ),
        "today, not asked": replace(today, waiting_since=NOW - LIMIT),
        "soon, wanted today": replace(soon, patient_urgency="today"),
        "soon, not asked": soon,
        "soon, can wait": replace(soon, patient_urgency="can_wait"),
        "soon, just telling": replace(soon, patient_urgency="just_telling"),
    }
    backwards = list(patients)[::-1]
    ordered = sorted(backwards, key=lambda name: rank(patients[name], NOW).order)
    assert ordered == list(patients)
