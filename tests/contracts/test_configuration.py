"""config.toml explains every key it has and has every key there is; requirements are pinned."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from rehab.errors import SettingsError
from rehab.settings import Config, load_settings
from tests.contracts.source import ROOT

TEXT = (ROOT / "config.toml").read_text(encoding="utf-8")
ENVIRON = {"SECRET_KEY": "x" * 40}


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys_of(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def keys_in(table: dict[str, Any], model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, value in table.items():
        field = model.model_fields.get(name)
        inner = field.annotation if field else None
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys_in(value, inner, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_the_file_has_every_key_there_is_and_no_other() -> None:
    assert set(keys_in(tomllib.loads(TEXT), Config)) == set(keys_of(Config))


def test_every_key_has_a_comment_above_it() -> None:
    lines = TEXT.splitlines()
    bare = []
    for number, line in enumerate(lines):
        is_key = re.match(r"[a-z_]+ *=", line)
        if is_key and not lines[number - 1].startswith("#"):
            bare.append(line)
    assert bare == []


@pytest.mark.parametrize("key", sorted(keys_of(Config)))
def test_a_wrong_value_stops_the_start_and_names_the_key(key: str) -> None:
    overrides: Any = [["nobody expects this"]]
    for part in reversed(key.split(".")):
        overrides = {part: overrides}
    with pytest.raises(SettingsError, match=re.escape(key)):
        load_settings(ENVIRON, overrides=overrides)


def test_a_key_nobody_knows_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r"clinic\.colour"):
        load_settings(ENVIRON, overrides={"clinic": {"colour": "blue"}})


def test_clinical_proposals_say_that_they_are_proposals() -> None:
    for place in ("nudge_after_hours", "[escalation.T0]"):
        above = TEXT.partition(f"\n{place}")[0].rsplit("\n\n", 1)[-1]
        assert "Project proposal, not sourced: clinic must decide." in above, place


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"index-url|find-links|trusted-host|https?://|file://", text)
    entries = text.replace("\\\n", " ").splitlines()
    wanted = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
    assert len(wanted) > 20
    for entry in wanted:
        assert re.match(
            r"[a-z0-9._\[\],-]+==[^ ;]+( ;[^-]*)? +--hash=sha256:[0-9a-f]{64}", entry
        ), entry


def test_what_is_asked_for_directly_is_pinned_too() -> None:
    for name in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            asked = line.partition("#")[0].strip()
            assert not asked or asked.startswith("-r ") or "==" in asked, line


def test_the_model_is_frozen_and_refuses_what_it_does_not_know() -> None:
    def sections(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
        yield model
        for field in model.model_fields.values():
            for inner in (field.annotation, *get_args(field.annotation)):
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    yield from sections(inner)

    for section in sections(Config):
        assert section.model_config.get("extra") == "forbid", section
        assert section.model_config.get("frozen") is True, section
