"""The other end of e-mail and webhook: a mail server and a listening address on this machine."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rehab.services.context import Context
from rehab.settings import Email, Webhook

SECRET = "a secret of the outgoing webhook, only for tests"


class MailServer:
    """Takes mail as any mail server does; `refuses` answers the recipient with that line instead."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refuses = ""
        self._arrived = threading.Condition()
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 here\r\n")
                for line in self.rfile:
                    if not self._answer(line.upper()):
                        return

            def _answer(self, line: bytes) -> bool:
                reply = b"250 ok\r\n"
                if line.startswith(b"RCPT") and outer.refuses:
                    reply = outer.refuses.encode() + b"\r\n"
                if line.startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    outer._take(b"".join(iter(self.rfile.readline, b".\r\n")))
                if line.startswith(b"QUIT"):
                    reply = b"221 bye\r\n"
                self.wfile.write(reply)
                return not line.startswith(b"QUIT")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def _take(self, raw: bytes) -> None:
        with self._arrived:
            self.mails.append(message_from_bytes(raw, policy=default))
            self._arrived.notify_all()

    def wait_for(self, count: int = 1, seconds: float = 10) -> list[Message]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) >= count, seconds)
            return list(self.mails)

    def __enter__(self) -> MailServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Call:
    """One request the address got."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Address:
    """A web address that notes every call and answers with `status`."""

    status: int = 200
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arrived = threading.Condition()
        outer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                outer._take(Call(self.command, self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def _take(self, call: Call) -> None:
        with self._arrived:
            self.calls.append(call)
            self._arrived.notify_all()

    def wait_for(self, count: int = 1, seconds: float = 10) -> list[Call]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.calls) >= count, seconds)
            return list(self.calls)

    def __enter__(self) -> Address:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def email_to(port: int, *, operator: str = "ops@clinic.example") -> Email:
    """The settings of a mail server on this machine."""
    return Email(
        host="127.0.0.1",
        port=port,
        security="none",
        user="",
        sender="bot@clinic.example",
        operator=operator,
    )


def with_channels(context: Context, *, port: int = 25, url: str = "", **more: Any) -> Context:
    """The clinic's context with e-mail and, where an address is given, the webhook; `more` replaces
    whole sections."""
    sections = {"email": email_to(port), "webhook": Webhook(url=url), **more}
    return Context(context.config.model_copy(update=sections), context.content)
