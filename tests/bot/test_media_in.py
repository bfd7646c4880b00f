"""Files come from Telegram's host alone, at most so many bytes, and what cannot come is told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from telegram.error import TelegramError

from bot.http import sending_request
from bot.media_in import Unfetchable, download
from bot.process import build_application
from bot.simulator import Simulator
from bot.simulator.files import Upload
from rehab.settings import load_settings
from tests.support.pictures import jpeg

TOKEN = "7000000003:invented-token-of-a-test-bot-for-files"


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(TOKEN).start() as started:
        yield started


def fetched(sim: Simulator, file_id: str, largest: int = 1_000_000) -> bytes:
    settings = load_settings(
        {
            "DATABASE_URL": "sqlite://",
            "SECRET_KEY": "a secret for tests, nothing else, 48 characters..",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": sim.api_url,
        }
    )

    async def fetch() -> bytes:
        request = sending_request()
        try:
            return await download(build_application(settings, request).bot, file_id, largest)
        finally:
            await request.shutdown()

    return asyncio.run(fetch())


def sent(sim: Simulator, content: bytes) -> str:
    return sim.state.files.add("photo", Upload("photo.jpg", content), checked=False).file_id


def test_a_file_arrives_as_it_was_sent(sim: Simulator) -> None:
    assert fetched(sim, sent(sim, jpeg())) == jpeg()


def test_more_bytes_than_allowed_are_not_read_to_their_end(sim: Simulator) -> None:
    with pytest.raises(Unfetchable, match="too_large"):
        fetched(sim, sent(sim, b"x" * 500_000), largest=100_000)


def test_what_telegram_itself_calls_too_big_is_too_large(sim: Simulator) -> None:
    with pytest.raises(Unfetchable, match="too_large"):
        fetched(sim, sent(sim, b"y" * 21 * 1024 * 1024))


def test_an_unknown_file_is_gone(sim: Simulator) -> None:
    with pytest.raises(Unfetchable, match="gone"):
        fetched(sim, "nobody knows this one")


def test_a_file_that_telegram_does_not_find_is_gone(sim: Simulator) -> None:
    sim.faults.add("status", "file", status=404)
    with pytest.raises(Unfetchable, match="gone"):
        fetched(sim, sent(sim, jpeg(10, 10)))


@pytest.mark.parametrize("method", ["getFile", "file"])
@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_server_in_trouble_may_be_asked_again(sim: Simulator, method: str, status: int) -> None:
    sim.faults.add("status", method, status=status)
    with pytest.raises(TelegramError):
        fetched(sim, sent(sim, jpeg(20, 20)))


def test_a_redirect_is_not_followed(sim: Simulator) -> None:
    sim.faults.add("status", "file", status=302)
    with pytest.raises(TelegramError):
        fetched(sim, sent(sim, jpeg(30, 30)))
