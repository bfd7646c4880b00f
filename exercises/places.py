"""Where each key of a TOML text stands. `tomllib` gives the values and forgets the lines."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from exercises.errors import Key

_BARE_STOP = set(" \t\r\n=.]#")
_SCALAR_STOP = set(",]}#\r\n")


class Places:
    """The lines of the keys of a valid TOML text. Looked up only when somebody asks: nearly every
    file is right, and nobody needs the lines of a file without a problem."""

    def __init__(self, text: str) -> None:
        self._text = text

    def line_of(self, key: Key) -> int | None:
        """Return the line of a key, or of the nearest table around it when the key is not there."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return self.lines[key[:length]]
        return None

    @cached_property
    def lines(self) -> dict[Key, int]:
        """Each key path and the line it starts on, counted from 1."""
        return _Scanner(self._text).scan()


class _Scanner:
    """Walks a text that `tomllib` has already accepted, so it need not complain."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self.counts: dict[Key, int] = {}
        self.line_ends = [place for place, char in enumerate(text) if char == "\n"]

    def scan(self) -> dict[Key, int]:
        table: Key = ()
        while self._skip(" \t\r\n"):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _skip(self, blanks: str) -> bool:
        """Move past blanks and comments. Returns whether text is left."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                while self.at < len(self.text) and self.text[self.at] != "\n":
                    self.at += 1
            elif char in blanks:
                self.at += 1
            else:
                return True
        return False

    def _mark(self, key: Key) -> None:
        self.lines.setdefault(key, bisect_left(self.line_ends, self.at) + 1)

    def _header(self) -> Key:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        parts = self._key()
        self.at += 2 if many else 1
        table: Key = ()
        for number, part in enumerate(parts, start=1):
            table = (*table, part)
            if many and number == len(parts):
                self.counts[table] = self.counts.get(table, 0) + 1
            if table in self.counts:
                table = (*table, self.counts[table] - 1)
        end, self.at = self.at, start
        self._mark(table[:-1] if many else table)
        self._mark(table)
        self.at = end
        return table

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(" \t")
            if self.text[self.at] in "\"'":
                parts.append(self._string())
            else:
                start = self.at
                while self.text[self.at] not in _BARE_STOP:
                    self.at += 1
                parts.append(self.text[start : self.at])
            self._skip(" \t")
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _pair(self, table: Key) -> None:
        start = self.at
        parts = self._key()
        key = (*table, *parts)
        end, self.at = self.at, start
        for number in range(1, len(parts) + 1):  # `words.en = …` makes a table `words` as well
            self._mark((*table, *parts[:number]))
        self.at = end + 1
        self._skip(" \t")
        self._value(key)

    def _value(self, key: Key) -> None:
        char = self.text[self.at]
        if char in "\"'":
            self._string()
        elif char == "[":
            self._array(key)
        elif char == "{":
            self._inline_table(key)
        else:
            while self.at < len(self.text) and self.text[self.at] not in _SCALAR_STOP:
                self.at += 1

    def _array(self, key: Key) -> None:
        self.at += 1
        index = 0
        while self._skip(" \t\r\n,") and self.text[self.at] != "]":
            item = (*key, index)
            self._mark(item)
            self._value(item)
            index += 1
        self.at += 1

    def _inline_table(self, key: Key) -> None:
        self.at += 1
        while self._skip(" \t\r\n,") and self.text[self.at] != "}":
            self._pair(key)
        self.at += 1

    def _string(self) -> str:
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(mark)
        start = self.at
        while not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        value = self.text[start : self.at]
        self.at += len(mark)
        while len(mark) == 3 and self.text.startswith(quote, self.at):
            self.at += 1
        return value
