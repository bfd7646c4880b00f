"""Scripted trouble: a rule says which call goes wrong, how, and how often."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import Any, Literal, get_args

FaultKind = Literal["status", "drop_before", "drop_after", "delay", "malformed"]


@dataclass
class Fault:
    """One rule. `drop_after` is the ambiguous case: accepted, but the caller never hears of it."""

    kind: FaultKind
    method: str = "*"
    chat_id: int | None = None
    nth: int | None = None  # only the nth matching call, counted from 1
    times: int | None = 1  # how often it fires; None is for ever
    probability: float = 1.0
    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    body: str | None = None  # the raw answer, in place of the usual error body
    seconds: float = 0.0  # of a delay
    seen: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"unknown fault kind; known are {', '.join(get_args(FaultKind))}")

    def matches(self, method: str, chat_id: int | None) -> bool:
        same_method = self.method == "*" or self.method.lower() == method.lower()
        return same_method and self.chat_id in {None, chat_id}

    def strikes(self, chance: random.Random) -> bool:
        self.seen += 1
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.times is not None and self.fired >= self.times:
            return False
        if chance.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def error_body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


class Faults:
    """The rules in force, tried in the order they were added; the first that strikes wins."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        # Seeded, so that a run with probabilities can be repeated.
        self._chance = random.Random(seed)  # noqa: S311

    def add(self, kind: FaultKind, method: str = "*", **options: Any) -> Fault:
        """Add a rule; `options` are the other fields of `Fault`."""
        return self.put(Fault(kind, method, **options))

    def put(self, rule: Fault) -> Fault:
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    @property
    def rules(self) -> list[Fault]:
        with self._lock:
            return list(self._rules)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault this call meets, if any."""
        with self._lock:
            for rule in self._rules:
                if rule.matches(method, chat_id) and rule.strikes(self._chance):
                    return rule
        return None
