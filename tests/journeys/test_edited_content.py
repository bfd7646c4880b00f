"""Editing published content never changes what an enrolled patient was or will be asked, nor fires a
prompt again; a patient is moved to the newer content on purpose or not at all."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import ChatMessage, Person
from exercises import packs
from rehab.models import Alert, Episode, ExerciseRecord, OutboxMessage
from rehab.services import drafts, publishing, repinning, rule_replay
from tests.support.cast import ASHA, MEERA, OLU, RAO
from tests.support.house import House
from tests.support.talk import FINE, QUESTIONS, answer, check_in, reminded

HIP = "protocols/hip-resurfacing-standard"
OLD_PAIN, NEW_PAIN = QUESTIONS["pain"], "strongest pain since yesterday"
OLD_NAME, NEW_NAME = "Buttock squeeze", "Buttock press"
DOSE = '{ exercise = "EX25", dose = { reps = 1, times_a_day = 1 } }'
CHANGES = {
    "questionnaires/daily-check-in": (OLD_PAIN, NEW_PAIN),
    HIP: (DOSE, DOSE.replace("times_a_day = 1", "times_a_day = 2")),
    "rules/common": (
        '{ question = "temperature", at_least = 38.0, is_one_of = ["38-up", "39-up"] }',
        '{ question = "temperature", at_least = 37.5, is_one_of = ["38-up", "39-up"] }',
    ),
    "library/EX04": (f'name = "{OLD_NAME}"', f'name = "{NEW_NAME}"'),
}
"""What the clinic changes: a question, a dose, a rule's line, an exercise's name."""


def newer(name: str) -> str:
    """The release's file as the clinic's next version."""
    text = packs.release()[name]
    data = packs.data_of(text) or {}
    pairs = [(f'version = "{data["version"]}"', 'version = "9.0.0"')] if "version" in data else []
    pairs.append(CHANGES[name])
    for old, new in pairs:
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new)
    return text


def change_the_content(house: House) -> None:
    """Meera writes, Dr Rao agrees."""
    # Read before the transaction, as the pages do: on SQLite the bot would wait for it.
    assert packs.read({name: newer(name) for name in CHANGES}).problems == ()
    with house.session() as session:
        made = [
            drafts.begin(
                session,
                house.context,
                kind=name.partition("/")[0],
                content_id=name.partition("/")[2],
                toml=newer(name),
                reason="agreed in the team",
                author_id=house.staff_id(MEERA),
                now=house.now(),
            ).id
            for name in CHANGES
        ]
        rules = [one for one, name in zip(made, CHANGES, strict=True) if name.startswith("rules/")]
        rao = house.staff_id(RAO)
        rule_replay.note_seen(session, draft_ids=rules, clinician_id=rao, now=house.now())
        session.flush()
        publishing.publish(
            session,
            house.context,
            draft_ids=made,
            second_person_id=house.staff_id(RAO),
            now=house.now(),
        )


def move(house: House) -> None:
    """Meera moves Asha to the newer content."""
    with house.session() as session:
        episode = session.scalars(
            select(Episode).where(Episode.patient_id == house.patient_id(ASHA))
        ).one()
        repinning.apply(
            session,
            house.context,
            episode_id=episode.id,
            reason="agreed with Asha on the phone",
            clinician_id=house.staff_id(MEERA),
            now=house.now(),
        )


def restart(house: House) -> None:
    house.settle()
    house.stop_bot()
    house.start_bot()
    house.hears()
    house.later(seconds=5)


def to_the_summary(asha: Person, temperature: str) -> ChatMessage:
    """Everything from the question about medicine on; the temperature is typed."""
    names = ["medicine", "wound", "temperature", "legs", "walking", "exercises"]
    for number, name in enumerate(names):
        if number:
            asha.expect(QUESTIONS[name])
        if name == "temperature":
            asha.send_text(temperature)
        else:
            answer(asha, FINE[name])
    return asha.expect("Your answers:")


def asked(house: House) -> list[str]:
    """The exercises with their doses as they were asked, in order."""
    rows = house.rows(select(ExerciseRecord).order_by(ExerciseRecord.id))
    return [f"{one.exercise_id} {one.dose}" for one in rows]


def test_edited_content_is_for_those_who_come_after_it(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    shown, pain = reminded(asha)
    assert OLD_NAME in shown.text
    answer(asha, "2")
    asha.expect(QUESTIONS["medicine"])
    house.settle()
    list_before, sent_before = asked(house), house.count(OutboxMessage)

    change_the_content(house)
    restart(house)
    house.nothing_unexpected()
    assert house.count(OutboxMessage) == sent_before, "nothing is sent again"
    assert asked(house) == list_before

    # The open question goes on, old buttons mean what they meant, the old rules judge.
    to_the_summary(asha, "37.7")
    asha.tap(pain, "3")
    asha.expect("✓ 3")
    asha.expect("Changed. Your answers now:")
    assert house.count(Alert) == 0
    asha.send_command("exercises")
    again = asha.expect("Your exercises for today")
    assert OLD_NAME in again.text
    assert NEW_NAME not in again.text

    # The next day too.
    house.at("2026-11-24 09:00")
    shown, pain = reminded(asha)
    assert OLD_NAME in shown.text
    assert OLD_PAIN in pain.text
    check_in(asha)
    assert {one for one in asked(house) if one.startswith("EX25")} == {"EX25 1× a day"}

    # Somebody new gets what was published; Asha is moved on purpose, and is told nothing by it.
    house.settle()
    olu = house.enrolled(OLU)
    sent_before = house.count(OutboxMessage)
    move(house)
    restart(house)
    house.nothing_unexpected()
    assert house.count(OutboxMessage) == sent_before

    house.at("2026-11-25 09:00")
    shown = asha.expect("Your exercises for today")
    assert NEW_NAME in shown.text
    asha.expect(NEW_PAIN)
    assert "EX25 2× a day" in asked(house)
    answer(asha, "2")
    asha.expect(QUESTIONS["medicine"])
    answer(asha, FINE["medicine"])
    asha.expect(QUESTIONS["wound"])
    answer(asha, FINE["wound"])
    asha.expect(QUESTIONS["temperature"])
    asha.send_text("37.7")
    house.settle()
    assert [one.state for one in house.rows(select(Alert))] == ["open"], "the new rule judges"

    house.at("2026-11-25 09:00", OLU.zone)
    assert NEW_NAME in olu.expect("Your exercises for today").text
    olu.expect(NEW_PAIN)
    house.settle()
    for person in house.everybody():
        person.mark_read()
