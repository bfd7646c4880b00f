"""Walking aids, bands, cushions, weights and hands."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

from exercises.drawing import palette
from exercises.drawing.camera import Flat
from exercises.drawing.figure import Prop
from exercises.drawing.props_room import Room, turned
from exercises.drawing.shapes import Blob, Line, Shape


def crutch(prop: Prop, room: Room) -> Iterator[Shape]:
    """A forearm crutch from its tip at `at` through the hand `start` up to its cuff."""
    hand = room.points[prop.start or "operated_hand"]
    tip = (room.at[0], room.at[1] + 1.6)
    reach = hypot(hand[0] - tip[0], hand[1] - tip[1])
    cuff = _along(tip, hand, reach + 21)
    yield from _pole((tip, cuff))
    yield Line((_along(hand, tip, -2), (hand[0] + 7, hand[1] - 1)), 3.6, palette.SHOE)
    yield Line(((cuff[0] - 5, cuff[1]), (cuff[0] + 5, cuff[1] + 1)), 3.4, palette.METAL)
    yield Blob(((*tip, 2.6),), palette.SHOE)


def stick(prop: Prop, room: Room) -> Iterator[Shape]:
    """A walking stick from its tip at `at` to the hand `start`."""
    hand = room.points[prop.start or "operated_hand"]
    tip = (room.at[0], room.at[1] + 1.6)
    yield from _pole((tip, hand))
    yield Line(((hand[0] - 5, hand[1] + 2), (hand[0] + 6, hand[1] + 2)), 4.0, palette.SHOE)
    yield Blob(((*tip, 2.4),), palette.SHOE)


def walker(prop: Prop, room: Room) -> Iterator[Shape]:
    """A walking frame: `at` is the floor under its rear legs; it reaches to the right."""
    u, v = room.at
    width, height = prop.width or 42, prop.height or 84
    rear, front = (u + 4, v + height), (u + width - 8, v + height)
    lines: tuple[tuple[Flat, ...], ...] = (
        ((u, v + 2), rear, front, (u + width, v + 2)),
        ((u + 2, v + height * 0.45), (u + width - 4, v + height * 0.45)),
    )
    for line in lines:
        yield Line(line, 6.0, palette.CARD)
        yield Line(line, 3.4, palette.METAL)
    yield Line(((u + 2, v + height), (u + 18, v + height)), 5.0, palette.SHOE)
    for foot in (u, u + width):
        yield Blob(((foot, v + 2.4, 2.4),), palette.SHOE)


def band(prop: Prop, room: Room) -> Iterator[Shape]:
    """An exercise band between the points `start` and `end` (or the place `at`)."""
    start, finish = _ends(prop, room)
    yield Line((start, finish), 6.4, palette.CARD)
    yield Line((start, finish), 4.2, palette.RUBBER)
    for end in (start, finish):
        yield Blob(((*end, 3.6),), palette.RUBBER)


def strap(prop: Prop, room: Room) -> Iterator[Shape]:
    """A strap or long towel between the points `start` and `end` (or the place `at`)."""
    start, finish = _ends(prop, room)
    yield Line((start, finish), 5.6, palette.CARD)
    yield Line((start, finish), 3.4, palette.WOOD_DARK)


def roll(prop: Prop, room: Room) -> Iterator[Shape]:
    """A rolled towel seen from its end: `at` is its middle, `height` its diameter."""
    radius = (prop.height or 14) / 2
    yield Blob(((*room.at, radius),), palette.CLOTH_DARK)
    yield Blob(((*room.at, radius * 0.62),), palette.CLOTH)
    yield Blob(((*room.at, radius * 0.28),), palette.CLOTH_DARK)


def pillow(prop: Prop, room: Room) -> Iterator[Shape]:
    """A pillow or pad: `at` is its middle, `angle` turns it."""
    width, height = prop.width or 44, prop.height or 13
    radius = height / 2
    ends = (
        turned(room.at, (-(width / 2 - radius), 0), prop.angle),
        turned(room.at, (width / 2 - radius, 0), prop.angle),
    )
    yield Blob(tuple((*end, radius) for end in ends), palette.CLOTH_DARK)
    yield Blob(tuple((*end, max(1.0, radius - 1.4)) for end in ends), palette.CLOTH)


def towel(prop: Prop, room: Room) -> Iterator[Shape]:
    """A flat folded towel: `at` is its middle."""
    half = (prop.width or 30) / 2
    line = (turned(room.at, (-half, 0), prop.angle), turned(room.at, (half, 0), prop.angle))
    yield Line(line, 6.0, palette.CLOTH_DARK)
    yield Line(line, 2.0, palette.CLOTH)


def ball(prop: Prop, room: Room) -> Iterator[Shape]:
    """A ball: `at` is its middle, `height` its diameter."""
    radius = (prop.height or 22) / 2
    u, v = room.at
    yield Blob(((u, v, radius),), palette.RUBBER)
    yield Blob(((u - radius * 0.3, v + radius * 0.35, radius * 0.3),), palette.CARD, 0.5)


def weight(prop: Prop, room: Room) -> Iterator[Shape]:
    """A dumbbell or ankle weight: `at` is its middle."""
    half = (prop.width or 18) / 2
    ends = (turned(room.at, (-half, 0), prop.angle), turned(room.at, (half, 0), prop.angle))
    yield Line(ends, 3.0, palette.METAL)
    for end in ends:
        upper, lower = turned(end, (0, 4), prop.angle), turned(end, (0, -4), prop.angle)
        yield Line((upper, lower), 5.0, palette.SHOE)


def hands(prop: Prop, room: Room) -> Iterator[Shape]:
    """A hand whose fingers end at `at`. The arm comes from the right, turned by `angle`."""
    way = -1.0 if prop.flip else 1.0

    def place(u: float, v: float) -> Flat:
        return turned(room.at, (u, v * way), prop.angle)

    def limb(*rounds: tuple[float, float, float]) -> Blob:
        return Blob(tuple((*place(u, v), radius) for u, v, radius in rounds), palette.SKIN)

    pieces = [
        limb((14, 2, 4.2), (30, 5, 4.8)),
        limb((9, 0, 3.6), (14, 1.5, 4.6)),
        limb((2, -1, 1.9), (10, 0, 3.0)),
        limb((8, 3.5, 1.7), (12, 2, 2.4)),
    ]
    for piece in pieces:
        yield piece.grown(1.1, palette.SKIN_DARK)
    yield from pieces


def _ends(prop: Prop, room: Room) -> tuple[Flat, Flat]:
    start = room.points[prop.start or "operated_hand"]
    return start, room.points[prop.end] if prop.end else room.at


def _along(start: Flat, end: Flat, length: float) -> Flat:
    whole = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    share = length / whole
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _pole(points: tuple[Flat, ...]) -> Iterator[Shape]:
    yield Line(points, 5.4, palette.CARD)
    yield Line(points, 3.2, palette.METAL)
