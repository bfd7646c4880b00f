"""`python -m rehab.pictures <longest side>`: a picture on stdin, width, height and a JPEG on stdout."""

from __future__ import annotations

import resource
import sys
from io import BytesIO

from PIL import Image, ImageOps

from rehab.pictures.kinds import FORMATS

MEMORY = 640 * 1024 * 1024
"""Bytes of address space, the interpreter's own included."""
SECONDS = 10
"""Of computing; a picture of thousands of layers ends here."""
QUALITY = 85


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    longest = int(sys.argv[1])
    # The caller has counted the pixels; a limit here would only be a second opinion.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = _upright(sys.stdin.buffer.read(), longest)
        made = BytesIO()
        image.save(made, "JPEG", quality=QUALITY, optimize=True)
    except Exception:
        return 1
    width, height = image.size
    sys.stdout.buffer.write(width.to_bytes(4, "big") + height.to_bytes(4, "big"))
    sys.stdout.buffer.write(made.getvalue())
    return 0


def _upright(content: bytes, longest: int) -> Image.Image:
    """The pixels and nothing else. A fresh image has no metadata that could be saved along."""
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        turned = ImageOps.exif_transpose(image)
        seen = turned.convert("RGBA") if _may_be_clear(turned) else turned.convert("RGB")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    return paper


def _may_be_clear(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info


if __name__ == "__main__":
    sys.exit(main())
