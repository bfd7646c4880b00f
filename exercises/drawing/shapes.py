"""The three shapes every picture is made of. Places and sizes are centimetres in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import cos, pi, sin

from exercises.drawing.camera import Flat

Round = tuple[float, float, float]
"""A circle: right, up, radius."""


@dataclass(frozen=True)
class Blob:
    """The tight skin around one or more circles: a ball, a tapered limb, a torso."""

    circles: tuple[Round, ...]
    fill: str
    alpha: float = 1.0
    fit: bool = True
    """Whether the picture is made large enough to show this shape."""

    def grown(self, by: float, fill: str, alpha: float = 1.0) -> Blob:
        """Return the same shape, `by` cm larger on all sides, in another colour."""
        circles = tuple((u, v, radius + by) for u, v, radius in self.circles)
        return replace(self, circles=circles, fill=fill, alpha=alpha)


@dataclass(frozen=True)
class Area:
    """A filled polygon."""

    points: tuple[Flat, ...]
    fill: str
    alpha: float = 1.0
    fit: bool = True


@dataclass(frozen=True)
class Line:
    """A stroke with round ends and corners."""

    points: tuple[Flat, ...]
    width: float
    fill: str
    alpha: float = 1.0
    fit: bool = True


Shape = Blob | Area | Line


def box(left: float, bottom: float, right: float, top: float, fill: str, soft: float = 2) -> Blob:
    """Return a rectangle with rounded corners of radius `soft`."""
    soft = min(soft, (right - left) / 2, (top - bottom) / 2)
    inner: tuple[Flat, ...] = ((left + soft, bottom + soft), (right - soft, bottom + soft))
    inner += ((right - soft, top - soft), (left + soft, top - soft))
    return Blob(tuple((u, v, soft) for u, v in inner), fill)


def outline(blob: Blob, steps: int = 40) -> list[Flat]:
    """Return the corners of a blob's skin, each circle taken as `steps` points."""
    cloud = [
        (u + radius * cos(2 * pi * step / steps), v + radius * sin(2 * pi * step / steps))
        for u, v, radius in blob.circles
        for step in range(steps)
    ]
    return hull(cloud)


def hull(points: Iterable[Flat]) -> list[Flat]:
    """Return the convex hull, anticlockwise."""
    ordered = sorted(set(points))
    return [*_chain(ordered)][:-1] + [*_chain(ordered[::-1])][:-1]


def extent(shapes: Iterable[Shape]) -> tuple[float, float, float, float] | None:
    """Return left, bottom, right and top of all shapes that want to be seen whole."""
    corners = [corner for shape in shapes if shape.fit for corner in _corners(shape)]
    if not corners:
        return None
    us, vs = [u for u, _ in corners], [v for _, v in corners]
    return min(us), min(vs), max(us), max(vs)


def _corners(shape: Shape) -> Iterator[Flat]:
    if isinstance(shape, Blob):
        for u, v, radius in shape.circles:
            yield u - radius, v - radius
            yield u + radius, v + radius
    else:
        margin = shape.width / 2 if isinstance(shape, Line) else 0.0
        for u, v in shape.points:
            yield u - margin, v - margin
            yield u + margin, v + margin


def _chain(points: list[Flat]) -> list[Flat]:
    chain: list[Flat] = []
    for point in points:
        while len(chain) > 1 and _turns_right(chain[-2], chain[-1], point):
            chain.pop()
        chain.append(point)
    return chain


def _turns_right(a: Flat, b: Flat, c: Flat) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0
