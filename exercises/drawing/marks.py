"""Signs over the picture: movement arrows and the ring that empties while a pose is held."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, hypot, pi, sin

from exercises.drawing import palette
from exercises.drawing.camera import Flat, to_picture
from exercises.drawing.figure import Arrow, Figure
from exercises.drawing.shapes import Area, Blob, Line, Shape
from exercises.drawing.skeleton import Skeleton

_WIDTH = 2.6
_HEAD = 7.5


def arrows(figure: Figure, points: Skeleton, time: float) -> Iterator[Shape]:
    """Return the arrows seen at a time."""
    for arrow in figure.arrows:
        if arrow.show is None or arrow.show[0] <= time <= arrow.show[1]:
            yield from _arrow(figure, arrow, points)


def hold_share(figure: Figure, time: float) -> float | None:
    """Return how much of a hold is still to come (1 to 0), or None when nothing is held."""
    for pose in figure.poses:
        if pose.hold >= 0.5 and pose.at <= time < pose.at + pose.hold:
            return 1 - (time - pose.at) / pose.hold
    return None


def hold_ring(centre: Flat, radius: float, share: float) -> Iterator[Shape]:
    """Return a ring of which `share` (0 to 1) is still full, emptying clockwise."""
    yield Line(_arc(centre, radius, 1.0), radius * 0.42, palette.HOLD_REST, fit=False)
    if share > 0.02:
        yield Line(_arc(centre, radius, share), radius * 0.42, palette.HOLD, fit=False)
    for offset in (-0.24, 0.24):
        u = centre[0] + offset * radius
        bar = ((u, centre[1] - 0.3 * radius), (u, centre[1] + 0.3 * radius))
        yield Line(bar, radius * 0.24, palette.HOLD, fit=False)


def _arc(centre: Flat, radius: float, share: float) -> tuple[Flat, ...]:
    steps = max(2, round(48 * share))
    angles = [pi / 2 + 2 * pi * share * step / steps for step in range(steps + 1)]
    return tuple((centre[0] + radius * cos(a), centre[1] + radius * sin(a)) for a in angles)


def _arrow(figure: Figure, arrow: Arrow, points: Skeleton) -> Iterator[Shape]:
    base = to_picture(figure.view, points[arrow.on])[:2] if arrow.on else (0.0, 0.0)
    start = (arrow.start[0] + base[0], arrow.start[1] + base[1])
    end = (arrow.end[0] + base[0], arrow.end[1] + base[1])
    du, dv = end[0] - start[0], end[1] - start[1]
    length = hypot(du, dv) or 1.0
    middle = (
        (start[0] + end[0]) / 2 - dv / length * 2 * arrow.bend,
        (start[1] + end[1]) / 2 + du / length * 2 * arrow.bend,
    )
    curve = [_bezier(start, middle, end, step / 16) for step in range(17)]
    line = _cut(curve, _HEAD * 0.8)
    if arrow.two_headed:
        line = _cut(line[::-1], _HEAD * 0.8)[::-1]
    heads = [_head(line[-1], end)]
    if arrow.two_headed:
        heads.append(_head(line[0], start))
    yield Line(tuple(line), _WIDTH + 2.4, palette.CARD)
    for head in heads:
        yield Blob(tuple((u, v, 1.6) for u, v in head), palette.CARD)
    yield Line(tuple(line), _WIDTH, palette.ARROW)
    for head in heads:
        yield Area(head, palette.ARROW)


def _bezier(start: Flat, middle: Flat, end: Flat, t: float) -> Flat:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
    return (
        a * start[0] + b * middle[0] + c * end[0],
        a * start[1] + b * middle[1] + c * end[1],
    )


def _cut(curve: list[Flat], length: float) -> list[Flat]:
    """Return the curve without its last `length` cm, where the head goes."""
    tip = curve[-1]
    kept = [point for point in curve if hypot(point[0] - tip[0], point[1] - tip[1]) > length]
    return kept if len(kept) > 1 else curve[:2]


def _head(base: Flat, tip: Flat) -> tuple[Flat, Flat, Flat]:
    du, dv = tip[0] - base[0], tip[1] - base[1]
    length = hypot(du, dv) or 1.0
    du, dv = du / length, dv / length
    back = (tip[0] - du * _HEAD, tip[1] - dv * _HEAD)
    half = _HEAD * 0.55
    return (
        tip,
        (back[0] - dv * half, back[1] + du * half),
        (back[0] + dv * half, back[1] - du * half),
    )
