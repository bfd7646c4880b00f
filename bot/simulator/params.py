"""The parameters of a Bot API call, from wherever the caller put them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request

from bot.simulator.errors import bad_request
from bot.simulator.files import Upload


class Params:
    """Query, form, multipart and JSON look alike from here on."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload]) -> None:
        self.values = dict(values)
        self.files = dict(files)

    @classmethod
    def from_request(cls, request: Request) -> Params:
        values: dict[str, Any] = dict(request.args.items())
        if request.mimetype == "application/json":
            values |= _json_object(request.get_data())
        else:
            values |= dict(request.form.items())
        files = {
            name: Upload(part.filename or "", part.read(), part.mimetype or "")
            for name, part in request.files.items()
        }
        return cls(values, files)

    def text(self, name: str, default: str | None = None) -> str | None:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int) -> int:
        value = self.values.get(name)
        try:
            return default if value is None else int(value)
        except (TypeError, ValueError):
            return default

    def boolean(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def structure(self, name: str) -> Any:
        """An object or array: given as such in JSON, as JSON text everywhere else."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def chat_id(self) -> int | None:
        """The numeric chat id, when there is one."""
        try:
            return int(self.values["chat_id"])
        except (KeyError, TypeError, ValueError):
            return None


def _json_object(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        return {}
    try:
        values = json.loads(raw)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("can't parse JSON object: expected an Object")
    return values
