"""Questions beyond the plain ones: who answers, several answers, branches, numbers, how soon, edits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select

from exercises.schema import AskIf, Condition, Option, Question, Rule, Tier
from rehab.flows import recovery
from rehab.flows.types import EventKind
from rehab.models import (
    Alert,
    CheckIn,
    Episode,
    InboxUpdate,
    IncomingMessage,
    Observation,
    OutboxMessage,
    Page,
)
from rehab.services import versions
from tests.support.build import ASHA_CHAT, MEERA_CHAT, NIGHT, Chat, Clinic

NERVES = Question(
    id="nerves",
    kind="several",
    text="Anything new in your legs?",
    short="Nerves",
    options=(
        Option(value="calf", label="Calf", emoji="🦵"),
        Option(value="tired", label="Tired legs"),
        Option(value="none", label="Nothing new", excludes_others=True),
    ),
)
FELL = Question(
    id="fell",
    kind="yes_no",
    text="Did you fall?",
    short="Fall",
    options=(Option(value="yes", label="Yes"), Option(value="no", label="No")),
)
MINUTES = Question(
    id="minutes",
    kind="number",
    text="How many minutes did you walk?",
    short="Walked",
    unit="minutes",
    minimum=0,
    maximum=240,
    quick=(10, 20),
    options=(Option(value="not-at-all", label="Not at all"),),
    ask_if=AskIf(question="fell", is_one_of=("no",)),
)
CALF_RULE = Rule(
    id="RF02.ticked",
    title="Calf ticked",
    tier=Tier.SAME_DAY,
    reason="Ticked the calf",
    wording="dvt",
    when=(Condition(question="nerves", is_one_of=("calf",)),),
    sources=("Made up for a test",),
)
WOUND_SEEN = Question(
    id="wound",
    kind="choice",
    text="How does the wound look?",
    short="Wound",
    picture="wound",
    options=(Option(value="dry", label="Dry"), Option(value="pus", label="Pus")),
)


def asking(clinic: Clinic, *questions: Question, **settings: Any) -> Chat:
    """Asha's chat in a clinic that asks these questions."""
    pack = clinic.context.content
    old = pack.questionnaires["daily-check-in"]
    new = old.model_copy(update={"questions": questions, "version": "9.0.0"})
    rules = pack.rules["hip-resurfacing"]
    changed = (*rules.rules, CALF_RULE)
    content = replace(
        pack,
        questionnaires=MappingProxyType({**pack.questionnaires, "daily-check-in": new}),
        rules=MappingProxyType(
            {**pack.rules, "hip-resurfacing": rules.model_copy(update={"rules": changed})}
        ),
        hashes=MappingProxyType(
            {
                **pack.hashes,
                "questionnaires/daily-check-in": "a" * 64,
                "rules/hip-resurfacing": "b" * 64,
            }
        ),
        hash="c" * 64,
    )
    check_ins = clinic.context.config.check_ins.model_copy(update=settings)
    config = clinic.context.config.model_copy(update={"check_ins": check_ins})
    clinic.context = replace(clinic.context, content=content, config=config)
    with clinic.session() as session:
        versions.publish(session, content, now=clinic.now)
        episode = session.get_one(Episode, clinic.asha)
        episode.questionnaire_hash, episode.rules_hash = "a" * 64, "b" * 64
    return clinic.chat(ASHA_CHAT)


def with_settings(clinic: Clinic, **settings: Any) -> Chat:
    """Asha's chat, with the clinic's own questions and these settings of the check-in."""
    check_ins = clinic.context.config.check_ins.model_copy(update=settings)
    config = clinic.context.config.model_copy(update={"check_ins": check_ins})
    clinic.context = replace(clinic.context, config=config)
    return clinic.chat(ASHA_CHAT)


def answers(clinic: Clinic, question: str) -> list[tuple[Any, str]]:
    rows = clinic.read(
        select(Observation).where(Observation.question_id == question).order_by(Observation.id)
    )
    return [(row.value, row.status) for row in rows]


# --- several answers ----------------------------------------------------------------------------


