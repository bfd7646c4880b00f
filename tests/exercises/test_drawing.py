"""What a figure looks like from outside: a looping GIF, a strip, the operated side in orange."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from exercises.drawing import (
    animation,
    contact_sheet,
    figure_hash,
    load_figures,
    strip_png,
    strip_svg,
)

FIGURES = load_figures()
ORANGE = np.array([0xF0, 0x6A, 0x0A])


def orange_middle(image: bytes) -> float | None:
    """Where in the picture's width the accent colour lies on average, 0 to 1."""
    pixels = np.asarray(Image.open(io.BytesIO(image)).convert("RGB")).astype(int)
    columns = np.nonzero(np.abs(pixels - ORANGE).max(axis=2) < 24)[1]
    return float(columns.mean()) / pixels.shape[1] if len(columns) > 50 else None


def test_the_samples_load_by_exercise_id():
    assert {"EX01", "EX05", "EX08", "EX18", "EX24", "EX29", "EX33", "EX45"} <= set(FIGURES)
    assert all(figure.id == name for name, figure in FIGURES.items())


@pytest.mark.parametrize("name", ["EX05", "EX24"])
def test_an_animation_is_a_small_endless_gif(name: str):
    data = animation(FIGURES[name], "right")
    gif = Image.open(io.BytesIO(data))
    assert gif.format == "GIF"
    assert gif.size == (360, 300)
    assert gif.n_frames > 10
    assert gif.info["loop"] == 0
    assert len(data) < 200_000


def test_the_operated_leg_is_on_the_patients_own_side():
    # Facing the viewer, the patient's right leg is on the left of the picture.
    right = orange_middle(strip_png(FIGURES["EX18"], "right", frames=1))
    left = orange_middle(strip_png(FIGURES["EX18"], "left", frames=1))
    assert right is not None
    assert left is not None
    assert right < 0.5 < left
    assert right + left == pytest.approx(1.0, abs=0.02)


def test_no_side_means_no_accent_and_both_sides_mean_more_of_it():
    def amount(side: str) -> int:
        data = strip_png(FIGURES["EX18"], side, frames=1)  # type: ignore[arg-type]
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
        return int((np.abs(pixels - ORANGE).max(axis=2) < 24).sum())

    assert amount("none") == 0
    assert amount("both") > 1.5 * amount("right")


def test_an_operated_arm_is_orange_and_its_leg_is_not():
    svg = strip_svg(FIGURES["EX45"], "right", frames=1)
    assert "#f06a0a" in svg
    assert "#bd4d00" not in svg, "the shoe of an operated leg"


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_strip_is_a_plain_svg_picture(name: str):
    svg = strip_svg(FIGURES[name], "left", title='Heel & "toe"')
    tree = ElementTree.fromstring(svg)
    tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in tree.iter()}
    attributes = {attribute for element in tree.iter() for attribute in element.attrib}
    assert tags <= {"svg", "title", "rect", "path", "circle"}
    assert not attributes & {"style", "class", "href"}
    assert not any(attribute.startswith("on") for attribute in attributes)
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == 'Heel & "toe"'
    assert "nan" not in svg.lower()


@pytest.mark.parametrize("height", [180, 260])
def test_a_strip_is_as_high_as_asked(height: int):
    strip = Image.open(io.BytesIO(strip_png(FIGURES["EX29"], "right", height=height)))
    assert strip.height == height
    assert strip.width > 2 * strip.height


def test_the_card_is_opaque_inside_and_clear_at_its_corners():
    strip = Image.open(io.BytesIO(strip_png(FIGURES["EX29"], "right")))
    assert strip.getpixel((0, 0))[3] == 0
    assert strip.getpixel((strip.width // 2, 8))[3] == 255


def test_the_same_data_gives_the_same_bytes():
    figure = FIGURES["EX45"]
    assert animation(figure, "left") == animation(figure, "left")
    assert strip_png(figure, "left") == strip_png(figure, "left")
    assert strip_svg(figure, "left") == strip_svg(figure, "left")


def test_a_planted_foot_does_not_slide():
    from exercises.drawing.scene import moments
    from exercises.drawing.skeleton import skeleton
    from exercises.drawing.timeline import values_at

    figure = FIGURES["EX29"]
    heels = [
        skeleton(figure, values_at(figure, time))["operated_heel"] for time in moments(figure)
    ]
    assert np.ptp(np.array(heels), axis=0).max() < 0.01


def test_the_hash_follows_the_data():
    figure = FIGURES["EX05"]
    first = figure_hash(figure)
    assert first == figure_hash(figure)
    assert first != figure_hash(figure.model_copy(update={"seconds": 7.0}))


def test_the_contact_sheet_is_one_picture():
    chosen = {name: FIGURES[name] for name in ("EX05", "EX45")}
    sheet = Image.open(io.BytesIO(contact_sheet(chosen, {"EX05": "Heel slides"})))
    assert sheet.format == "PNG"
    assert sheet.width > 1000
