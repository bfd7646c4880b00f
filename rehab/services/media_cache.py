"""What need not be made or uploaded again: made media on disk, and what Telegram already has."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab.logs import get_logger, place_of
from rehab.models import ChannelFile
from rehab.settings import ROOT

log = get_logger(__name__)

FOLDER = ROOT / "instance" / "media"
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class MediaFile:
    """A medium as bytes, with the name and the MIME type it is uploaded under."""

    name: str
    content: bytes
    mime: str


def kept(name: str, make: Callable[[], bytes], folder: Path = FOLDER) -> bytes:
    """The bytes kept on disk under this name; made and kept when they are not there yet.

    Only for what shows no patient: the files are not encrypted. A name stands for its content for
    ever, so it carries a hash or every number it depends on. Raises what `make` raises.
    """
    path = folder / _SAFE.sub("-", name)
    with suppress(OSError):
        if content := path.read_bytes():
            return content
    content = make()
    try:
        _write(path, content)
    except OSError as error:
        # A full or read-only disk costs time, not the picture.
        log.warning("media_not_kept", error=place_of(error))
    return content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".making-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # Whoever reads meanwhile sees the whole file or none.
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def file_id_of(session: Session, *, bot_id: int, media_key: str) -> str | None:
    """Telegram's own id of this medium, if this bot ever uploaded it."""
    known = session.get(ChannelFile, (bot_id, media_key))
    return known.file_id if known else None


def remember(
    session: Session, *, bot_id: int, media_key: str, file_id: str, now: datetime
) -> None:
    """Telegram has this medium under this id."""
    known = session.get(ChannelFile, (bot_id, media_key))
    if known is not None:
        if known.file_id != file_id:
            known.file_id, known.stored_at = file_id, now
        return
    row = ChannelFile(bot_id=bot_id, media_key=media_key, file_id=file_id, stored_at=now)
    # Two sends may bring the first id of one medium at the same time; either will do.
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)


def forget(session: Session, *, bot_id: int, media_key: str, file_id: str) -> None:
    """Telegram refused this id; the next send uploads again."""
    known = session.get(ChannelFile, (bot_id, media_key))
    if known is not None and known.file_id == file_id:
        session.delete(known)
        session.flush()  # a new id may be stored in this very transaction