def test_ticks_are_shown_taken_back_and_ended_with_done(clinic: Clinic) -> None:
    chat = asking(clinic, NERVES, FELL)
    chat.command("checkin")
    assert chat.buttons == ["☐ 🦵 Calf", "☐ Tired legs", "☐ Nothing new", "✔️ Done"]
    chat.taps("tired")
    assert chat.kinds == ["check_in_answered"]
    assert chat.buttons[1] == "☑ Tired legs"
    assert chat.taps(":done").toast == ""
    assert "Did you fall?" in chat.said
    assert answers(clinic, "nerves") == [(["tired"], "final")]


def test_a_danger_sign_is_judged_when_it_is_ticked_not_when_done_is_tapped(
    clinic: Clinic,
) -> None:
    chat = asking(clinic, NERVES, FELL)
    chat.command("checkin")
    chat.taps("calf")
    assert chat.kinds == ["check_in_answered", "safety_text", "check_in_question"]
    assert clinic.alert().tier == "T1"
    assert any("Nerves: Calf" in (card.text or "") for card in clinic.outbox(MEERA_CHAT))
    assert chat.buttons[0] == "☑ 🦵 Calf", "the buttons are below the safety text again"
    chat.taps("tired")
    assert len(clinic.all_of(Alert)) == 1
    chat.taps(":done")
    assert answers(clinic, "nerves")[-1] == (["calf", "tired"], "final")


def test_none_of_these_stands_alone_and_goes_on(clinic: Clinic) -> None:
    chat = asking(clinic, NERVES, FELL)
    chat.command("checkin")
    chat.taps("tired")
    chat.taps("none")
    assert "Did you fall?" in chat.said
    assert answers(clinic, "nerves")[-1] == (["none"], "final")


def test_done_without_a_tick_is_no_answer(clinic: Clinic) -> None:
    chat = asking(clinic, NERVES, FELL)
    chat.command("checkin")
    assert "tap what fits first" in chat.taps(":done").toast
    chat.taps("tired")
    chat.taps("tired")
    assert "tap what fits first" in chat.taps(":done").toast
    assert clinic.one(select(CheckIn)).state == "open"


def test_a_half_ticked_question_is_asked_again_with_its_ticks(clinic: Clinic) -> None:
    chat = asking(clinic, NERVES, FELL)
    chat.command("checkin")
    chat.taps("tired")
    clinic.clock.forward(hours=3)
    chat.command("checkin")
    assert chat.buttons[1] == "☑ Tired legs"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("tired legs", ["tired"]),
        ("Calf, tired legs", ["calf", "tired"]),
        ("nothing new", ["none"]),
    ],
)
def test_several_answers_can_be_typed(clinic: Clinic, typed: str, expected: list[str]) -> None:
    chat = asking(clinic, NERVES, FELL)
    chat.command("checkin")
    chat.says(typed)
    assert answers(clinic, "nerves") == [(expected, "final")]


# --- branches and numbers -----------------------------------------------------------------------


def test_the_count_knows_only_what_will_be_asked(clinic: Clinic) -> None:
    chat = asking(clinic, FELL, MINUTES, NERVES)
    chat.command("checkin")
    assert "Question 1 of 2" in chat.said
    chat.taps("no", question="fell")
    assert "Question 2 of 3" in chat.said
    assert chat.buttons == ["10 min", "20 min", "Not at all"]


def test_a_number_is_typed_in_any_digits_or_tapped(clinic: Clinic) -> None:
    chat = asking(clinic, FELL, MINUTES)
    chat.command("checkin")
    chat.taps("no", question="fell")
    assert chat.says("400") == ["check_in_question"]
    assert "from 0 to 240" in chat.said
    assert chat.says("४५ मिनट") == ["check_in_summary"]
    assert "Walked: 45 min" in chat.said
    assert answers(clinic, "minutes") == [(45, "final")]


def test_a_correction_sets_aside_what_would_not_be_asked_now(clinic: Clinic) -> None:
    chat = asking(clinic, FELL, MINUTES)
    chat.command("checkin")
    chat.taps("no", question="fell")
    chat.taps("20", question="minutes")
    chat.taps("yes", question="fell")
    assert chat.kinds == ["check_in_answered", "check_in_summary"]
    assert "Walked" not in chat.said
    assert answers(clinic, "minutes") == [(20, "no-longer-due")]


