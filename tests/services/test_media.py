"""Which picture an exercise has, how it is made, and that it is made once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from exercises.drawing import load_figures
from exercises.drawing.timer import LONGEST_SECONDS, MOST_REPS, timer
from exercises.schema import Dose
from rehab.services import media, media_cache
from tests.support.build import Clinic

SESSION, CONTEXT = cast(Any, None), cast(Any, None)
BIGGEST_TIMER = 200_000
LETTER_DISC = (11, 107, 111)


def opened(content: bytes) -> Any:
    return Image.open(io.BytesIO(content))


def seconds_of(content: bytes) -> float:
    image = opened(content)
    total = 0
    for number in range(image.n_frames):
        image.seek(number)
        total += image.info["duration"]
    return total / 1000


def share_of(content: bytes, frame: int, colour: str) -> float:
    """How much of a frame has nearly this colour."""
    image = opened(content)
    image.seek(frame)
    wanted = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    pixels = image.convert("RGB").tobytes()
    near = sum(
        all(abs(pixels[at + part] - wanted[part]) < 12 for part in range(3))
        for at in range(0, len(pixels), 3)
    )
    return near / (len(pixels) / 3)


def test_an_exercise_with_a_figure_has_a_moving_picture_of_the_operated_side() -> None:
    left, right = media.of_exercise("EX05", "left"), media.of_exercise("EX05", "right")
    assert left is not None
    assert right is not None
    assert left.kind == "animation"
    assert left.key.startswith("exercise:EX05:left:")
    assert right.key == left.key.replace(":left:", ":right:")
    file = media.recipe(SESSION, CONTEXT, left.key).make()
    assert (file.name, file.mime) == ("EX05.gif", "image/gif")
    assert opened(file.content).n_frames > 10


def test_after_two_operations_one_leg_is_shown_at_work() -> None:
    assert media.of_exercise("EX05", "both") == media.of_exercise("EX05", "left")


def test_an_exercise_without_a_figure_has_no_picture() -> None:
    assert media.of_exercise("EX00", "left") is None


@pytest.mark.parametrize(
    ("ending", "kind"), [("mp4", "animation"), ("gif", "animation"), ("jpg", "photo")]
)
def test_the_clinics_own_file_replaces_the_figure(tmp_path: Path, ending: str, kind: str) -> None:
    (tmp_path / f"EX05.{ending}").write_bytes(b"a film of our own")
    own = media.of_exercise("EX05", "left", own_files=tmp_path)
    assert own is not None
    assert (own.kind, own.key[:18]) == (kind, "exercise:EX05:own:")
    assert own == media.of_exercise("EX05", "right", own_files=tmp_path), "one upload for both"


def test_a_film_comes_before_a_photograph(tmp_path: Path) -> None:
    for ending in ("png", "jpg", "mp4"):
        (tmp_path / f"EX05.{ending}").write_bytes(b"content")
    own = media.of_exercise("EX05", "left", own_files=tmp_path)
    assert own is not None
    assert own.kind == "animation"


def test_a_changed_file_is_another_picture(tmp_path: Path) -> None:
    path = tmp_path / "EX05.mp4"
    path.write_bytes(b"first")
    before = media.of_exercise("EX05", "left", own_files=tmp_path)
    path.write_bytes(b"second, and longer")
    assert media.of_exercise("EX05", "left", own_files=tmp_path) != before


def test_an_own_file_travels_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "EX05.mp4"
    path.write_bytes(b"as it is")
    file = media.OwnFileRecipe(path, "video/mp4").make()
    assert (file.name, file.content, file.mime) == ("EX05.mp4", b"as it is", "video/mp4")


@pytest.mark.parametrize("key", ["nonsense", "exercise:EX00:left:x", "exercise:EX05:own:x", ""])
def test_a_key_nobody_can_make_is_a_lookup_error(key: str) -> None:
    with pytest.raises(LookupError):
        media.recipe(SESSION, CONTEXT, key)


def test_every_figure_belongs_to_an_exercise_and_has_a_name_of_its_own() -> None:
    keys = {media.of_exercise(one, side) for one in load_figures() for side in ("left", "right")}
    assert len(keys) == 2 * len(load_figures())


# --- kept on disk ---------------------------------------------------------------------------------


def test_what_was_made_once_is_read_from_disk_afterwards(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"picture"

    folder = tmp_path / "media"
    assert media_cache.kept("a.gif", make, folder) == b"picture"
    assert media_cache.kept("a.gif", make, folder) == b"picture"
    assert len(made) == 1
    assert [path.name for path in folder.iterdir()] == ["a.gif"]


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    media_cache.kept("../../timer:1/2.gif", lambda: b"picture", folder)
    assert [path.parent for path in tmp_path.rglob("*.gif")] == [folder]


def test_an_empty_file_left_by_a_full_disk_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"")
    assert media_cache.kept("a.gif", lambda: b"picture", tmp_path) == b"picture"


def test_a_folder_that_cannot_be_written_costs_no_picture(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"a file where the folder should be")
    assert media_cache.kept("a.gif", lambda: b"picture", tmp_path / "media") == b"picture"


def test_what_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        media_cache.kept("a.gif", lambda: timer(0, 0, 0), tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- the timer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dose", "key"),
    [
        ({"reps": 10, "hold_seconds": 5}, "timer:5:2:10"),
        ({"reps": 3, "hold_seconds": 30, "rest_seconds": 10}, "timer:30:10:3"),
        ({"reps": 10, "hold_seconds": 5, "sets": 2, "rest_seconds": 60}, "timer:5:2:10"),
        ({"reps": 10, "hold_seconds": 30}, "timer:30:2:1"),
        ({"reps": 30, "hold_seconds": 1}, "timer:1:2:1"),
        ({"hold_seconds": 20}, "timer:20:2:1"),
    ],
)
def test_a_held_exercise_has_a_timer_of_its_dose(dose: dict[str, int], key: str) -> None:
    found = media.of_timer(Dose(**dose))
    assert found is not None
    assert (found.kind, found.key) == ("animation", key)


@pytest.mark.parametrize("dose", [{"reps": 10}, {"minutes": 5}, {"hold_seconds": 120}])
def test_what_is_not_held_or_takes_too_long_has_none(dose: dict[str, int]) -> None:
    assert media.of_timer(Dose(**dose)) is None


@pytest.mark.parametrize(
    ("hold", "rest", "reps"),
    [(5, 2, 10), (30, 2, 3), (1, 1, 1), (1, 7, MOST_REPS), (LONGEST_SECONDS, 0, 1)],
)
def test_a_timer_runs_as_long_as_it_says_and_is_small(hold: int, rest: int, reps: int) -> None:
    content = timer(hold, rest, reps)
    image = opened(content)
    assert image.size == (240, 240)
    assert image.info["loop"] == 0, "it repeats for ever"
    assert seconds_of(content) == (hold + rest) * reps
    assert len(content) <= BIGGEST_TIMER


def test_the_ring_fills_while_holding_and_changes_its_colour_while_resting() -> None:
    content = timer(4, 2, 2)
    orange = [share_of(content, frame, "#f06a0a") for frame in (0, 7, 15, 18)]
    teal = [share_of(content, frame, "#0b6b6f") for frame in (0, 7, 15, 18)]
    assert orange[0] < orange[1] < orange[2]
    assert orange[3] < orange[0] + 0.02, "only the dot of the first repetition is orange"
    assert teal[:3] == [0, 0, 0]
    assert teal[3] > 0.05


@pytest.mark.parametrize("wrong", [(0, 2, 3), (5, -1, 3), (5, 2, 0), (60, 1, 2), (1, 1, 16)])
def test_a_timer_that_makes_no_sense_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        timer(*wrong)


@pytest.mark.parametrize(
    ("questionnaire", "question", "drawn"),
    [("daily-check-in", "wound", 6), ("daily-check-in", "walking-aid", 4),
     ("check-in-knee", "knee-bend", 4), ("check-in-spine", "wound", 7)],
)  # fmt: skip
def test_the_options_of_a_question_are_drawn_side_by_side(
    clinic: Clinic, questionnaire: str, question: str, drawn: int
) -> None:
    pack = clinic.context.content
    digest = pack.hashes[f"questionnaires/{questionnaire}"]
    shown = media.of_question(digest, pack.questionnaires[questionnaire].question(question))
    with clinic.session() as session:
        recipe = media.recipe(session, clinic.context, shown.key)
    file = recipe.make()
    assert (shown.kind, file.mime) == ("photo", "image/png")
    picture = opened(file.content)
    letters = sum(
        picture.convert("RGB").getpixel((left * 260 + 18, top * 260 + 27)) == LETTER_DISC
        for left in range(-(-picture.width // 260))
        for top in range(-(-picture.height // 260))
    )
    assert letters == drawn
    assert len(file.content) < 60_000
