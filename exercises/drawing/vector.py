"""Shapes become SVG: plain elements with presentation attributes, safe under a strict CSP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from exercises.drawing import palette
from exercises.drawing.camera import Flat
from exercises.drawing.framing import Window
from exercises.drawing.shapes import Area, Blob, Shape, outline


def document(panels: Iterable[str], width: int, height: int, title: str, radius: int = 14) -> str:
    """Return a whole SVG: the card, and the panels on it. Sizes in pixels."""
    heading = f"<title>{escape(title)}</title>" if title else ""
    label = f' aria-label="{escape(title, {chr(34): "&quot;"})}"' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img"{label} '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{heading}'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="{radius}" '
        f'fill="{palette.CARD}" stroke="{palette.CARD_EDGE}"/>'
        f"{''.join(panels)}</svg>"
    )


def panel(shapes: Iterable[Shape], window: Window, left: float, width: int, height: int) -> str:
    """Return one picture as a nested `svg` element, which clips what lies outside it."""
    return (
        f'<svg x="{left:g}" y="1" width="{width}" height="{height - 2}" overflow="hidden" '
        f'viewBox="0 1 {width} {height - 2}">{"".join(_elements(shapes, window))}</svg>'
    )


def chevron(u: float, v: float, size: float) -> str:
    """Return a small sign that leads from one picture to the next."""
    return (
        f'<path d="M{u - size:g} {v - size * 1.6:g}L{u:g} {v:g}L{u - size:g} {v + size * 1.6:g}" '
        f'fill="none" stroke="{palette.CARD_EDGE}" stroke-width="3" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    )


def _elements(shapes: Iterable[Shape], window: Window) -> Iterator[str]:
    for shape in shapes:
        alpha = f' opacity="{shape.alpha:.2g}"' if shape.alpha < 1 else ""
        if isinstance(shape, Blob) and len(shape.circles) == 1:
            u, v, radius = shape.circles[0]
            x, y = window.to_pixels((u, v))
            size = radius * window.scale
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{shape.fill}"{alpha}/>'
        elif isinstance(shape, Blob):
            yield f'<path d="{_path(outline(shape, 28), window)}Z" fill="{shape.fill}"{alpha}/>'
        elif isinstance(shape, Area):
            yield f'<path d="{_path(shape.points, window)}Z" fill="{shape.fill}"{alpha}/>'
        else:
            yield (
                f'<path d="{_path(shape.points, window)}" fill="none" stroke="{shape.fill}" '
                f'stroke-width="{shape.width * window.scale:.1f}" stroke-linecap="round" '
                f'stroke-linejoin="round"{alpha}/>'
            )


def _path(points: Iterable[Flat], window: Window) -> str:
    places = (window.to_pixels(point) for point in points)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
