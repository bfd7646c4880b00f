"""Every sentence a person reads outside the dashboard, by key and language, from gettext catalogs.

`rehab/translations/<language>/*.po` hold the product's sentences by key. Clinical content is English
in its TOML file; `exercises/translations/<language>/*.po` hold its translations by the English text.
A catalog's header `X-Clinician-Checked` says whether a clinician has read the translation.
"""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE_LANGUAGE = "en"
LANGUAGE_NAMES = {"en": "English", "hi": "हिन्दी", "mr": "मराठी"}


def text(key: str, language: str, **values: object) -> str:
    """The sentence with this key, filled in. Falls back to English for an untranslated sentence.

    Raises KeyError for an unknown key and for a missing value.
    """
    template = _product(language).get(key) or _product(SOURCE_LANGUAGE)[key]
    return template.format_map({name: str(value) for name, value in values.items()})


def content_text(english: str, language: str) -> str:
    """A sentence of clinical content in this language; English when there is no translation."""
    if language == SOURCE_LANGUAGE:
        return english
    return _content(language).get(english) or english


def has_text(key: str) -> bool:
    """Whether the product knows this key."""
    return key in _product(SOURCE_LANGUAGE)


def is_clinician_checked(language: str) -> bool:
    """Whether a clinician has checked the content's translation into this language."""
    if language == SOURCE_LANGUAGE:
        return False
    catalogs = sorted((ROOT / "exercises" / "translations" / language).glob("*.po"))
    return bool(catalogs) and all(_says_checked(path) for path in catalogs)


def _says_checked(path: Path) -> bool:
    # Babel forgets headers it does not know, so the file itself is asked.
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    return "x-clinician-checked: yes" in header.lower()


def placeholders(template: str) -> frozenset[str]:
    """The names in braces in a sentence."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def catalog_of(language: str) -> dict[str, str]:
    """The product's sentences in one language, by key; for tests and tools."""
    return dict(_product(language))


@cache
def _product(language: str) -> dict[str, str]:
    return _messages(ROOT / "rehab" / "translations" / language)


@cache
def _content(language: str) -> dict[str, str]:
    return _messages(ROOT / "exercises" / "translations" / language)


def _messages(folder: Path) -> dict[str, str]:
    return {
        message.id: message.string
        for path in sorted(folder.glob("*.po"))
        for message in _catalog(path)
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
        if message.string
    }


def _catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)