def test_a_correction_asks_what_became_due(clinic: Clinic) -> None:
    chat = asking(clinic, FELL, MINUTES)
    chat.command("checkin")
    chat.taps("yes", question="fell")
    assert chat.kinds[-1] == "check_in_summary"
    chat.taps("no", question="fell")
    assert "How many minutes" in chat.said
    chat.taps("10", question="minutes")
    assert "Walked: 10 min" in chat.said


# --- pictures -----------------------------------------------------------------------------------


def test_a_picture_shows_the_options_under_the_letters_of_the_buttons(clinic: Clinic) -> None:
    chat = asking(clinic, WOUND_SEEN, FELL)
    chat.command("checkin")
    (shown,) = chat.fresh
    assert shown.media_key == f"question:{'a' * 64}:wound"
    assert chat.buttons == ["A Dry", "B Pus"]
    chat.says("b")
    assert answers(clinic, "wound") == [("pus", "final")]
    assert clinic.one(select(Observation)).label == "Pus"


# --- how soon -----------------------------------------------------------------------------------


def test_after_the_safety_text_the_patient_says_how_soon(clinic: Clinic) -> None:
    chat = with_settings(clinic, ask_how_urgent=True)
    chat.command("checkin")
    chat.taps("3", question="pain")
    chat.taps("none", question="medicine")
    chat.taps("pus", question="wound")
    assert chat.kinds == ["check_in_answered", "safety_text", "how_urgent", "check_in_question"]
    chat.taps("can_wait", kind="how_urgent")
    assert chat.kinds == ["how_urgent"], "it is shown on the question; the next one stands already"
    alert = clinic.alert()
    assert (alert.patient_urgency, alert.tier) == ("can_wait", "T1")
    assert alert.patient_urgency_at == clinic.now


def test_the_next_question_can_be_answered_instead(clinic: Clinic) -> None:
    chat = with_settings(clinic, ask_how_urgent=True)
    chat.command("checkin")
    chat.taps("3", question="pain")
    chat.taps("none", question="medicine")
    chat.taps("pus", question="wound")
    chat.says("37.2")
    assert answers(clinic, "temperature") == [(37.2, "final")]
    assert clinic.alert().patient_urgency is None
    assert chat.says("someone today") == ["how_urgent"]
    assert clinic.alert().patient_urgency == "today"


def test_a_routine_finding_is_not_asked_about(clinic: Clinic) -> None:
    early = clinic.add_patient("Olu Ade", chat=2001, day=2)
    chat = with_settings(clinic, ask_how_urgent=True).clinic.chat(2001)
    assert early
    chat.command("checkin")
    chat.taps("3", question="pain")
    chat.taps("none", question="medicine")
    chat.taps("spots", question="wound")
    assert "how_urgent" not in chat.kinds


def test_today_about_something_that_can_wait_pages_once_more_in_reading_hours(
    clinic: Clinic,
) -> None:
    chat = with_settings(clinic, ask_how_urgent=True)
    for pain in ("7", "7"):
        clinic.check_in(clinic.asha, {"pain": pain})
        clinic.clock.forward(hours=1)
    pages = len(clinic.all_of(Page))
    with_alert = clinic.alert()
    assert with_alert.tier == "T2"
    chat.command("warning")
    chat.taps("other")
    chat.taps("today", kind="how_urgent")
    assert len(clinic.all_of(Page)) > pages
    assert clinic.alert().tier == "T2"


def test_today_in_the_night_waits_for_the_reading_hours_like_every_t2(clinic: Clinic) -> None:
    clinic.clock.moment = NIGHT
    chat = with_settings(clinic, ask_how_urgent=True)
    chat.command("warning")
    chat.taps("other")
    chat.taps("today", kind="how_urgent")
    assert clinic.all_of(Page) == []
    assert "No one" in chat.said or "clinic" in chat.said.lower()


# --- who answers --------------------------------------------------------------------------------


