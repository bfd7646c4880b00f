"""The hand-out in the chat: asked for with one word, sent as a file, never out of date."""

from __future__ import annotations

import pytest

from rehab.models import OutboxMessage, Patient
from rehab.services import media, outbox
from tests.support.build import ASHA_CHAT, Chat, Clinic, episode

LANGUAGES = ("en", "hi", "mr")


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


def sent(asha: Chat) -> OutboxMessage:
    return asha.clinic.outbox(ASHA_CHAT, "handout")[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_sends_the_plan_as_a_file_with_words_that_fit_below_it(
    asha: Chat, language: str
) -> None:
    with asha.clinic.session() as session:
        session.get_one(Patient, 1).language = language
    assert asha.command("paper") == ["handout"]
    message = sent(asha)
    assert message.media_kind == "document"
    assert (message.media_key or "").startswith("handout:1:2026-03-10:")
    assert "5550" in (message.text or "")
    assert outbox.units(message.text or "") <= outbox.LONGEST_CAPTION
    with asha.clinic.session() as session:
        recipe = media.recipe(session, asha.clinic.context, message.media_key or "")
    made = recipe.make()
    assert made.mime == "application/pdf"
    assert f"/Lang ({language})".encode() in made.content


def test_the_help_leads_to_it_and_print_is_another_word_for_it(asha: Chat) -> None:
    asha.command("help")
    assert "🖨 Print my exercises" in asha.buttons
    asha.taps("paper", kind="menu")
    assert asha.kinds == ["handout"]
    assert asha.command("print") == ["handout"]


def test_it_says_for_which_days_it_is(asha: Chat) -> None:
    asha.command("paper")
    assert "from 10 March to 16 March" in asha.said


def test_a_plan_that_changed_meanwhile_is_another_file(asha: Chat) -> None:
    asha.command("paper")
    first = sent(asha).media_key
    asha.command("paper")
    assert sent(asha).media_key == first, "Telegram has it already"
    with asha.clinic.session() as session:
        episode(session, asha.clinic.asha).loading_stopped_at = asha.clinic.now
    asha.command("paper")
    assert sent(asha).media_key != first


def test_who_pauses_has_nothing_to_print_and_is_told_so(asha: Chat) -> None:
    asha.command("pause")
    asha.taps("pause:3", kind="pause")
    assert asha.command("paper") == ["handout_none"]
    assert "⚠️ Warning signs" in asha.buttons


def test_who_stopped_is_asked_whether_to_start_again(asha: Chat) -> None:
    asha.command("stop")
    assert asha.command("paper") == ["stopped"]


def test_the_paper_follows_the_calendar_on_the_day_of_the_operation(clinic: Clinic) -> None:
    clinic.add_patient("Olu Ade", chat=2001, day=-1)
    clinic.clock.forward(days=2)
    olu = clinic.chat(2001)
    olu.command("paper")
    [message] = clinic.outbox(2001, "handout")
    with clinic.session() as session:
        made = media.recipe(session, clinic.context, message.media_key or "")
    assert "day 1 after the operation" in str(made)
    assert "Stage: Prepare" not in str(made)
