"""A Bot API server that knows five methods, leaves out what it likes, and has never heard of more."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

Json = dict[str, Any]
PATIENCE = 10.0


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Request lines hold the token."""


@dataclass
class Said:
    """A message of the bot as it stands now."""

    chat_id: int
    message_id: int
    text: str
    buttons: dict[str, str] = field(default_factory=dict)


class PoorApi:
    """Listens on loopback. Use it as a context manager."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.asked_for: set[str] = set()
        self.answered_taps: list[str] = []
        self._updates: list[Json] = []
        self._changed = threading.Condition()
        self._closed = False
        self._numbers = iter(range(1, 1_000_000))
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, self._app, threaded=True, request_handler=Quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> PoorApi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # -- people ----------------------------------------------------------------------------

    def send_text(self, chat_id: int, text: str) -> None:
        chat = {"id": chat_id, "type": "private"}
        self._update("message", {"message_id": next(self._numbers), "chat": chat, "text": text})

    def tap(self, chat_id: int, label: str) -> None:
        """The newest button with this label."""
        with self._changed:
            shown = next(
                one
                for one in reversed(self.said)
                if one.chat_id == chat_id and label in one.buttons
            )
        message = {"message_id": shown.message_id, "chat": {"id": chat_id, "type": "private"}}
        tap = {"id": f"tap{next(self._numbers)}", "from": {"id": chat_id}, "message": message}
        self._update("callback_query", tap | {"data": shown.buttons[label]})

    def expect(self, chat_id: int, words: str) -> Said:
        """A message of this chat that has these words, waiting until there is one."""

        def look() -> Said | None:
            fitting = [one for one in self.said if one.chat_id == chat_id and words in one.text]
            return fitting[-1] if fitting else None

        return self._wait(look, words)

    def expect_answered(self, count: int) -> None:
        """So many taps were acknowledged."""
        self._wait(lambda: len(self.answered_taps) >= count, "answered taps")

    def _wait(self, look: Callable[[], Any], wanted: str) -> Any:
        with self._changed:
            assert self._changed.wait_for(look, PATIENCE), (wanted, self.said)
            return look()

    def _update(self, kind: str, body: Json) -> None:
        with self._changed:
            self._updates.append({"update_id": next(self._numbers), kind: body})
            self._changed.notify_all()

    # -- the server ------------------------------------------------------------------------

    def _app(self, environ: Any, start_response: Any) -> Any:
        with Request(environ) as request:
            method = request.path.rpartition("/")[2]
            given = request.get_json() if request.is_json else request.form.to_dict()
        answer = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send,
            "editMessageText": self._edit,
            "answerCallbackQuery": self._answer,
        }.get(method)
        with self._changed:
            self.asked_for.add(method)
        if answer is None:
            # Half of what it does not know it answers like a lost proxy.
            body = "<html>what?</html>" if len(method) % 2 else '{"ok":false}'
            return Response(body, 404)(environ, start_response)
        result = json.dumps({"ok": True, "result": answer(given)})
        return Response(result, mimetype="text/plain")(environ, start_response)

    def _get_me(self, _given: Json) -> Json:
        return {"id": 7000000001, "is_bot": True}

    def _get_updates(self, given: Json) -> list[Json]:
        offset = int(given.get("offset") or 0)
        with self._changed:
            self._updates = [one for one in self._updates if one["update_id"] >= offset]
            self._changed.wait_for(
                lambda: self._updates or self._closed, float(given.get("timeout") or 0)
            )
            return list(self._updates)

    def _send(self, given: Json) -> Json:
        with self._changed:
            said = Said(int(given["chat_id"]), next(self._numbers), given["text"], _buttons(given))
            self.said.append(said)
            self._changed.notify_all()
        return {"message_id": said.message_id}

    def _edit(self, given: Json) -> bool:
        with self._changed:
            said = next(one for one in self.said if one.message_id == int(given["message_id"]))
            said.text, said.buttons = given["text"], _buttons(given)
            self._changed.notify_all()
        return True

    def _answer(self, given: Json) -> bool:
        with self._changed:
            self.answered_taps.append(given["callback_query_id"])
            self._changed.notify_all()
        return True


def _buttons(given: Json) -> dict[str, str]:
    markup = given.get("reply_markup") or {}
    markup = json.loads(markup) if isinstance(markup, str) else markup
    return {
        button["text"]: button["callback_data"]
        for row in markup.get("inline_keyboard", [])
        for button in row
    }
