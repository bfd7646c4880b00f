"""A local Bot API server with phones attached: the demo's chat page and the tests' Telegram.

    with Simulator() as sim:
        asha = sim.user(1001, "Asha")
        asha.send_command("start", "TOKEN")
        asha.wait_for("Welcome")

Nothing here reaches Telegram. The people are synthetic.
"""

from bot.simulator.clock import ClockRefused, OffsetClock, SimClock
from bot.simulator.faults import Fault
from bot.simulator.model import ChatMessage, SentCall
from bot.simulator.pace import Pace
from bot.simulator.people import ActionRefused, Person, Tap
from bot.simulator.process import serve
from bot.simulator.simulator import DEMO_TOKEN, Simulator
from bot.simulator.view import Group, NotSeen

__all__ = [
    "DEMO_TOKEN",
    "ActionRefused",
    "ChatMessage",
    "ClockRefused",
    "Fault",
    "Group",
    "NotSeen",
    "OffsetClock",
    "Pace",
    "Person",
    "SentCall",
    "SimClock",
    "Simulator",
    "Tap",
    "serve",
]
