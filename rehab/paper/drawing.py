"""Draws a sheet as PDF: A4, large print, dark on white, every font carried along."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from io import BytesIO

import segno
from fpdf import XPos, YPos

from rehab.paper.layout import BODY, GAP, Block, Part, Picture, Ticks, Words, blocks_of, pages_of
from rehab.paper.measuring import (
    BETWEEN,
    FOOT,
    FOOT_POINTS,
    HEIGHT,
    INDENT,
    MARGIN,
    PADDING,
    ROOM,
    SQUARE,
    TICK,
    TICK_LINE,
    WIDTH,
    Document,
    Ruler,
)
from rehab.paper.sheet import Frame, Sheet

Colour = tuple[int, int, int]
INK: Colour = (17, 17, 17)
DANGER: Colour = (160, 0, 24)
FRAMES: Mapping[Frame, tuple[Colour, Colour, float]] = {
    # Edge, ground, thickness. Edges differ in thickness too: the paper may be printed in grey.
    "emergency": (DANGER, (253, 236, 236), 1.4),
    "same_day": ((138, 90, 0), (255, 246, 224), 0.9),
    "care": ((11, 79, 138), (234, 242, 250), 0.5),
    "plain": ((150, 158, 166), (255, 255, 255), 0.3),
}


def draw(sheet: Sheet, pictures: Mapping[str, bytes]) -> bytes:
    """Return the PDF. `pictures` are PNG or JPEG by the keys the exercises name; one that is
    missing is left out."""
    with closing(_Pen(sheet, pictures)) as pen:
        pages = pages_of(blocks_of(sheet), pen.ruler.block_height, ROOM)
        for number, blocks in enumerate(pages, start=1):
            pen.page(blocks, number, len(pages))
        return bytes(pen.paper.output())


class _Pen:
    def __init__(self, sheet: Sheet, pictures: Mapping[str, bytes]) -> None:
        self.sheet, self.pictures = sheet, pictures
        self.paper, self.ruler = Document(sheet), Ruler(sheet, pictures)

    def close(self) -> None:
        self.paper.let_go()
        self.ruler.close()

    def page(self, blocks: list[Block], number: int, of: int) -> None:
        if number > 1:
            self.paper.add_page()
        y = MARGIN
        for block in blocks:
            self._block(block, y)
            y += self.ruler.block_height(block) + GAP
        self._foot(number, of)

    def _block(self, block: Block, y: float) -> None:
        x, width = MARGIN + PADDING, self.ruler.inner_width(block)
        if block.leaves_room_for_square:
            self._square(y)
            x = MARGIN
        else:
            self._frame(block.frame, y, self.ruler.block_height(block))
            y += PADDING
        for part in block.parts:
            self._part(part, x, y, width)
            y += self.ruler.part_height(part, width) + BETWEEN

    def _foot(self, page: int, pages: int) -> None:
        """What waits for a check, the versions, and which page this is."""
        y = HEIGHT - MARGIN - FOOT + PADDING
        counted = self.sheet.page.format(page=page, pages=pages)
        for line in (*self.sheet.notes, f"{self.sheet.footer} · {counted}"):
            note = Words(line, FOOT_POINTS, bold=line in self.sheet.notes)
            self._words(note, MARGIN, y, WIDTH - 2 * MARGIN)
            y += self.paper.line_height(FOOT_POINTS)

    def _frame(self, frame: Frame, y: float, height: float) -> None:
        edge, ground, thickness = FRAMES[frame]
        self.paper.set_draw_color(*edge)
        self.paper.set_fill_color(*ground)
        self.paper.set_line_width(thickness)
        width = WIDTH - 2 * MARGIN
        self.paper.rect(MARGIN, y, width, height, "DF", round_corners=True, corner_radius=2)

    def _part(self, part: Part, x: float, y: float, width: float) -> None:
        if isinstance(part, Words):
            self._words(part, x, y, width)
        elif isinstance(part, Picture):
            self._picture(part, x, y, width)
        else:
            self._ticks(part, x, y, width)

    def _words(self, words: Words, x: float, y: float, width: float) -> None:
        line, indent = self.paper.line_height(words.points), 0.0
        if words.is_item:
            indent = INDENT
            self.paper.set_fill_color(*INK)
            self.paper.rect(x + 1, y + line / 2 - 1.2, 2.4, 2.4, "F")
        self.paper.use(words.points, bold=words.bold)
        self.paper.set_text_color(*(DANGER if words.is_danger else INK))
        self.paper.set_xy(x + indent, y)
        self.paper.multi_cell(
            width - indent, line, words.text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def _picture(self, picture: Picture, x: float, y: float, width: float) -> None:
        content = self.pictures.get(picture.key)
        if content is not None:
            wide, high = self.ruler.picture_size(picture, width)
            self.paper.image(BytesIO(content), x, y, wide, high, alt_text=picture.words)

    def _ticks(self, ticks: Ticks, x: float, y: float, width: float) -> None:
        step = width / 7
        self.paper.set_draw_color(*INK)
        self.paper.set_text_color(*INK)
        self.paper.use(BODY)
        for number, tick in enumerate(ticks.days):
            left = x + number * step
            for row, label in enumerate((tick.weekday, tick.day)):
                self.paper.set_xy(left, y + row * TICK_LINE)
                self.paper.cell(step, TICK_LINE, label, align="C")
            self._tick(left + step / 2, y + 2 * TICK_LINE, is_planned=tick.is_planned)

    def _tick(self, middle: float, top: float, *, is_planned: bool) -> None:
        if is_planned:
            self.paper.set_line_width(0.7)
            self.paper.rect(middle - TICK / 2, top, TICK, TICK)
        else:
            self.paper.set_line_width(0.4)
            self.paper.line(middle - 2, top + TICK / 2, middle + 2, top + TICK / 2)

    def _square(self, y: float) -> None:
        """The QR code as rectangles: sharp at any size, and no picture to keep."""
        matrix = segno.make(self.sheet.chat_link, error="m", micro=False).matrix
        size, left = SQUARE / len(matrix), WIDTH - MARGIN - SQUARE
        self.paper.set_fill_color(0, 0, 0)
        for row, modules in enumerate(matrix):
            for column, is_dark in enumerate(modules):
                if is_dark:
                    # A hair wider, so that no printer leaves white lines between them.
                    place = (left + column * size, y + row * size)
                    self.paper.rect(*place, size + 0.02, size + 0.02, "F")
        self.paper.use(FOOT_POINTS)
        self.paper.set_text_color(*INK)
        self.paper.set_xy(left - PADDING, y + SQUARE + 1)
        line = self.paper.line_height(FOOT_POINTS)
        self.paper.multi_cell(SQUARE + 2 * PADDING, line, self.sheet.chat_words, align="C")
