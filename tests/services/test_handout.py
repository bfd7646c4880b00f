"""The hand-out: what stands on the paper, that nothing is cut in two, and that it can be read."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import asdict, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from exercises.loader import load
from rehab import paper, texts
from rehab.models import EpisodeState, Patient, PlanChange
from rehab.paper.layout import Block, Words, blocks_of, pages_of
from rehab.paper.measuring import FONTS, ROOM, Ruler
from rehab.services import handout, media, plans, versions
from tests.support.build import Clinic, episode

LANGUAGES = ("en", "hi", "mr")


def sheet_of(clinic: Clinic, episode_id: int = 0, language: str = "") -> paper.Sheet:
    with clinic.session() as session:
        found = episode(session, episode_id or clinic.asha)
        if language:
            session.get_one(Patient, found.patient_id).language = language
        return handout.sheet(session, clinic.context, episode=found, local_on=clinic.today)


def pdf_of(clinic: Clinic, language: str) -> bytes:
    sheet = sheet_of(clinic, language=language)
    with clinic.session() as session:
        return handout.recipe_of(episode(session, clinic.asha), sheet).make().content


def png(width: int, height: int) -> bytes:
    target = BytesIO()
    Image.new("RGB", (width, height), "white").save(target, "PNG")
    return target.getvalue()


# --- what it says -------------------------------------------------------------------------------


def test_an_exercise_has_a_box_on_each_day_it_is_planned_and_on_no_other(clinic: Clinic) -> None:
    sheet = sheet_of(clinic)
    ticked = [
        {one.name.partition(" (")[0] for one in sheet.exercises if one.ticks[day].is_planned}
        for day in range(7)
    ]
    with clinic.session() as session:
        found = episode(session, clinic.asha)
        library = versions.library_of(session, clinic.context, found)
        planned = [
            {
                library[item.exercise_id].name
                for item in plans.on_day(session, clinic.context, episode=found, day=10 + day)
            }
            for day in range(7)
        ]
    assert ticked == planned
    assert len(set(map(frozenset, planned))) > 1, "the days of this stage differ"


def test_a_dose_that_changes_in_the_week_stands_there_twice(clinic: Clinic) -> None:
    with clinic.session() as session:
        session.add(
            PlanChange(
                episode_id=clinic.asha,
                kind="dose",
                exercise_id="EX05",
                dose={"reps": 5, "hold_seconds": 3, "times_a_day": 2},
                from_on=clinic.today + timedelta(days=3),
                overrides=[],
                words="Dose of Heel slides",
                reason="sore",
                clinician_id=clinic.meera,
                at=clinic.now,
            )
        )
    slides = [one for one in sheet_of(clinic).exercises if one.name.startswith("Heel slides")]
    days = [[tick.is_planned for tick in one.ticks] for one in slides]
    assert days == [[True] * 3 + [False] * 4, [False] * 3 + [True] * 4]
    assert [one.dose for one in slides][1] == "5 times · hold 3 s · 2× a day"


def test_it_names_the_stage_the_weight_and_each_precaution_with_its_last_day(
    clinic: Clinic,
) -> None:
    sheet = sheet_of(clinic)
    assert "Stage: Protect" in sheet.facts
    said = str(sheet.before)
    assert "put as much weight on the leg as your surgeon allows" in said
    # Operated on 28 February; six weeks are over on 11 April.
    [bending] = [
        item for box in sheet.before for item in box.items if item.startswith("Do not bend")
    ]
    assert bending.endswith("(until 11\u00a0April)")


def test_every_urgent_sign_is_on_the_paper_with_what_to_do(clinic: Clinic) -> None:
    now, same_day, _ = sheet_of(clinic).warnings
    assert "112" in now.heading
    assert "Call 112 now" in now.text
    assert "5550" in same_day.heading
    assert "Please phone the clinic now" in same_day.text
    assert "Short of breath, coughing blood" in now.items
    assert "I cannot stand on the leg" in now.items
    assert "Calf or thigh swollen, painful" in same_day.items
    assert "I fell" in same_day.items
    with clinic.session() as session:
        asked, _ = versions.warning_signs(session, clinic.context, episode(session, clinic.asha))
    told = {option.label for option in asked.questions[0].options}
    can_wait = {"No stool for over 3 days", "New lump, noise or body signs", "Something else"}
    assert {*now.items, *same_day.items} == told - can_wait


def test_it_carries_the_code_and_no_name(clinic: Clinic) -> None:
    sheet = sheet_of(clinic)
    with clinic.session() as session:
        code = session.get_one(Patient, 1).code
    assert code in sheet.facts[0]
    assert "Asha" not in str(asdict(sheet))
    assert "Patil" not in str(asdict(sheet))


def test_while_loading_is_stopped_it_says_so_and_has_no_loading_exercise(clinic: Clinic) -> None:
    with clinic.session() as session:
        found = episode(session, clinic.asha)
        found.stage_id = "P3"
        before = {
            item.exercise_id
            for item in plans.on_day(session, clinic.context, episode=found, day=10)
        }
        found.loading_stopped_at = clinic.now
        library = versions.library_of(session, clinic.context, found)
    loading = {library[one].name for one in before if "loading" in library[one].tags}
    assert loading, "this stage has some"
    sheet = sheet_of(clinic)
    printed = {one.name.partition(" (")[0] for one in sheet.exercises}
    assert printed & loading == set()
    assert any("Strengthening exercises are paused" in box.text for box in sheet.before)


def test_before_the_operation_it_ends_with_the_day_before_it(clinic: Clinic) -> None:
    olu = clinic.add_patient("Olu Ade", chat=2001, day=-3)
    sheet = sheet_of(clinic, olu)
    assert {len(one.ticks) for one in sheet.exercises} == {3}
    assert "days until the operation: 3" in sheet.facts[0]


def test_a_paused_patient_has_no_exercises_but_the_warning_signs(clinic: Clinic) -> None:
    with clinic.session() as session:
        episode(session, clinic.asha).state = EpisodeState.PAUSED
    sheet = sheet_of(clinic)
    assert sheet.exercises == ()
    assert sheet.warnings[0].items


def test_what_waits_for_a_check_says_so(clinic: Clinic) -> None:
    assert len(sheet_of(clinic, language="en").notes) == 1
    assert len(sheet_of(clinic, language="hi").notes) == 2
    assert "hip-resurfacing-standard" in sheet_of(clinic).footer


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_it_is_in_the_patients_language(clinic: Clinic, language: str) -> None:
    sheet = sheet_of(clinic, language=language)
    said = [sheet.title, *sheet.facts[1:], *(one.instruction for one in sheet.exercises)]
    said += [item for box in (*sheet.before, *sheet.warnings) for item in box.items]
    said += [one.dose for one in sheet.exercises]
    assert [one for one in said if re.search("[a-z]", one)] == []


# --- the key ------------------------------------------------------------------------------------


def test_the_file_of_a_key_is_made_only_while_the_plan_is_the_same(clinic: Clinic) -> None:
    sheet = sheet_of(clinic)
    with clinic.session() as session:
        key = handout.medium(episode(session, clinic.asha), sheet).key
        made = media.recipe(session, clinic.context, key)
    assert made.make().name == "exercises-2026-03-10.pdf"
    with clinic.session() as session:
        episode(session, clinic.asha).loading_stopped_at = clinic.now
    changed = sheet_of(clinic)
    with clinic.session() as session:
        assert handout.medium(episode(session, clinic.asha), changed).key != key
        with pytest.raises(LookupError):
            media.recipe(session, clinic.context, key)


# --- on paper -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_plan_gives_the_same_bytes_with_language_title_and_fonts(
    clinic: Clinic, language: str
) -> None:
    pdf = pdf_of(clinic, language)
    assert pdf == pdf_of(clinic, language)
    assert pdf.startswith(b"%PDF")
    assert f"/Lang ({language})".encode() in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert b"/FontFile2" in pdf
    assert set(re.findall(rb"/FontName /\w+\+(\w+)", pdf)) >= {
        b"NotoSans",
        b"NotoSansDevanagari" if language != "en" else b"NotoSansBold",
    }
    assert b"(D:20260310000000Z" in pdf
    assert len(re.findall(rb"/Type /Page\b", pdf)) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_of_the_library_fits_on_one_page(clinic: Clinic, language: str) -> None:
    sheet = sheet_of(clinic, language=language)
    week = sheet.exercises[0].ticks
    with closing(Ruler(sheet, {"any": png(2, 1)})) as ruler:
        tall = [
            one.id
            for one in clinic.context.content.exercises.values()
            for block in blocks_of(replace(sheet, exercises=(printed(one, week, language),)))
            if block.parts[0] == Words(sheet.exercises_heading, 24, bold=True)
            if ruler.block_height(block) > ROOM
        ]
    assert tall == []


def printed(one: object, week: tuple[paper.Tick, ...], language: str) -> paper.Exercise:
    """With the heading of the page above it and a picture as high as they get."""
    words = {
        field: texts.content_text(getattr(one, field), language) if getattr(one, field) else ""
        for field in ("name", "instruction", "stop_signs", "caution")
    }
    return paper.Exercise(dose="10", ticks=week, picture="any", **words)


def test_every_letter_a_patient_may_read_is_in_the_fonts() -> None:
    known: set[int] = set()
    for name in ("NotoSans", "NotoSansDevanagari"):
        with (
            TTFont(FONTS / f"{name}-Regular.ttf") as regular,
            TTFont(FONTS / f"{name}-Bold.ttf") as bold,
        ):
            known |= set(regular.getBestCmap()) & set(bold.getBestCmap())
    content = load().patient_texts()
    said = [texts.content_text(one, language) for one in content for language in LANGUAGES]
    for language in LANGUAGES:
        catalog = texts.catalog_of(language)
        chat = {"handout.caption", "handout.none_now"}
        said += [
            words
            for key, words in catalog.items()
            if key.startswith(("handout.", "dose.")) and key not in chat
        ]
    assert {letter for words in said for letter in words if ord(letter) not in known} <= {"\n"}


def test_a_block_that_does_not_fit_any_more_goes_to_the_next_page_whole() -> None:
    blocks = [Block((Words(str(number)),)) for number in range(5)]
    pages = pages_of(blocks, lambda _: 40.0, room=100.0)
    assert pages == [blocks[:2], blocks[2:4], blocks[4:]]


def test_a_block_that_starts_a_page_does() -> None:
    first, second = Block((Words("a"),)), Block((Words("b"),), starts_page=True)
    assert pages_of([first, second], lambda _: 10.0, room=100.0) == [[first], [second]]


def test_only_what_is_taller_than_a_page_is_cut_and_nothing_is_lost() -> None:
    long = Block(tuple(Words(str(number)) for number in range(7)))
    pages = pages_of([long], lambda block: 20.0 * len(block.parts), room=60.0)
    assert [[len(block.parts) for block in page] for page in pages] == [[3], [3], [1]]
    assert tuple(part for page in pages for block in page for part in block.parts) == long.parts


def test_an_own_photograph_is_printed_in_place_of_the_figure(tmp_path: Path) -> None:
    (tmp_path / "EX05.png").write_bytes(png(3, 2))
    key = "exercise:EX05:own:abc"
    assert media.still(key, "left", own_files=tmp_path) == png(3, 2)
    drawn = media.still("exercise:EX05:left:abc", "left", own_files=tmp_path / "none")
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")
    assert media.still("exercise:EX99:left:abc", "left", own_files=tmp_path) is None
