"""Drawing all exercise figures, as a release or a first start would, on two cores."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from PIL import Image

from exercises.drawing import Figure, animation, load_figures

CORES = 2
FRAMES = 40
SIZE = (360, 300)


def all_drawn_and_blank() -> tuple[float, float]:
    """Seconds to draw every animation, and to write as many GIFs with nothing drawn on them."""
    names = sorted(load_figures())
    return _on_two_cores(_draw, names), _on_two_cores(_blank, names)


def _on_two_cores(work, names: list[str]) -> float:
    began = time.perf_counter()
    with ProcessPoolExecutor(CORES) as pool:
        sizes = list(pool.map(work, names))
    assert all(sizes)
    return time.perf_counter() - began


@cache
def _figures() -> Mapping[str, Figure]:
    """Read once in each process, as a bot does."""
    return load_figures()


def _draw(name: str) -> int:
    return len(animation(_figures()[name], "left"))


def _blank(_name: str) -> int:
    frames = [Image.new("RGB", SIZE, (number, 0, 0)) for number in range(FRAMES)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    return file.tell()
