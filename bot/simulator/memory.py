"""Chats and files kept in a folder, so that a restarted demo still shows its conversations.

Without this the bot's database would remember chats that no phone has any more.
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter

from bot.simulator.files import StoredFile
from bot.simulator.model import Chat
from bot.simulator.state import State

CHATS = "chats.json"
PAUSE_SECONDS = 0.5  # a busy minute is written a hundred times at most

_chats = TypeAdapter(list[Chat])


class Memory:
    def __init__(self, state: State, folder: Path) -> None:
        self._state = state
        self._folder = folder
        self._saved_version = -1
        self._saved_files: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="sim-memory", daemon=True)

    def load(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob("SIM*.json")):
            self._state.files.put(_file_from(json.loads(path.read_text("utf-8"))))
            self._saved_files.add(path.stem)
        kept = self._folder / CHATS
        if kept.exists():
            for chat in _chats.validate_json(kept.read_bytes()):
                chat.version = self._state.version
                self._state.chats[chat.id] = chat

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._state.closed:
            self._state.wait_for(lambda: self._state.version != self._saved_version, 60)
            self.save()
            self._state.pause(PAUSE_SECONDS)
        self.save()

    def save(self) -> None:
        with self._state.changed:
            self._saved_version = self._state.version
            chats = _chats.dump_json(list(self._state.chats.values()))
            files = self._state.files.all()
        for stored in files:
            if stored.file_id not in self._saved_files:
                self._write(f"{stored.file_id}.json", json.dumps(_file_json(stored)).encode())
                self._saved_files.add(stored.file_id)
        self._write(CHATS, chats)

    def _write(self, name: str, data: bytes) -> None:
        """Whole or not at all: a stop in the middle leaves the former version."""
        draft = self._folder / f"{name}.draft"
        draft.write_bytes(data)
        draft.replace(self._folder / name)


def _file_json(stored: StoredFile) -> dict[str, object]:
    return {**asdict(stored), "data": base64.b64encode(stored.data).decode()}


def _file_from(kept: dict[str, str | int]) -> StoredFile:
    return TypeAdapter(StoredFile).validate_python(
        {**kept, "data": base64.b64decode(str(kept["data"]))}
    )
