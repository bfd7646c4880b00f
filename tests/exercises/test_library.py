"""What the exercise library promises a physiotherapist, a patient and the plan's own rules."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import exercises
from exercises.loader import ContentPack
from exercises.schema import Exercise

LIBRARY = Path(exercises.__file__).parent / "library"
PROPOSAL = "Project proposal, not sourced: clinic must decide"
WHOLE_LIBRARY = {f"EX{number:02}" for number in range(1, 59)}
BREATHING = re.compile(r"\bbreath|\bcount out loud")
TELLS_SOMEBODY = re.compile(r"\breport\b|\btell\b|\bcall\b")

HEAVIER = {
    "impact",
    "pivot",
    "full-weight",
    "active-straight-leg-raise",
    "active-shoulder",
    "resisted-shoulder",
}
"""What pain must never lead to when it leads to an easier exercise."""

LADDERS = (
    ("EX04", "EX26", "EX27"),
    ("EX07", "EX15"),
    ("EX08", "EX18", "EX11"),
    ("EX24", "EX51"),
    ("EX29", "EX30", "EX31"),
    ("EX33", "EX34"),
    ("EX38", "EX52", "EX39"),
    ("EX45", "EX53", "EX56", "EX57"),
)

CRITICAL_TAGS = {
    "EX06": {"hamstring-loading"},
    "EX07": {"open-chain-knee-extension"},
    "EX10": {"active-straight-leg-raise", "loading"},
    "EX12": {"hip-extension-past-neutral"},
    "EX15": {"open-chain-knee-extension"},
    "EX19": {"hip-extension-past-neutral"},
    "EX21": {"hamstring-loading", "loading"},
    "EX26": {"hamstring-loading", "loading"},
    "EX27": {"full-weight", "hamstring-loading", "loading"},
    "EX28": {"hip-external-rotation", "resisted-abduction"},
    "EX33": {"full-weight", "loading"},
    "EX34": {"full-weight", "loading"},
    "EX35": {"full-weight", "loading"},
    "EX36": {"resisted", "resisted-abduction", "full-weight"},
    "EX40": {"pool"},
    "EX41": {"hip-extension-past-neutral"},
    "EX46": {"impact", "full-weight"},
    "EX47": {"resisted", "hip-external-rotation"},
    "EX48": {"hip-extension-past-neutral", "hip-flexion-over-90"},
    "EX49": {"impact", "pivot", "spine-twisting"},
    "EX50": {"pivot", "spine-twisting", "resisted-shoulder"},
    "EX51": {"full-weight"},
    "EX53": {"passive-shoulder"},
    "EX45": {"passive-shoulder"},
    "EX56": {"active-shoulder"},
    "EX57": {"active-shoulder", "resisted-shoulder", "resisted"},
}


def test_every_exercise_of_the_list_can_be_prescribed(pack: ContentPack) -> None:
    assert pack.exercises.keys() >= WHOLE_LIBRARY


def test_every_exercise_says_how_much_of_it_may_be_prescribed(pack: ContentPack) -> None:
    without = [one.id for one in pack.exercises.values() if one.dose_limits is None]
    assert without == []


def test_the_dose_of_the_library_lies_inside_its_own_limits(pack: ContentPack) -> None:
    broken = {
        one.id: list(one.dose_limits.broken_by(one.dose))
        for one in pack.exercises.values()
        if one.dose_limits
    }
    assert {key: found for key, found in broken.items() if found} == {}


def test_wall_slides_cannot_add_up_to_more_a_day_than_their_source_gives(
    pack: ContentPack,
) -> None:
    """The knee ligament sheet says 30 to 50 wall slides a day: no dose may add up to more."""
    limits = pack.exercises["EX32"].dose_limits
    assert limits
    assert limits.reps
    assert limits.times_a_day
    assert limits.sets is None
    assert limits.reps[1] * limits.times_a_day[1] <= 50
    assert limits.reps[1] * limits.times_a_day[1] >= 30


def test_running_and_jumping_leave_a_rest_day_in_between(pack: ContentPack) -> None:
    for one in pack.exercises.values():
        if "impact" in one.tags:
            assert one.dose_limits
            assert one.dose_limits.days_a_week
            assert one.dose_limits.days_a_week[1] * 2 <= 7, one.id


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: "-".join(ladder))
def test_a_ladder_goes_up_and_down_the_same_way(
    pack: ContentPack, ladder: tuple[str, ...]
) -> None:
    for lower, upper in pairwise(ladder):
        assert pack.exercises[lower].harder == upper
        assert pack.exercises[upper].easier == lower


def test_pain_never_leads_to_a_heavier_exercise(pack: ContentPack) -> None:
    worse = {
        one.id: sorted((pack.exercises[one.easier].tags - one.tags) & HEAVIER)
        for one in pack.exercises.values()
        if one.easier
    }
    assert {key: tags for key, tags in worse.items() if tags} == {}


def test_pain_in_a_leg_never_leads_to_an_exercise_that_bends_the_hip_further(
    pack: ContentPack,
) -> None:
    deeper = [
        one.id
        for one in pack.exercises.values()
        if one.easier and "active-shoulder" not in one.tags
        if "hip-flexion-over-90" in pack.exercises[one.easier].tags - one.tags
    ]
    assert deeper == []


def test_every_source_can_be_looked_up_or_says_that_there_is_none(pack: ContentPack) -> None:
    vague = [
        (one.id, source)
        for one in pack.exercises.values()
        for source in one.sources
        if source != PROPOSAL and "https://" not in source
        if "http://" not in source and "doi:" not in source
    ]
    assert vague == []
    assert [one.id for one in pack.exercises.values() if PROPOSAL not in one.sources] == []


@pytest.mark.parametrize("file", sorted(LIBRARY.glob("EX*.toml")), ids=lambda file: file.stem)
def test_a_file_says_who_has_signed_it_and_where_its_limits_come_from(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert tomllib.loads(text)["sign_off"]["state"] in ("proposal", "signed")
    assert re.search(r"\[dose_limits\]\n(# .*\n)*# .*(sourced|proposal)", text)


def test_every_instruction_tells_how_to_breathe(pack: ContentPack) -> None:
    breathless = [
        one.id
        for one in pack.exercises.values()
        if not BREATHING.search(one.instruction.casefold())
    ]
    assert breathless == []


def test_every_stop_sign_says_whom_to_tell(pack: ContentPack) -> None:
    silent = [
        one.id
        for one in pack.exercises.values()
        if not TELLS_SOMEBODY.search(one.stop_signs.casefold())
    ]
    assert silent == []


def test_no_stop_sign_speaks_of_the_groin_to_a_knee(pack: ContentPack) -> None:
    """Exercises serve several operations: whoever reads of the groin reads of the knee too."""
    alone = [
        one.id
        for one in pack.exercises.values()
        if "groin" in one.stop_signs and "knee" not in one.stop_signs
    ]
    assert alone == []


@pytest.mark.parametrize("exercise_id", sorted(CRITICAL_TAGS))
def test_a_precaution_finds_the_exercise_it_forbids(pack: ContentPack, exercise_id: str) -> None:
    assert pack.exercises[exercise_id].tags >= CRITICAL_TAGS[exercise_id]


def test_stairs_one_at_a_time_are_open_to_a_leg_that_may_not_carry_everything(
    pack: ContentPack,
) -> None:
    assert "full-weight" not in pack.exercises["EX25"].tags


def test_an_exercise_published_before_limits_existed_can_still_be_read(pack: ContentPack) -> None:
    """An episode pins its library: without this its patient would lose the plan on an upgrade."""
    body = pack.exercises["EX05"].model_dump(mode="json")
    del body["dose_limits"]
    assert Exercise.model_validate(body).dose_limits is None
