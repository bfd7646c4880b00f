"""Where a run begins to count its updates, messages and new phones.

A bot remembers the numbers it has seen, so a new run must not repeat those of an old one.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

# Scaled to stay below 2**31, as Telegram's own numbers do, until 2033.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
PER_SECOND = 8
# Between two runs of one process, which a test may start in the same second.
APART = 1000

_lock = threading.Lock()
_last = 0


def run_number() -> int:
    """Grows from run to run by the real clock, whatever the demo's clock says."""
    global _last
    by_time = int((datetime.now(UTC) - SINCE).total_seconds() * PER_SECOND)
    with _lock:
        _last = max(by_time, _last + APART)
        return _last
