"""Photos, documents, animations, video and voice: uploaded, or sent again by file_id."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import ApiError, bad_request
from bot.simulator.files import StoredFile, Upload
from bot.simulator.limits import (
    MAX_DOWNLOAD_BYTES,
    MAX_PHOTO_BYTES,
    MAX_UPLOAD_BYTES,
    checked_caption,
)
from bot.simulator.model import Json
from bot.simulator.params import Params
from bot.simulator.registry import Method, method
from bot.simulator.sending import deliver, open_chat
from bot.simulator.state import State

KINDS = ("photo", "document", "animation", "video", "voice", "audio")


def media_content(stored: StoredFile) -> Json:
    """The part of a message that holds the file."""
    content: Json = {stored.kind: stored.media_json()}
    if stored.kind == "animation":
        # The real server repeats it as a document, for clients older than animations.
        content["document"] = stored.media_json()
    return content


def caption_content(params: Params) -> Json:
    caption, entities = checked_caption(
        params.text("caption"), params.text("parse_mode"), params.structure("caption_entities")
    )
    content: Json = {"caption": caption} if caption else {}
    return content | ({"caption_entities": entities} if entities else {})


def stored_media(state: State, params: Params, kind: str, reference: object) -> StoredFile:
    """The file behind `reference`: attach://name, a file_id, or the part called `kind`."""
    upload = params.files.get(kind) if reference is None else None
    if isinstance(reference, str) and reference.startswith("attach://"):
        upload = params.files.get(reference.removeprefix("attach://"))
        reference = None
    if upload is not None:
        _check_size(kind, upload)
        state.files.uploads += 1
        return state.files.add(kind, upload)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    return _known_file(state, kind, str(reference))


def _known_file(state: State, kind: str, reference: str) -> StoredFile:
    if reference.startswith(("http://", "https://")):
        # Nothing here reaches beyond this machine, so a link cannot be followed.
        raise bad_request("failed to get HTTP URL content")
    stored = state.files.by_id(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(
            f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}"
        )
    return stored


def _check_size(kind: str, upload: Upload) -> None:
    if not upload.data:
        raise bad_request("file must be non-empty")
    if kind == "photo" and len(upload.data) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")
    if len(upload.data) > MAX_UPLOAD_BYTES:
        raise ApiError(413, "Request Entity Too Large")


def _sender_of(kind: str) -> Method:
    def send(state: State, params: Params) -> Json:
        chat = open_chat(state, params)
        caption = caption_content(params)
        stored = stored_media(state, params, kind, params.values.get(kind))
        return deliver(state, chat, params, media_content(stored) | caption).as_json()

    return send


for _kind in KINDS:
    method(f"send{_kind.capitalize()}")(_sender_of(_kind))


@method("sendMediaGroup")
def send_media_group(state: State, params: Params) -> list[Json]:
    chat = open_chat(state, params)
    items = params.structure("media")
    if not isinstance(items, list) or not 2 <= len(items) <= 10:
        raise bad_request("wrong number of media in the album; it must be 2 to 10")
    contents = [item_content(state, params, item) for item in items]
    group_id = str(state.version + 1)
    return [
        deliver(state, chat, params, content | {"media_group_id": group_id}).as_json()
        for content in contents
    ]


def item_content(state: State, params: Params, item: Any) -> Json:
    if not isinstance(item, dict) or item.get("type") not in KINDS:
        raise bad_request("can't parse InputMedia")
    stored = stored_media(state, params, str(item["type"]), item.get("media"))
    return media_content(stored) | caption_content(Params(item, {}))


@method("getFile", quiet=True)
def get_file(state: State, params: Params) -> Json:
    stored = state.files.by_id(params.text("file_id", "") or "")
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.data),
        "file_path": stored.path,
    }
