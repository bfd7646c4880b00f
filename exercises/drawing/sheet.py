"""All figures on one picture, to look them over."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont

from exercises.drawing import raster
from exercises.drawing.figure import Figure
from exercises.drawing.names import Side
from exercises.drawing.pictures import strip_image

_COLUMNS = 3
_CELL = (600, 236)


def contact_sheet(figures: Mapping[str, Figure], names: Mapping[str, str]) -> bytes:
    """Return a PNG with every figure's strip, its id and its name (from `names`, by id)."""
    rows = max(1, -(-len(figures) // _COLUMNS))
    board = Image.new("RGB", (_COLUMNS * _CELL[0], rows * _CELL[1]), "#ffffff")
    draw = ImageDraw.Draw(board)
    font = ImageFont.load_default(size=17)
    for index, (figure_id, figure) in enumerate(sorted(figures.items())):
        left, top = index % _COLUMNS * _CELL[0], index // _COLUMNS * _CELL[1]
        side: Side = "none" if figure.operated == "none" else "right"
        strip = strip_image(figure, side, 3, 200)
        strip.thumbnail((_CELL[0] - 12, 200))
        board.paste(strip, (left + 6, top + 6), strip)
        text = f"{figure_id}  {names.get(figure_id, '')}"
        draw.text((left + 10, top + 209), text, fill="#22303f", font=font)
    return raster.png(board)