def test_before_the_first_question_the_chat_asks_who_is_there(clinic: Clinic) -> None:
    chat = with_settings(clinic, ask_who_answers_every_days=7)
    assert chat.command("checkin") == ["who_answers"]
    assert "Asha" in chat.said
    assert "Patil" not in chat.said
    chat.taps("patient", kind="who_answers")
    assert "worst pain" in chat.said
    clinic.clock.forward(days=6)
    assert chat.command("checkin") == ["check_in_question"]
    clinic.clock.forward(days=1)
    assert chat.command("checkin") == ["who_answers"]


def test_answers_of_a_helper_are_marked_as_such(clinic: Clinic) -> None:
    chat = with_settings(clinic, ask_who_answers_every_days=7)
    chat.command("checkin")
    chat.taps("caregiver", kind="who_answers")
    chat.taps("3", question="pain")
    assert clinic.one(select(Observation)).answered_by == "caregiver"
    clinic.clock.forward(days=1)
    chat.command("checkin")
    assert clinic.all_of(CheckIn)[-1].answered_by == "caregiver"


@pytest.mark.parametrize("typed", ["me", "It is me", "🙂 It is me"])
def test_who_is_there_can_be_typed(clinic: Clinic, typed: str) -> None:
    chat = with_settings(clinic, ask_who_answers_every_days=7)
    chat.command("checkin")
    chat.says(typed)
    assert "worst pain" in chat.said


def test_somebody_else_on_the_phone_sees_nothing_clinical_and_staff_learn_of_it(
    clinic: Clinic,
) -> None:
    chat = with_settings(clinic, ask_who_answers_every_days=7)
    chat.command("checkin")
    chat.taps("neither", kind="who_answers")
    assert "pain" not in chat.said
    assert "Patil" not in chat.said
    assert "give the phone back to Asha" in chat.said
    (kept,) = clinic.all_of(IncomingMessage)
    assert "neither the patient nor a helper" in kept.text
    assert kept.seen_at is None
    assert clinic.all_of(Observation) == []
    assert chat.command("checkin") == ["who_answers"], "asked again, whoever opens it next"


def test_after_an_outage_who_is_there_is_asked_before_the_question(clinic: Clinic) -> None:
    chat = with_settings(clinic, ask_who_answers_every_days=7)
    chat.command("checkin")
    clinic.clock.forward(hours=2)
    with clinic.session() as session:
        recovery.reask_after_gap(
            session, clinic.context, gap_id="1", since=clinic.now - timedelta(hours=1),
            now=clinic.now,
        )  # fmt: skip
    assert clinic.outbox(ASHA_CHAT)[-1].kind == "who_answers"


# --- edits --------------------------------------------------------------------------------------


def typed_in(clinic: Clinic, chat: Chat, words: str, message_id: int) -> str:
    """A text that came through Telegram: its raw update is in the inbox."""
    source = f"telegram:1:{message_id}"
    with clinic.session() as session:
        session.add(
            InboxUpdate(
                bot_id=1, update_id=message_id, received_at=clinic.now, chat_key=chat.id,
                raw=json.dumps({"message": {"message_id": message_id, "text": words}}),
            )
        )  # fmt: skip
    chat.does(EventKind.TEXT, text=words, source=source, message_id=message_id)
    return source


def test_an_edited_text_corrects_the_answer_it_was(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    chat.command("checkin")
    typed_in(clinic, chat, "3", 501)
    chat.does(EventKind.EDITED_TEXT, text="8", message_id=501)
    assert answers(clinic, "pain") == [(3, "amended"), (8, "final")]
    assert "Changed. Worst pain: 8" in chat.said
    assert "take for pain" in chat.said, "the open question follows"


def test_an_edit_that_is_no_answer_or_too_late_is_screened_as_words(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    chat.command("checkin")
    typed_in(clinic, chat, "3", 501)
    chat.does(EventKind.EDITED_TEXT, text="I cannot breathe", message_id=501)
    assert clinic.alert().tier == "T0"
    assert answers(clinic, "pain") == [(3, "final")]
    chat.does(EventKind.EDITED_TEXT, text="5", message_id=777)
    assert answers(clinic, "pain") == [(3, "final")]
    assert len(clinic.read(select(OutboxMessage).where(OutboxMessage.kind == "message_kept"))) == 2
