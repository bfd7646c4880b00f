"""Pictures of answers: the options of a question side by side, each with the letter of its button.

People are drawn by the same data and the same hand as the exercises; dressings are drawn here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from exercises.drawing import palette, raster
from exercises.drawing.figure import Figure
from exercises.drawing.framing import Window
from exercises.drawing.scene import scene
from exercises.drawing.shapes import Blob, Shape, box

ANSWERS_VERSION = 1
"""Goes up whenever an answer would be drawn differently, so that stored pictures are renewed."""

_TILE = 250
_GAP = 10
_COLUMNS = 4
_LETTER = 30
_BLOOD, _DARK_BLOOD, _PUS = "#b3262e", "#8d1420", "#c9b23a"
_REDNESS = "#d9483b"
_BANDAGE = "#fbfaf6"

Tile = Callable[[], tuple[list[Shape], Window]]


def answers_png(picture: str, options: Sequence[tuple[str, str]]) -> bytes:
    """Return a PNG of the options that can be drawn, in their order. `options`: letter and value.

    Raises KeyError for an unknown picture, ValueError when none of its options can be drawn.
    """
    tiles = TILES[picture]
    drawn = [(letter, tiles[value]) for letter, value in options if value in tiles]
    if not drawn:
        raise ValueError(f"no drawing for the options of {picture}")
    columns = min(_COLUMNS, len(drawn)) if len(drawn) != 6 else 3
    rows = -(-len(drawn) // columns)
    step = _TILE + _GAP
    board = Image.new("RGB", (columns * step - _GAP, rows * step - _GAP), "#ffffff")
    for index, (letter, tile) in enumerate(drawn):
        shapes, window = tile()
        image = _lettered(raster.picture(shapes, window, _TILE, _TILE), letter)
        card = raster.rounded(image, 14)
        board.paste(card, (index % columns * step, index // columns * step), card)
    return raster.png(board)


def _lettered(image: Image.Image, letter: str) -> Image.Image:
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, 14 + _LETTER, 14 + _LETTER), fill=palette.HOLD)
    middle = (12 + _LETTER / 2, 12 + _LETTER / 2)
    font = ImageFont.load_default(size=24)
    draw.text(middle, letter, fill="#ffffff", font=font, anchor="mm")
    return image


# --- dressings ----------------------------------------------------------------------------------


def _dressing(*stains: Blob, around: Sequence[Blob] = ()) -> tuple[list[Shape], Window]:
    """A plaster on skin, 100 by 100 cm in the picture's own measure."""
    shapes: list[Shape] = [box(-20, -20, 120, 120, palette.SKIN, 1), *around]
    shapes.append(box(15, 25, 85, 75, palette.CLOTH_DARK, 9))
    shapes.append(box(16.5, 26.5, 83.5, 73.5, _BANDAGE, 8))
    shapes.append(box(29, 36, 71, 64, "#efece4", 5))
    shapes.extend(stains)
    return shapes, Window(0, 100, _TILE / 100, _TILE)


def _patch(fill: str, size: float = 1.0, alpha: float = 0.9) -> Blob:
    circles = ((42.0, 50.0, 9.0), (50.0, 52.0, 11.0), (58.0, 49.0, 8.0))
    return Blob(tuple((u, v, radius * size) for u, v, radius in circles), fill, alpha)


def _spots() -> Iterator[Blob]:
    for u, v, radius in ((41, 53, 2.6), (50, 46, 3.4), (57, 54, 2.2)):
        yield Blob(((u, v, radius),), _BLOOD, 0.85)


def _soaked() -> Iterator[Blob]:
    yield box(16.5, 26.5, 83.5, 73.5, _BLOOD, 8)
    for u, low in ((34, 12), (55, 6), (66, 16)):
        yield Blob(((u, 27, 2.4), (u, low, 3.2)), _DARK_BLOOD)


def _clear() -> Iterator[Blob]:
    yield _patch(palette.WATER, 1.35, 0.35)
    for u, low in ((40, 16), (58, 11)):
        yield Blob(((u, 25, 1.6), (u, low, 3.0)), palette.WATER, 0.7)


