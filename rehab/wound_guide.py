"""How to take a photo of the wound, drawn without a word: from above, 30 cm, daylight, a ruler, no face."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from rehab.settings import ROOT

GUIDE_VERSION = 1
"""Part of the picture's key: raise it whenever the picture would look different."""
WIDTH, HEIGHT = 900, 700
FINER = 2
"""Drawn so many times larger and then made smaller: smooth edges."""
PAPER, SKIN, SHADE = "#fbfaf6", "#e8b796", "#cf9a78"
INK, WOUND, SUN, SCREEN, RULER = "#25313c", "#a8423c", "#f2b632", "#cfe4f5", "#f6e7a9"
_FONT = ROOT / "rehab" / "fonts" / "NotoSans-Bold.ttf"


@cache
def wound_guide() -> bytes:
    """Return a PNG of 900 x 700; always the same bytes."""
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    pen = _Pen(ImageDraw.Draw(image))
    _sun(pen)
    _thigh(pen)
    _ruler(pen)
    _phone(pen)
    _distance(pen)
    _no_face(pen)
    made = BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(made, "PNG", optimize=True)
    return made.getvalue()


class _Pen:
    """Draws in the picture's own units."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def box(self, *at: float, fill: str, radius: float = 0, line: str | None = INK) -> None:
        self._draw.rounded_rectangle(
            _finer(at), radius * FINER, fill=fill, outline=line, width=4 * FINER
        )

    def disc(self, *at: float, fill: str | None, line: str | None = None, width: int = 4) -> None:
        self._draw.ellipse(_finer(at), fill=fill, outline=line, width=width * FINER)

    def line(self, *at: float, colour: str = INK, width: int = 4) -> None:
        self._draw.line(_finer(at), fill=colour, width=width * FINER, joint="curve")

    def arc(self, *at: float, start: float, end: float) -> None:
        self._draw.arc(_finer(at), start, end, fill=INK, width=4 * FINER)

    def words(self, x: float, y: float, words: str, size: int) -> None:
        font = ImageFont.truetype(_FONT, size * FINER)
        self._draw.text((x * FINER, y * FINER), words, fill=INK, font=font, anchor="lm")


def _finer(at: tuple[float, ...]) -> list[float]:
    return [value * FINER for value in at]


def _sun(pen: _Pen) -> None:
    pen.disc(70, 60, 170, 160, fill=SUN)
    for x, y in (
        (1, 0),
        (0.7, 0.7),
        (0, 1),
        (-0.7, 0.7),
        (-1, 0),
        (-0.7, -0.7),
        (0, -1),
        (0.7, -0.7),
    ):
        pen.line(120 + 65 * x, 110 + 65 * y, 120 + 92 * x, 110 + 92 * y, colour=SUN, width=9)


def _thigh(pen: _Pen) -> None:
    pen.box(-40, 500, 940, 660, fill=SKIN, radius=70, line=SHADE)
    pen.line(380, 580, 520, 580, colour=WOUND, width=9)
    for x in range(390, 521, 24):
        pen.line(x, 566, x, 594, colour=WOUND, width=4)


def _ruler(pen: _Pen) -> None:
    pen.box(350, 618, 550, 648, fill=RULER)
    for number, x in enumerate(range(362, 545, 12)):
        pen.line(x, 618, x, 634 if number % 5 == 0 else 627, width=2)
    pen.disc(570, 552, 626, 608, fill="#d9c27a", line=INK)


def _phone(pen: _Pen) -> None:
    pen.box(340, 190, 560, 222, fill=INK, radius=12)
    pen.disc(438, 216, 462, 236, fill=SCREEN, line=INK)
    for x in (350, 550):
        for step in range(5):
            y = 236 + step * 54
            pen.line(450 + (x - 450) * (0.1 + 0.16 * step), y,
                     450 + (x - 450) * (0.18 + 0.16 * step), y + 28, colour="#9fb3c4", width=3)  # fmt: skip


def _distance(pen: _Pen) -> None:
    pen.line(640, 222, 640, 560)
    for tip, away in ((222, 1), (560, -1)):
        pen.line(626, tip + 20 * away, 640, tip, 654, tip + 20 * away)
    pen.words(662, 390, "30 cm", 44)


def _no_face(pen: _Pen) -> None:
    pen.disc(740, 60, 840, 160, fill=SKIN, line=INK)
    for x in (768, 804):
        pen.disc(x, 94, x + 9, 105, fill=INK)
    pen.arc(766, 96, 814, 138, start=20, end=160)
    pen.disc(722, 42, 858, 178, fill=None, line="#c0392b", width=10)
    pen.line(742, 62, 838, 158, colour="#c0392b", width=10)
