"""The simulator as one object: start it, look at its chats, act as its people, stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from werkzeug.serving import BaseWSGIServer, make_server

from bot.simulator.clock import OffsetClock, SimClock, wanted_moment
from bot.simulator.faults import Faults
from bot.simulator.memory import Memory
from bot.simulator.model import Chat, Json, Profile, Role, SentCall
from bot.simulator.pace import Pace, unlimited
from bot.simulator.people import Person
from bot.simulator.server import Application, QuietRequestHandler
from bot.simulator.state import Settings, State
from bot.simulator.view import Group
from bot.simulator.webhook import WebhookPusher

T = TypeVar("T")

DEMO_TOKEN = "8000000001:SIMULATOR-demo-token-not-a-secret"  # noqa: S105
NEW_CHAT_IDS = 5_600_000_000
# Common given names; nobody in particular.
NEW_PHONE_NAMES = ("Ravi", "Lakshmi", "Imran", "Fatima", "Joseph", "Kavya", "Arjun", "Noor")


class Simulator:
    """A local Bot API server and the phones that talk through it."""

    def __init__(
        self,
        token: str = "123:TEST",  # noqa: S107
        bot_username: str = "rehab_demo_bot",
        bot_name: str = "Recovery companion",
        clock: SimClock | None = None,
        *,
        timezone: str = "Asia/Kolkata",
        people: Iterable[Mapping[str, Any]] = (),
        links: Sequence[tuple[str, str]] = (),
        auto_create_chats: bool = False,
        pace: Pace | None = None,
        callback_answer_seconds: float = 15.0,
        webhook_backoff: float = 1.0,
        allowed_hosts: Iterable[str] = (),
        memory: Path | None = None,
    ) -> None:
        settings = Settings(
            token,
            bot_username,
            bot_name,
            auto_create_chats=auto_create_chats,
            callback_answer_seconds=callback_answer_seconds,
            webhook_backoff=webhook_backoff,
        )
        self.state = State(settings, clock or OffsetClock(), pace or unlimited())
        self.timezone = ZoneInfo(timezone)
        self.links = list(links)
        self.allowed_hosts = frozenset(allowed_hosts)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._pusher = WebhookPusher(self.state)
        self._memory = Memory(self.state, memory) if memory else None
        if self._memory:
            self._memory.load()
        for person in people:
            self._add_described(person)

    # -- running -----------------------------------------------------------------------

    def start(self, port: int = 0, host: str = "127.0.0.1") -> Simulator:
        """Listen in a background thread; port 0 takes a free one."""
        self._server = make_server(
            host, port, Application(self), threaded=True, request_handler=QuietRequestHandler
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="simulator", daemon=True
        )
        self._thread.start()
        self._pusher.start()
        if self._memory:
            self._memory.start()
        return self

    def stop(self) -> None:
        """Waiting calls end at once, then the port is free again."""
        self.state.close()
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()
        self._pusher.join()
        if self._memory:
            self._memory.join()
        self._server = None

    def __enter__(self) -> Simulator:
        return self if self._server else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the simulator is not running")
        return int(self._server.server_port)

    @property
    def api_url(self) -> str:
        """The Bot API root, without a slash at its end; also the address of the page."""
        host = str(self._server.host) if self._server else ""
        return f"http://{'127.0.0.1' if host in {'', '0.0.0.0'} else host}:{self.port}"  # noqa: S104

    page_url = api_url

    @property
    def token(self) -> str:
        return self.state.settings.token

    @property
    def clock(self) -> SimClock:
        return self.state.clock

    @property
    def faults(self) -> Faults:
        """Scripted trouble: `sim.faults.add("drop_after", "sendMessage", times=1)`."""
        return self.state.faults

    # -- people and groups -------------------------------------------------------------

    def user(
        self,
        chat_id: int,
        first_name: str = "Asha",
        last_name: str = "",
        *,
        username: str = "",
        language_code: str = "en",
        role: Role = "patient",
        phone: str = "",
    ) -> Person:
        """The person with this chat id; a new one is made, a known one stays as they are."""
        profile = Profile(chat_id, first_name, last_name, username, language_code, role, phone)
        return Person(self.state, self.state.add_person(profile))

    def person(self, chat_id: int) -> Person:
        return Person(self.state, self.known_chat(chat_id))

    def group(self, chat_id: int, title: str = "On-call team") -> Group:
        if chat_id >= 0:
            raise ValueError("a group has a negative chat id")
        return Group(self.state, self.state.add_group(chat_id, title))

    def new_phone(self, name: str = "", role: Role = "patient") -> Person:
        """A person nobody has met, with an empty chat."""
        with self.state.changed:
            known = self.state.chats
            # Never an id of an earlier run: the bot may have linked it to somebody.
            chat_id = max([NEW_CHAT_IDS + self.state.first_number, *known]) + 1
            taken = {chat.name for chat in known.values()}
            free = [given for given in NEW_PHONE_NAMES if given not in taken]
            return self.user(chat_id, name or (free or [f"Phone {chat_id}"])[0], role=role)

    def known_chat(self, chat_id: int) -> Chat:
        try:
            return self.state.chats[chat_id]
        except KeyError:
            raise LookupError(f"nobody has the chat id {chat_id}") from None

    def _add_described(self, person: Mapping[str, Any]) -> None:
        first, _, last = str(person["name"]).partition(" ")
        self.user(
            int(person["chat_id"]),
            first,
            last,
            role=person.get("role", "patient"),
            username=str(person.get("username", "")),
            language_code=str(person.get("language_code", "en")),
            phone=str(person.get("phone", "")),
        )

    # -- what the bot did, and what it has yet to fetch -----------------------------------

    @property
    def sent(self) -> list[SentCall]:
        """Accepted calls in order; calls that only ask (getUpdates, getMe ...) are left out."""
        with self.state.changed:
            return list(self.state.sent)

    def sent_to(self, chat_id: int, method: str = "") -> list[SentCall]:
        return [c for c in self.sent if c.chat_id == chat_id and method in {"", c.method}]

    @property
    def calls(self) -> dict[str, int]:
        """How often each method was called, the asking ones included."""
        with self.state.changed:
            return dict(self.state.calls)

    @property
    def uploads(self) -> int:
        """Files that really travelled; sending a known file_id adds nothing."""
        return self.state.files.uploads

    @property
    def pending_updates(self) -> list[Any]:
        """Bodies of the updates the bot has not confirmed."""
        with self.state.changed:
            return [update.body() for update in self.state.updates.pending()]

    def push_raw(self, raw: Json | str) -> int:
        """Queue any update as it is, broken ones included; returns its place in the queue.

        Text that is not JSON at all is sent once: nobody could ever confirm it.
        """
        with self.state.changed:
            update_id = self.state.updates.add_raw(raw)
            self.state.touch()
            return update_id

    def wait_until(self, ready: Callable[[], T], timeout: float = 5.0) -> T:
        """The first truthy value of `ready`, asked again after every change here."""
        value = self.state.wait_for(ready, timeout)
        if not value:
            raise AssertionError(f"did not happen within {timeout} s")
        return value

    def wait_delivered(self, timeout: float = 5.0) -> None:
        """Until the bot has confirmed every update."""
        self.wait_until(lambda: not self.state.updates.pending(), timeout)

    # -- time --------------------------------------------------------------------------

    def move_clock(self, **wish: Any) -> None:
        """`advance_seconds=`, `to=` (ISO) or `preset=`; the past is refused."""
        self.clock.move_to(wanted_moment(wish, self.clock.now(), self.timezone))
        with self.state.changed:
            self.state.touch()
