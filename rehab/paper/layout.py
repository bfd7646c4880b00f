"""From a sheet to blocks, and from blocks to pages. A block is never cut in two if it fits a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rehab.paper.sheet import Box, Exercise, Frame, Sheet, Tick

LAYOUT_VERSION = 1
"""Part of a file's key: raise it whenever the same sheet would look different."""
TITLE, HEADING, NAME, BODY = 30, 24, 22, 16
"""Points. Large print begins at 16."""
GAP = 5.0
"""Millimetres between blocks."""


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    points: int = BODY
    bold: bool = False
    is_danger: bool = False
    is_item: bool = False
    """One of a list, with a square in front."""


@dataclass(frozen=True)
class Picture:
    """The stills of one exercise. `words` are for whoever cannot see them."""

    key: str
    words: str


@dataclass(frozen=True)
class Ticks:
    """A row of days."""

    days: tuple[Tick, ...]


Part = Words | Picture | Ticks


@dataclass(frozen=True)
class Block:
    """Parts that belong together on one page."""

    parts: tuple[Part, ...]
    frame: Frame = "plain"
    starts_page: bool = False
    leaves_room_for_square: bool = False
    """The square with the link to the chat stands at its right."""


def blocks_of(sheet: Sheet) -> list[Block]:
    """Return everything the sheet says, in the order it is read."""
    return [
        _head(sheet),
        *(_box(box) for box in sheet.before),
        *_exercises(sheet),
        *(
            replace(_box(box), starts_page=number == 0)
            for number, box in enumerate(sheet.warnings)
        ),
    ]


def pages_of(
    blocks: Sequence[Block], height_of: Callable[[Block], float], room: float
) -> list[list[Block]]:
    """Return the blocks by page; `room` is a page's height, all in millimetres.

    A block goes to the next page when it does not fit any more. Only one that is taller than a
    whole page is cut, between two of its parts.
    """
    pages: list[list[Block]] = [[]]
    used = 0.0
    for block in (piece for one in blocks for piece in _pieces(one, height_of, room)):
        height = height_of(block)
        needed = height if not pages[-1] else height + GAP
        if pages[-1] and (block.starts_page or used + needed > room):
            pages.append([])
            used, needed = 0.0, height
        pages[-1].append(block)
        used += needed
    return pages


def _head(sheet: Sheet) -> Block:
    return Block(
        (Words(sheet.title, TITLE, bold=True), *(Words(fact) for fact in sheet.facts)),
        leaves_room_for_square=True,
    )


def _box(box: Box) -> Block:
    parts = [Words(box.heading, HEADING, bold=True, is_danger=box.frame == "emergency")]
    if box.text:
        parts.append(Words(box.text))
    parts += [Words(item, is_item=True) for item in box.items]
    return Block(tuple(parts), frame=box.frame)


def _exercises(sheet: Sheet) -> list[Block]:
    """The heading stands in the first exercise's block, so that it never ends a page alone."""
    found = [_exercise(sheet, one) for one in sheet.exercises]
    heading = Words(sheet.exercises_heading, HEADING, bold=True)
    if not found:
        return [Block((heading,))]
    first = replace(found[0], parts=(heading, *found[0].parts), starts_page=True)
    return [first, *found[1:]]


def _exercise(sheet: Sheet, one: Exercise) -> Block:
    parts: list[Part] = [Words(one.name, NAME, bold=True), Words(one.dose, bold=True)]
    if one.picture:
        parts.append(Picture(one.picture, one.name))
    parts += [Words(one.instruction), Words(one.stop_signs, bold=True, is_danger=True)]
    if one.caution:
        parts.append(Words(one.caution))
    parts += [Words(sheet.ticks_heading), Ticks(one.ticks)]
    return Block(tuple(parts))


def _pieces(block: Block, height_of: Callable[[Block], float], room: float) -> list[Block]:
    if height_of(block) <= room or len(block.parts) == 1:
        return [block]
    taken = 1
    while taken < len(block.parts) - 1 and height_of(_first(block, taken + 1)) <= room:
        taken += 1
    rest = replace(
        block, parts=block.parts[taken:], starts_page=False, leaves_room_for_square=False
    )
    return [_first(block, taken), *_pieces(rest, height_of, room)]


def _first(block: Block, parts: int) -> Block:
    return replace(block, parts=block.parts[:parts])
