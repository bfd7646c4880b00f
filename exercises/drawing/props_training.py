"""Machines of a gym, and the pool."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, radians, sin

from exercises.drawing import palette
from exercises.drawing.camera import Flat
from exercises.drawing.figure import Prop
from exercises.drawing.props_home import marks
from exercises.drawing.props_room import Room, turned
from exercises.drawing.shapes import Area, Blob, Line, Shape, box

SADDLE: Flat = (-24.0, 58.0)
"""From the crank of a bike to the top of its saddle, in cm."""
HANDLEBAR: Flat = (34.0, 84.0)


def bike(prop: Prop, room: Room) -> Iterator[Shape]:
    """A stationary bike: `at` is the middle of its crank; the pedals follow the feet."""
    u, v = room.at
    saddle = (u + SADDLE[0], v + SADDLE[1])
    bar = (u + HANDLEBAR[0], v + HANDLEBAR[1])
    wheel = (u + 44.0, v + 2.0)
    yield Line(((u - 34, 2.5), (u + 70, 2.5)), 5.0, palette.METAL)
    yield Line(((u - 14, 4), (u, v), wheel), 5.0, palette.METAL)
    yield Line(((u - 14, 4), (saddle[0], saddle[1] - 4)), 5.0, palette.METAL)
    yield Line(((u + 44, 4), (bar[0] - 8, bar[1] - 6), bar), 4.4, palette.METAL)
    yield Blob(((*wheel, 21.0),), palette.METAL)
    yield Blob(((*wheel, 16.0),), palette.CLOTH)
    yield Blob(((*wheel, 4.0),), palette.METAL)
    yield Blob(
        ((saddle[0] - 12, saddle[1] - 3, 4.0), (saddle[0] + 12, saddle[1] - 2, 2.4)), palette.SHOE
    )
    yield Line((bar, (bar[0] - 9, bar[1] + 1)), 4.6, palette.SHOE)
    for side in ("other", "operated"):
        sole = _sole(room, side)
        yield Line(((u, v), sole), 3.6, palette.SHOE)
        yield Line(((sole[0] - 6, sole[1]), (sole[0] + 6, sole[1])), 3.0, palette.SHOE)
    yield Blob(((u, v, 6.5),), palette.WOOD_DARK)


def elliptical(prop: Prop, room: Room) -> Iterator[Shape]:
    """An elliptical trainer: `at` is the middle of its wheel; pedals and levers follow the body."""
    u, v = room.at
    yield Line(((u - 110, 2.5), (u + 18, 2.5)), 5.0, palette.METAL)
    pivot = (u - 18, v + 62)
    yield Line(((u - 12, 4), pivot), 5.0, palette.METAL)
    for side in ("other", "operated"):
        sole = _sole(room, side)
        hand = room.points[f"{side}_hand"]
        yield Line(((sole[0] - 14, sole[1] - 1), (sole[0] + 12, sole[1] - 1)), 5.0, palette.SHOE)
        yield Line(((sole[0] + 8, sole[1] - 2), (u, v)), 3.4, palette.WOOD_DARK)
        yield Line((hand, pivot), 3.6, palette.WOOD_DARK)
    yield Blob(((u, v, 20.0),), palette.METAL)
    yield Blob(((u, v, 14.0),), palette.CLOTH)
    yield Blob(((*pivot, 4.5),), palette.METAL)


def treadmill(prop: Prop, room: Room) -> Iterator[Shape]:
    """A treadmill: `at` is the left end of its belt; `speed` moves the marks on it."""
    left, top = room.at
    right = left + (prop.width or 140)
    yield box(left, top - 9, right, top, palette.METAL, 4)
    yield box(left + 4, 0, left + 14, top - 7, palette.SHOE, 1)
    yield box(right - 14, 0, right - 4, top - 7, palette.SHOE, 1)
    if prop.speed:
        for mark in marks(left + 6, right - 4, top - 4.5, prop.speed, room):
            if isinstance(mark, Line):
                yield Line(mark.points, mark.width, palette.CLOTH)
    post = (right - 6, top + 92)
    yield Line(((right - 14, top - 4), post), 5.0, palette.METAL)
    yield Line(((post[0] - 6, post[1] - 14), (post[0] - 30, post[1] - 18)), 4.4, palette.SHOE)
    yield Line(((post[0] - 4, post[1] + 8), (post[0] + 2, post[1] - 6)), 7.0, palette.SHOE)


def leg_press(prop: Prop, room: Room) -> Iterator[Shape]:
    """The foot plate of a leg press and its rail: `at` is the plate, `angle` the way it slides."""
    along = radians(prop.angle)
    u, v = room.at
    half = (prop.height or 50) / 2
    up = (-sin(along), cos(along))
    plate = ((u - up[0] * half, v - up[1] * half), (u + up[0] * half, v + up[1] * half))
    low = turned(room.at, (3, -half), prop.angle)
    # The rail stands still although the plate slides: it is laid out from the plate's first place.
    first = prop.path[0][1:] if prop.path else room.at
    start = turned((first[0], first[1]), (-30, -half - 3), prop.angle)
    end = turned((first[0], first[1]), (62, -half - 3), prop.angle)
    yield Line((start, end), 4.0, palette.METAL)
    yield Line((end, (end[0], 2.0)), 4.0, palette.METAL)
    yield Line((start, (start[0], 2.0)), 4.0, palette.METAL)
    yield Line((low, turned(room.at, (16, 0), prop.angle)), 4.0, palette.METAL)
    for offset in (12.0, 19.0, 26.0):
        disc = (
            turned(room.at, (offset, -13), prop.angle),
            turned(room.at, (offset, 13), prop.angle),
        )
        yield Line(disc, 5.0, palette.SHOE)
    yield Line(plate, 5.0, palette.WOOD_DARK)


def water(prop: Prop, room: Room) -> Iterator[Shape]:
    """The water of a pool from its surface at `at` down to the floor, drawn over the person."""
    level = room.at[1]
    phase = 2 * pi * room.time / room.seconds
    crest = [(u, level + 1.6 * sin(u / 9 + phase)) for u in range(-600, 601, 4)]
    ground = ((600.0, -40.0), (-600.0, -40.0))
    yield Area((*crest, *ground), palette.WATER, 0.28, fit=False)
    yield Line(tuple(crest), 2.2, palette.WATER, fit=False)


def _sole(room: Room, side: str) -> Flat:
    """Return the place under the ball of the foot."""
    heel, toe = room.points[f"{side}_heel"], room.points[f"{side}_toe"]
    du, dv = toe[0] - heel[0], toe[1] - heel[1]
    length = (du * du + dv * dv) ** 0.5 or 1.0
    u, v = heel[0] + du * 0.72, heel[1] + dv * 0.72
    return u + dv / length * 4.8, v - du / length * 4.8
