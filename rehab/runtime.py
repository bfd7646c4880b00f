"""What a running process keeps: its settings, the clinic's context and the clock."""

from __future__ import annotations

from dataclasses import dataclass

from rehab.clock import Clock
from rehab.services.context import Context
from rehab.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Built once at start; `app.extensions["rehab"]` holds it."""

    settings: Settings
    context: Context
    clock: Clock
