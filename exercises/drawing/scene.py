"""One moment of a figure as shapes, and the moments and the frame a picture needs."""

from __future__ import annotations

from exercises.drawing.body import body
from exercises.drawing.figure import Figure
from exercises.drawing.framing import Window
from exercises.drawing.glow import glows
from exercises.drawing.marks import arrows, hold_ring, hold_share
from exercises.drawing.names import Side
from exercises.drawing.props import props
from exercises.drawing.shapes import Shape, extent
from exercises.drawing.skeleton import skeleton
from exercises.drawing.timeline import values_at

FRAMES_PER_SECOND = 11.2


def scene(figure: Figure, side: Side, time: float) -> list[Shape]:
    """Return everything seen at a time in seconds, in painting order, for the right side."""
    points = skeleton(figure, values_at(figure, time))
    behind, before = props(figure, points, time)
    return [
        *behind,
        *body(figure, points, side),
        *glows(figure, points, time),
        *before,
        *arrows(figure, points, time),
    ]


def ring(figure: Figure, time: float, window: Window, height: int) -> list[Shape]:
    """Return the sign of a hold in the top corner of the picture, when something is held."""
    share = hold_share(figure, time)
    if share is None:
        return []
    size = height * 0.05
    return list(hold_ring(window.corner(height, size * 2.0), size / window.scale, share))


def moments(figure: Figure) -> list[float]:
    """Return the times of all animation frames."""
    count = max(12, round(figure.seconds * FRAMES_PER_SECOND))
    return [figure.seconds * number / count for number in range(count)]


def still_moments(figure: Figure, frames: int) -> list[float]:
    """Return `frames` times for still pictures: the chosen ones, or the poses."""
    chosen = list(figure.strip) or [pose.at + pose.hold / 2 for pose in figure.poses]
    if len(chosen) < frames:
        gap = figure.seconds / frames
        chosen = chosen if len(chosen) > 1 else [gap * number for number in range(frames)]
    if len(chosen) <= frames or frames == 1:
        return chosen[:frames]
    last = len(chosen) - 1
    return [chosen[round(number * last / (frames - 1))] for number in range(frames)]


def whole_extent(figure: Figure) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top (cm) of all that is seen during the movement."""
    if figure.window:
        left, bottom, right, top = figure.window
        return left, bottom, right, top
    times = moments(figure)[::4]
    found = [extent(scene(figure, "right", time)) for time in times]
    known = [part for part in found if part]
    return (
        min(part[0] for part in known),
        min(part[1] for part in known),
        max(part[2] for part in known),
        max(part[3] for part in known),
    )
