"""The bot as an operating system sees it: started, killed without warning, started again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from bot.simulator import Simulator
from tests.kill.clinic import Clinic

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60.0


class BotUnderFire:
    """`python -m bot` with its log in a file."""

    def __init__(self, clinic: Clinic, sim: Simulator, log: Path) -> None:
        self._clinic = clinic
        self._sim = sim
        self._log: IO[bytes] = log.open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self.recovery_seconds: list[float] = []

    def start(self) -> None:
        self._polls_before = self._sim.calls.get("getUpdates", 0)
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot"],
            cwd=ROOT,
            env=self._clinic.environ,
            stdout=self._log,
            stderr=self._log,
        )

    def wait_until_it_polls(self, seconds: float = START_SECONDS) -> None:
        deadline = self._started_at + seconds
        while self._sim.calls.get("getUpdates", 0) == self._polls_before:
            assert self._process is not None
            assert self._process.poll() is None, "the bot ended by itself, see its log"
            assert time.monotonic() < deadline, "the bot does not poll"
            time.sleep(0.01)
        self.recovery_seconds.append(time.monotonic() - self._started_at)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> float:
        """Ask it to stop; returns the seconds it took."""
        assert self._process is not None
        asked_at = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=15)
        self._log.close()
        return time.monotonic() - asked_at
