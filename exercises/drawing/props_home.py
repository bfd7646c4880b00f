"""Floor, bed, chair, wall, steps and other things that stand in a home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from exercises.drawing import palette
from exercises.drawing.figure import Prop
from exercises.drawing.props_room import Room, turned
from exercises.drawing.shapes import Area, Blob, Line, Shape, box

_FAR = 1500.0


def floor(prop: Prop, room: Room) -> Iterator[Shape]:
    """A ground line across the whole picture; `speed` lets marks run along it."""
    level = room.at[1]
    yield Line(((-_FAR, level - 1), (_FAR, level - 1)), 2.0, palette.GROUND, fit=False)
    # Not seen: it only makes the picture reach down to the ground.
    yield Line(((room.at[0], level - 3), (room.at[0], level)), 0.5, palette.CARD, 0.0)
    if prop.speed:
        yield from marks(-400, 400, level - 5.5, prop.speed, room, fit=False)


def marks(
    left: float, right: float, level: float, speed: float, room: Room, fit: bool = True
) -> Iterator[Shape]:
    """Dashes that move to the left at `speed` cm per second and meet themselves at the loop."""
    way = abs(speed) * room.seconds
    spacing = way / max(1, round(way / 45))
    shift = (-speed * room.time) % spacing
    start = left - left % spacing + shift
    while start < right - 12:
        if start >= left:
            yield Line(((start, level), (start + 12, level)), 2.0, palette.GROUND, fit=fit)
        start += spacing


def bed(prop: Prop, room: Room) -> Iterator[Shape]:
    """A bed from the side: `at` is the left end of its top."""
    left, top = room.at
    right, bottom = left + (prop.width or 205), top - (prop.height or 42)
    for leg in (left + 8, right - 8):
        yield Line(((leg, top - 20), (leg, bottom + 2.5)), 5.0, palette.WOOD_DARK)
    yield box(left, top - 24, right, top - 12, palette.WOOD)
    yield box(left + 1, top - 15, right - 1, top, palette.CLOTH, 5)


def bed_above(prop: Prop, room: Room) -> Iterator[Shape]:
    """A bed from above, its head to the left: `at` is its middle."""
    u, v = room.at
    across, along = (prop.height or 96) / 2, (prop.width or 206) / 2
    yield box(u - along, v - across, u + along, v + across, palette.WOOD, 6)
    yield box(u - along + 4, v - across + 3, u + along - 3, v + across - 3, palette.CLOTH, 6)
    yield box(u - along + 7, v - 27, u - along + 45, v + 27, palette.CARD, 9)


def mat(prop: Prop, room: Room) -> Iterator[Shape]:
    """An exercise mat: `at` is the left end of its top."""
    left, top = room.at
    yield box(left, top - 4, left + (prop.width or 195), top, palette.WOOD, 2)


def chair(prop: Prop, room: Room) -> Iterator[Shape]:
    """A firm chair: `at` is the front edge of its seat, the back is to the left unless flipped."""
    u, top = room.at
    way = 1.0 if prop.flip else -1.0
    depth, back = prop.width or 46, prop.height or 46
    rear = u + way * depth
    for leg in (u + way * 3, rear - way * 2):
        yield Line(((leg, top - 3), (leg, 2.0)), 4.0, palette.WOOD_DARK)
    yield Line(((rear - way * 2, top), (rear + way * 4, top + back)), 4.0, palette.WOOD_DARK)
    yield Line(
        ((rear + way * 1, top + back * 0.45), (rear + way * 4, top + back)), 7.0, palette.WOOD
    )
    left, right = min(u, rear), max(u, rear)
    yield box(left, top - 6, right, top, palette.WOOD, 3)


def wall(prop: Prop, room: Room) -> Iterator[Shape]:
    """A wall whose face is at `at`; it lies to the left of it unless flipped."""
    u = room.at[0]
    way = 1.0 if prop.flip else -1.0
    height = prop.height or 190
    yield box(min(u, u + way * 9), 0, max(u, u + way * 9), height, palette.WOOD, 2)
    for brick in range(1, int(height // 26) + 1):
        level = brick * 26.0 - 8
        yield Line(((u + way * 1, level), (u + way * 8, level)), 1.2, palette.CLOTH)


def step(prop: Prop, room: Room) -> Iterator[Shape]:
    """A single low step: `at` is the left lower corner."""
    left, bottom = room.at
    width, height = prop.width or 46, prop.height or 16
    yield box(left, bottom, left + width, bottom + height, palette.WOOD, 2)
    yield box(
        left - 1, bottom + height - 4, left + width + 1, bottom + height, palette.WOOD_DARK, 2
    )


def stairs(prop: Prop, room: Room) -> Iterator[Shape]:
    """Stairs going up to the right (left when flipped): `at` is the foot of the first riser."""
    u, bottom = room.at
    way = -1.0 if prop.flip else 1.0
    tread, rise = prop.width or 30, prop.height or 16
    for number in range(prop.count):
        start, finish = u + way * tread * number, u + way * tread * prop.count
        low, high = bottom + rise * number, bottom + rise * (number + 1)
        corners = ((start, low), (finish, low), (finish, high), (start, high))
        yield Area(corners, palette.WOOD)
        yield Line(
            ((start, high - 1.5), (start + way * tread, high - 1.5)), 3.0, palette.WOOD_DARK
        )


def rail(prop: Prop, room: Room) -> Iterator[Shape]:
    """A hand rail: `at` is the left end of the bar, `angle` its slope; posts reach the floor."""
    width = prop.width or 60
    left, right = room.at, turned(room.at, (width, 0), prop.angle)
    for share in (0.08, 0.92):
        u = left[0] + (right[0] - left[0]) * share
        v = left[1] + (right[1] - left[1]) * share
        yield Line(((u, v), (u, 1.6)), 3.2, palette.METAL)
    yield Line((left, right), 5.0, palette.WOOD_DARK)


def counter(prop: Prop, room: Room) -> Iterator[Shape]:
    """A kitchen counter: `at` is the left end of its top."""
    left, top = room.at
    right = left + (prop.width or 50)
    yield box(left + 3, 0, right - 3, top - 3, palette.CLOTH, 1)
    middle = (left + right) / 2
    yield Line(((middle, 6), (middle, top - 12)), 1.2, palette.CLOTH_DARK)
    for offset in (-5, 5):
        knob = (middle + offset, top - 18)
        yield Line((knob, (knob[0], knob[1] - 5)), 1.8, palette.WOOD_DARK)
    yield box(left, top - 6, right, top, palette.WOOD_DARK, 2)


def table(prop: Prop, room: Room) -> Iterator[Shape]:
    """A table: `at` is the left end of its top."""
    left, top = room.at
    right = left + (prop.width or 80)
    for leg in (left + 6, right - 6):
        yield Line(((leg, top - 3), (leg, 2.2)), 4.4, palette.WOOD_DARK)
    yield box(left, top - 6, right, top, palette.WOOD, 2)


def tree(prop: Prop, room: Room) -> Iterator[Shape]:
    """A tree: `at` is the foot of its trunk."""
    u, v = room.at
    height = prop.height or 130
    yield Line(((u, v), (u, v + height * 0.6)), 6.0, palette.WOOD_DARK)
    crown = Blob(
        (
            (u - height * 0.1, v + height * 0.6, height * 0.17),
            (u + height * 0.1, v + height * 0.6, height * 0.17),
            (u, v + height * 0.82, height * 0.18),
        ),
        palette.LEAF,
    )
    yield replace(crown, alpha=0.85)
