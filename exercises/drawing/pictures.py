"""The finished pictures of a figure: the animation for a chat, the strip for page and paper."""

from __future__ import annotations

import hashlib
import json

from PIL import Image, ImageDraw

from exercises.drawing import palette, raster, vector
from exercises.drawing.figure import Figure
from exercises.drawing.framing import Window, aspect, window_for
from exercises.drawing.names import Side
from exercises.drawing.scene import moments, ring, scene, still_moments, whole_extent

WIDTH, HEIGHT = 360, 300
_STRIP_HEIGHT = 260
_GAP = 14


def animation(figure: Figure, side: Side) -> bytes:
    """Return an endless GIF of 360 x 300 pixels. `side` is the operated side of the body."""
    window = window_for(
        whole_extent(figure), WIDTH, HEIGHT, side == "left", figure.window is not None
    )
    times = moments(figure)
    frames = [
        raster.picture(
            [*scene(figure, side, time), *ring(figure, time, window, HEIGHT)],
            window,
            WIDTH,
            HEIGHT,
        )
        for time in times
    ]
    # A GIF counts in hundredths of a second.
    return raster.gif(frames, round(figure.seconds * 100 / len(times)) * 10)


def strip_image(figure: Figure, side: Side, frames: int, height: int) -> Image.Image:
    """Return still pictures side by side on one card, `height` pixels high."""
    window, width = _panel(figure, side, height)
    times = still_moments(figure, frames)
    gap = round(_GAP * height / _STRIP_HEIGHT)
    total = len(times) * width + (len(times) - 1) * gap
    board = Image.new("RGB", (total, height), palette.CARD)
    draw = ImageDraw.Draw(board)
    for index, time in enumerate(times):
        shapes = [*scene(figure, side, time), *ring(figure, time, window, height)]
        left = index * (width + gap)
        board.paste(raster.picture(shapes, window, width, height), (left, 0))
        if index:
            u, v, size = left - gap / 2 + 2, height / 2, 4 * height / _STRIP_HEIGHT
            corners = [(u - size, v - size * 1.6), (u, v), (u - size, v + size * 1.6)]
            draw.line(corners, fill=palette.CARD_EDGE, width=3, joint="curve")
    return raster.rounded(board, round(14 * height / _STRIP_HEIGHT))


def strip_png(figure: Figure, side: Side, frames: int = 3, height: int = 260) -> bytes:
    """Return still pictures side by side as PNG, `height` pixels high."""
    return raster.png(strip_image(figure, side, frames, height))


def strip_svg(figure: Figure, side: Side, frames: int = 3, title: str = "") -> str:
    """Return still pictures side by side as SVG, 260 pixels high; `title` is read aloud."""
    height = _STRIP_HEIGHT
    window, width = _panel(figure, side, height)
    times = still_moments(figure, frames)
    parts = []
    for index, time in enumerate(times):
        shapes = [*scene(figure, side, time), *ring(figure, time, window, height)]
        left = index * (width + _GAP)
        parts.append(vector.panel(shapes, window, left, width, height))
        if index:
            parts.append(vector.chevron(left - _GAP / 2 + 2, height / 2, 4))
    total = len(times) * width + (len(times) - 1) * _GAP
    return vector.document(parts, total, height, title)


def figure_hash(figure: Figure) -> str:
    """Return a SHA-256 that changes when the figure's data or the drawing style changes."""
    data = {"style": palette.STYLE_VERSION, "figure": figure.model_dump(mode="json")}
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _panel(figure: Figure, side: Side, height: int) -> tuple[Window, int]:
    extent = whole_extent(figure)
    width = round(height * aspect(extent))
    mirrored, exact = side == "left", figure.window is not None
    return window_for(extent, width, height, mirrored, exact), width
