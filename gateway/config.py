"""Settings: the only reader of the environment. All errors at once; a half-configured process does not start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway import demo_keys

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

CARRIERS = ("simulator", "africastalking")
LEAST_TOKEN_LENGTH = 24
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


class SettingsError(Exception):
    """Everything that is wrong with the environment; `str()` is one line for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["Hatua cannot start. Please correct these settings:", *(f"  {f}" for f in faults)]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No unsolicited SMS to residents from `start` until `end`, local time; may span midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    redis_url: str
    port: int
    carrier: str
    at_username: str
    at_api_key: str
    at_api_url: str | None
    at_sender: str | None
    ussd_codes: tuple[str, ...]
    sms_codes: tuple[str, ...]
    callback_tokens: tuple[str, ...]
    secret_key: str
    phone_key: str
    timezone: ZoneInfo
    promise: timedelta
    ack: timedelta
    done: timedelta
    director: timedelta
    chief: timedelta
    external: timedelta
    verify: timedelta
    reopen: timedelta
    quiet_hours: QuietHours | None
    #: About one complaint a resident is not told more than one piece of news a day.
    one_update_a_day: bool
    sweep_seconds: float
    resume: timedelta
    send_per_second: float

    @property
    def ussd_code(self) -> str:
        return self.ussd_codes[0]

    @property
    def sms_code(self) -> str:
        return self.sms_codes[0]

    @property
    def is_rehearsal(self) -> bool:
        """Nobody real is behind the phones: the carrier is a stand-in on this machine."""
        return self.is_simulator or _is_loopback(self.at_api_url)

    @property
    def is_simulator(self) -> bool:
        return self.carrier == "simulator"

    @classmethod
    def read(cls, environ: Mapping[str, str], var: Path = VAR) -> Settings:
        """Raises SettingsError naming every fault."""
        return _Reader(environ, var).settings()


