"""The verdict: rows and received messages against what must have happened, as figures."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy.orm import Session

from bot.simulator import Simulator
from rehab.models import (
    Alert,
    CheckIn,
    FindingRecord,
    InboxState,
    InboxUpdate,
    IncomingMessage,
    MessageClass,
    Observation,
    OutboxMessage,
    OutboxState,
    Page,
)
from tests.kill import oracle
from tests.kill.clinic import ON_CALL_CHAT, SETUP, Clinic
from tests.kill.crowd import Crowd
from tests.kill.oracle import Expected

Figures = dict[str, Any]
RED_FLAG_VALUES = ("breath", "both")
RED_FLAG_RULE = "RF01.breath"
MUST_BE_ZERO = (
    "updates_lost",
    "updates_not_handled",
    "good_updates_dead",
    "answers_lost",
    "answers_twice",
    "answers_unexpected",
    "answers_wrong",
    "remarks_lost",
    "remarks_unexpected",
    "chats_out_of_order",
    "red_flags_without_finding",
    "red_flags_found_twice",
    "findings_without_alert",
    "alerts_doubled",
    "alerts_never_received",
    "alert_cards_beyond_resends",
    "ordinary_messages_doubled",
    "messages_not_settled",
)


def judge(clinic: Clinic, sim: Simulator, crowd: Crowd) -> Figures:
    """All figures; a run passes when everything in MUST_BE_ZERO is zero."""
    with clinic.session() as session:
        expected = oracle.replay(clinic, session)
        return {
            "updates": crowd.total,
            "by_kind": dict(sorted(crowd.done.items())),
            **_intake(session, crowd),
            **_answers(session, expected),
            **_remarks(session, expected),
            "chats_out_of_order": _out_of_order(session, expected),
            **_red_flags(session),
            **_alerts(session, sim),
            **_delivery(session, sim),
        }


def failures(figures: Figures) -> list[str]:
    """The figures that should be zero and are not."""
    return [f"{name}: {figures[name]}" for name in MUST_BE_ZERO if figures[name]]


def _intake(session: Session, crowd: Crowd) -> Figures:
    messages, taps, lost = set(), set(), 0
    states: Counter[str] = Counter()
    dead_good = 0
    for row in session.query(InboxUpdate):
        states[row.state] += 1
        body = json.loads(row.raw or "{}")
        message, tap = body.get("message"), body.get("callback_query", {})
        if isinstance(message, dict) and "message_id" in message:
            messages.add((message["chat"]["id"], message["message_id"]))
            dead_good += row.state == InboxState.DEAD
        elif "data" in tap:
            taps.add(tap["id"])
            dead_good += row.state == InboxState.DEAD
    lost = len(set(crowd.messages) - messages) + len(set(crowd.taps) - taps)
    lost += crowd.total - states.total() if not lost else 0
    return {
        "updates_lost": lost,
        "updates_not_handled": states[InboxState.NEW],
        "updates_dead": states[InboxState.DEAD],
        "good_updates_dead": dead_good,
    }


def _answers(session: Session, expected: Expected) -> Figures:
    found = [o for o in session.query(Observation) if not o.source.startswith(SETUP)]
    counted = Counter(observation.source for observation in found)
    values = {o.source: (o.question_id, o.value) for o in found}
    wrong = [s for s in expected.answers if s in values and values[s] != expected.answers[s]]
    return {
        "answers_expected": len(expected.answers),
        "answers_lost": len(set(expected.answers) - set(counted)),
        "answers_twice": sum(count > 1 for count in counted.values()),
        "answers_unexpected": len(set(counted) - set(expected.answers)),
        "answers_wrong": len(wrong),
    }


def _remarks(session: Session, expected: Expected) -> Figures:
    kept = {message.source for message in session.query(IncomingMessage)}
    return {
        "remarks_expected": len(expected.kept),
        "remarks_lost": len(expected.kept - kept),
        "remarks_unexpected": len(kept - expected.kept),
    }


def _out_of_order(session: Session, expected: Expected) -> int:
    bad = 0
    for rows in (
        session.query(Observation.source, Observation.id),
        session.query(IncomingMessage.source, IncomingMessage.id),
    ):
        place = {row.source: row.id for row in rows}
        for sources in expected.order.values():
            ids = [place[source] for source in sources if source in place]
            bad += ids != sorted(ids)
    return bad


def _red_flags(session: Session) -> Figures:
    flagged = {
        observation.check_in_id
        for observation in session.query(Observation).filter(Observation.question_id == "legs")
        if observation.value in RED_FLAG_VALUES
    }
    findings: dict[int, list[FindingRecord]] = defaultdict(list)
    for finding in session.query(FindingRecord).filter_by(rule_id=RED_FLAG_RULE):
        kind, _, number = finding.cause.partition(":")
        if kind == "check_in":
            findings[int(number)].append(finding)
    return {
        "red_flags": len(flagged),
        "red_flags_without_finding": len(flagged - set(findings)),
        "red_flags_found_twice": sum(len(found) > 1 for found in findings.values()),
        "findings_without_alert": sum(
            finding.alert_id is None
            for finding in session.query(FindingRecord).filter(FindingRecord.tier != "T3")
        ),
    }


def _alerts(session: Session, sim: Simulator) -> Figures:
    alerts = session.query(Alert).all()
    per_episode = Counter(alert.episode_id for alert in alerts)
    received = [call.text for call in sim.sent_to(ON_CALL_CHAT)]
    rows = session.query(OutboxMessage).filter_by(chat_id=ON_CALL_CHAT).all()
    allowed = len(rows) + sum(row.ambiguous for row in rows)
    return {
        "alerts": len(alerts),
        "check_ins": session.query(CheckIn).count(),
        "pages": session.query(Page).count(),
        "alerts_doubled": sum(count > 1 for count in per_episode.values()),
        "alerts_never_received": sum(
            not any(alert.code in text for text in received) for alert in alerts
        ),
        "alert_cards_received": len(received),
        "alert_cards_beyond_resends": max(0, len(received) - allowed),
    }


def _delivery(session: Session, sim: Simulator) -> Figures:
    rows = session.query(OutboxMessage).all()
    states = Counter(row.state for row in rows)
    resent = (MessageClass.ALERT, MessageClass.SAFETY_REPLY)
    ordinary = Counter((row.chat_id, row.text) for row in rows if row.message_class not in resent)
    safety = {(row.chat_id, row.text or "") for row in rows if row.message_class in resent}
    sent = Counter(
        (call.chat_id or 0, call.text) for call in sim.sent if call.method == "sendMessage"
    )
    doubled = sum(
        max(0, count - ordinary[key]) for key, count in sent.items() if key not in safety
    )
    return {
        "messages": len(rows),
        "messages_sent": sent.total(),
        "messages_unknown": states[OutboxState.UNKNOWN],
        "messages_by_state": {str(state): count for state, count in sorted(states.items())},
        "sends_ambiguous": sum(row.ambiguous for row in rows),
        "ordinary_messages_doubled": doubled,
        "messages_not_settled": states[OutboxState.SENDING]
        + sum(row.state == OutboxState.QUEUED and row.attempts > 0 for row in rows),
    }
