"""One patient's plan page: where they stand, every change seen before it is made, and its history."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from rehab.models import (
    Episode,
    Measurement,
    OutboxMessage,
    PlanChange,
    ProposalState,
    StageProposal,
)
from rehab.services import episodes, measurements, progression
from tests.support.browser import words_of
from tests.web.build import Clinic
from tests.web.posting import post

MEERA = "meera@clinic.example"
HEEL_SLIDES = {"kind": "dose", "exercise_id": "EX05", "sets": "1", "reps": "8"}
HEEL_SLIDES |= {"hold_seconds": "5", "times_a_day": "3"}
STANDING_ON_ONE_LEG = {"kind": "add", "exercise_id": "EX35"}
"""Puts more weight on the leg than the precautions of the second week allow."""


@pytest.fixture
def page(clinic: Clinic) -> str:
    return f"/patients/{clinic.cast.asha}/plan"


@pytest.fixture
def meera(clinic: Clinic) -> FlaskClient:
    return clinic.signed_in(MEERA)


def _read(client: FlaskClient, path: str, **query: str) -> str:
    return words_of(client.get(path, query_string=query).get_data(as_text=True))


def _apply(client: FlaskClient, page: str, **form: str) -> int:
    status: int = post(client, f"{page}/apply", page=page, **form).status_code
    return status


def _episode(session: object, patient_id: int) -> Episode:
    found = episodes.latest(session, patient_id=patient_id)  # type: ignore[arg-type]
    assert found is not None
    return found


def _texts(clinic: Clinic, kind: str = "plan_changed") -> list[str | None]:
    with clinic.change() as session:
        rows = session.query(OutboxMessage).filter_by(kind=kind).order_by(OutboxMessage.id)
        return [row.text for row in rows]


def test_the_page_shows_stage_exercises_with_their_origin_and_precautions(
    meera: FlaskClient, page: str
) -> None:
    shown = _read(meera, page)
    for expected in (
        "P1 Protect", "Heel slides 10 times · hold 5 s · 3× a day As the protocol says",
        "Next: P2 Load, by the protocol from 28 Nov 2026", "Until 25 Dec 2026 protocol: day 42",
        "not recorded; 3 nights are assumed", "the plan is the protocol's",
    ):  # fmt: skip
        assert expected in shown, expected


def test_a_criterion_shows_the_facts_behind_it_and_who_said_so(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    assert "not known Your hip bends to 70 degrees" in _read(meera, page)
    clinic.answer(clinic.cast.asha, {"pain": "6"})
    form = {"measure": "hip-flexion-degrees", "value": "85", "effective_on": "2026-11-21"}
    assert post(meera, f"{page}/measurement", page=page, **form).status_code == 303
    shown = _read(meera, page)
    assert "met Your hip bends to 70 degrees" in shown
    assert "85 degrees · 21 Nov 2026 · Meera Joshi" in shown
    assert "not met Pain at rest is 3 out of 10 or less" in shown
    assert "6 points · 22 Nov 2026 · the patient's check-in" in shown


@pytest.mark.parametrize(
    ("value", "on", "why"),
    [
        ("170", "2026-11-22", "0 to 150 degrees"),
        ("nearly straight", "2026-11-22", "expected a number"),
        ("80", "2026-12-24", "today or an earlier day"),
    ],
)
def test_a_measurement_that_cannot_be_is_refused_with_the_reason(
    clinic: Clinic, meera: FlaskClient, page: str, value: str, on: str, why: str
) -> None:
    form = {"measure": "hip-flexion-degrees", "value": value, "effective_on": on}
    refused = post(meera, f"{page}/measurement", page=page, **form)
    assert refused.status_code == 422
    assert why in words_of(refused.get_data(as_text=True))
    assert clinic.read(lambda session: session.query(Measurement).count()) == 0


def test_a_measurement_entered_in_error_stays_and_decides_nothing(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    form = {"measure": "hip-flexion-degrees", "value": "85", "effective_on": "2026-11-21"}
    post(meera, f"{page}/measurement", page=page, **form)
    taken = post(meera, f"{page}/measurement/error", page=page, measurement_id="1")
    assert taken.status_code == 303
    shown = _read(meera, page)
    assert "not known Your hip bends to 70 degrees" in shown
    assert "Hip flexion: 85 degrees 21 Nov 2026 · Meera Joshi entered in error" in shown


def test_a_criterion_that_clinicians_decide_is_confirmed_by_name(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    form = {"stage_id": "P1", "criterion_id": "safe-transfers", "is_met": "yes"}
    assert post(meera, f"{page}/criterion", page=page, **form).status_code == 303
    assert "met You get in and out of bed" in _read(meera, page)
    assert "yes · 22 Nov 2026 · Meera Joshi" in _read(meera, page)


def test_a_preview_shows_the_very_message_that_is_sent_and_changes_nothing_itself(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    shown = meera.get(f"{page}/preview", query_string=HEEL_SLIDES).get_data(as_text=True)
    bubbles = re.findall(r'<div class="bubble said" lang="en">(.*?)</div>', shown, re.S)
    assert clinic.read(lambda session: session.query(PlanChange).count()) == 0
    assert _texts(clinic) == []
    assert _texts(clinic, "exercise_list") == []
    assert "8 times · hold 5 s" in bubbles[1], "the list of exercises in the chat's words"

    assert _apply(meera, page, **HEEL_SLIDES, reason="Groin is sore") == 303
    assert _texts(clinic) == [bubbles[0]]
    after = _read(meera, page)
    assert "8 times · hold 5 s · 3× a day Changed by Meera Joshi" in after
    assert "“Groin is sore”" in after


def test_the_patient_s_own_language_is_in_the_preview(clinic: Clinic, meera: FlaskClient) -> None:
    patient = clinic.add_patient("Nandini Sharma", days_ago=9, language="hi")
    query = {"kind": "hold"}
    path = f"/patients/{patient}/plan/preview"
    shown = meera.get(path, query_string=query).get_data(as_text=True)
    assert re.search(r'<div class="bubble said" lang="hi">[^<]*[\u0900-\u097F]{3}', shown)


def test_a_patient_without_a_chat_is_not_said_to_read_anything(
    clinic: Clinic, meera: FlaskClient
) -> None:
    patient = clinic.add_patient("Not Yet", days_ago=3, enrolled=False)
    shown = _read(meera, f"/patients/{patient}/plan/preview", **HEEL_SLIDES)
    assert "The patient has not enrolled: no message can be sent." in shown


def test_a_broken_precaution_is_named_with_its_end_and_needs_a_tick_and_a_reason(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    shown = _read(meera, f"{page}/preview", **STANDING_ON_ONE_LEG)
    assert "Put only as much weight on your leg as your surgeon allows" in shown
    assert "Holds until 11 Dec 2026" in shown
    assert "I know this goes against a precaution" in shown

    form = {**STANDING_ON_ONE_LEG, "reason": "Balance before the flight"}
    refused = post(meera, f"{page}/apply", page=page, **form)
    assert refused.status_code == 422
    assert "Without this tick it is not changed." in words_of(refused.get_data(as_text=True))
    assert _apply(meera, page, **STANDING_ON_ONE_LEG, override="y", reason=" ") == 422
    assert clinic.read(lambda session: session.query(PlanChange).count()) == 0

    assert _apply(meera, page, **form, override="y") == 303
    assert "against a precaution, knowingly" in _read(meera, page)


def test_a_dose_outside_the_library_s_bounds_cannot_be_confirmed(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    form = {**HEEL_SLIDES, "reps": "55"}
    refused = meera.get(f"{page}/preview", query_string=form)
    assert refused.status_code == 422
    words = words_of(refused.get_data(as_text=True))
    assert "reps 55: expected 5 to 20" in words
    assert "Leave it as it is" not in words, "nothing to confirm"
    assert _apply(meera, page, **form, reason="More") == 422


def test_exercises_are_added_taken_out_swapped_and_made_easier(
    meera: FlaskClient, page: str
) -> None:
    assert _apply(meera, page, kind="remove", exercise_id="EX04") == 303
    assert _apply(meera, page, kind="swap", exercise_id="EX03", new_exercise_id="EX07") == 303
    assert _apply(meera, page, kind="step_down", days="2") == 303
    shown = meera.get(page).get_data(as_text=True)
    names = re.findall(r'<h3 class="h6 m-0"><a [^>]*>([^<]+)</a>', shown)
    assert "Heel slides" in names
    assert "Thigh squeeze" not in names, "nor does a step down bring it back"
    assert "Buttock squeeze" not in names
    history = _read(meera, page).partition("History ")[2]
    for words in (
        "Every exercise one step easier, from 22 Nov 2026 to 23 Nov 2026",
        "Knee straightening over a roll (EX07) instead of Thigh squeeze (EX03)",
        "Take out Buttock squeeze (EX04)",
    ):
        assert words in history, words


def test_a_change_is_taken_back_by_name_and_the_patient_is_told(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    _apply(meera, page, **HEEL_SLIDES)
    seen = _read(meera, f"{page}/preview", kind="take_back", change_id="1")
    assert "Taken back: Dose of Heel slides" in seen
    assert _apply(meera, page, kind="take_back", change_id="1") == 303
    shown = _read(meera, page)
    assert "taken back Taken back by Meera Joshi, today" in shown
    assert "Heel slides 10 times · hold 5 s · 3× a day As the protocol says" in shown
    assert len(_texts(clinic)) == 2


def test_a_change_of_another_patient_cannot_be_taken_back_from_here(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    other = clinic.add_patient("Other Person", days_ago=9)
    _apply(meera, f"/patients/{other}/plan", **HEEL_SLIDES)
    assert _apply(meera, page, kind="take_back", change_id="1") == 404
    preview = meera.get(f"{page}/preview", query_string={"kind": "take_back", "change_id": "1"})
    assert preview.status_code == 404


def test_advancing_says_what_is_not_met_and_needs_the_reason(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    shown = _read(meera, f"{page}/preview", kind="advance")
    assert "Stage Protect to Load" in shown
    assert "Not met or not known Pain at rest is 3 out of 10 or less" in shown
    assert _apply(meera, page, kind="advance", reason="") == 422
    assert _apply(meera, page, kind="advance", reason="Seen today, walks well") == 303
    assert clinic.read(lambda s: _episode(s, clinic.cast.asha).stage_id) == "P2"
    assert "Stage Protect to Load · Meera Joshi" in _read(meera, page)


def test_a_hold_and_a_step_back_are_decided_here_too(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    assert _apply(meera, page, kind="hold", hold_until="2026-12-01", reason="Swollen") == 303
    assert "Held until 1 Dec 2026" in _read(meera, page)
    _apply(meera, page, kind="advance", reason="Better than thought")
    assert _apply(meera, page, kind="step_back", reason="Limps again") == 303
    assert clinic.read(lambda s: _episode(s, clinic.cast.asha).stage_id) == "P1"


def test_an_open_proposal_stands_on_top_and_in_the_worklist(
    clinic: Clinic, meera: FlaskClient
) -> None:
    patient = clinic.add_patient("Ready Person", days_ago=16)
    _make_ready(clinic, patient)
    page = f"/patients/{patient}/plan"
    assert "Ready for P2 Load?" in _read(meera, page)
    assert "Ready for the next stage (P2)" in _read(meera, "/", show="review")
    assert "Ready for the next stage (P2)" in _read(meera, f"/patients/{patient}")
    assert _apply(meera, page, kind="advance") == 303, "every criterion is met: no reason needed"
    assert "Ready for P2" not in _read(meera, page)
    assert "Ready for the next stage" not in _read(meera, "/")


def test_the_day_of_surgery_moves_only_after_its_dates_were_seen(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    shown = _read(meera, f"{page}/preview", kind="surgery_date", surgery_on="2026-11-20")
    assert "today is day 2 instead of 9" in shown
    assert "P2 Load from 28 Nov 2026 5 Dec 2026" in shown
    before = date(2026, 11, 13)
    assert clinic.read(lambda s: _episode(s, clinic.cast.asha).surgery_on) == before
    form = {"kind": "surgery_date", "surgery_on": "2026-11-20"}
    assert _apply(meera, page, **form, reason="") == 422
    assert _apply(meera, page, **form, reason="Typed wrong") == 303
    moved = before + timedelta(days=7)
    assert clinic.read(lambda s: _episode(s, clinic.cast.asha).surgery_on) == moved


def test_discharge_pause_and_resume_are_kept_in_the_history(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    assert _apply(meera, page, kind="discharge", discharged_on="2026-11-16") == 303
    form = {"kind": "pause", "pause_reason": "admission", "until": "2026-12-01"}
    assert _apply(meera, page, **form) == 303
    assert "No reminders are sent." in _read(meera, page)
    assert _apply(meera, page, kind="resume") == 303
    history = _read(meera, page).partition("History ")[2]
    for words in ("Went home on 16 Nov 2026", "Paused (2026-12-01, admission)", "Resumed"):
        assert words in history, words


def test_a_precaution_ends_earlier_only_where_surgeons_differ(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    differing = {"kind": "precaution", "precaution_id": "no-deep-bending"}
    assert _apply(meera, page, **differing, precaution_to_day="30", reason="Surgeon") == 303
    assert "Until 13 Dec 2026 own setting protocol: day 42" in _read(meera, page)
    assert "until day 30" in _read(meera, f"/patients/{clinic.cast.asha}")

    protocol = clinic.context.content.protocols["hip-resurfacing-standard"]
    strict = next(one for one in protocol.precautions if not one.surgeons_differ)
    form = {"kind": "precaution", "precaution_id": strict.id}
    refused = meera.get(
        f"{page}/preview", query_string={**form, "precaution_to_day": str(strict.to_day - 1)}
    )
    assert refused.status_code == 422
    assert "surgeons do not differ here" in words_of(refused.get_data(as_text=True))


def test_an_empty_day_never_switches_a_precaution_off(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    form = {"kind": "precaution", "precaution_id": "no-deep-bending", "reason": "Oops"}
    assert _apply(meera, page, **form, precaution_to_day="") == 422
    assert clinic.read(lambda session: session.query(PlanChange).count()) == 0
    assert _apply(meera, page, **form, precaution_off="y") == 303
    assert "switched off" in _read(meera, page)


def test_another_day_can_be_looked_at_and_a_past_one_shows_what_was_said(
    clinic: Clinic, meera: FlaskClient, page: str
) -> None:
    clinic.exercise(clinic.cast.asha, days_ago=1, done=3)
    past = _read(meera, page, on="2026-11-21")
    assert "Exercises of 21 Nov 2026" in past
    assert "too painful" in past
    assert "In its place" not in past, "what is over cannot be changed"
    later = _read(meera, page, on="2026-12-20")
    assert "Exercises of 20 Dec 2026 day 37" in later
    assert "Today's exercises" in _read(meera, page, on="nonsense")


def test_painful_exercises_are_named_in_the_worklist_for_some_days(
    clinic: Clinic, meera: FlaskClient
) -> None:
    clinic.answer(clinic.cast.asha)
    clinic.exercise(clinic.cast.asha, days_ago=1, done=3)
    assert "Too painful: Buttock squeeze" in _read(meera, "/", show="amber")
    assert "Too painful: Buttock squeeze" in _read(meera, f"/patients/{clinic.cast.asha}")
    clinic.clock.moment += timedelta(days=4)
    assert "Too painful" not in _read(clinic.signed_in(MEERA), "/")


def test_nonsense_in_a_preview_is_answered_and_not_a_crash(meera: FlaskClient, page: str) -> None:
    assert meera.get(f"{page}/preview").status_code == 302
    for query in (
        {"kind": "nonsense"},
        {"kind": "dose", "exercise_id": "EX05"},
        {"kind": "dose", "exercise_id": "EX05", "reps": "many"},
        {"kind": "dose", "exercise_id": "EX05", "sets": "2"},
        {"kind": "add", "exercise_id": "EX99"},
        {"kind": "swap", "exercise_id": "EX05", "new_exercise_id": ""},
        {"kind": "surgery_date"},
        {"kind": "discharge", "discharged_on": "2030-01-01"},
        {"kind": "pause", "until": "2026-12-01"},
        {"kind": "step_down", "days": "99"},
        {"kind": "advance", "to_stage": "P0"},
    ):
        answered = meera.get(f"{page}/preview", query_string=query)
        assert answered.status_code == 422, query
        assert "This does not fit" in words_of(answered.get_data(as_text=True)), query


def _make_ready(clinic: Clinic, patient: int) -> None:
    """Every criterion of the first stage is met, by good days and by Meera."""
    for days_ago in (2, 1, 0):
        clinic.answer(patient, {"pain": "1"}, days_ago=days_ago)
    with clinic.change() as session:
        episode, now = _episode(session, patient), clinic.clock.now()
        episode.stage_id = "P1"
        review = progression.view(session, clinic.context, episode=episode, now=now)
        for view in review.criteria:
            if view.criterion.measure is None:
                measurements.confirm_criterion(
                    session,
                    clinic.context,
                    episode_id=episode.id,
                    stage_id="P1",
                    criterion_id=view.criterion.id,
                    is_met=True,
                    clinician_id=clinic.cast.meera,
                    now=now,
                )
            elif view.state != "met":
                measurements.record(
                    session,
                    clinic.context,
                    episode_id=episode.id,
                    measure=view.criterion.measure,
                    value=view.criterion.at_least or 0,
                    effective_on=now.date(),
                    clinician_id=clinic.cast.meera,
                    now=now,
                )
        proposal = session.query(StageProposal).one()
        assert proposal.state == ProposalState.OPEN
