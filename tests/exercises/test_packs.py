"""Bundles of content: written with their hashes, read back only when nothing was damaged on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from exercises import packs
from exercises.errors import ContentError
from exercises.loader import ContentPack, load


@pytest.fixture
def bundle(tmp_path: Path, pack: ContentPack) -> Path:
    root = tmp_path / "bundle"
    packs.write(root, packs.release(), pack.hashes)
    return root


def test_a_bundle_is_the_release_again(bundle: Path, pack: ContentPack) -> None:
    assert load(bundle).hash == pack.hash
    found = packs.incoming(bundle)
    assert found.files == packs.release()
    assert found.versions == pack.hashes


def test_writing_twice_gives_the_same_bytes(
    bundle: Path, tmp_path: Path, pack: ContentPack
) -> None:
    packs.write(tmp_path / "other", packs.release(), pack.hashes)
    assert (bundle / "hashes.toml").read_bytes() == (tmp_path / "other/hashes.toml").read_bytes()


def test_every_damaged_missing_and_added_file_is_named(bundle: Path) -> None:
    (bundle / "library/EX01.toml").write_bytes(b"\x00")
    (bundle / "library/EX02.toml").unlink()
    (bundle / "rules/extra.toml").write_text("id = 'extra'", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        packs.incoming(bundle)
    assert {one.file: one.found for one in caught.value.problems} == {
        "library/EX01.toml": "a change after it was sealed",
        "library/EX02.toml": "no such file",
        "rules/extra.toml": "a file hashes.toml does not know",
    }


def test_sealing_accepts_a_wanted_change_and_remembers_where_it_came_from(
    bundle: Path, pack: ContentPack
) -> None:
    with (bundle / "library/EX01.toml").open("a", encoding="utf-8") as file:
        file.write("# ours\n")
    assert packs.seal(bundle) == 1
    found = packs.incoming(bundle)
    assert found.files["library/EX01"].endswith("# ours\n")
    assert found.versions == pack.hashes


@pytest.mark.parametrize("content", [None, "files = 3", "[files"])
def test_a_bundle_without_readable_hashes_is_refused(bundle: Path, content: str | None) -> None:
    (bundle / "hashes.toml").unlink()
    if content is not None:
        (bundle / "hashes.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=r"hashes\.toml"):
        packs.incoming(bundle)


def test_texts_laid_over_the_release_are_checked_with_it() -> None:
    text = packs.release()["library/EX18"]
    fine = packs.read({"library/EX18": text.replace("sets = 2", "sets = 3", 1)})
    assert fine.pack is not None
    assert fine.pack.exercises["EX18"].dose.sets == 3
    broken = packs.read({"library/EX18": text.replace('id = "EX18"', 'id = "EX97"')})
    assert broken.pack is None
    assert {one.file for one in broken.problems} >= {"library/EX18.toml"}


@pytest.mark.parametrize(
    "name",
    ["library/../secret", "measures/rehab", "library/", "/etc/passwd", "rules/a/b", "rules"],
)
def test_a_name_that_leaves_its_folder_is_no_name(name: str) -> None:
    assert not packs.is_name(name)
