"""Who the bot is, its command menu, and methods that need no more than a yes."""

from __future__ import annotations

import json
import re

from bot.simulator.errors import bad_request
from bot.simulator.model import Json
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.sending import target_chat
from bot.simulator.state import State

MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@method("getMe", quiet=True)
def get_me(state: State, params: Params) -> Json:
    return {
        **state.bot_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope_key(params: Params) -> str:
    scope = params.structure("scope") or {"type": "default"}
    language = params.text("language_code", "") or ""
    return json.dumps([scope, language], sort_keys=True)


@method("setMyCommands")
def set_my_commands(state: State, params: Params) -> bool:
    commands = params.structure("commands")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    for command in commands:
        _check_command(command)
    state.commands[_scope_key(params)] = commands
    for chat in state.chats.values():
        state.touch(chat)
    return True


def _check_command(command: object) -> None:
    name = command.get("command") if isinstance(command, dict) else None
    if not _COMMAND.fullmatch(str(name or "").removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    description = command.get("description") if isinstance(command, dict) else None
    if not 1 <= len(str(description or "")) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


@method("getMyCommands", quiet=True)
def get_my_commands(state: State, params: Params) -> list[Json]:
    return state.commands.get(_scope_key(params), [])


@method("deleteMyCommands")
def delete_my_commands(state: State, params: Params) -> bool:
    state.commands.pop(_scope_key(params), None)
    return True


def commands_for(state: State, chat_id: int, language: str) -> list[Json]:
    """The menu one person sees: the narrowest scope wins, then their language."""
    scopes: list[Json] = [
        {"type": "chat", "chat_id": chat_id},
        {"type": "all_group_chats" if chat_id < 0 else "all_private_chats"},
        {"type": "default"},
    ]
    for scope in scopes:
        for code in (language, ""):
            commands = state.commands.get(json.dumps([scope, code], sort_keys=True))
            if commands:
                return commands
    return []


@method("setMyName", "setMyDescription", "setMyShortDescription", "setChatMenuButton")
def set_bot_text(state: State, params: Params) -> bool:
    state.bot_texts |= params.values
    return True


@method("pinChatMessage", "unpinChatMessage", "unpinAllChatMessages")
def pin(state: State, params: Params) -> bool:
    target_chat(state, params)
    return True


@method("logOut", "close")
def leave(state: State, params: Params) -> bool:
    return True
