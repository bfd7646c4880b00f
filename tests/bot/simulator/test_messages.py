"""Sending, editing, tapping and files, through the unmodified client."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden

from bot.simulator import ActionRefused, NotSeen

from .conftest import ASHA

YES_NO = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Yes", callback_data="c:y"),
            InlineKeyboardButton("No", callback_data="c:n"),
        ]
    ]
)


def picture(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def test_a_sent_message_is_on_the_screen_with_its_formatting(sim, asha, bot, run):
    sent = run(
        bot.send_message(ASHA, "  <b>Good</b> 😀 <i>morning</i> &amp; hello\n", parse_mode="HTML")
    )
    assert asha.last.text == "Good 😀 morning & hello"
    assert [(e.type, sent.parse_entity(e)) for e in sent.entities] == [
        ("bold", "Good"),
        ("italic", "morning"),
    ]
    assert sim.sent[-1].method == "sendMessage"
    assert sim.sent_to(ASHA)[-1].params["parse_mode"] == "HTML"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<b>open", "Can't find end tag corresponding to start tag"),
        ("<b>x</i>", "Unmatched end tag"),
        ("x</b>", "Unexpected end tag"),
        ("<blink>x</blink>", 'Unsupported start tag "blink"'),
        ("pain < 3", "Unsupported start tag"),
    ],
)
def test_broken_html_is_refused_as_telegram_refuses_it(asha, bot, run, text, complaint):
    with pytest.raises(BadRequest, match=r"[Cc]an't parse entities") as refusal:
        run(bot.send_message(ASHA, text, parse_mode="HTML"))
    assert complaint.lower() in str(refusal.value).lower()
    assert asha.messages == []


def test_4096_characters_pass_and_one_more_does_not(asha, bot, run):
    run(bot.send_message(ASHA, "x" * 4096))
    with pytest.raises(BadRequest, match="too long"):
        run(bot.send_message(ASHA, "x" * 4097))
    with pytest.raises(BadRequest, match="text is empty"):
        run(bot.send_message(ASHA, "  \n "))


def test_callback_data_is_counted_in_bytes(asha, bot, run):
    def send(data: str) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data=data)]])
        run(bot.send_message(ASHA, "?", reply_markup=keyboard))

    send("x" * 64)
    send("é" * 32)
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        send("é" * 33)


def test_a_hundred_buttons_pass_and_one_more_does_not(asha, bot, run):
    def send(count: int) -> None:
        rows = [[InlineKeyboardButton(str(n), callback_data=str(n))] for n in range(count)]
        run(bot.send_message(ASHA, "?", reply_markup=InlineKeyboardMarkup(rows)))

    send(100)
    with pytest.raises(BadRequest):
        send(101)


def test_a_tap_reaches_the_bot_and_its_answer_reaches_the_phone(asha, bot, run):
    run(bot.send_message(ASHA, "Pain today?", reply_markup=YES_NO))
    tap = asha.tap(asha.last, "Yes")
    assert not tap.answered

    (update,) = run(bot.get_updates())
    query = update.callback_query
    assert (query.data, query.from_user.id, query.message.text) == ("c:y", ASHA, "Pain today?")
    run(query.answer("Call your clinic now", show_alert=True))

    assert tap.wait_answered().alert_text == "Call your clinic now"


def test_an_edit_changes_the_message_in_place_and_marks_it(asha, bot, run):
    sent = run(bot.send_message(ASHA, "Pain today?", reply_markup=YES_NO))
    before = asha.last
    run(bot.edit_message_text("Thank you", ASHA, sent.message_id))
    after = asha.last
    assert (after.text, after.edited, after.buttons, after.history) == (
        "Thank you",
        True,
        [],
        ["Pain today?"],
    )
    assert before.buttons == ["Yes", "No"]


def test_an_edit_that_changes_nothing_is_refused(asha, bot, run):
    sent = run(bot.send_message(ASHA, "Same", reply_markup=YES_NO))
    with pytest.raises(BadRequest, match="not modified"):
        run(bot.edit_message_text("Same", ASHA, sent.message_id, reply_markup=YES_NO))
    run(bot.edit_message_reply_markup(ASHA, sent.message_id))
    assert not asha.last.edited
    with pytest.raises(BadRequest, match="not modified"):
        run(bot.edit_message_reply_markup(ASHA, sent.message_id))


def test_only_messages_that_are_there_can_be_edited_or_deleted(asha, bot, run):
    own = asha.send_text("mine")
    with pytest.raises(BadRequest, match="can't be edited"):
        run(bot.edit_message_text("x", ASHA, own.message_id))
    sent = run(bot.send_message(ASHA, "soon gone"))
    run(bot.delete_message(ASHA, sent.message_id))
    assert [message.text for message in asha.messages] == ["mine"]
    with pytest.raises(BadRequest, match="to edit not found"):
        run(bot.edit_message_text("x", ASHA, sent.message_id))
    with pytest.raises(BadRequest, match="to delete not found"):
        run(bot.delete_message(ASHA, sent.message_id))


def test_an_old_keyboard_can_still_be_tapped(asha, bot, run):
    sent = run(bot.send_message(ASHA, "Pain?", reply_markup=YES_NO))
    old = asha.last
    run(bot.edit_message_text("Closed", ASHA, sent.message_id))
    asha.tap(old, "No")
    (update,) = run(bot.get_updates())
    assert (update.callback_query.data, update.callback_query.message.text) == ("c:n", "Closed")


def test_a_tap_on_a_deleted_message_carries_no_content(asha, bot, run):
    sent = run(bot.send_message(ASHA, "Pain?", reply_markup=YES_NO))
    old = asha.last
    run(bot.delete_message(ASHA, sent.message_id))
    asha.tap(old, "No")
    (update,) = run(bot.get_updates())
    assert not update.callback_query.message.is_accessible


def test_a_reply_keyboard_stands_until_it_is_removed_and_sends_its_text(asha, bot, run):
    run(bot.send_message(ASHA, "Choose", reply_markup=ReplyKeyboardMarkup([["Better", "Worse"]])))
    assert asha.reply_keyboard == [["Better", "Worse"]]
    asha.tap(asha.last, "Worse")
    assert asha.messages[-1].text == "Worse"
    run(bot.send_message(ASHA, "Noted", reply_markup=ReplyKeyboardRemove()))
    assert asha.reply_keyboard == []
    with pytest.raises(ActionRefused, match="no button"):
        asha.tap(None, "Worse")


def test_an_edited_answer_arrives_as_an_edited_message(asha, bot, run):
    mine = asha.send_text("pain 3")
    asha.edit_text(mine, "pain 8")
    first, second = run(bot.get_updates())
    assert (first.message.text, second.edited_message.text) == ("pain 3", "pain 8")
    assert second.edited_message.edit_date is not None


def test_a_file_goes_up_once_and_its_id_serves_from_then_on(sim, asha, meera, bot, run):
    sent = run(bot.send_photo(ASHA, picture(), caption="Heel <b>slide</b>", parse_mode="HTML"))
    file_id = sent.photo[-1].file_id
    assert (sim.uploads, sent.photo[-1].width, asha.last.text) == (1, 40, "Heel slide")
    run(bot.send_photo(meera.chat_id, file_id))
    assert sim.uploads == 1
    assert meera.last.file_id == file_id
    with pytest.raises(BadRequest, match=r"(?i)type photo"):
        run(bot.send_document(ASHA, file_id))
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        run(bot.send_photo(ASHA, "no-such-file"))


def test_every_kind_of_media_is_accepted(asha, bot, run):
    run(bot.send_document(ASHA, b"%PDF-1.4", filename="plan.pdf", caption="Your plan"))
    run(bot.send_animation(ASHA, picture(), filename="move.gif"))
    run(bot.send_video(ASHA, b"video", filename="move.mp4"))
    run(bot.send_voice(ASHA, b"voice"))
    run(bot.send_media_group(ASHA, [InputMediaPhoto(picture("red")), InputMediaPhoto(picture())]))
    kinds = [message.kind for message in asha.messages]
    assert kinds == ["document", "animation", "video", "voice", "photo", "photo"]


def test_a_photo_of_the_wound_can_be_fetched_by_the_bot(asha, bot, run):
    data = picture("pink")
    asha.send_photo(data, caption="my knee")
    (update,) = run(bot.get_updates())
    file = run(bot.get_file(update.message.photo[-1].file_id))
    assert update.message.caption == "my knee"
    assert bytes(run(file.download_as_bytearray())) == data


def test_a_caption_has_1024_characters_at_most(asha, bot, run):
    with pytest.raises(BadRequest, match="caption is too long"):
        run(bot.send_photo(ASHA, picture(), caption="x" * 1025))


def test_a_blocked_bot_learns_it_twice(asha, bot, run):
    asha.block_bot()
    (update,) = run(bot.get_updates())
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="blocked by the user"):
        run(bot.send_message(ASHA, "hello?"))
    with pytest.raises(ActionRefused, match="blocked"):
        asha.send_text("hello")
    asha.unblock_bot()
    run(bot.send_message(ASHA, "welcome back"))
    assert asha.last.text == "welcome back"


def test_a_stranger_cannot_be_written_to(sim, bot, run):
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        run(bot.send_message(4242, "hello"))
    sim.state.settings.auto_create_chats = True
    run(bot.send_message(4242, "hello"))
    assert sim.person(4242).last.text == "hello"


def test_the_command_menu_is_kept_per_language(sim, asha, bot, run):
    run(bot.set_my_commands([("today", "Today's exercises")]))
    run(bot.set_my_commands([("today", "आज के व्यायाम")], language_code="hi"))
    assert run(bot.get_my_commands())[0].description == "Today's exercises"
    assert run(bot.get_my_commands(language_code="hi"))[0].command == "today"


def test_expect_reads_each_message_once_and_says_what_was_there_instead(asha, bot, run):
    run(bot.send_message(ASHA, "One"))
    run(bot.send_message(ASHA, "Two"))
    asha.expect("One")
    assert [message.text for message in asha.unread] == ["Two"]
    with pytest.raises(NotSeen, match="Two"):
        asha.expect("One", timeout=0)
    assert asha.wait_for("One").text == "One"


def test_bytes_that_are_no_picture_are_refused_as_a_photo(asha, bot, run):
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        run(bot.send_photo(ASHA, b"not a picture"))


def test_many_hands_at_once_lose_and_repeat_nothing(sim, bot, run):
    people = [sim.user(5000 + number, f"P{number}") for number in range(8)]
    writers = [
        threading.Thread(target=lambda p=p: [p.send_text(str(n)) for n in range(50)])
        for p in people
    ]
    for writer in writers:
        writer.start()

    async def echo_everything():
        seen, offset = 0, 0
        while seen < 400:
            for update in await bot.get_updates(offset=offset, timeout=5):
                offset, seen = update.update_id + 1, seen + 1
                if int(update.message.text) % 10 == 0:
                    await bot.send_message(update.message.chat.id, update.message.text)
        await bot.get_updates(offset=offset)

    run(echo_everything())
    for person in people:
        assert [m.text for m in person.bot_messages] == ["0", "10", "20", "30", "40"]
    assert sim.pending_updates == []
