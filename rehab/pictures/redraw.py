"""Makes a picture anew in a process of its own, so that a hostile file costs that process and no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rehab.pictures.kinds import Limits, NotKept, Picture, peek

SECONDS = 15.0
"""Longer than the largest honest picture takes on a slow machine."""
_ROOT = Path(__file__).resolve().parents[2]
_HEAD = 8
"""Bytes of width and height before the JPEG."""


def redraw(content: bytes, limits: Limits) -> Picture:
    """The picture as a JPEG without a byte of its original: upright, no metadata, not too large.

    Raises NotKept. May take seconds: call it in a thread and outside of any transaction.
    """
    peek(content, limits)
    command = [sys.executable, "-m", "rehab.pictures", str(limits.longest_side)]
    try:
        made = subprocess.run(  # noqa: S603 - our own module, and no word of the file's
            command, input=content, capture_output=True, cwd=_ROOT, timeout=SECONDS, check=True
        ).stdout
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise NotKept("unreadable") from None
    if len(made) <= _HEAD:
        raise NotKept("unreadable")
    return Picture(
        content=made[_HEAD:],
        width=int.from_bytes(made[: _HEAD // 2], "big"),
        height=int.from_bytes(made[_HEAD // 2 : _HEAD], "big"),
    )
