"""Rotations in a limb's own frame (forward, up, outward), and the bend of a two-bone limb."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def flexed(degrees: float) -> Matrix:
    """Turn forward to up about the outward axis."""
    c, s = _cos_sin(degrees)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def spread(degrees: float) -> Matrix:
    """Turn down to outward about the forward axis."""
    c, s = _cos_sin(degrees)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])


def twisted(degrees: float) -> Matrix:
    """Turn forward to outward about the up axis."""
    c, s = _cos_sin(degrees)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def two_bones(
    root: Vector, goal: Vector, upper: float, lower: float, pole: Vector
) -> tuple[Vector, Vector]:
    """Return the middle joint and the end. An end out of reach is brought onto the reach.

    Places and lengths in cm; the middle joint bends to the side of the direction `pole`.
    """
    way = goal - root
    distance = float(np.linalg.norm(way)) or 1e-6
    along = way / distance
    distance = float(np.clip(distance, abs(upper - lower) + 0.1, upper + lower - 0.01))
    side = pole - along * float(pole @ along)
    side = side / (float(np.linalg.norm(side)) or 1.0)
    share = (upper**2 - lower**2 + distance**2) / (2 * distance)
    offset = float(np.sqrt(max(0.0, upper**2 - share**2)))
    return root + along * share + side * offset, root + along * distance


def _cos_sin(degrees: float) -> tuple[float, float]:
    angle = np.radians(degrees)
    return float(np.cos(angle)), float(np.sin(angle))
