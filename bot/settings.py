"""Every setting there is, read from the environment and from `.env` in the working directory.

A wrong value stops the start with one sentence per setting that says which one and what to do.
`.env.example` is generated from this file, so nothing about a setting is written down twice.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import available_timezones

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_COMMENT_WIDTH = 100
MOST_SHARDS = 1000

# Hosts hand out addresses in all of these forms; each engine has one driver here.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

# How a token of Slack begins, and the page it is copied from.
_SLACK_TOKENS = {
    "slack_bot_token": ("xoxb-", "OAuth & Permissions"),
    "slack_app_token": ("xapp-", "Basic Information"),
}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})

# Slack has commands of its own under these names, and one of them in a manifest has the whole of it refused.
RESERVED = (
    "/active /apps /archive /away /call /close /collapse /dm /dnd /expand /feed /feedback /invite /invite_people /join "
    "/kick /leave /me /msg /mute /open /part /prefs /pro /remind /remove /rename /search /shortcuts /shrug /star /status "
    "/topic /who"
)


class SettingsError(Exception):
    """Settings the bot cannot start with: one sentence per line, each naming a setting and what to do."""


def build_sqlite_url(read: dict[str, Any]) -> str:
    return f"sqlite+aiosqlite:///{(read['data_dir'] / 'syllabot.db').as_posix()}"


class Settings(BaseSettings):
    """What an operator can choose, checked. Made by `load`, never changed after."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default=Path("data"),
        description="The folder Syllabot keeps its files in; made if it is missing. `syllabot backup` copies it.",
    )
    database_url: str = Field(
        default_factory=build_sqlite_url,
        description=(
            "Where the study groups of connected platforms are kept; the local room always has files of its own. "
            "Left out, it is the file syllabot.db in DATA_DIR. For PostgreSQL: postgresql://user:password@host/name."
        ),
        repr=False,  # it may hold a password
    )
    discord_token: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The token of your Discord application, from the Bot page of its settings. With it Syllabot runs in the "
            "servers it is invited to; `syllabot discord invite` prints the link."
        ),
    )
    discord_shard_count: int | None = Field(
        default=None,
        description="Into how many shards all processes together divide the servers; left out, Discord says.",
    )
    discord_shard_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(),
        description="Which of these shards this process runs, like 0,1; left out, all. Needs DISCORD_SHARD_COUNT.",
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The bot token (xoxb-…) of your Slack app, from its OAuth & Permissions page: Syllabot works in its "
            "workspace alone. `syllabot slack manifest` prints what to make the app from."
        ),
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The app-level token (xapp-…) of your Slack app, from its Basic Information page, with the scope "
            "connections:write. With it Syllabot needs no public address: Slack speaks to it through Socket Mode."
        ),
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The signing secret of your Slack app, from its Basic Information page, where Slack calls PUBLIC_URL instead."
        ),
    )
    slack_client_id: str = Field(
        default="",
        description=(
            "The client id of your Slack app, from its Basic Information page: with it, its secret, the signing secret, "
            "PUBLIC_URL and a VAULT_KEY, and without SLACK_BOT_TOKEN, many workspaces can install it, from "
            "PUBLIC_URL/slack/install."
        ),
    )
    slack_client_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The client secret of your Slack app, beside its client id.",
    )
    slack_command: str = Field(
        default="/study",
        description="The slash command Slack gives to Syllabot; change it if another app of the workspace has the same.",
    )
    public_url: str = Field(
        default="",
        description="The https address at which the world reaches PUBLIC_PORT, like https://study.example.org; only where "
        "a platform has to call Syllabot.",
    )
    public_host: str = Field(
        default="0.0.0.0", description="The address to listen on for PUBLIC_URL."
    )
    public_port: int = Field(default=8751, description="The port to listen on for PUBLIC_URL.")
    vault_key: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The key that tokens of many workspaces are encrypted with; `syllabot slack key` prints a new one. Several, "
            "separated by commas, open what any of them has locked, and the first one locks."
        ),
    )
    room_port: int = Field(
        default=8750,
        description="The port of the local room, which answers on this machine only; 0 takes any free one.",
    )
    room_zone: str = Field(
        default="UTC",
        description="The time zone the local room's clock shows, by its IANA name, like Europe/Berlin.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        description="How much goes to the log: DEBUG, INFO, WARNING or ERROR.",
    )

    @field_validator("data_dir")
    @classmethod
    def _check_data_dir(cls, folder: Path) -> Path:
        folder = folder.expanduser()
        if folder.exists() and not folder.is_dir():
            raise _build_setting_error(f"is “{folder}”, which is a file: name a folder")
        return folder

    @field_validator("database_url")
    @classmethod
    def _add_database_driver(cls, url: str) -> str:
        # The address itself is left out of the sentence: it may hold a password.
        advice = "write postgresql://user:password@host/name or sqlite:///path/to/file.db, or leave it out"
        try:
            parts = urlsplit(url)
            driver = _DRIVERS[parts.scheme]
            parts.port  # noqa: B018 — reading it is what checks it
        except (KeyError, ValueError):
            raise _build_setting_error(f"is not an address Syllabot can use: {advice}") from None
        if parts.path in ("", "/", "/:memory:") or (driver.startswith("sqlite") and parts.netloc):
            raise _build_setting_error(f"names no database: {advice}")
        options = [
            ("ssl" if name == "sslmode" else name, value) for name, value in parse_qsl(parts.query)
        ]
        return f"{driver}://{parts.netloc}{parts.path}" + (
            f"?{urlencode(options)}" if options else ""
        )

    @field_validator("discord_token", mode="before")
    @classmethod
    def _check_discord_token(cls, typed: object) -> str:
        # The token itself is left out of the sentence: whoever reads it is the bot.
        token = str(typed).strip()
        if any(letter.isspace() for letter in token) or token.casefold().startswith("bot "):
            raise _build_setting_error(
                "is no token: copy it from the Bot page of your Discord application, without anything around it"
            )
        return token

    @field_validator("discord_shard_count", mode="before")
    @classmethod
    def _check_discord_shards(cls, typed: object) -> object:
        if typed is None or ((number := _parse_whole_number(typed)) and number <= MOST_SHARDS):
            return typed if typed is None else number
        raise _build_setting_error(
            f"is “{typed}”, which is no number of shards: give it like 2, or leave it out"
        )

    @field_validator("discord_shard_ids", mode="before")
    @classmethod
    def _check_discord_shard_ids(cls, typed: object, info: ValidationInfo) -> object:
        listed = (
            [part.strip() for part in typed.split(",")]
            if isinstance(typed, str)
            else list(cast(Any, typed))
        )
        ids = [_parse_whole_number(part) for part in listed if part != ""]
        count = info.data.get("discord_shard_count")
        if any(one is None for one in ids) or len(set(ids)) < len(ids):
            raise _build_setting_error(
                f"is “{typed}”, which names no shards: give them like 0,1, or leave them out"
            )
        if ids and (count is None or any(one is not None and one >= count for one in ids)):
            raise _build_setting_error(
                "needs a DISCORD_SHARD_COUNT that is higher than each of them: set it, or leave the ids out"
            )
        return tuple(ids)

    @field_validator("slack_bot_token", "slack_app_token", mode="before")
    @classmethod
    def _check_slack_token(cls, typed: object, info: ValidationInfo) -> str:
        # The token itself is left out of the sentence, as above.
        token = _reveal_text(typed)
        begins, page = _SLACK_TOKENS[str(info.field_name)]
        if token and (not token.startswith(begins) or any(letter.isspace() for letter in token)):
            raise _build_setting_error(
                f"is no such token: copy the one that begins with {begins} from the {page} page of your Slack app"
            )
        return token

    @field_validator(
        "slack_signing_secret", "slack_client_id", "slack_client_secret", mode="before"
    )
    @classmethod
    def _check_slack_secret(cls, typed: object) -> str:
        secret = _reveal_text(typed)
        if any(letter.isspace() for letter in secret) or secret.startswith(("xoxb-", "xapp-")):
            raise _build_setting_error(
                "is something else: copy it from the Basic Information page of your Slack app"
            )
        return secret

    @field_validator("slack_command", mode="before")
    @classmethod
    def _check_slack_command(cls, typed: object) -> str:
        name = str(typed).strip()
        if not re.fullmatch(r"/[a-z0-9_-]{1,31}", name):
            raise _build_setting_error(
                f"is “{name}”, which Slack takes for no command: write / and up to 31 of a–z, 0–9, - and _"
            )
        if name in RESERVED.split():
            raise _build_setting_error(
                f"is “{name}”, which is a command of Slack's own: choose another, like /study"
            )
        return name

    @field_validator("public_url", mode="before")
    @classmethod
    def _check_public_url(cls, typed: object) -> str:
        url = str(typed).strip().rstrip("/")
        advice = "write it like https://study.example.org, without a path"
        try:
            parts = urlsplit(url)
            host, beyond = (
                parts.hostname,
                parts.path or parts.query or parts.fragment or parts.username,
            )
            parts.port  # noqa: B018 — reading it is what checks it
        except ValueError:
            raise _build_setting_error(f"is no address: {advice}") from None
        if url and (not host or beyond or re.search(r"\s", url)):
            raise _build_setting_error(f"is no address others can call: {advice}")
        if url and parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
            raise _build_setting_error(
                f"does not begin with https://, which Slack asks for: {advice}"
            )
        return url

    @field_validator("public_port", mode="before")
    @classmethod
    def _check_public_port(cls, typed: object) -> object:
        if not (port := _parse_whole_number(typed)) or port > 65535:
            raise _build_setting_error(f"is “{typed}”, which is no port: choose 1 to 65535")
        return port

    @field_validator("vault_key", mode="before")
    @classmethod
    def _check_vault_keys(cls, typed: object) -> str:
        # Neither the keys nor a part of them are in the sentence: they open the tokens.
        keys = [key.strip() for key in _reveal_text(typed).split(",") if key.strip()]
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            raise _build_setting_error(
                "holds something that is no key: `syllabot slack key` prints a new one"
            ) from None
        return ",".join(keys)

    @field_validator("room_port", mode="before")
    @classmethod
    def _check_room_port(cls, typed: object) -> object:
        port = _parse_whole_number(typed)
        if port is None or port > 65535:
            raise _build_setting_error(
                f"is “{typed}”, which is no port: choose 1 to 65535, or 0 for any free one"
            )
        return port

    @field_validator("room_zone")
    @classmethod
    def _check_room_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise _build_setting_error(
                f"is “{name}”, which is no time zone I know: use an IANA name like Europe/Berlin"
            )
        return name

    @field_validator("log_level", mode="before")
    @classmethod
    def _check_log_level(cls, typed: object) -> str:
        level = str(typed).strip().upper()
        if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise _build_setting_error(
                f"is “{typed}”, which is no log level: use DEBUG, INFO, WARNING or ERROR"
            )
        return level


