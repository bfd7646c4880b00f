"""This process's name as a lease holder, and whether another one of this machine is gone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def my_name() -> str:
    """`<machine>/<process id>/<random>`"""
    return f"{_machine()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """True when the holder was a process of this very machine and has ended, so that a restart
    after a crash need not wait for its lease. When in doubt, False."""
    machine, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if not machine or machine != _machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return _is_zombie(int(pid))


def _machine() -> str:
    """One running kernel and one space of process ids; empty where Linux's files are missing."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}:{os.readlink('/proc/self/ns/pid')}"
    return ""


def _is_zombie(pid: int) -> bool:
    """Dead, but its parent has not looked yet."""
    with suppress(OSError, IndexError):
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return status.rpartition(")")[2].split()[0] == "Z"
    return False
