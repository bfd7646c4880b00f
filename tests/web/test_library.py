"""The library, the protocols and surgeons' preferences: to look things up in, with moving pictures."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from exercises.drawing import load_figures
from rehab.models import Episode, PlanChange, SurgeonPreference
from rehab.services import episodes
from tests.support.browser import words_of
from tests.web.build import Clinic
from tests.web.posting import post

MEERA, RAO = "meera@clinic.example", "rao@clinic.example"
VIKRAM, ADMIN = "vikram@clinic.example", "admin@clinic.example"


@pytest.fixture
def meera(clinic: Clinic) -> FlaskClient:
    return clinic.signed_in(MEERA)


def _read(client: FlaskClient, path: str, **query: str) -> str:
    return words_of(client.get(path, query_string=query).get_data(as_text=True))


def _names(client: FlaskClient, **query: str) -> list[str]:
    page = client.get("/library", query_string=query).get_data(as_text=True)
    return re.findall(r'<h2 class="h6 m-0"><a [^>]*>([^<]+)</a>', page)


def test_every_exercise_is_there_and_is_found_by_operation_and_words(
    clinic: Clinic, meera: FlaskClient
) -> None:
    content = clinic.context.content
    assert len(_names(meera)) == len(content.exercises)
    shoulder = _names(meera, procedure="rotator-cuff-repair")
    assert 0 < len(shoulder) < len(content.exercises)
    assert "Heel slides" not in shoulder
    assert _names(meera, q="heel SLIDES") == ["Heel slides"]
    assert _names(meera, q="ex05") == ["Heel slides"]
    assert _names(meera, q="no such thing") == []
    assert "No exercise matches." in _read(meera, "/library", q="no such thing")


def test_a_moving_picture_can_be_stopped_and_stands_still_for_those_who_ask_for_it(
    meera: FlaskClient,
) -> None:
    moving = meera.get("/library?q=EX05").get_data(as_text=True)
    assert re.search(r'media="\(prefers-reduced-motion: reduce\)" srcset="[^"]*strip.svg', moving)
    assert re.search(r'<img[^>]*loading="lazy"[^>]*src="[^"]*moving.gif', moving)
    assert "Stop the moving pictures" in moving
    still = meera.get("/library?q=EX05&still=1").get_data(as_text=True)
    assert "moving.gif" not in still
    assert "strip.svg" in still
    assert "Let the pictures move" in still


def test_pictures_are_kept_by_the_browser_until_they_change(meera: FlaskClient) -> None:
    page = meera.get("/library/EX05").get_data(as_text=True)
    address = re.findall(r'src="([^"]*moving.gif[^"]*)"', page)[0].replace("&amp;", "&")
    picture = meera.get(address)
    assert picture.mimetype == "image/gif"
    assert picture.data[:6] == b"GIF89a"
    assert "immutable" in picture.headers["Cache-Control"]
    again = meera.get(address, headers={"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    unknown_version = meera.get("/library/EX05/moving.gif?v=other")
    assert "immutable" not in unknown_version.headers["Cache-Control"]


def test_the_strip_is_mirrored_for_the_right_side_and_styles_nothing_inline(
    meera: FlaskClient,
) -> None:
    left = meera.get("/library/EX05/strip.svg").get_data(as_text=True)
    right = meera.get("/library/EX05/strip.svg?side=right").get_data(as_text=True)
    assert left.startswith("<svg")
    assert left != right
    assert "style=" not in left


def test_an_exercise_tells_its_words_bounds_neighbours_sources_and_stages(
    clinic: Clinic, meera: FlaskClient
) -> None:
    shown = _read(meera, "/library/EX05")
    for expected in (
        "Slide your heel slowly", "Stop if you feel a sharp pain", "Repetitions 10 5–20",
        "Keeps your hip and knee bending", "Waits for a clinician's sign-off",
        "Hip resurfacing: standard programme", "P1 Protect day 0 to 14",
    ):  # fmt: skip
        assert expected in shown, expected
    assert "https://nirschl.com" in meera.get("/library/EX05").get_data(as_text=True)
    linked = next(one for one in clinic.context.content.exercises.values() if one.easier)
    page = meera.get(f"/library/{linked.id}").get_data(as_text=True)
    assert f'href="/library/{linked.easier}"' in page


def test_an_exercise_without_a_drawing_says_so_and_has_no_broken_picture(
    clinic: Clinic, meera: FlaskClient
) -> None:
    figures = load_figures()
    missing = [one for one in clinic.context.content.exercises if one not in figures]
    for exercise_id in missing[:1]:
        page = meera.get(f"/library/{exercise_id}").get_data(as_text=True)
        assert "No picture yet" in page
        assert "moving.gif" not in page
        assert meera.get(f"/library/{exercise_id}/moving.gif").status_code == 404
    assert meera.get("/library/EX99").status_code == 404
    assert meera.get("/library/EX99/strip.svg").status_code == 404


def test_a_protocol_is_read_stage_by_stage(meera: FlaskClient) -> None:
    assert "Hip resurfacing: standard programme" in _read(meera, "/protocols")
    shown = _read(meera, "/protocols", id="hip-resurfacing-standard")
    for expected in (
        "P1 Protect day 0 to 14", "a clinician opens it", "Heel slides 10 times",
        "Hip flexion: at least 70 degrees", "a clinician confirms it",
        "Do not bend your hip past a right angle", "Range of practice", "typical: day",
    ):  # fmt: skip
        assert expected in shown, expected
    assert meera.get("/protocols?id=nonsense").status_code == 404


def test_every_protocol_and_every_exercise_can_be_opened(
    clinic: Clinic, meera: FlaskClient
) -> None:
    for protocol_id in clinic.context.content.protocols:
        assert meera.get(f"/protocols?id={protocol_id}").status_code == 200, protocol_id
    for exercise_id in clinic.context.content.exercises:
        assert meera.get(f"/library/{exercise_id}").status_code == 200, exercise_id


def test_who_treats_nobody_reads_no_library(clinic: Clinic) -> None:
    admin = clinic.signed_in(ADMIN)
    for path in ("/library", "/library/EX05", "/library/EX05/moving.gif", "/preferences"):
        assert admin.get(path).status_code == 403, path
        assert clinic.client().get(path).status_code == 302, path


def test_a_surgeon_s_preference_reaches_new_patients_and_no_running_plan(clinic: Clinic) -> None:
    rao = clinic.signed_in(RAO)
    page = "/preferences?procedure=hip-resurfacing"
    form = {"procedure": "hip-resurfacing", "variant": "", "day-no-deep-bending": "28"}
    assert post(rao, "/preferences", page=page, **form).status_code == 303
    assert 'value="28"' in rao.get(page).get_data(as_text=True)

    new = clinic.add_patient("New Person", days_ago=0, owner=clinic.cast.rao)
    with clinic.change() as session:
        rows = session.query(PlanChange).all()
        assert [(row.episode_id, row.precaution_to_day) for row in rows] == [
            (_episode_id(session, new), 28)
        ]
    assert "own setting" in _read(rao, f"/patients/{new}/plan")


def test_others_read_preferences_and_cannot_change_them(
    clinic: Clinic, meera: FlaskClient
) -> None:
    rao = clinic.signed_in(RAO)
    form = {"procedure": "hip-resurfacing", "day-no-deep-bending": "28"}
    post(rao, "/preferences", page="/preferences", **form)
    shown = _read(meera, "/preferences")
    assert "Only a surgeon keeps preferences." in shown
    assert "Dr Rao · hip resurfacing" in shown
    assert "until day 28: Do not bend your hip past a right angle" in shown
    refused = post(meera, "/preferences", page="/library", **form)
    assert refused.status_code == 403
    assert clinic.read(lambda session: session.query(SurgeonPreference).count()) == 1


def test_a_preference_outside_the_range_of_practice_is_refused_with_the_reason(
    clinic: Clinic,
) -> None:
    rao = clinic.signed_in(RAO)
    protocol = clinic.context.content.protocols["hip-resurfacing-standard"]
    strict = next(one for one in protocol.precautions if not one.surgeons_differ)
    for value, why in ((str(strict.to_day - 1), "surgeons do not differ"), ("x", "whole numbers")):
        form = {"procedure": "hip-resurfacing", f"day-{strict.id}": value}
        refused = post(rao, "/preferences", page="/preferences", **form)
        assert refused.status_code == 422
        assert why in words_of(refused.get_data(as_text=True))
    assert clinic.read(lambda session: session.query(SurgeonPreference).count()) == 0


def _episode_id(session: object, patient_id: int) -> int:
    found: Episode | None = episodes.latest(session, patient_id=patient_id)  # type: ignore[arg-type]
    assert found is not None
    return found.id
