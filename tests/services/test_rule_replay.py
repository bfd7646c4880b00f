"""The time machine: a draft of rules played on what patients really answered and wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rehab.errors import InvalidInput, WrongState
from rehab.flows.types import EventKind
from rehab.jobs.replay import replay
from rehab.models import Outcome, Publication
from rehab.services import alerts, drafts, rule_replay
from tests.services.content_changes import draft, publish
from tests.support.build import ASHA_CHAT, Clinic


def fever_from(limit: object) -> tuple[str, str]:
    """Another limit for RF04.late, which is in force on Asha's day."""
    rest = ', is_one_of = ["38-up", "39-up"] }'
    return f"at_least = 38.0{rest}", f"at_least = {limit}{rest}"


def drafted(clinic: Clinic, *pairs: tuple[str, str], name: str = "rules/common") -> int:
    with clinic.session() as session:
        return draft(session, clinic, name, *pairs).id


def played(clinic: Clinic, draft_id: int, days: int = 30) -> Mapping[str, Any]:
    with clinic.app.app_context():
        return replay(clinic.context, draft_ids=[draft_id], days=days, now=clinic.now)


def resolve(clinic: Clinic, alert_id: int, outcome: Outcome) -> None:
    with clinic.session() as session:
        alerts.resolve(
            session,
            clinic.context,
            alert_id=alert_id,
            clinician_id=clinic.meera,
            outcome=outcome,
            note="",
            now=clinic.now,
        )


@pytest.fixture
def fever(clinic: Clinic) -> Clinic:
    """Asha had 38.2 °C on Tuesday and was called; on Wednesday all was well."""
    clinic.check_in(clinic.asha, {"temperature": "38.2"})
    resolve(clinic, 1, Outcome.CALLED)
    clinic.clock.forward(days=1)
    clinic.check_in(clinic.asha)
    return clinic


def test_the_same_rules_raise_what_was_raised_and_miss_nothing(fever: Clinic) -> None:
    told = played(fever, drafted(fever, fever_from(38.1)))
    assert (told["patients"], told["new"], told["gone"], told["missed"]) == (1, [], [], [])
    assert told["alerts_per_day"]["present"] == told["alerts_per_day"]["candidate"]
    assert sum(told["alerts_per_day"]["present"].values()) == pytest.approx(1 / 30, abs=1e-3)


def test_a_looser_rule_shows_which_alert_is_gone_and_which_closed_one_would_have_been_missed(
    fever: Clinic,
) -> None:
    told = played(fever, drafted(fever, fever_from(39.5)))
    (gone,) = told["gone"]
    assert gone["on"] == "2026-03-10"
    (missed,) = told["missed"]
    assert (missed["outcome"], missed["patient"]) == ("called", gone["patient"])
    assert "Asha" not in str(told)


def test_an_alert_that_was_not_relevant_is_not_missed(clinic: Clinic) -> None:
    clinic.check_in(clinic.asha, {"temperature": "38.2"})
    resolve(clinic, 1, Outcome.NOT_RELEVANT)
    told = played(clinic, drafted(clinic, fever_from(39.5)))
    assert told["missed"] == []
    assert len(told["gone"]) == 1


def test_a_stricter_rule_shows_the_new_alerts(clinic: Clinic) -> None:
    clinic.check_in(clinic.asha, {"temperature": "37.9"})
    told = played(clinic, drafted(clinic, fever_from(37.8)))
    assert [(one["on"], len(one["rules"]) > 0) for one in told["new"]] == [("2026-03-10", True)]
    assert told["gone"] == []


def test_an_answer_that_was_corrected_is_judged_as_it_was_given(clinic: Clinic) -> None:
    clinic.answer(clinic.asha, "temperature", "38.2")
    clinic.clock.forward(minutes=2)
    clinic.answer(clinic.asha, "temperature", "36.8")
    told = played(clinic, drafted(clinic, fever_from(39.5)))
    assert len(told["gone"]) == 1, "the present rules had fired before the correction"


def test_texts_are_played_too(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).does(EventKind.TEXT, text="I have chest pain")
    told = played(clinic, drafted(clinic, fever_from(38.1)))
    assert told["alerts_per_day"]["present"]["T0"] > 0
    assert told["gone"] == []


def test_what_is_older_than_the_window_is_left_out(fever: Clinic) -> None:
    fever.clock.forward(days=40)
    told = played(fever, drafted(fever, fever_from(39.5)))
    assert (told["patients"], told["gone"]) == (0, [])


def test_a_draft_with_problems_cannot_be_played(clinic: Clinic) -> None:
    broken = drafted(clinic, fever_from('"warm"'))
    with pytest.raises(InvalidInput, match="problems"):
        played(clinic, broken)


def test_rules_are_published_only_by_somebody_who_has_seen_the_replay_of_this_text(
    clinic: Clinic,
) -> None:
    number = drafted(clinic, fever_from(37.8))
    from rehab.services import publishing

    def agree() -> None:
        with clinic.session() as session:
            publishing.publish(
                session,
                clinic.context,
                draft_ids=[number],
                second_person_id=clinic.rao,
                now=clinic.now,
            )

    def see(person: int) -> None:
        with clinic.session() as session:
            rule_replay.note_seen(session, draft_ids=[number], clinician_id=person, now=clinic.now)

    with pytest.raises(WrongState, match="replay"):
        agree()
    see(clinic.meera)
    with pytest.raises(WrongState, match="replay"):
        agree()
    see(clinic.rao)
    with clinic.session() as session:
        text = drafts.get(session, number).toml + "# later\n"
        drafts.edit(session, draft_id=number, toml=text, clinician_id=clinic.meera, now=clinic.now)
    with pytest.raises(WrongState, match="replay"):
        agree()
    see(clinic.rao)
    agree()
    assert clinic.all_of(Publication)


def test_other_content_needs_no_replay(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, "library/EX18", ("sets = 2", "sets = 3"))
        assert publish(session, clinic, made)
