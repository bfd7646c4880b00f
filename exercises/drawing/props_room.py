"""What a prop knows about the picture it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin

from exercises.drawing.camera import Flat
from exercises.drawing.names import View


@dataclass(frozen=True)
class Room:
    """A moment of the picture. Places are cm in the picture, the floor lies at height 0."""

    at: Flat
    """Where the prop is now, its path and the body point it hangs on already counted in."""
    points: Mapping[str, Flat]
    view: View
    time: float
    seconds: float


def turned(centre: Flat, offset: Flat, degrees: float) -> Flat:
    """Return `centre` plus `offset` turned anticlockwise."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return centre[0] + offset[0] * c - offset[1] * s, centre[1] + offset[0] * s + offset[1] * c
