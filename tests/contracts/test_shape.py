"""What no file of the project may do, and the few places that may."""

from __future__ import annotations

import ast
import re

from tests.contracts.source import PRODUCT, calls, dotted, name_of, nodes, python_files

LONGEST_FILE = 400
READS_THE_ENVIRONMENT = {
    "rehab/settings.py",  # the one reader
    "bot/simulator/__main__.py",  # a stranger to the product's settings, by the import law
}
READS_THE_CLOCK = {
    "rehab/clock.py",
    "rehab/web/security.py",  # a sign-in ages by the machine's clock, not by the demo's
}
SLEEPS_ON_PURPOSE = {
    "tests/kill/run.py",  # lets real processes live for a chance time before it kills them
    "tests/kill/bot_process.py",  # waits for the end of a real process
}
STILL_SLEEPS = {
    "tests/bot/test_intake.py",
    "tests/bot/test_process.py",
    "tests/bot/test_sender.py",
    "tests/web/test_app.py",
}
"""Owed: these wait to be told by an event or a moved clock. Nothing may be added."""


def test_no_file_is_longer_than_one_sitting() -> None:
    long = {
        name_of(path)
        for path in python_files(*PRODUCT)
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }
    assert long == set()


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        file
        for file, node in nodes(*PRODUCT)
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv"}
    }
    assert readers == READS_THE_ENVIRONMENT


def test_the_clock_is_read_in_one_place() -> None:
    asked = re.compile(r"(datetime\.(now|utcnow|today)|date\.today|time\.time)$")
    readers = {
        file
        for file, _, call in calls(*PRODUCT)
        if asked.search(dotted(call.func)) and not file.startswith("bot/simulator/")
    }
    assert readers == READS_THE_CLOCK


def test_updates_that_wait_at_telegram_are_never_dropped() -> None:
    """The simulator knows the parameter, because the Bot API has it; nobody passes it."""
    passed = [
        file
        for file, _, call in calls(*PRODUCT, "tests")
        for keyword in call.keywords
        if keyword.arg == "drop_pending_updates"
    ]
    assert passed == []


def test_tests_are_told_and_do_not_sleep() -> None:
    sleepers = {file for file, _, call in calls("tests") if dotted(call.func) == "time.sleep"}
    assert sleepers - SLEEPS_ON_PURPOSE == STILL_SLEEPS


def test_tests_do_not_patch_our_own_code() -> None:
    patchers = {
        file
        for file, name, call in calls("tests")
        if name in {"setattr", "patch", "object", "delattr"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and str(call.args[0].value).startswith(PRODUCT)
    }
    assert patchers == set()


def test_nothing_is_printed_outside_the_commands() -> None:
    printers = {
        file for file, name, call in calls("rehab", "exercises") if dotted(call.func) == "print"
    }
    assert printers == set()
