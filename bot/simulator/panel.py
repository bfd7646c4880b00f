"""The page's own JSON endpoints under /sim/: what the phones show, and what people do."""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from bot.simulator.bot_info import commands_for
from bot.simulator.clock import ClockRefused
from bot.simulator.errors import ApiError
from bot.simulator.faults import Fault
from bot.simulator.model import Callback, Chat, Json, Role
from bot.simulator.panel_json import answer_json, file_response, message_json, summary_json
from bot.simulator.people import ActionRefused, Person
from bot.simulator.view import Group

if TYPE_CHECKING:
    from bot.simulator.simulator import Simulator

SHOWN_MESSAGES = 300
EVENTS_SECONDS = 25.0
# What a phone would send as a photo; anything else travels as a document.
PHOTO_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})


class Panel:
    """Each endpoint is one method; reading is open, acting refuses other sites."""

    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator
        self._state = simulator.state
        self._get: dict[str, Callable[[Request], Json]] = {
            "state": self._chat_state,
            "chats": self._chats,
            "clock": self._clock,
            "events": self._events,
        }
        self._post: dict[str, Callable[[Request], Json]] = {
            "chats": self._new_chat,
            "send": self._send,
            "edit": self._edit,
            "tap": self._tap,
            "photo": self._photo,
            "contact": self._contact,
            "block": self._block,
            "clock": self._move_clock,
            "faults": self._faults,
        }

    def answer(self, request: Request, path: str) -> Response:
        try:
            self._refuse_strangers(request)
            if request.method == "GET" and path.startswith("files/"):
                return self._file(path.removeprefix("files/"))
            return _json(self._handler(request.method, path)(request))
        except HTTPException as error:
            return _json({"error": error.description}, error.code or 500)
        except (ActionRefused, ClockRefused) as error:
            return _json({"error": str(error)}, 409)
        except ApiError as error:
            return _json({"error": error.description}, 400)
        except LookupError as error:
            return _json({"error": str(error)}, 404)
        except (TypeError, ValueError) as error:
            return _json({"error": f"That request makes no sense: {error}"}, 400)

    def _handler(self, verb: str, path: str) -> Callable[[Request], Json]:
        table = {"GET": self._get, "POST": self._post}.get(verb, {})
        if path in table:
            return table[path]
        raise MethodNotAllowed if path in self._get or path in self._post else NotFound

    def _refuse_strangers(self, request: Request) -> None:
        """No other site may act here, nor read through a name that points at this machine."""
        if not self._own_host(request.host):
            raise Forbidden("This address is not one the simulator answers to.")
        if request.method == "GET":
            return
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            raise Forbidden("Another site may not act here.")
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.host:
            raise Forbidden("Another site may not act here.")

    def _own_host(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost" or name in self._sim.allowed_hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True  # a bare address cannot be rebound by someone's DNS

    # -- reading -----------------------------------------------------------------------

    def _chats(self, request: Request) -> Json:
        with self._state.changed:
            return {
                "version": self._state.version,
                "chats": [summary_json(chat) for chat in self._state.chats.values()],
                "bot": self._state.bot_json(),
                "links": [{"label": label, "url": url} for label, url in self._sim.links],
                "clock": self._clock(request),
            }

    def _chat_state(self, request: Request) -> Json:
        chat = self._sim.known_chat(int(request.args["chat_id"]))
        with self._state.changed:
            shown = chat.visible()[-SHOWN_MESSAGES:]
            language = chat.profile.language_code if chat.profile else ""
            acting = chat.action_until > time.perf_counter()
            return {
                "version": self._state.version,
                "chat": summary_json(chat),
                "messages": [message_json(message) for message in shown],
                "reply_keyboard": chat.reply_keyboard,
                "action": chat.action if acting else "",
                "commands": commands_for(self._state, chat.id, language),
                "answers": [answer_json(c) for c in self._answers(chat)],
            }

    def _answers(self, chat: Chat) -> list[Callback]:
        own = [c for c in self._state.callbacks.values() if c.chat_id == chat.id]
        return [callback for callback in own[-20:] if callback.answered]

    def _clock(self, request: Request) -> Json:
        now = self._sim.clock.now()
        local = now.astimezone(self._sim.timezone)
        return {
            "now": now.isoformat(),
            "local": local.strftime("%Y-%m-%dT%H:%M"),
            "timezone": str(self._sim.timezone),
        }

    def _events(self, request: Request) -> Json:
        """Held open until something changes after `since`."""
        since = int(request.args.get("since", 0))
        timeout = min(float(request.args.get("timeout", EVENTS_SECONDS)), EVENTS_SECONDS)
        # A number from the future means a clock set back since: everything may have changed.
        self._state.wait_for(lambda: self._state.version != since, timeout)
        with self._state.changed:
            all_of_them = since > self._state.version
            changed = [
                c.id for c in self._state.chats.values() if all_of_them or c.version > since
            ]
            return {
                "version": self._state.version,
                "chats": changed,
                "clock": self._clock(request),
            }

    def _file(self, file_id: str) -> Response:
        stored = self._state.files.by_id(file_id)
        if stored is None:
            raise NotFound
        return file_response(stored)

    # -- acting ------------------------------------------------------------------------

    def _person(self, body: Json) -> Person:
        return self._sim.person(int(body["chat_id"]))

    def _acting(self, body: Json) -> tuple[Person, Group | None]:
        """Who acts where; in a group it is the person named by `as`, else the first of the staff."""
        chat = self._sim.known_chat(int(body["chat_id"]))
        if not chat.is_group:
            return self._sim.person(chat.id), None
        staff = [one.id for one in self._state.chats.values() if one.role == "staff"]
        person = self._sim.person(int(body.get("as") or next(iter(staff), 0)))
        return person, self._sim.group(chat.id)

    def _new_chat(self, request: Request) -> Json:
        body = _body(request)
        role: Role = "staff" if body.get("role") == "staff" else "patient"
        person = self._sim.new_phone(str(body.get("name", ""))[:64], role)
        return {"chat_id": person.chat_id}

    def _send(self, request: Request) -> Json:
        body = _body(request)
        text = str(body.get("text", "")).strip()
        if not text:
            raise ValueError("there is no text")
        person, group = self._acting(body)
        return {"message_id": person.send_text(text, group=group).message_id}

    def _edit(self, request: Request) -> Json:
        body = _body(request)
        person = self._person(body)
        message = person.message(int(body["message_id"]))
        return {"message_id": person.edit_text(message, str(body["text"])).message_id}

    def _tap(self, request: Request) -> Json:
        body = _body(request)
        person, group = self._acting(body)
        if "callback_data" in body:
            chat_id = group.chat_id if group else None
            tap = person.tap_data(int(body["message_id"]), str(body["callback_data"]), chat_id)
        else:
            message_id = body.get("message_id")
            message = person.message(int(message_id)) if message_id else None
            tap = person.tap(message, str(body["label"]))
        return {"callback_query_id": tap.id, "url": tap.url}

    def _photo(self, request: Request) -> Json:
        upload = request.files["photo"]
        person = self._sim.person(int(request.form["chat_id"]))
        data, name = upload.read(), upload.filename or "photo.jpg"
        if upload.mimetype in PHOTO_TYPES:
            sent = person.send_photo(data, request.form.get("caption", ""), name)
        else:
            sent = person.send_document(data, request.form.get("caption", ""), name)
        return {"message_id": sent.message_id}

    def _contact(self, request: Request) -> Json:
        return {"message_id": self._person(_body(request)).send_contact().message_id}

    def _block(self, request: Request) -> Json:
        body = _body(request)
        person = self._person(body)
        wanted = bool(body.get("blocked", not person.has_blocked_bot))
        if wanted:
            person.block_bot()
        else:
            person.unblock_bot()
        return {"blocked": wanted}

    def _move_clock(self, request: Request) -> Json:
        self._sim.move_clock(**_body(request))
        return self._clock(request)

    def _faults(self, request: Request) -> Json:
        """`{"clear": true}` and/or `{"rules": [{...}]}`, or one rule by itself."""
        body = _body(request)
        if body.pop("clear", False):
            self._sim.faults.clear()
        rules = body.pop("rules", [body] if body else [])
        for rule in [Fault(**rule) for rule in rules]:
            self._sim.faults.put(rule)
        return {"rules": len(self._sim.faults.rules)}


def _body(request: Request) -> Json:
    body = json.loads(request.get_data() or b"{}")
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")
    return body


def _json(body: Any, status: int = 200) -> Response:
    response = Response(json.dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
