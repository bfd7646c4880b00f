"""From Telegram's words to ours: every kind of update, whole or half broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Bot

from bot import telegram_in
from rehab.flows.types import Event, EventKind
from rehab.models import InboxUpdate

BOT = Bot("123:TEST")
RECEIVED = datetime(2026, 1, 5, 4, 0, 30, tzinfo=UTC)
SENT = RECEIVED - timedelta(seconds=20)
PRIVATE = {"id": 1001, "type": "private"}
ASHA = {"id": 1001, "is_bot": False, "first_name": "Asha"}


def _p(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}


def read(body: Any) -> Event | None:
    raw = body if isinstance(body, str) else json.dumps(body)
    row = InboxUpdate(bot_id=123, update_id=7, received_at=RECEIVED, chat_key=1001, raw=raw)
    return telegram_in.event_of(row, BOT)


def message(**content: Any) -> dict[str, Any]:
    date = int(SENT.timestamp())
    base = {"message_id": 5, "date": date, "chat": PRIVATE, "from": ASHA}
    return {"update_id": 7, "message": base | content}


def event(body: Any) -> Event:
    found = read(body)
    assert found is not None
    return found


def test_a_text_is_a_text_with_its_time_and_a_source_of_its_own() -> None:
    found = event(message(text="hello"))
    assert (found.kind, found.text, found.at) == (EventKind.TEXT, "hello", SENT)
    assert found.source == "telegram:123:7"


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("/start AbC-1", "start", "AbC-1"),
        ("/Help@rehab_demo_bot", "help", ""),
        ("/time   07:30", "time", "07:30"),
        ("/today\n", "today", ""),
    ],
)
def test_a_command_is_told_from_its_words(text: str, command: str, rest: str) -> None:
    found = event(message(text=text))
    assert (found.kind, found.command, found.text) == (EventKind.COMMAND, command, rest)


@pytest.mark.parametrize("text", ["/", "1/2 of them", "/ help", "/не"])
def test_a_slash_alone_makes_no_command(text: str) -> None:
    assert event(message(text=text)).kind == EventKind.TEXT


@pytest.mark.parametrize(
    ("content", "kind", "file_id"),
    [
        ({"photo": [_p("small"), _p("large")]}, "photo", "large"),
        ({"voice": _p("v") | {"duration": 1}}, "voice", "v"),
        ({"video": _p("m") | {"duration": 1}}, "video", "m"),
        ({"document": _p("d")}, "document", "d"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "other", None),
        ({"something_of_next_year": {"a": 1}}, "other", None),
    ],
)
def test_media_are_named_and_keep_their_caption(
    content: dict[str, Any], kind: str, file_id: str | None
) -> None:
    found = event(message(caption="how it looks", **content))
    assert (found.kind, found.media_kind, found.file_id) == (EventKind.MEDIA, kind, file_id)
    assert found.text == "how it looks"


def test_a_medium_brings_its_size_its_type_its_length_and_its_album() -> None:
    voice = _p("v") | {"duration": 7, "mime_type": "audio/ogg", "file_size": 9000}
    found = event(message(voice=voice, media_group_id="123"))
    assert (found.mime, found.size, found.seconds, found.album) == ("audio/ogg", 9000, 7, "123")
    odd = _p("v") | {"duration": "long", "mime_type": 5, "file_size": 2**70}
    found = event(message(voice=odd))
    assert (found.mime, found.size, found.seconds) == ("5", 2**31 - 1, None)


def test_a_service_message_is_nothing_to_act_on() -> None:
    assert event(message(write_access_allowed={})).kind == EventKind.OTHER
    pinned = message()["message"] | {"text": "an old card"}
    assert event(message(pinned_message=pinned)).kind == EventKind.OTHER


def test_an_edit_carries_the_new_words() -> None:
    body = message(text="worse", edit_date=int(SENT.timestamp()) + 5)
    found = event({"update_id": 7, "edited_message": body["message"]})
    assert (found.kind, found.text) == (EventKind.EDITED_TEXT, "worse")
    assert found.at == SENT + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("data", "token", "choice"),
    [
        ("abc:2", "abc", 2),
        ("a:b:0", "a:b", 0),
        ("abc", "abc", -1),
        ("abc:x", "abc:x", -1),
        ("abc:-1", "abc:-1", -1),
        ("abc:9999999", "abc:9999999", -1),
        (None, "", -1),
    ],
)
def test_a_tap_tells_its_prompt_and_choice(data: str | None, token: str, choice: int) -> None:
    tap = {"id": "1", "from": ASHA, "chat_instance": "1", "message": message()["message"]}
    found = event({"update_id": 7, "callback_query": tap | ({"data": data} if data else {})})
    assert (found.kind, found.token, found.choice) == (EventKind.TAP, token, choice)
    assert (found.chat_id, found.at) == (1001, RECEIVED)


@pytest.mark.parametrize(
    ("status", "kind"), [("kicked", EventKind.BLOCKED), ("member", EventKind.UNBLOCKED)]
)
def test_blocking_the_bot_is_told(status: str, kind: EventKind) -> None:
    me = {"id": 123, "is_bot": True, "first_name": "Bot"}
    new = {"user": me, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    change = {
        "chat": PRIVATE, "from": ASHA, "date": int(SENT.timestamp()),
        "old_chat_member": {"user": me, "status": "member"}, "new_chat_member": new,
    }  # fmt: skip
    assert event({"update_id": 7, "my_chat_member": change}).kind == kind


@pytest.mark.parametrize(
    "body",
    [
        message(text="hi", chat={"id": -5, "type": "group", "title": "Ward"}),
        message(text="hi", chat={"id": -5, "type": "supergroup"}, date="broken"),
        {"update_id": 7, "channel_post": message()["message"]},
        {"update_id": 7, "telepathy": {}},
        {"update_id": 7},
    ],
)
def test_groups_and_unknown_kinds_are_none_of_our_business(body: dict[str, Any]) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"chat": {"id": 1001}, "text": "I cannot breathe"}},
        {"update_id": "x", "message": {"chat": {"id": 1001}, "text": "I cannot breathe"}},
        message(text="I cannot breathe", date="yesterday"),
        message(text="I cannot breathe", entities="broken"),
        message(text="I cannot breathe", **{"from": {"name": 1}}),
        {"update_id": 7, "edited_message": {"from": {"id": 1001}, "caption": "I cannot breathe"}},
    ],
)
def test_danger_words_in_a_half_broken_update_are_still_seen(body: dict[str, Any]) -> None:
    found = event(body)
    assert (found.chat_id, found.text) == (1001, "I cannot breathe")
    assert found.kind in (EventKind.TEXT, EventKind.EDITED_TEXT)


@pytest.mark.parametrize(
    "raw", ["", "no json", "[]", "7", '{"message": 5}', '{"message": {"text": "hi"}}', "[" * 99999]
)
def test_what_nobody_can_read_says_so(raw: str) -> None:
    with pytest.raises(telegram_in.Unreadable):
        read(raw)


def test_a_time_from_the_future_is_not_believed() -> None:
    future = int((RECEIVED + timedelta(days=1)).timestamp())
    assert event(message(text="hi", date=future)).at == RECEIVED


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "chat", "from", "text", "date", "data", "message", "photo"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(telegram_in.ALLOWED_UPDATES), _json)
def test_any_content_is_read_ignored_or_called_unreadable(kind: str, content: Any) -> None:
    try:
        found = read({"update_id": 7, kind: content})
    except telegram_in.Unreadable:
        return
    assert found is None or isinstance(found.text, str)


def test_a_tap_in_a_group_names_who_tapped() -> None:
    tap = {"id": "1", "from": ASHA, "chat_instance": "1", "data": "token:2"}
    where = {"message_id": 5, "date": int(SENT.timestamp())}
    where["chat"] = {"id": -5, "type": "supergroup", "title": "Ward"}
    found = event({"update_id": 7, "callback_query": tap | {"message": where}})
    assert (found.kind, found.chat_id, found.user_id) == (EventKind.TAP, -5, 1001)
    assert (found.token, found.choice, found.in_group) == ("token", 2, True)


def test_a_group_that_becomes_a_supergroup_tells_its_new_id() -> None:
    chat = {"id": -5, "type": "group", "title": "Ward"}
    found = event(message(chat=chat, migrate_to_chat_id=-100777))
    assert (found.kind, found.chat_id, found.moved_to) == (EventKind.GROUP_MOVED, -5, -100777)
