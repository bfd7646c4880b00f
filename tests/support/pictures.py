"""Pictures and sounds made up for tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image


def jpeg(width: int = 320, height: int = 240, **more: Any) -> bytes:
    """A photo of nothing."""
    out = BytesIO()
    Image.new("RGB", (width, height), (200, 120, 90)).save(out, "JPEG", **more)
    return out.getvalue()


def opus() -> bytes:
    """The beginning of a voice note."""
    return b"OggS\x00\x02" + b"\0" * 20 + b"\x01\x13OpusHead\x01\x01" + b"\0" * 40
