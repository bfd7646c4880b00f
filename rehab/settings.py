"""The only reader of `config.toml` and of the environment. Returns one frozen `Settings`."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from rehab.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
OFFICIAL_API = "https://api.telegram.org"
SHORTEST_SECRET = 32
"""Characters. A shorter SECRET_KEY is refused: sessions and stored names depend on it."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Clinic(Section):
    name: str
    phone: str
    emergency_number: str
    timezone: str
    languages: tuple[str, ...] = Field(min_length=1)
    readers: dict[str, str]
    cover_days: tuple[int, ...]
    cover_from: time
    cover_until: time
    open_to_all_clinicians: bool

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError('expected an IANA time zone such as "Asia/Kolkata"') from error
        return value

    @model_validator(mode="after")
    def _readers_in_every_language(self) -> Clinic:
        missing = [code for code in self.languages if not self.readers.get(code)]
        if missing:
            raise ValueError(f"readers: expected a text for {', '.join(missing)} too")
        return self


class Telegram(Section):
    bot_username: str
    poll_seconds: int = Field(ge=0, le=50)
    messages_per_second: float = Field(gt=0, le=30)
    reminders_per_second: float = Field(gt=0, le=30)
    seconds_per_chat: float = Field(ge=0, le=10)
    protect_content: bool


class Enrolment(Section):
    invite_hours: int = Field(ge=1, le=720)
    birth_year_attempts: int = Field(ge=1, le=10)


class Reminders(Section):
    default_time: time
    quiet_from: time
    quiet_until: time
    spread_minutes: int = Field(ge=0, le=120)
    nudge_after_hours: tuple[float, ...]
    expires_after_hours: float = Field(gt=0)


class Education(Section):
    at: time


class Progress(Section):
    at: time


class CheckIns(Section):
    correction_minutes: int = Field(ge=0, le=1440)
    ask_how_urgent: bool
    ask_who_answers_every_days: int = Field(ge=0, le=90)


class Messages(Section):
    unread_minutes: int = Field(ge=5, le=2880)


class Silence(Section):
    caregiver_hours: float = Field(gt=0, le=168)
    caregiver_until_day: int = Field(ge=0, le=365)
    stopped_until_day: int = Field(ge=0, le=365)
    ask_paused_every_days: int = Field(ge=1, le=90)
    invited_hours: float = Field(gt=0, le=720)
    notice_every_days: int = Field(ge=1, le=365)
    notice_after_silent_days: int = Field(ge=1, le=90)


class Photos(Section):
    review_hours: float = Field(gt=0, le=168)
    largest_megabytes: float = Field(gt=0, le=20)
    most_megapixels: float = Field(gt=0, le=200)
    longest_side: int = Field(ge=400, le=6000)


class RollCallSettings(Section):
    at: time
    send: bool


class Rota(Section):
    accept_minutes: float = Field(gt=0, le=240)
    warn_of_gaps_days: int = Field(ge=1, le=31)


class Email(Section):
    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["starttls", "tls", "none"]
    user: str
    sender: str
    operator: str

    @model_validator(mode="after")
    def _complete(self) -> Email:
        if self.host and "@" not in self.sender:
            raise ValueError("sender: expected an e-mail address when a host is given")
        if self.operator and "@" not in self.operator:
            raise ValueError("operator: expected an e-mail address or nothing")
        return self

    @property
    def is_on(self) -> bool:
        return bool(self.host)


class Webhook(Section):
    url: str

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("expected an https address or nothing")
        return value

    @property
    def is_on(self) -> bool:
        return bool(self.url)


class Topics(Section):
    T0: int
    T1: int
    T2: int


class StaffGroup(Section):
    chat_id: int = Field(le=0)
    topics: Topics


class Watch(Section):
    drill_minutes: int = Field(ge=0, le=1440)
    drill_chat: int
    ping_url: str
    ping_seconds: int = Field(ge=10, le=3600)


class LadderStep(Section):
    after_minutes: float = Field(ge=0)
    to: Literal["on_call", "care_team", "everyone"]


class LadderSettings(Section):
    steps: tuple[LadderStep, ...] = Field(min_length=1)
    repeat_minutes: float = Field(gt=0)
    acknowledgement_minutes: float = Field(gt=0)
    channels: tuple[Literal["telegram", "email", "webhook"], ...] = Field(min_length=1)
    everyone_acknowledges: bool
    rings: bool


class Escalation(Section):
    fallback_seconds: float = Field(gt=0, le=600)
    T0: LadderSettings
    T1: LadderSettings
    T2: LadderSettings


