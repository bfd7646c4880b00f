"""The worklist: sickest first, with the reason in words, the same cost for sixty patients as for six."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import event

from rehab.db import db
from rehab.services.overview.worklist import Tab, Tile, worklist
from rehab.web.shown import sparkline
from tests.web.build import Clinic

MEERA = "meera@clinic.example"


def _names(page: str) -> list[str]:
    return re.findall(r'class="name"[^>]*>([^<]+)<', page)


def test_patients_are_listed_sickest_first_with_the_reason_in_words(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha)
    clinic.answer(clinic.add_patient("Wet Wound", days_ago=9), {"wound": "wet"})
    clinic.answer(clinic.add_patient("No Breath", days_ago=9), {"legs": "breath"})
    page = clinic.signed_in(MEERA).get("/").get_data(as_text=True)
    assert _names(page) == ["No Breath", "Wet Wound", "Asha Patil"]
    assert "Emergency: " in page
    assert "Same day: Clearly wet wound after day 5" in page


def test_a_level_is_never_told_by_colour_alone(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    page = clinic.signed_in(MEERA).get("/").get_data(as_text=True)
    assert re.search(r'chip red"><span aria-hidden="true">▲</span>Red', page)


def test_silence_is_not_called_fine(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, days_ago=8)
    client = clinic.signed_in(MEERA)
    assert _names(client.get("/?show=silent").get_data(as_text=True)) == ["Asha Patil"]
    assert "Silent for" in client.get("/").get_data(as_text=True)


def test_tiles_and_tabs_filter_and_search_finds_by_name_code_and_owner(clinic: Clinic) -> None:
    clinic.write(clinic.cast.asha, "May I drive?")
    paused = clinic.add_patient("Paused Person", days_ago=20)
    clinic.pause(paused)
    clinic.add_patient("New Person", days_ago=1, enrolled=False)
    client = clinic.signed_in(MEERA)
    for query, names in (
        ("?show=unread", ["Asha Patil"]),
        ("?show=red", []),
        ("?tab=paused", ["Paused Person"]),
        ("?tab=not-enrolled", ["New Person"]),
        ("?q=asha", ["Asha Patil"]),
        ("?q=meera", ["Asha Patil"]),
        ("?q=nobody", []),
        ("?show=nonsense&tab=nonsense&page=0", ["Asha Patil"]),
    ):
        assert _names(client.get(f"/{query}").get_data(as_text=True)) == names, query


def test_a_day_without_an_answer_is_a_gap_in_the_line_and_never_zero(clinic: Clinic) -> None:
    with clinic.app.test_request_context():
        drawn = str(sparkline((3.0, None, 5.0, 4.0)))
    assert drawn.count("<circle") == 3
    assert drawn.count("M") - drawn.count("M0") == 1, "one piece of line only"
    assert "3, –, 5, 4" in drawn


def test_the_number_of_queries_does_not_grow_with_the_patients(clinic: Clinic) -> None:
    _add_busy_patients(clinic, 1)
    few = _queries(clinic)
    _add_busy_patients(clinic, 8)
    assert _queries(clinic) == few


def test_a_demo_says_so_and_a_deaf_bot_is_announced(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    page = client.get("/").get_data(as_text=True)
    assert "synthetic people" in page
    assert 'role="alert"' not in page
    clinic.clock.moment += timedelta(minutes=5)
    assert page.count("banner bad") == 0
    assert client.get("/").get_data(as_text=True).count("banner bad") == 3


def test_it_names_who_is_on_call(clinic: Clinic) -> None:
    page = clinic.signed_in(MEERA).get("/").get_data(as_text=True)
    assert re.search(r"On call now:\s*<strong>Meera Joshi", page)


def test_counts_belong_to_the_rows_one_may_see(clinic: Clinic) -> None:
    with clinic.change() as session:
        found = worklist(
            session, clinic.context, clinician_id=clinic.cast.vikram, now=clinic.clock.now()
        )
    assert found.rows == ()
    assert found.tiles[Tile.ALL] == 0
    assert found.tabs[Tab.ACTIVE] == 0


def _add_busy_patients(clinic: Clinic, count: int) -> None:
    for number in range(count):
        patient = clinic.add_patient(f"Patient {number}", days_ago=10 + number)
        clinic.answer(patient, {"legs": "calf"})
        clinic.exercise(patient, days_ago=1, done=2)


def _queries(clinic: Clinic) -> int:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with clinic.change() as session:
        event.listen(db.engine, "before_cursor_execute", note)
        worklist(session, clinic.context, clinician_id=clinic.cast.meera, now=clinic.clock.now())
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)
