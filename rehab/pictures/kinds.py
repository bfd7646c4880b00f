"""What a file is, by its first bytes; its name and what it says of itself count for nothing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
"""Opened by nothing else than these readers: fewer readers, fewer holes."""
MOST_UNSHRINKABLE = 12_000_000
"""Pixels of a PNG or WEBP. A JPEG can be made smaller while it is read; these need four bytes a pixel,
more than once, and a phone's screen has 4 million."""
_SOUNDS = (
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (4, b"ftyp", "audio/mp4"),
)
"""Place, bytes and MIME type."""
_IN_OGG = (b"OpusHead", b"\x01vorbis")
_OGG_HEAD = 64


@dataclass(frozen=True)
class Limits:
    """Pixels of the largest picture that is opened, and of the longest side that is kept."""

    most_pixels: int
    longest_side: int


@dataclass(frozen=True)
class Picture:
    """A JPEG made by us: nothing in it but pixels."""

    content: bytes
    width: int
    height: int


class NotKept(Exception):
    """The file is not kept. `problem` is not_a_picture, too_many_pixels, animated, unreadable or
    not_a_sound."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def peek(content: bytes, limits: Limits) -> None:
    """Look at the header alone and raise NotKept for what must not be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=FORMATS) as image:
                width, height = image.size
                is_jpeg = image.format in ("JPEG", "MPO")
                moves = not is_jpeg and getattr(image, "is_animated", False)
    except Image.DecompressionBombError:
        raise NotKept("too_many_pixels") from None
    except Exception:
        # Readers of hostile bytes raise whatever they like.
        raise NotKept("not_a_picture") from None
    most = limits.most_pixels if is_jpeg else min(limits.most_pixels, MOST_UNSHRINKABLE)
    if width * height > most:
        raise NotKept("too_many_pixels")
    if moves:
        raise NotKept("animated")


def kind_of_sound(content: bytes) -> str:
    """The MIME type of a voice note or a recording. Raises NotKept for anything else."""
    for place, magic, mime in _SOUNDS:
        if content[place : place + len(magic)] != magic:
            continue
        if mime != "audio/ogg" or any(one in content[:_OGG_HEAD] for one in _IN_OGG):
            return mime
    raise NotKept("not_a_sound")
