"""Pictures over HTTP: uploaded once, then sent by Telegram's own id, and never at the price of the words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from rehab.models import ChannelFile, MessageClass, OutboxState
from rehab.services import media_cache, outbox
from rehab.services.outbox import Button, Media
from tests.bot.places import Site, session_of
from tests.bot.test_sender import ASHA, OLU, row, say, settled

TIMER = Media("animation", "timer:1:1:2")
FIGURE = Media("animation", "exercise:EX05:left:any")
BUTTONS = [[Button("Done", "token:0"), Button("Skip", "token:1")]]


@pytest.fixture
def asha(site: Site) -> Site:
    site.sim.user(ASHA)
    site.sim.user(OLU, "Olu")
    return site


def show(
    site: Site,
    text: str = "Heel slides",
    media: Media = TIMER,
    chat: int = ASHA,
    message_class: MessageClass = MessageClass.REPLY,
    **more: Any,
) -> int:
    return say(site, message_class, text, chat, media=media, **more)


def files(site: Site) -> dict[str, str]:
    with session_of(site.app) as session:
        return {one.media_key: one.file_id for one in session.scalars(select(ChannelFile))}


def methods(site: Site, chat: int = ASHA) -> list[str]:
    return [call.method for call in site.sim.sent_to(chat)]


def test_an_exercise_arrives_as_one_moving_picture_with_words_and_buttons(asha: Site) -> None:
    message = show(asha, "Heel slides, 10 times", FIGURE, buttons=BUTTONS)
    with asha.bot():
        settled(asha)
    (shown,) = asha.sim.person(ASHA).bot_messages
    assert shown.text == "Heel slides, 10 times"
    assert shown.buttons == ["Done", "Skip"]
    assert shown.kind == "animation"
    assert row(asha, message).provider_id == shown.message_id
    assert files(asha)[FIGURE.key].startswith("SIManimation")


def test_the_second_chat_gets_the_same_picture_without_an_upload(asha: Site) -> None:
    show(asha)
    with asha.bot():
        settled(asha)
        assert asha.sim.uploads == 1
        show(asha, "for Olu", chat=OLU)
        settled(asha)
    assert asha.sim.uploads == 1
    (shown,) = asha.sim.person(OLU).bot_messages
    assert (shown.kind, shown.text) == ("animation", "for Olu")


def test_a_restarted_bot_still_knows_what_telegram_has(asha: Site) -> None:
    show(asha)
    with asha.bot():
        settled(asha)
    show(asha, "again", chat=OLU)
    with asha.bot():
        settled(asha)
    assert asha.sim.uploads == 1


def test_ten_patients_who_start_together_cost_one_upload(asha: Site) -> None:
    asha.sim.faults.add("delay", "sendAnimation", seconds=0.3)
    for chat in range(5000, 5010):
        asha.sim.user(chat)
        show(asha, chat=chat)
    with asha.bot():
        settled(asha)
    assert asha.sim.uploads == 1
    assert all(methods(asha, chat) == ["sendAnimation"] for chat in range(5000, 5010))


def test_a_refused_id_is_forgotten_and_the_picture_uploaded_again(asha: Site) -> None:
    with session_of(asha.app) as session:
        media_cache.remember(
            session,
            bot_id=123,
            media_key=TIMER.key,
            file_id="of another bot",
            now=datetime.now(UTC),
        )
    message = show(asha)
    with asha.bot():
        settled(asha)
    assert row(asha, message).state == OutboxState.ACCEPTED
    assert methods(asha) == ["sendAnimation"]
    assert asha.sim.uploads == 1
    assert files(asha)[TIMER.key].startswith("SIManimation")


@pytest.mark.parametrize(
    "key",
    ["timer:0:0:0", "exercise:EX99:left:x", "exercise:EX05:own:x", "nonsense", "timer:a:b:c"],
)
def test_without_its_picture_the_exercise_still_leaves_as_words(asha: Site, key: str) -> None:
    message = show(asha, "Heel slides", Media("animation", key), buttons=BUTTONS)
    say(asha, MessageClass.REPLY, "next")
    with asha.bot():
        settled(asha)
    assert [m.text for m in asha.sim.person(ASHA).bot_messages] == ["Heel slides", "next"]
    assert asha.sim.person(ASHA).bot_messages[0].buttons == ["Done", "Skip"]
    assert row(asha, message).state == OutboxState.ACCEPTED


@pytest.mark.parametrize(
    ("status", "description"),
    [
        (400, "Bad Request: IMAGE_PROCESS_FAILED"),
        (413, "Request Entity Too Large"),
        (404, "Not Found: method not found"),
    ],
)
def test_a_server_that_takes_no_picture_still_gets_the_words(
    asha: Site, status: int, description: str
) -> None:
    asha.sim.faults.add(
        "status", "sendAnimation", status=status, description=description, times=None
    )
    message = show(asha)
    with asha.bot():
        settled(asha)
    assert methods(asha) == ["sendMessage"]
    assert row(asha, message).state == OutboxState.ACCEPTED
    assert files(asha) == {}


def test_a_server_in_passing_trouble_gets_the_picture_on_the_second_try(asha: Site) -> None:
    asha.sim.faults.add("status", "sendAnimation", status=500, times=1)
    message = show(asha)
    with asha.bot():
        settled(asha)
    assert methods(asha) == ["sendAnimation"]
    assert row(asha, message).attempts == 1


def test_a_server_in_lasting_trouble_with_pictures_gets_the_words(asha: Site) -> None:
    asha.sim.faults.add("status", "sendAnimation", status=500, times=None)
    show(asha)
    with asha.bot():
        settled(asha)
    assert methods(asha) == ["sendMessage"]


def test_a_quota_is_waited_out_and_then_the_picture_comes(asha: Site) -> None:
    asha.sim.faults.add("status", "sendAnimation", status=429, retry_after=1, times=1)
    message = show(asha)
    with asha.bot():
        settled(asha)
    assert methods(asha) == ["sendAnimation"]
    assert row(asha, message).attempts == 0


@pytest.mark.parametrize(
    ("message_class", "times", "state"),
    [(MessageClass.REPLY, 1, "unknown"), (MessageClass.SAFETY_REPLY, 2, "accepted")],
)
def test_an_upload_nobody_knows_the_end_of_follows_its_class(
    asha: Site, message_class: MessageClass, times: int, state: str
) -> None:
    asha.sim.faults.add("drop_after", "sendAnimation", times=1)
    message = show(asha, message_class=message_class)
    with asha.bot():
        settled(asha, 20)
    assert methods(asha) == ["sendAnimation"] * times
    assert row(asha, message).state == state


def test_a_blocked_chat_loses_a_picture_as_it_loses_words(asha: Site) -> None:
    asha.sim.person(ASHA).block_bot()
    message = show(asha)
    with asha.bot():
        settled(asha)
    assert (row(asha, message).state, row(asha, message).error) == ("failed", "blocked")


def test_an_edit_changes_the_words_under_the_picture_and_its_buttons(asha: Site) -> None:
    original = show(asha, "before", buttons=BUTTONS)
    edit = say(asha, MessageClass.REPLY, "after", edits_id=original)
    with asha.bot():
        settled(asha)
    (shown,) = asha.sim.person(ASHA).bot_messages
    assert (shown.text, shown.kind, shown.buttons) == ("after", "animation", [])
    assert row(asha, edit).provider_id == row(asha, original).provider_id
    assert methods(asha) == ["sendAnimation", "editMessageCaption"]


def test_an_edit_reaches_a_message_that_had_to_leave_without_its_picture(asha: Site) -> None:
    original = show(asha, "before", Media("animation", "nonsense"))
    say(asha, MessageClass.REPLY, "after", edits_id=original)
    with asha.bot():
        settled(asha)
    (shown,) = asha.sim.person(ASHA).bot_messages
    assert (shown.text, shown.kind) == ("after", "text")


def test_an_edit_reaches_a_message_on_a_server_that_knows_no_pictures(asha: Site) -> None:
    for method in ("sendAnimation", "editMessageCaption"):
        asha.sim.faults.add("status", method, times=None, status=404, description="Not Found")
    original = show(asha, "before", buttons=BUTTONS)
    edit = say(asha, MessageClass.REPLY, "after", edits_id=original)
    with asha.bot():
        settled(asha)
    (shown,) = asha.sim.person(ASHA).bot_messages
    assert (shown.text, shown.kind, shown.buttons) == ("after", "text", [])
    assert row(asha, edit).state == "accepted"


def test_words_and_a_picture_keep_their_order_in_a_chat(asha: Site) -> None:
    say(asha, MessageClass.REPLY, "first")
    show(asha, "second", FIGURE)
    say(asha, MessageClass.REPLY, "third")
    with asha.bot():
        settled(asha)
    assert [m.text for m in asha.sim.person(ASHA).bot_messages] == ["first", "second", "third"]


def test_an_older_server_that_refuses_protection_still_gets_the_picture(asha: Site) -> None:
    asha.sim.faults.add(
        "status", "sendAnimation", status=400, times=1,
        description='Bad Request: unknown parameter "protect_content"',
    )  # fmt: skip
    show(asha)
    with asha.bot():
        settled(asha)
    assert methods(asha) == ["sendAnimation"]


def test_a_document_may_travel_without_a_word(asha: Site) -> None:
    message = show(asha, "", Media("document", TIMER.key))
    with asha.bot():
        settled(asha)
    (shown,) = asha.sim.person(ASHA).bot_messages
    assert (shown.kind, shown.text) == ("document", "")
    assert row(asha, message).state == OutboxState.ACCEPTED


def test_a_wordless_message_without_its_medium_frees_the_chat(asha: Site) -> None:
    message = show(asha, "", Media("photo", "nonsense"))
    say(asha, MessageClass.REPLY, "next")
    with asha.bot():
        settled(asha)
    assert row(asha, message).state == OutboxState.FAILED
    assert [m.text for m in asha.sim.person(ASHA).bot_messages] == ["next"]


def test_a_caption_longer_than_telegram_takes_is_refused_when_it_is_written(site: Site) -> None:
    show(site, "😀" * 512)
    with pytest.raises(ValueError, match="caption"):
        show(site, "😀" * 513)
    original = show(site, "short")
    with pytest.raises(ValueError, match="caption"):
        say(site, MessageClass.REPLY, "x" * 1025, edits_id=original)


def test_two_bots_keep_their_own_ids_of_a_picture(site: Site) -> None:
    now = datetime.now(UTC)
    with session_of(site.app) as session:
        for bot_id in (1, 2):
            media_cache.remember(
                session, bot_id=bot_id, media_key="k", file_id=f"of {bot_id}", now=now
            )
        media_cache.forget(session, bot_id=1, media_key="k", file_id="of 1")
        media_cache.forget(session, bot_id=2, media_key="k", file_id="an older one")
        assert media_cache.file_id_of(session, bot_id=1, media_key="k") is None
        assert media_cache.file_id_of(session, bot_id=2, media_key="k") == "of 2"


def test_a_picture_on_its_way_may_take_longer_than_words(site: Site) -> None:
    """A claim that runs out while a picture is uploaded would count the message as lost."""
    words, picture = say(site, MessageClass.REPLY, "words"), show(site, chat=OLU)
    now = datetime.now(UTC)
    with session_of(site.app) as session:
        claimed = {one.id: one for one in outbox.claim(session, now=now, epoch=1, limit=5)}
        assert claimed[words].lease_until == now + outbox.CLAIM_LEASE
        assert claimed[picture].lease_until == now + outbox.MEDIA_LEASE
