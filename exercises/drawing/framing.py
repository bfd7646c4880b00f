"""Which part of the world a picture shows, and where that lands in pixels."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.drawing.camera import Flat

_MOST = 2.1
"""Pixels per cm at a height of 300: a seated person is not drawn larger than a standing one."""
_MARGIN = 7.0


@dataclass(frozen=True)
class Window:
    """A view of the world. `scale` is pixels per cm; `left` and `top` are at the pixel origin."""

    left: float
    top: float
    scale: float
    width: int
    mirrored: bool = False

    def to_pixels(self, point: Flat) -> Flat:
        """Return right and down in pixels of a place in the picture."""
        across = (point[0] - self.left) * self.scale
        return (self.width - across if self.mirrored else across), (
            self.top - point[1]
        ) * self.scale

    def corner(self, height: int, inset: float) -> Flat:
        """Return the place `inset` pixels inside the top right corner (before mirroring)."""
        return self.left + (self.width - inset) / self.scale, self.top - inset / self.scale


def window_for(
    extent: tuple[float, float, float, float],
    width: int,
    height: int,
    mirrored: bool,
    exact: bool = False,
) -> Window:
    """Return the window that shows `extent` (left, bottom, right, top in cm), centred."""
    left, bottom, right, top = extent
    margin = 0.0 if exact else _MARGIN
    scale = min(width / (right - left + 2 * margin), height / (top - bottom + 2 * margin))
    if not exact:
        scale = min(scale, _MOST * height / 300)
    centre = (left + right) / 2
    # What is low stays near the bottom: the ground is then at a like height in all figures.
    spare = height / scale - (top - bottom)
    upper = top + (spare / 2 if exact else max(margin, spare * 0.5))
    return Window(centre - width / scale / 2, upper, scale, width, mirrored)


def aspect(extent: tuple[float, float, float, float]) -> float:
    """Return width by height of a picture that suits this extent, never extreme."""
    left, bottom, right, top = extent
    shape = (right - left + 2 * _MARGIN) / (top - bottom + 2 * _MARGIN)
    return max(0.62, min(1.55, shape))