class _Reader:
    """Reads one environment and gathers faults instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str], var: Path) -> None:
        self._environ = environ
        self._var = var
        self.faults: list[str] = []

    def settings(self) -> Settings:
        carrier = self._text("CARRIER", "simulator")
        if carrier not in CARRIERS:
            self.faults.append(f"CARRIER is {carrier!r}; it must be one of: {', '.join(CARRIERS)}")
        port = int(self._number("PORT", 8000, least=1, most=65535))
        api_url = self._url("AT_API_URL")
        secrets = self._secrets(carrier, api_url)
        promise = self._hours("PROMISE_HOURS", 72)
        settings = Settings(
            database_url=self._database_url(),
            redis_url=self._text("REDIS_URL", f"unix://{embedded_redis_socket(self._var)}"),
            port=port,
            carrier=carrier,
            at_username=secrets["AT_USERNAME"],
            at_api_key=secrets["AT_API_KEY"],
            at_api_url=api_url or (f"http://127.0.0.1:{port}/simulator/carrier" if carrier == "simulator" else None),
            at_sender=self._text("AT_SENDER", "") or None,
            ussd_codes=self._list("USSD_CODE", "*384*1972#", r"\*[0-9*]+#", "a code such as *384*1972#"),
            sms_codes=self._list("SMS_CODE", "21972", r"\+?[0-9]{3,15}", "a short code such as 21972"),
            callback_tokens=tuple(t.strip() for t in secrets["CALLBACK_TOKEN"].split(",") if t.strip()),
            secret_key=secrets["SECRET_KEY"],
            phone_key=secrets["PHONE_KEY"],
            timezone=self._zone(),
            promise=promise,
            ack=self._hours("ACK_HOURS", 24),
            done=self._hours("DONE_HOURS", 48),
            director=self._hours("DIRECTOR_HOURS", promise / timedelta(hours=1)),
            chief=self._hours("CHIEF_HOURS", 96),
            external=self._hours("EXTERNAL_HOURS", 120),
            verify=self._hours("VERIFY_HOURS", 72),
            reopen=self._hours("REOPEN_HOURS", 72),
            quiet_hours=self._quiet_hours(carrier, api_url),
            # In a demonstration nobody would understand where the second text is.
            one_update_a_day=carrier != "simulator" or "QUIET_HOURS" in self._environ,
            sweep_seconds=self._number("SWEEP_SECONDS", 60, least=0.05, most=3600),
            resume=timedelta(minutes=self._number("RESUME_MINUTES", 30, least=0, most=24 * 60)),
            send_per_second=self._number("SEND_PER_SECOND", 20, least=0.01, most=10_000),
        )
        if self.faults:
            raise SettingsError(self.faults)
        return settings

    def _text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def _number(self, name: str, default: float, *, least: float, most: float) -> float:
        given = self._text(name, str(default))
        try:
            value = float(given)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            self.faults.append(f"{name} is {given!r}; it must be a number from {least:g} to {most:g}")
            return default
        return value

    def _hours(self, name: str, default: float) -> timedelta:
        return timedelta(hours=self._number(name, default, least=0.0001, most=24 * 365))

    def _list(self, name: str, default: str, pattern: str, wanted: str) -> tuple[str, ...]:
        values = tuple(v.strip() for v in self._text(name, default).split(",") if v.strip())
        for value in values:
            if not re.fullmatch(pattern, value):
                self.faults.append(f"{name} holds {value!r}; each must be {wanted}")
        return values or (default,)

    def _url(self, name: str) -> str | None:
        given = self._text(name, "")
        if not given:
            return None
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self.faults.append(f"{name} is not an address such as http://127.0.0.1:5055")
        return given.rstrip("/")

    def _database_url(self) -> str:
        given = self._text("DATABASE_URL", f"sqlite:///{self._var / 'hatua.db'}")
        # Several hosts hand out postgres://, which SQLAlchemy does not know.
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", given)

    def _zone(self) -> ZoneInfo:
        name = self._text("TIMEZONE", "Africa/Nairobi")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self.faults.append(f"TIMEZONE is {name!r}; it must be a zone such as Africa/Nairobi")
            return ZoneInfo("UTC")

    def _quiet_hours(self, carrier: str, api_url: str | None) -> QuietHours | None:
        """Where no real resident is behind it, none unless they are asked for: a demonstration at night is not mute."""
        usual = "" if carrier == "simulator" or _is_loopback(api_url) else "21:00-07:00"
        given = self._environ.get("QUIET_HOURS", usual).strip()
        if not given:
            return None
        try:
            start, end = (time.fromisoformat(part.strip()) for part in given.split("-"))
        except ValueError:
            self.faults.append(f"QUIET_HOURS is {given!r}; it must be like 21:00-07:00, or empty")
            return None
        return QuietHours(start, end)

    def _secrets(self, carrier: str, api_url: str | None) -> dict[str, str]:
        names = ("AT_USERNAME", "AT_API_KEY", "CALLBACK_TOKEN", "SECRET_KEY", "PHONE_KEY")
        given = {name: self._text(name, "") for name in names}
        missing = {name for name, value in given.items() if not value}
        may_be_made = missing if carrier == "simulator" else self._rehearsal_gaps(missing, api_url)
        for name in sorted(missing - may_be_made):
            self.faults.append(f"{name} is missing; it is required with CARRIER={carrier}")
        for token in given["CALLBACK_TOKEN"].split(","):
            if token.strip() and len(token.strip()) < LEAST_TOKEN_LENGTH:
                self.faults.append(f"CALLBACK_TOKEN is too short: at least {LEAST_TOKEN_LENGTH} characters each")
        if missing & may_be_made and not self.faults:
            made = demo_keys.read_or_make(self._var)
            given |= {name: made[name] for name in missing & may_be_made}
        return given

    @staticmethod
    def _rehearsal_gaps(missing: set[str], api_url: str | None) -> set[str]:
        """A rehearsal talks to a stand-in for the carrier on this machine, so no real account or resident is behind
        it: a pair of keys left out *whole* is made under var/. Half a pair is a mistake and is named."""
        if not _is_loopback(api_url) or "CALLBACK_TOKEN" in missing:
            return set()
        pairs = ({"AT_USERNAME", "AT_API_KEY"}, {"SECRET_KEY", "PHONE_KEY"})
        return {name for pair in pairs if pair <= missing for name in pair}


def _is_loopback(address: str | None) -> bool:
    return bool(_LOOPBACK.fullmatch(urlsplit(address or "").hostname or ""))


def embedded_redis_socket(var: Path) -> Path:
    """Where the embedded Redis listens: under `var`, or in the temporary folder where that path is too long."""
    socket = var / "redis.sock"
    # sun_path holds 108 bytes on Linux and 104 on macOS.
    if len(str(socket).encode()) <= 100:
        return socket
    return demo_keys.short_folder(var) / "redis.sock"
