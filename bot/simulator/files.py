"""Files the bot or a person sent, kept in memory and found again by `file_id`."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import threading
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from bot.simulator.errors import bad_request
from bot.simulator.model import Json

_FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "animation": "animations",
    "video": "videos",
    "voice": "voice",
    "audio": "music",
}


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: its name, its bytes and what the sender called its type."""

    filename: str
    data: bytes
    mime_type: str = ""


@dataclass(frozen=True)
class StoredFile:
    file_id: str
    unique_id: str
    kind: str
    path: str
    filename: str
    mime_type: str
    data: bytes
    width: int = 0
    height: int = 0

    def media_json(self) -> Json | list[Json]:
        """The part of a Message that names this file; a photo is a list of sizes."""
        body: Json = {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }
        if self.kind in {"photo", "animation", "video"}:
            body |= {"width": self.width, "height": self.height}
        if self.kind == "photo":
            return [body]
        body["mime_type"] = self.mime_type
        if self.kind in {"animation", "video", "voice", "audio"}:
            body["duration"] = 1
        if self.kind != "voice":
            body["file_name"] = self.filename
        return body


class FileStore:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self.uploads = 0

    def add(self, kind: str, upload: Upload, *, checked: bool = True) -> StoredFile:
        """Keep a file; unless `checked`, bytes that only claim to be a photo will do."""
        width, height = _dimensions(kind, upload, checked)
        digest = hashlib.sha256(kind.encode() + upload.data).hexdigest()
        with self._lock:
            number = len(self._by_id) + 1
            stored = StoredFile(
                file_id=f"SIM{kind}-{number}-{digest[:24]}",
                unique_id=digest[:16],
                kind=kind,
                path=f"{_FOLDERS[kind]}/file_{number}{_extension(upload)}",
                filename=upload.filename or f"file_{number}",
                mime_type=_mime_type(upload),
                data=upload.data,
                width=width,
                height=height,
            )
            self._by_id[stored.file_id] = stored
            self._by_path[stored.path] = stored
        return stored

    def put(self, stored: StoredFile) -> None:
        """A file known from an earlier run."""
        with self._lock:
            self._by_id[stored.file_id] = stored
            self._by_path[stored.path] = stored

    def all(self) -> list[StoredFile]:
        with self._lock:
            return list(self._by_id.values())

    def by_id(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)


def _mime_type(upload: Upload) -> str:
    declared = upload.mime_type if upload.mime_type != "application/octet-stream" else ""
    guessed = mimetypes.guess_type(upload.filename)[0] if upload.filename else None
    return declared or guessed or "application/octet-stream"


def _extension(upload: Upload) -> str:
    _, dot, ending = upload.filename.rpartition(".")
    if dot and ending.isalnum() and len(ending) <= 5:
        return f".{ending.lower()}"
    return mimetypes.guess_extension(_mime_type(upload)) or ""


def _dimensions(kind: str, upload: Upload, checked: bool) -> tuple[int, int]:
    if kind not in {"photo", "animation"}:
        return (320, 240) if kind == "video" else (0, 0)
    try:
        with Image.open(io.BytesIO(upload.data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError):
        if kind == "photo" and checked:
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        return 320, 240  # an mp4 animation; nobody here looks inside a video
