"""From space to the picture and back: the axes of each view."""

from __future__ import annotations

from exercises.drawing.names import View

Flat = tuple[float, float]


def to_space(view: View, u: float, v: float, d: float) -> tuple[float, float, float]:
    """Return the place in space (cm) of a place in the picture: right, up and towards the viewer."""
    if view == "side":
        return u, v, d
    if view == "front":
        return d, v, -u
    if view == "back":
        return -d, v, u
    return u, d, -v


def to_picture(view: View, point: object) -> tuple[float, float, float]:
    """Return right, up and depth towards the viewer (cm) of a point in space."""
    x, y, z = (float(number) for number in point)  # type: ignore[attr-defined]
    if view == "side":
        return x, y, z
    if view == "front":
        return -z, y, x
    if view == "back":
        return z, y, -x
    return x, -z, y
