"""`python -m bot.simulator`: a simulator with two people, for a bot started by hand."""

from __future__ import annotations

import os

from bot.simulator.pace import Pace
from bot.simulator.process import serve
from bot.simulator.simulator import DEMO_TOKEN, Simulator

PEOPLE = (
    {"chat_id": 5_550_000_001, "name": "Asha Verma", "role": "patient"},
    {"chat_id": 5_550_000_901, "name": "Meera Nair", "role": "staff"},
)


def main() -> None:
    simulator = Simulator(
        token=os.environ.get("TELEGRAM_BOT_TOKEN") or DEMO_TOKEN,
        people=PEOPLE,
        # Generous: a newcomer who moves the clock by a week must not meet a flood limit.
        pace=Pace(private_per_second=5, private_burst=30),
    )
    serve(simulator, int(os.environ.get("SIMULATOR_PORT") or 8081))


if __name__ == "__main__":
    main()