class Progression(Section):
    automatic_stages: tuple[str, ...]
    early_days: int = Field(ge=0, le=14)

    @field_validator("automatic_stages")
    @classmethod
    def _protocol_and_stage(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not all(entry.partition("/")):
                raise ValueError(f"expected protocol/stage, found {entry!r}")
        return value


class Retention(Section):
    inbox_days: int = Field(ge=4)
    outbox_days: int = Field(ge=4)


class Web(Section):
    trusted_hosts: tuple[str, ...]
    proxies: int = Field(ge=0, le=5)
    secure_cookies: bool
    idle_minutes: int = Field(ge=1)
    public_url: str


class Config(Section):
    """`config.toml`, whole."""

    clinic: Clinic
    telegram: Telegram
    enrolment: Enrolment
    reminders: Reminders
    check_ins: CheckIns
    messages: Messages
    silence: Silence
    photos: Photos
    roll_call: RollCallSettings
    rota: Rota
    email: Email
    webhook: Webhook
    staff_group: StaffGroup
    watch: Watch
    education: Education
    progress: Progress
    escalation: Escalation
    progression: Progression
    retention: Retention
    web: Web


class Settings(Section):
    """Everything the product needs to know to start: the file, the secrets and the addresses."""

    config: Config
    database_url: str
    telegram_token: str
    telegram_api_url: str
    secret_key: str = Field(repr=False)
    smtp_password: str = Field(repr=False)
    outgoing_webhook_secret: str = Field(repr=False)
    web_port: int
    simulator_port: int
    is_demo: bool
    """True without a bot token: the bot talks to the simulator and the demo's clock can be moved."""
    is_local: bool
    """True when the Bot API server is on this machine: a demo or a try-out, never a clinic. A secret
    key is then made when none is given, and cookies travel over plain HTTP."""

    @property
    def idle_timeout(self) -> timedelta:
        return timedelta(minutes=self.config.web.idle_minutes)


DEMO_DRILL_CHAT = 720_000_001
"""Where the demo's drill can be watched, when the file names no chat."""
DEMO_TOKEN = "8000000001:SIMULATOR-demo-token-not-a-secret"  # noqa: S105 - known to everybody, opens nothing


def load_settings(
    environ: Mapping[str, str] | None = None, *, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Read config.toml and the environment. Raises SettingsError naming the key and what was expected.

    `overrides` replaces keys of the file, as a nested mapping; tests use it.
    """
    env = os.environ if environ is None else environ
    path = Path(env.get("REHAB_CONFIG") or ROOT / "config.toml")
    config = _config(path, overrides or {})
    token = env.get("TELEGRAM_BOT_TOKEN", "")
    is_demo = not token
    if is_demo and not config.watch.drill_chat:
        config = _with_drill(config)
    simulator_port = _port(env, "SIMULATOR_PORT", 8081)
    default_api = f"http://127.0.0.1:{simulator_port}" if is_demo else OFFICIAL_API
    api_url = (env.get("TELEGRAM_API_URL") or default_api).rstrip("/")
    is_local = urlsplit(api_url).hostname in LOOPBACK
    return Settings(
        config=config,
        database_url=_database_url(env),
        telegram_token=token or DEMO_TOKEN,
        telegram_api_url=api_url,
        secret_key=_secret_key(env, is_local=is_local),
        smtp_password=env.get("SMTP_PASSWORD", ""),
        outgoing_webhook_secret=_webhook_secret(env, config),
        web_port=_port(env, "WEB_PORT", 8000),
        simulator_port=simulator_port,
        is_demo=is_demo,
        is_local=is_local,
    )


def _config(path: Path, overrides: Mapping[str, Any]) -> Config:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: not found; REHAB_CONFIG or ./config.toml must exist"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    try:
        return Config.model_validate(_merged(raw, overrides))
    except ValidationError as error:
        lines = (
            f"{path}: {'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise SettingsError("\n".join(lines)) from error


def _with_drill(config: Config) -> Config:
    watch = config.watch.model_copy(update={"drill_chat": DEMO_DRILL_CHAT})
    return config.model_copy(update={"watch": watch})


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        both_tables = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = _merged(result[key], value) if both_tables else value
    return result


def _database_url(env: Mapping[str, str]) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{ROOT / 'instance' / 'rehab.sqlite3'}"
    # Hosting platforms hand out these two spellings; SQLAlchemy wants its driver named.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _secret_key(env: Mapping[str, str], *, is_local: bool) -> str:
    key = env.get("SECRET_KEY", "")
    if key and len(key) < SHORTEST_SECRET and not is_local:
        raise SettingsError(f"SECRET_KEY: expected at least {SHORTEST_SECRET} characters")
    if key:
        return key
    if not is_local:
        raise SettingsError(
            "SECRET_KEY: missing; set it to a long random value and keep it safe, "
            "stored names and messages cannot be read without it"
        )
    return _local_secret()


def _webhook_secret(env: Mapping[str, str], config: Config) -> str:
    secret = env.get("WEBHOOK_SECRET", "")
    if config.webhook.is_on and len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"WEBHOOK_SECRET: expected at least {SHORTEST_SECRET} characters, because webhook.url is set"
        )
    return secret


def _local_secret() -> str:
    path = ROOT / "instance" / "local-secret-key"
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name) or str(default)
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        raise SettingsError(f"{name}: expected a port number between 1 and 65535, found {raw!r}")
    return int(raw)
