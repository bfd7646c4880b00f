"""Running the simulator as a process: until it is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

from bot.simulator.simulator import Simulator


def serve(simulator: Simulator, port: int = 8081, host: str = "127.0.0.1") -> None:
    """Listen on `port` until SIGINT or SIGTERM, then close in order."""
    stopping = threading.Event()

    def stop(signal_number: int, frame: FrameType | None) -> None:
        stopping.set()

    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, stop)
    with simulator.start(port, host):
        sys.stdout.write(f"Simulator: {simulator.page_url} (stop with Ctrl-C)\n")
        sys.stdout.flush()
        stopping.wait()
