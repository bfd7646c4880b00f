"""What every use case may need besides the session: the clinic's configuration and its content."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.loader import ContentPack
from rehab.settings import Config


@dataclass(frozen=True)
class Context:
    """The clinic as it is configured, and the content that is published now."""

    config: Config
    content: ContentPack
