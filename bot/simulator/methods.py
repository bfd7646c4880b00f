"""One call of the Bot API: found in the table, carried out, written to the log."""

from __future__ import annotations

from typing import Any

from bot.simulator import bot_info, editing, media, receiving, sending
from bot.simulator.errors import ApiError, method_not_found
from bot.simulator.model import SentCall
from bot.simulator.params import Params
from bot.simulator.registry import METHODS, QUIET
from bot.simulator.state import State

# Importing these modules is what fills the table.
MODULES = (bot_info, editing, media, receiving, sending)


def call(state: State, name: str, params: Params) -> Any:
    """The `result` of a method, or an ApiError."""
    handler = METHODS.get(name.lower())
    if handler is None:
        raise method_not_found()
    state.count_call(name)
    if name.lower() in QUIET:
        return handler(state, params)
    with state.changed:
        result = handler(state, params)
        state.sent.append(
            SentCall(
                method=name,
                params=_readable(params),
                at=state.clock.now(),
                result=result,
                chat_id=params.chat_id(),
                uploaded=bool(params.files),
            )
        )
        state.touch()
    return result


def _readable(params: Params) -> dict[str, Any]:
    """Parameters as a test wants to read them: structures decoded, files by name."""
    readable: dict[str, Any] = {}
    for name, value in params.values.items():
        looks_structured = isinstance(value, str) and value[:1] in {"{", "["}
        try:
            readable[name] = params.structure(name) if looks_structured else value
        except ApiError:  # a text that merely begins with a bracket
            readable[name] = value
    return readable | {name: upload.filename for name, upload in params.files.items()}
