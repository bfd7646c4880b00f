"""The bot's lookout, running as in the process, over what waits for a worker."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import select

from bot.bell import Bell
from bot.bridge import Bridge
from bot.lookout import FEW, Lookout
from rehab.models import InboxUpdate
from rehab.runtime import Runtime
from rehab.services import inbox
from tests.support.build import ASHA_CHAT, Clinic

CRY = "I cannot breathe and my chest hurts"
SECONDS = 5.0


def keep(clinic: Clinic, *texts: str) -> None:
    with clinic.session() as session:
        for text in texts:
            number = inbox.count_waiting(session) + 1
            chat_id = ASHA_CHAT if text == CRY else 90_000 + number
            update = {"update_id": number, "message": {"chat": {"id": chat_id}, "text": text}}
            inbox.accept(session, bot_id=1, updates=[update], now=clinic.now)


def urgent(clinic: Clinic) -> list[int]:
    with clinic.session() as session:
        found = select(InboxUpdate.update_id).where(InboxUpdate.priority == inbox.URGENT)
        return list(session.scalars(found.order_by(InboxUpdate.update_id)))


def watch(clinic: Clinic, *later: str) -> None:
    """Let it look until something is urgent; `later` arrives while it runs."""

    async def live() -> None:
        bridge, bell = Bridge(clinic.app), Bell()
        runtime = Runtime(clinic.settings, clinic.context, clinic.clock)
        task = asyncio.create_task(Lookout(bridge, runtime, bell).run())
        keep(clinic, *later)
        bell.ring()
        with suppress(TimeoutError):
            await asyncio.wait_for(found(), SECONDS)
        task.cancel()
        bridge.close()

    async def found() -> None:
        while not urgent(clinic):  # noqa: ASYNC110 - only the table tells
            await asyncio.sleep(0.02)

    asyncio.run(live())


def test_a_cry_for_help_is_brought_forward_while_many_wait(either: Clinic) -> None:
    keep(either, *["Thank you"] * 25, CRY)
    watch(either)
    assert urgent(either) == [26]


def test_it_sees_what_arrives_while_it_runs(clinic: Clinic) -> None:
    keep(clinic, *["Thank you"] * (FEW + 1))
    watch(clinic, "ok", CRY)
    assert urgent(clinic) == [FEW + 3]
