"""Previews figures: `python -m exercises.drawing EX05 --side left --out /tmp/x`, or `--sheet`."""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from exercises.drawing import animation, contact_sheet, load_figures, strip_png, strip_svg
from exercises.errors import ContentError


def main() -> int:
    """Write the pictures that were asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m exercises.drawing", description=__doc__)
    parser.add_argument("ids", nargs="*", help="exercise ids, e.g. EX05; with --sheet: only these")
    parser.add_argument("--side", choices=["left", "right", "both", "none"], default="right")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder for GIF, PNG and SVG")
    parser.add_argument("--sheet", type=Path, help="write a PNG of all figures to this file")
    parser.add_argument("--root", type=Path, help="folder that holds figures/ and library/")
    chosen = parser.parse_args()
    try:
        figures = load_figures(chosen.root)
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    unknown = sorted(set(chosen.ids) - set(figures))
    if unknown or not (chosen.ids or chosen.sheet):
        parser.error(f"no figure for {', '.join(unknown)}" if unknown else "an id or --sheet")
    picked = {name: figures[name] for name in chosen.ids or figures}
    if chosen.sheet:
        chosen.sheet.write_bytes(contact_sheet(picked, _names(chosen.root)))
        return 0
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, figure in picked.items():
        start = chosen.out / f"{name}-{chosen.side}"
        start.with_suffix(".gif").write_bytes(animation(figure, chosen.side))
        start.with_suffix(".png").write_bytes(strip_png(figure, chosen.side))
        svg = strip_svg(figure, chosen.side, title=_names(chosen.root).get(name, name))
        start.with_suffix(".svg").write_text(svg, encoding="utf-8")
    return 0


def _names(root: Path | None) -> dict[str, str]:
    """Return the exercises' names as far as their files can be read: a preview asks no more."""
    folder = (root or Path(__file__).parent.parent) / "library"
    data = [tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml")]
    return {entry["id"]: entry["name"] for entry in data}


if __name__ == "__main__":
    sys.exit(main())
