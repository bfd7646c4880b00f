"""The pace: arithmetic only, so time is just a number here."""

from __future__ import annotations

import pytest

from bot.pace import Pace


def a_pace(**more: float) -> Pace:
    return Pace(**{"per_second": 25, "reminders_per_second": 20, "seconds_per_chat": 0.4} | more)


def test_reminders_never_starve_alerts() -> None:
    pace, sent_alerts, sent_reminders = a_pace(), 0, 0
    chats = iter(range(1, 10_000))
    for tick in range(1000):
        now = 100 + tick / 100
        while pace.reminder_room(now):
            pace.take(next(chats), now, is_reminder=True)
            sent_reminders += 1
        # Nobody sends an alert during the first nine seconds of the flood.
        while now > 109 and pace.room(now) and sent_alerts < 5:
            pace.take(next(chats), now)
            sent_alerts += 1
    assert sent_reminders <= 10 * 20 + 4
    assert sent_alerts == 5


def test_the_bot_as_a_whole_keeps_its_limit() -> None:
    pace, sent = a_pace(), 0
    for tick in range(1000):
        now = 100 + tick / 100
        while pace.room(now):
            pace.take(sent, now)
            sent += 1
    assert 245 <= sent <= 255


def test_a_chat_has_a_gap_but_an_edit_takes_no_turn() -> None:
    pace = a_pace()
    pace.take(7, 100.0, is_edit=True)
    assert pace.paused_chats(100.0) == set()
    pace.take(7, 100.0)
    assert pace.paused_chats(100.39) == {7}
    assert pace.paused_chats(100.41) == set()


def test_a_group_gets_at_most_twenty_a_minute() -> None:
    pace, sent = a_pace(), 0
    for tick in range(6000):
        now = 100 + tick / 100
        if -5 not in pace.paused_chats(now) and pace.room(now):
            pace.take(-5, now)
            sent += 1
    assert 18 <= sent <= 20 + 1


def test_a_refused_chat_waits_and_others_go_on() -> None:
    pace = a_pace()
    assert not pace.refused(7, 5.0, 100.0)
    assert pace.paused_chats(104.9) == {7}
    assert pace.paused_chats(105.1) == set()
    assert pace.room(101.0) > 0


def test_two_refused_chats_within_ten_seconds_pause_the_whole_bot() -> None:
    pace = a_pace()
    assert not pace.refused(7, 3.0, 100.0)
    assert pace.refused(8, 3.0, 109.0)
    assert pace.room(111.9) == 0
    assert pace.room(112.1) > 0


def test_two_refusals_of_one_chat_or_far_apart_pause_nobody_else() -> None:
    pace = a_pace()
    pace.refused(7, 1.0, 100.0)
    assert not pace.refused(7, 1.0, 101.0)
    assert not pace.refused(8, 1.0, 112.0)


def test_trouble_pauses_longer_each_time_until_the_server_is_heard() -> None:
    pace = a_pace()
    pace.trouble(100.0)
    first = pace.next_change(100.0)
    pace.trouble(101.0)
    assert pace.next_change(101.0) == pytest.approx(2 * first)
    for _ in range(10):
        pace.trouble(102.0)
    assert pace.next_change(102.0) == pytest.approx(5.0)
    pace.heard()
    pace.trouble(200.0)
    assert pace.next_change(200.0) == pytest.approx(first)


def test_the_sender_knows_when_to_look_again() -> None:
    pace = a_pace()
    pace.take(7, 100.0)
    assert pace.next_change(100.0) == pytest.approx(0.4)
