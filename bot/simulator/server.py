"""HTTP: the Bot API under /bot<token>/, files, the page, and the page's own endpoints."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from bot.simulator.errors import ApiError, ConnectionDropped, method_not_found, unauthorized
from bot.simulator.faults import Fault
from bot.simulator.methods import call
from bot.simulator.pages import page_file
from bot.simulator.panel import Panel
from bot.simulator.params import Params
from bot.simulator.receiving import RawResult
from bot.simulator.state import State

if TYPE_CHECKING:
    from bot.simulator.simulator import Simulator

logger = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 60 * 1024 * 1024


class BoundedRequest(Request):
    max_content_length = MAX_REQUEST_BYTES
    max_form_memory_size = 5 * 1024 * 1024


class QuietRequestHandler(WSGIRequestHandler):
    """Request lines hold the bot token, so they are not logged."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def log(self, type: str, message: str, *args: object) -> None:
        logger.debug(message, *args)


class Application:
    """The WSGI application."""

    def __init__(self, simulator: Simulator) -> None:
        self._state: State = simulator.state
        panel = Panel(simulator)
        self._endpoints: dict[str, Callable[..., Response]] = {
            "api": self._api,
            "file": self._file,
            "page": page_file,
            "panel": panel.answer,
        }
        self._routes = Map(
            [
                Rule("/bot<token>/<name>", endpoint="api"),
                Rule("/bot<token>/", endpoint="api", defaults={"name": ""}),
                Rule("/file/bot<token>/<path:path>", endpoint="file"),
                Rule("/sim/<path:path>", endpoint="panel"),
                Rule("/", endpoint="page", defaults={"name": "index.html"}),
                Rule("/page/<name>", endpoint="page"),
            ],
            merge_slashes=False,
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            with BoundedRequest(environ) as request:  # closes uploaded parts
                response = self._respond(request)
        except ConnectionDropped:
            _hang_up(environ)
            response = Response()
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        try:
            endpoint, values = self._routes.bind_to_environ(request.environ).match()
            return self._endpoints[endpoint](request, **values)
        except RequestEntityTooLarge:
            return _json(ApiError(413, "Request Entity Too Large").body(), 413)
        except HTTPException as error:
            code = error.code or 500
            return _json(ApiError(code, error.name).body(), code)
        except ConnectionDropped:
            raise
        except Exception:
            logger.exception("the simulator itself failed")
            return _json(ApiError(500, "Internal Server Error").body(), 500)

    # -- the Bot API -------------------------------------------------------------------

    def _api(self, request: Request, token: str, name: str) -> Response:
        try:
            params = Params.from_request(request)
            if token != self._state.settings.token:
                raise unauthorized()
            if not name:
                raise method_not_found()
            return self._with_faults(name, params)
        except ApiError as error:
            return _json(error.body(), error.code)

    def _with_faults(self, name: str, params: Params) -> Response:
        fault = self._state.faults.take(name, params.chat_id())
        if fault is None:
            return _result(call(self._state, name, params))
        return self._meet(fault, name, params)

    def _meet(self, fault: Fault, name: str, params: Params) -> Response:
        if fault.kind == "drop_before":
            raise ConnectionDropped
        if fault.kind == "status":
            if fault.body is not None:
                return Response(fault.body, fault.status, mimetype="application/json")
            return _json(fault.error_body(), fault.status)
        if fault.kind == "delay":
            self._state.pause(fault.seconds)
        result = call(self._state, name, params)
        if fault.kind == "drop_after":
            raise ConnectionDropped
        if fault.kind == "malformed":
            return Response(fault.body or '{"ok":true,"result":', mimetype="application/json")
        return _result(result)

    def _file(self, request: Request, token: str, path: str) -> Response:
        if token != self._state.settings.token:
            return _json(unauthorized().body(), 401)
        fault = self._state.faults.take("file", None)
        if fault is not None and fault.kind in {"drop_before", "drop_after"}:
            raise ConnectionDropped
        if fault is not None and fault.kind == "status":
            return _json(fault.error_body(), fault.status)
        stored = self._state.files.by_path(path)
        if stored is None:
            return _json(ApiError(404, "Not Found").body(), 404)
        return Response(stored.data, mimetype="application/octet-stream")


def _result(result: Any) -> Response:
    if isinstance(result, RawResult):
        return Response(f'{{"ok":true,"result":{result}}}', mimetype="application/json")
    return _json({"ok": True, "result": result})


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _hang_up(environ: dict[str, Any]) -> None:
    """Close the socket under the server's hands: the caller sees the connection break."""
    with suppress(OSError, KeyError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
