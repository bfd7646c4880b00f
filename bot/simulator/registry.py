"""The table of Bot API methods; the modules of methods fill it when imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.simulator.params import Params
from bot.simulator.state import State

Method = Callable[[State, Params], Any]

# Keyed in lower case: the real server does not mind the case either.
METHODS: dict[str, Method] = {}
# Methods that only ask; they are counted but not logged as something the bot did.
QUIET: set[str] = set()


def method(*names: str, quiet: bool = False) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        for name in names:
            METHODS[name.lower()] = function
            if quiet:
                QUIET.add(name.lower())
        return function

    return register
