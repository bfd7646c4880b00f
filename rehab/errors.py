"""The exception tree. Services raise these; entrances turn them into a page, a reply or an exit code.

RehabError
├── NotFound          the thing does not exist, or this person must not know that it does
├── NotAllowed        the person may not do this
├── InvalidInput      something typed or tapped does not fit; `fields` maps field to reason
├── WrongState        right act, wrong moment (already resolved, expired, used)
├── ContentError      a clinical content file is broken; says where and what was expected
└── SettingsError     config.toml or the environment is broken; says which key and what was expected
"""

from __future__ import annotations


class RehabError(Exception):
    """Base of everything this product raises on purpose."""


class NotFound(RehabError):
    """The thing does not exist, or the asking person must not learn that it does."""


class NotAllowed(RehabError):
    """The person may not do this."""


class InvalidInput(RehabError):
    """Something typed or tapped does not fit. `fields` maps a field name to a reason in plain words."""

    def __init__(self, **fields: str) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in fields.items()))
        self.fields = fields


class WrongState(RehabError):
    """The act is fine but the moment is not; `code` is a stable word for texts and tests."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class ContentError(RehabError):
    """A content file is broken. The message carries file, line or key, what was found and expected."""


class SettingsError(RehabError):
    """The configuration is broken. The message names the key and what was expected."""