def load_settings() -> Settings:
    """The settings of this start: the environment first, then `.env` in the working directory, then defaults.

    Raises `SettingsError` when a value is wrong or `.env` cannot be read.
    """
    try:
        return Settings()
    except ValidationError as wrong:
        errors = [
            error for error in wrong.errors() if error["type"] != "default_factory_not_called"
        ]
        sentences = (f"{str(error['loc'][0]).upper()} {error['msg']}." for error in errors)
        raise SettingsError("\n".join(sentences)) from None
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(
            f"The file .env cannot be read ({error.strerror}): check its rights."
        ) from None


def format_env_example() -> str:
    """The text of `.env.example`: every setting with its description and default, commented out."""
    blocks = [
        "# Copy this file to .env and change what you need; the environment wins over the file."
    ]
    read: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        read[name] = field.get_default(call_default_factory=True, validated_data=read)
        comment = textwrap.fill(
            field.description or "", _COMMENT_WIDTH, initial_indent="# ", subsequent_indent="# "
        )
        shown = "" if read[name] in (None, ()) else read[name]
        blocks.append(f"{comment}\n# {name.upper()}={shown}")
    return "\n\n".join(blocks) + "\n"


def _reveal_text(typed: object) -> str:
    return (typed.get_secret_value() if isinstance(typed, SecretStr) else str(typed)).strip()


def _parse_whole_number(typed: object) -> int | None:
    digits = str(typed).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else None


def _build_setting_error(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence})