def _redness() -> tuple[Blob, ...]:
    """Redness that reaches well beyond the dressing, in rings that fade."""
    reach = ((44, 0.28), (37, 0.4), (30, 0.55))
    return tuple(Blob(((38, 50, r), (62, 50, r)), _REDNESS, alpha) for r, alpha in reach)


# --- people -------------------------------------------------------------------------------------


def _person(
    pose: Mapping[str, Any], props: Sequence[Mapping[str, Any]], window: tuple[float, float, float]
) -> tuple[list[Shape], Window]:
    """One figure at rest. `window`: left, top and breadth in cm."""
    data = {
        "id": "EX00",
        "view": "side",
        "seconds": 1.0,
        "poses": [{"at": 0.0, **pose}],
        "props": [{"kind": "floor"}, *props],
    }
    figure = Figure.model_validate(data)
    left, top, breadth = window
    return list(scene(figure, "right", 0.0)), Window(left, top, _TILE / breadth, _TILE)


_STANDING = {
    "place": [0, 88],
    "trunk": 3,
    "operated_leg": {"heel": [12, 0], "sole": 0},
    "other_leg": {"heel": [-20, 1], "sole": -8},
}
_UPRIGHT = (-92.0, 182.0, 190.0)


def _walking(hands: Mapping[str, Any], *props: Mapping[str, Any]) -> tuple[list[Shape], Window]:
    return _person({**_STANDING, **hands}, props, _UPRIGHT)


def _bent(heel: float, lifted: float = 0) -> tuple[list[Shape], Window]:
    """Sitting, the operated foot slid to `heel` cm and lifted; the other stands below its knee."""
    pose = {
        "place": [-46, 60],
        "trunk": -2,
        "operated_leg": {"heel": [heel, lifted], "sole": -4 * lifted},
        "other_leg": {"heel": [-8, 0], "sole": 0},
        "arms": {"shoulder": 18, "elbow": 50},
    }
    chair = {"kind": "chair", "at": [-18, 50], "width": 42, "height": 52}
    return _person(pose, [chair], (-110.0, 146.0, 158.0))


_CRUTCH_FRONT = {"kind": "crutch", "start": "operated_hand", "at": [34, 0]}
_CRUTCH_BACK = {"kind": "crutch", "start": "other_hand", "at": [58, 0], "layer": "back"}
_BOTH_HANDS = {"operated_arm": {"hand": [24, 84]}, "other_arm": {"hand": [43, 88]}}

TILES: Mapping[str, Mapping[str, Tile]] = {
    "wound": {
        "dry": _dressing,
        "spots": lambda: _dressing(*_spots()),
        "wet": lambda: _dressing(_patch(_BLOOD, 1.4)),
        "clear": lambda: _dressing(*_clear()),
        "soaked": lambda: _dressing(*_soaked()),
        "pus": lambda: _dressing(_patch(_PUS, 1.3), _patch("#9a8a24", 0.6)),
        "spreading": lambda: _dressing(around=_redness()),
    },
    "walking-aid": {
        "frame": lambda: _walking(
            {"operated_arm": {"hand": [30, 86]}, "other_arm": {"hand": [34, 86]}},
            {"kind": "walker", "at": [24, 0], "width": 46, "height": 84},
        ),
        "two": lambda: _walking(_BOTH_HANDS, _CRUTCH_BACK, _CRUTCH_FRONT),
        "one": lambda: _walking(
            {"other_arm": {"hand": [30, 84]}, "operated_arm": {"shoulder": -8, "elbow": 12}},
            {"kind": "stick", "start": "other_hand", "at": [36, 0], "layer": "back"},
        ),
        "none": lambda: _walking(
            {
                "operated_arm": {"shoulder": -16, "elbow": 16},
                "other_arm": {"shoulder": 18, "elbow": 18},
            }
        ),
    },
    "knee-bend": {
        "below-80": partial(_bent, 8),
        "80-90": partial(_bent, -3),
        "90-100": partial(_bent, -12),
        "100-up": partial(_bent, -32, 7),
    },
}
"""Option value to drawing, by the name of the picture. An option without a drawing has a button only."""
