"""How high everything becomes on A4 in large print, measured on a document that nobody gets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import MethodReturnValue
from fpdf.fonts import TTFFont
from PIL import Image

from rehab.paper.layout import Block, Part, Picture, Words
from rehab.paper.sheet import Sheet

FONTS = Path(__file__).parent.parent / "fonts"
LATIN, DEVANAGARI = "NotoSans", "NotoSansDevanagari"
IN_DEVANAGARI = frozenset({"hi", "mr"})
MM_A_POINT = 25.4 / 72
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 14.0
"""A4, millimetres like everything below."""
FOOT = 20.0
ROOM = HEIGHT - 2 * MARGIN - FOOT
PADDING = 4.0
BETWEEN = 2.0
"""Between the parts of a block."""
SQUARE = 34.0
"""The printed QR code, without the quiet zone around it."""
TALLEST_PICTURE = 46.0
INDENT = 8.0
TICK, TICK_LINE = 11.0, 8.0
FOOT_POINTS = 11


class Document(FPDF):
    """An A4 document in the sheet's language with its fonts, and one empty page."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self.is_devanagari = sheet.language in IN_DEVANAGARI
        self.family, other = (DEVANAGARI, LATIN) if self.is_devanagari else (LATIN, DEVANAGARI)
        for name in (LATIN, DEVANAGARI):
            self.add_font(name, "", FONTS / f"{name}-Regular.ttf")
            self.add_font(name, "B", FONTS / f"{name}-Bold.ttf")
        self.set_fallback_fonts([other])
        self.set_text_shaping(True)
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0
        # Readers that speak a page aloud need its language and title.
        self.set_lang(sheet.language)
        self.set_title(sheet.title)
        self.set_creation_date(datetime.combine(sheet.printed_on, time(), UTC))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_page()

    def let_go(self) -> None:
        """Close the font files, which the library keeps open. Nothing can be written after it."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def use(self, points: int, *, bold: bool = False) -> None:
        """Write in this size from now on."""
        self.set_font(self.family, "B" if bold else "", points)
        # After a line in two fonts the library thinks that the page still has this font, and leaves
        # the next line in the one before. So every line says its font again.
        self.current_font_is_set_on_page = False

    def line_height(self, points: int) -> float:
        """Millimetres from line to line."""
        # Devanagari has signs above and below the line.
        return points * MM_A_POINT * (1.45 if self.is_devanagari else 1.3)


class Ruler:
    """Heights and widths in millimetres. What was measured once is remembered."""

    def __init__(self, sheet: Sheet, pictures: Mapping[str, bytes]) -> None:
        self._document, self._pictures = Document(sheet), pictures
        self._known: dict[tuple[Part, float], float] = {}

    def close(self) -> None:
        """Nothing new can be measured after it."""
        self._document.let_go()

    def block_height(self, block: Block) -> float:
        """From edge to edge."""
        width = self.inner_width(block)
        parts = [self.part_height(part, width) for part in block.parts]
        height = sum(parts) + BETWEEN * (len(parts) - 1)
        if block.leaves_room_for_square:
            return max(height, SQUARE + self._document.line_height(FOOT_POINTS) * 2) + PADDING
        return height + 2 * PADDING

    def inner_width(self, block: Block) -> float:
        """Where its parts may stand."""
        square = SQUARE if block.leaves_room_for_square else 0.0
        return WIDTH - 2 * MARGIN - 2 * PADDING - square

    def part_height(self, part: Part, width: float) -> float:
        """Of one part in this width."""
        key = (part, width)
        if key not in self._known:
            self._known[key] = self._measured(part, width)
        return self._known[key]

    def picture_size(self, picture: Picture, width: float) -> tuple[float, float]:
        """Width and height; nothing for a picture nobody has."""
        content = self._pictures.get(picture.key)
        if content is None:
            return 0.0, 0.0
        with Image.open(BytesIO(content)) as image:
            shape = image.width / image.height
        height = min(TALLEST_PICTURE, width / shape)
        return height * shape, height

    def _measured(self, part: Part, width: float) -> float:
        if isinstance(part, Words):
            return self._words_height(part, width)
        if isinstance(part, Picture):
            return self.picture_size(part, width)[1]
        return TICK + 2 * TICK_LINE

    def _words_height(self, words: Words, width: float) -> float:
        self._document.use(words.points, bold=words.bold)
        height = self._document.multi_cell(
            width - (INDENT if words.is_item else 0),
            self._document.line_height(words.points),
            words.text,
            align="L",
            dry_run=True,
            output=MethodReturnValue.HEIGHT,
        )
        assert isinstance(height, float | int)
        return float(height)
