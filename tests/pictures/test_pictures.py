"""A stranger's picture is made anew or refused: quickly, and at little cost."""

from __future__ import annotations

import resource
import struct
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from rehab.pictures import Limits, NotKept, kind_of_sound, redraw
from tests.support.pictures import jpeg, opus

LIMITS = Limits(most_pixels=60_000_000, longest_side=800)


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size; few bytes, whatever it claims."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WHOLE = saved(Image.effect_noise((300, 300), 80).convert("RGB"), "JPEG", quality=90)
REFUSED = {
    "a bomb of 30000 x 30000": (
        png_header(30_000, 30_000, zlib.compress(b"\0" * 50_000_000)),
        "too_many_pixels",
    ),
    "a PNG of many megapixels": (png_header(5000, 5000), "too_many_pixels"),
    "an SVG": (SVG, "not_a_picture"),
    "a text named .jpg": (b"I am fine, thank you\n", "not_a_picture"),
    "nothing": (b"", "not_a_picture"),
    "a zip": (b"PK\x03\x04" + b"\0" * 200, "not_a_picture"),
    "a PDF": (b"%PDF-1.4 and more", "not_a_picture"),
    "a moving GIF": (moving("GIF"), "not_a_picture"),
    "a moving PNG": (moving("PNG"), "animated"),
    "a moving WEBP": (moving("WEBP"), "animated"),
    "a JPEG cut short": (WHOLE[: len(WHOLE) // 2], "unreadable"),
    "a PNG without pixels": (png_header(100, 100), "unreadable"),
    "the header of a JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not_a_picture"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_honest_picture_is_refused_in_a_second_and_100_megabytes(name: str) -> None:
    content, problem = REFUSED[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    with pytest.raises(NotKept) as refusal:
        redraw(content, LIMITS)
    assert refusal.value.problem == problem
    assert time.process_time() - began < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_photo_keeps_its_pixels_and_loses_everything_else() -> None:
    where = Image.Exif()
    where[0x010F] = "A phone"
    where.get_ifd(0x8825)[2] = (18.0, 58.0, 30.0)
    given = jpeg(1200, 600, exif=where.tobytes(), comment=b"my flat") + b"PK\x03\x04 hidden"
    assert b"Exif" in given
    made = redraw(given, LIMITS)
    with Image.open(BytesIO(made.content)) as image:
        assert (image.format, image.size) == ("JPEG", (800, 400))
        assert (made.width, made.height) == image.size
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for trace in (b"Exif", b"A phone", b"my flat", b"hidden", b"ICC"):
        assert trace not in made.content


def test_a_photo_taken_sideways_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    made = redraw(jpeg(400, 200, exif=turned.tobytes()), LIMITS)
    assert (made.width, made.height) == (200, 400)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P"])
def test_other_kinds_of_pictures_become_photos_on_white(kind: str, mode: str) -> None:
    if kind == "WEBP" and mode in ("L", "LA", "P"):
        mode = "RGBA"
    made = redraw(saved(Image.new(mode, (40, 30)), kind), LIMITS)
    with Image.open(BytesIO(made.content)) as image:
        assert (image.mode, image.size) == ("RGB", (40, 30))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_large_photo_of_a_phone_is_kept_small(progressive: bool) -> None:
    made = redraw(jpeg(8000, 6000, progressive=progressive), LIMITS)
    assert (made.width, made.height) == (800, 600)


def test_a_sound_is_known_by_its_first_bytes() -> None:
    assert kind_of_sound(opus()) == "audio/ogg"
    assert kind_of_sound(b"ID3\x04" + b"\0" * 20) == "audio/mpeg"
    assert kind_of_sound(b"\0\0\0\x20ftypM4A ") == "audio/mp4"


@pytest.mark.parametrize("content", [b"", b"OggS but a film", b"<html>", WHOLE])
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(NotKept, match="not_a_sound"):
        kind_of_sound(content)
