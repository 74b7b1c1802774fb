"""Values of settings: checked, and brought into the form that the bot uses."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

# Hosts hand out addresses in all these forms. Each engine has one driver here.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def add_database_driver(url: str) -> str:
    """Return a database address with the driver used here. Raises a setting's error."""
    # The sentence does not quote the address: it may hold a password.
    advice = (
        "write postgresql://user:password@host/name or sqlite:///path/to/file.db, or leave it out"
    )
    try:
        parts = urlsplit(url)
        driver = _DRIVERS[parts.scheme]
        parts.port  # noqa: B018 — reading it is what checks it
    except (KeyError, ValueError):
        raise build_setting_error(f"is not an address Syllabot can use: {advice}") from None
    if parts.path in ("", "/", "/:memory:") or (driver.startswith("sqlite") and parts.netloc):
        raise build_setting_error(f"names no database: {advice}")
    options = []
    for name, value in parse_qsl(parts.query):
        # Hosts write libpq's name for it; asyncpg calls the same option ssl.
        options.append(("ssl" if name == "sslmode" else name, value))
    checked_url = f"{driver}://{parts.netloc}{parts.path}"
    if options:
        checked_url += f"?{urlencode(options)}"
    return checked_url


def reveal_text(typed: object) -> str:
    """Return a setting as text, a secret one too."""
    if isinstance(typed, SecretStr):
        return typed.get_secret_value().strip()
    return str(typed).strip()


def parse_whole_number(typed: object) -> int | None:
    """Return a whole number of up to five digits, or None for anything else."""
    digits = str(typed).strip()
    # `isdigit` alone accepts the digits of every script; five of them hold any port.
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 5
    return int(digits) if is_number else None


def build_setting_error(sentence: str) -> PydanticCustomError:
    """Return the error whose sentence goes on after the setting's name."""
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence})
