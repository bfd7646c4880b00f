"""A timer for the chat that needs no reading: a ring fills while holding, and empties while resting.

The ring is orange, as the working leg of the figures, while the patient holds, and teal while they
let go. A dot fills for each repetition that is done. It repeats for ever.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, pi, sin

from PIL import Image, ImageDraw

from exercises.drawing import palette

SIZE = 240
LONGEST_SECONDS = 120
MOST_REPS = 15
"""More dots are too small to count, and each turn of the colour costs a whole picture."""
_FRAME_SECONDS = 0.25
_MOST_FRAMES = 280
"""A long timer has slower frames, so that its file stays small."""
_SCALE = 3
_EDGE = 18
_RING = 22
_TRACK = palette.CARD_EDGE
_HOLD = palette.ACCENT
_REST = palette.ARROW
_SHADES = 4
"""Steps between two colours that meet, for smooth edges."""


@dataclass(frozen=True)
class _Moment:
    filled: float
    """0 to 1 of the ring."""
    is_hold: bool
    done: int
    """Repetitions that are over."""
    milliseconds: int


def timer(hold_seconds: int, rest_seconds: int, reps: int) -> bytes:
    """Return an endless GIF of 240 x 240 pixels: `reps` times holding, then resting.

    Raises ValueError when there is nothing to hold, it takes longer than LONGEST_SECONDS, or there
    are more than MOST_REPS.
    """
    total = (hold_seconds + rest_seconds) * reps
    if hold_seconds < 1 or rest_seconds < 0 or not 1 <= reps <= MOST_REPS:
        raise ValueError(f"{hold_seconds} s, {rest_seconds} s and {reps} times make no timer")
    if total > LONGEST_SECONDS:
        raise ValueError(f"a timer shows at most {LONGEST_SECONDS} s, not {total} s")
    step = max(_FRAME_SECONDS, ceil(100 * total / _MOST_FRAMES) / 100)
    colours = _palette()
    moments = list(_moments(hold_seconds, rest_seconds, reps, step))
    frames = [
        _frame(moment, reps).quantize(palette=colours, dither=Image.Dither.NONE)
        for moment in moments
    ]
    out = io.BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[moment.milliseconds for moment in moments],
        loop=0,
        optimize=False,
        disposal=1,
    )
    return out.getvalue()


def _moments(hold: int, rest: int, reps: int, step: float) -> Iterator[_Moment]:
    for rep in range(reps):
        for filled, milliseconds in _fractions(hold, step):
            yield _Moment(filled, True, rep, milliseconds)
        for filled, milliseconds in _fractions(rest, step):
            yield _Moment(1 - filled, False, rep + 1, milliseconds)


def _fractions(seconds: int, step: float) -> Iterator[tuple[float, int]]:
    """How far it is, and for how long it is shown: together exactly `seconds`."""
    count = ceil(seconds / step)
    ends = [round(number * seconds * 100 / max(count, 1)) * 10 for number in range(count + 1)]
    for number in range(1, count + 1):
        yield number / count, ends[number] - ends[number - 1]


def _frame(moment: _Moment, reps: int) -> Image.Image:
    large = SIZE * _SCALE
    image = Image.new("RGB", (large, large), palette.CARD)
    draw = ImageDraw.Draw(image)
    edge, width = _EDGE * _SCALE, _RING * _SCALE
    box = (edge, edge, large - edge, large - edge)
    draw.arc(box, 0, 360, fill=_TRACK, width=width)
    colour = _HOLD if moment.is_hold else _REST
    if moment.filled > 0:
        draw.arc(box, -90, -90 + 360 * moment.filled, fill=colour, width=width)
        _round_ends(draw, moment.filled, colour)
    if reps > 1:
        for place, centre in enumerate(_dots(reps)):
            filled = _HOLD if place < moment.done else _TRACK
            _dot(draw, centre, _dot_size(reps), filled)
    return image.resize((SIZE, SIZE), Image.Resampling.BOX)


def _round_ends(draw: ImageDraw.ImageDraw, filled: float, colour: str) -> None:
    radius = SIZE / 2 - _EDGE - _RING / 2
    for angle in (0.0, 2 * pi * filled):
        centre = SIZE / 2 + radius * sin(angle), SIZE / 2 - radius * cos(angle)
        _dot(draw, centre, _RING / 2, colour)


def _dot(
    draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: str
) -> None:
    u, v = centre
    corners = (u - radius, v - radius, u + radius, v + radius)
    draw.ellipse([corner * _SCALE for corner in corners], fill=colour)


def _dots(reps: int) -> Iterator[tuple[float, float]]:
    """The middle of each dot, in rows, centred in the ring."""
    columns = _columns(reps)
    rows = ceil(reps / columns)
    gap = _dot_size(reps) * 2.9
    for place in range(reps):
        row, column = divmod(place, columns)
        in_row = min(columns, reps - row * columns)
        u = SIZE / 2 + (column - (in_row - 1) / 2) * gap
        v = SIZE / 2 + (row - (rows - 1) / 2) * gap
        yield u, v


def _columns(reps: int) -> int:
    return min(reps, 5)


def _dot_size(reps: int) -> float:
    return 9.0 if reps <= 10 else 7.0


def _palette() -> Image.Image:
    """The few colours of a timer and the shades where two of them meet."""
    plain = [palette.CARD, _TRACK, _HOLD, _REST]
    pairs = [(a, b) for number, a in enumerate(plain) for b in plain[number + 1 :]]
    colours = [
        _between(first, second, step / _SHADES)
        for first, second in pairs
        for step in range(_SHADES + 1)
    ]
    board = Image.new("P", (1, 1))
    flat = [part for colour in dict.fromkeys(colours) for part in colour]
    board.putpalette(flat)
    return board


def _between(first: str, second: str, share: float) -> tuple[int, int, int]:
    a, b = _rgb(first), _rgb(second)
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue
