"""Strangers' pictures and sounds: judged by their first bytes, pictures made anew from their pixels."""

from __future__ import annotations

from rehab.pictures.kinds import Limits, NotKept, Picture, kind_of_sound, peek
from rehab.pictures.redraw import redraw

__all__ = ["Limits", "NotKept", "Picture", "kind_of_sound", "peek", "redraw"]
