"""Logging: one JSON line per event, with an event name and ids only. Patient words never get here."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {
        "event", "level", "timestamp", "logger", "component", "error", "count", "seconds", "state",
        "update_id", "alert_id", "message_id", "patient_id", "episode_id", "clinician_id", "job",
        "kind", "tier", "rule_id", "step", "attempts", "method", "status", "retry_after", "port",
        "path", "request_id", "reason", "version", "exception_place",
    }
)  # fmt: skip
TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")
NOISY = (
    "alembic",
    "httpx",
    "httpcore",
    "telegram",
    "apscheduler",
    "werkzeug",
    "fontTools",
    "fpdf",
    "PIL",
)


def set_up(level: int = logging.INFO) -> None:
    """Send everything to stderr as JSON. Third parties speak from WARNING on and without arguments,
    because they put request addresses (with the bot token) and whole updates into their lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[_foreign, *_shared()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:
    """A logger whose calls take an event name and id keywords: `log.info("alert_opened", alert_id=7)`."""
    return structlog.get_logger(name)


def place_of(error: BaseException) -> str:
    """Class and place of an error, without its message (which may hold a patient's words)."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    file = code.co_filename.rsplit("/", 2)
    return f"{type(error).__name__} at {'/'.join(file[-2:])}:{trace.tb_lineno} in {code.co_name}"


def _shared() -> list[Any]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_traceback,
        _only_allowed,
        _without_token,
    ]


def _foreign(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    record = event.get("_record")
    if record is not None:
        event["event"] = f"third_party:{record.name}:{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            event["exception_place"] = place_of(record.exc_info[1])
    return event


def _without_traceback(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    return event


def _only_allowed(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in [key for key in event if key not in ALLOWED_KEYS and not key.startswith("_")]:
        del event[key]
    return event


def _without_token(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = TOKEN.sub("[token]", value)
    return event
