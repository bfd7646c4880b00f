"""Shapes become pixels: antialiased by drawing larger and scaling down, and looping GIFs."""

from __future__ import annotations

import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

from exercises.drawing import palette
from exercises.drawing.camera import Flat
from exercises.drawing.framing import Window
from exercises.drawing.shapes import Area, Blob, Shape, outline

_SCALE = 3
_COLOURS = 32


def picture(shapes: Iterable[Shape], window: Window, width: int, height: int) -> Image.Image:
    """Return one opaque picture of `width` x `height` pixels on the card colour."""
    image = Image.new("RGB", (width * _SCALE, height * _SCALE), palette.CARD)
    draw = ImageDraw.Draw(image, "RGBA")
    for shape in shapes:
        _paint(draw, shape, window, _SCALE)
    return image.resize((width, height), Image.Resampling.BOX)


def rounded(image: Image.Image, radius: int) -> Image.Image:
    """Return the picture as a card: rounded corners, clear outside, with a fine edge."""
    large = (image.width * _SCALE, image.height * _SCALE)
    frame = (0, 0, large[0] - 1, large[1] - 1)
    mask = Image.new("L", large, 0)
    ImageDraw.Draw(mask).rounded_rectangle(frame, radius * _SCALE, fill=255)
    edge = Image.new("L", large, 0)
    ImageDraw.Draw(edge).rounded_rectangle(frame, radius * _SCALE, outline=255, width=_SCALE)
    image = image.copy()
    small = edge.resize(image.size, Image.Resampling.BOX)
    image.paste(palette.CARD_EDGE, (0, 0, image.width, image.height), small)
    card = Image.new("RGBA", image.size, (0, 0, 0, 0))
    card.paste(image, (0, 0))
    card.putalpha(mask.resize(image.size, Image.Resampling.BOX))
    return card


def gif(frames: list[Image.Image], milliseconds: int) -> bytes:
    """Return an endless GIF. All frames share one palette, so only what moves is stored."""
    shared = _palette_of(frames)
    plain = [frame.quantize(palette=shared, dither=Image.Dither.NONE) for frame in frames]
    out = io.BytesIO()
    plain[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=plain[1:],
        duration=milliseconds,
        loop=0,
        optimize=False,
        disposal=1,
    )
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    """Return the picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _palette_of(frames: list[Image.Image]) -> Image.Image:
    chosen = frames[:: max(1, len(frames) // 8)]
    width, height = chosen[0].size
    board = Image.new("RGB", (width, height * len(chosen)))
    for index, frame in enumerate(chosen):
        board.paste(frame, (0, index * height))
    return board.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _paint(draw: ImageDraw.ImageDraw, shape: Shape, window: Window, scale: float) -> None:
    fill = _rgba(shape.fill, shape.alpha)

    def pixels(points: Iterable[Flat]) -> list[Flat]:
        return [(u * scale, v * scale) for u, v in (window.to_pixels(point) for point in points)]

    if isinstance(shape, Area):
        draw.polygon(pixels(shape.points), fill=fill)
    elif isinstance(shape, Blob):
        draw.polygon(pixels(outline(shape)), fill=fill)
    else:
        width = shape.width * window.scale * scale
        path = pixels(shape.points)
        draw.line(path, fill=fill, width=max(1, round(width)), joint="curve")
        for u, v in (path[0], path[-1]):
            half = width / 2
            draw.ellipse((u - half, v - half, u + half, v + half), fill=fill)


def _rgba(colour: str, alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue, round(255 * alpha)
