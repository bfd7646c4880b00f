"""The hand-out for paper: what it says, how it is laid out, and how it is drawn. No database.

`sheet` is what it says, in the patient's words; `layout` turns that into blocks and decides which
block stands on which page; `drawing` makes the PDF. The same sheet gives the same bytes.
"""

from rehab.paper.drawing import draw
from rehab.paper.layout import LAYOUT_VERSION
from rehab.paper.sheet import Box, Exercise, Sheet, Tick

__all__ = ["LAYOUT_VERSION", "Box", "Exercise", "Sheet", "Tick", "draw"]
