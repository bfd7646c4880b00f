"""Draws the exercises: a human figure in poses kept as data becomes a moving picture.

`figures/EX05.toml` says how an exercise looks: joint angles (degrees) at moments (seconds), the
things around the person (cm) and the signs over the picture. From that come a GIF for the chat and
a strip of still pictures, PNG or SVG, for pages and paper. The operated limb carries the accent
colour and lies on the patient's own side: for a left side the whole picture is mirrored.

The way of a picture: `files` reads, `timeline` interpolates, `skeleton` finds the joints, `body`,
`props`, `glow` and `marks` turn them into `shapes`, `scene` puts these in order, `framing` finds
the cut, `raster` and `vector` paint, `pictures` and `sheet` hand out. No font, no network, no
clock: the same data gives the same bytes.

How to write a figure is in `exercises/figures/README.md`; to look at one:

    python -m exercises.drawing EX05 --side left --out /tmp/pictures
    python -m exercises.drawing --sheet /tmp/all.png
"""

from exercises.drawing.figure import Figure
from exercises.drawing.files import load_figures
from exercises.drawing.palette import STYLE_VERSION
from exercises.drawing.pictures import animation, figure_hash, strip_png, strip_svg
from exercises.drawing.sheet import contact_sheet

__all__ = [
    "STYLE_VERSION",
    "Figure",
    "animation",
    "contact_sheet",
    "figure_hash",
    "load_figures",
    "strip_png",
    "strip_svg",
]
