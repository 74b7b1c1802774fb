"""The settings, read from the environment and from `.env` in the working directory.

A wrong value stops the start with one sentence per setting: its name, and what to do.
`.env.example` is generated from this file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.setting_values import (
    add_database_driver,
    build_setting_error,
    parse_whole_number,
    reveal_text,
)

MOST_SHARDS = 1000
MOST_DAYS = 36_500

# The beginning of each Slack token, and the page to copy it from.
_SLACK_TOKENS = {
    "slack_bot_token": ("xoxb-", "OAuth & Permissions"),
    "slack_app_token": ("xapp-", "Basic Information"),
}
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

# Slack's own commands. A manifest with one of these names is refused as a whole.
RESERVED = (
    "/active /apps /archive /away /call /close /collapse /dm /dnd /expand /feed /feedback "
    "/invite /invite_people /join /kick /leave /me /msg /mute /open /part /prefs /pro /remind "
    "/remove /rename /search /shortcuts /shrug /star /status /topic /who"
)


class SettingsError(Exception):
    """Settings the bot cannot start with.

    One sentence a line: the setting's name, and what to do.
    """


def build_sqlite_url(values: dict[str, Any]) -> str:
    path = values["data_dir"] / "syllabot.db"
    return f"sqlite+aiosqlite:///{path.as_posix()}"


class Settings(BaseSettings):
    """An operator's choices, checked. Never changed after the start."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default=Path("data"),
        description=(
            "The folder for Syllabot's files; it is made if it is missing. `syllabot backup` "
            "copies it."
        ),
    )
    database_url: str = Field(
        default_factory=build_sqlite_url,
        description=(
            "The database for connected platforms; the local room always has files of its own. If "
            "you leave it out, it is the file syllabot.db in DATA_DIR. For PostgreSQL: "
            "postgresql://user:password@host/name."
        ),
        repr=False,  # it may hold a password
    )
    discord_token: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The token of your Discord application, from the Bot page of its settings. With it "
            "Syllabot runs in the servers it is invited to; `syllabot discord invite` prints the "
            "link."
        ),
    )
    discord_shard_count: int | None = Field(
        default=None,
        description="The number of shards over all processes; left out, Discord decides.",
    )
    discord_shard_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(),
        description=(
            "The shards this process runs, like 0,1; if you leave it out, all. Needs "
            "DISCORD_SHARD_COUNT."
        ),
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The bot token (xoxb-…) of your Slack app, from its OAuth & Permissions page. With it "
            "Syllabot works in that one workspace. `syllabot slack manifest` prints what to make "
            "the app from."
        ),
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The app-level token (xapp-…) of your Slack app, from its Basic Information page, "
            "with the scope connections:write. With it Syllabot needs no public address: it uses "
            "Socket Mode."
        ),
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The signing secret of your Slack app, from its Basic Information page. You need it "
            "if Slack calls PUBLIC_URL."
        ),
    )
    slack_client_id: str = Field(
        default="",
        description=(
            "The client id of your Slack app, from its Basic Information page. With it, the "
            "client secret, the signing secret, PUBLIC_URL and VAULT_KEY, and without "
            "SLACK_BOT_TOKEN, many workspaces can install the app from PUBLIC_URL/slack/install."
        ),
    )
    slack_client_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The client secret of your Slack app, beside its client id.",
    )
    slack_command: str = Field(
        default="/study",
        description=(
            "The slash command of Syllabot on Slack. Change it if another app in the workspace "
            "has the same."
        ),
    )
    public_url: str = Field(
        default="",
        description=(
            "The https address of PUBLIC_PORT on the internet, like https://study.example.org. "
            "You need it only if a platform has to call Syllabot."
        ),
    )
    public_host: str = Field(default="0.0.0.0", description="The host to listen on for PUBLIC_URL.")
    public_port: int = Field(default=8751, description="The port to listen on for PUBLIC_URL.")
    vault_key: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The key that encrypts the tokens of many workspaces; `syllabot slack key` prints a "
            "new one. You can list several with commas: the first one encrypts, and all of them "
            "decrypt."
        ),
    )
    room_port: int = Field(
        default=8750,
        description=(
            "The port of the local room, which answers on this machine only; 0 takes any free one."
        ),
    )
    room_zone: str = Field(
        default="UTC",
        description="The time zone of the local room's clock: an IANA name, like Europe/Berlin.",
    )
    keep_cohorts_days: int = Field(
        default=0,
        description=(
            "The number of days after which a finished cohort is deleted with everything in it, "
            "counted from its last day. 0 keeps cohorts for ever."
        ),
    )
    keep_people_days: int = Field(
        default=0,
        description=(
            "The number of days after which people are erased who have neither a seat in a cohort "
            "nor a right, counted from their last sign. 0 keeps them until they erase themselves."
        ),
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
            raise build_setting_error(f"is “{folder}”, which is a file: name a folder")
        return folder

    @field_validator("database_url")
    @classmethod
    def _add_database_driver(cls, url: str) -> str:
        return add_database_driver(url)

    @field_validator("discord_token", mode="before")
    @classmethod
    def _check_discord_token(cls, typed: object) -> str:
        # The sentence does not quote the token: whoever holds it is the bot.
        token = str(typed).strip()
        if any(letter.isspace() for letter in token) or token.casefold().startswith("bot "):
            raise build_setting_error(
                "is no token: copy it from the Bot page of your Discord application, "
                "without anything around it"
            )
        return token

    @field_validator("discord_shard_count", mode="before")
    @classmethod
    def _check_discord_shards(cls, typed: object) -> object:
        if typed is None:
            return None
        number = parse_whole_number(typed)
        if number and number <= MOST_SHARDS:
            return number
        raise build_setting_error(
            f"is “{typed}”, which is no number of shards: give it like 2, or leave it out"
        )

    @field_validator("discord_shard_ids", mode="before")
    @classmethod
    def _check_discord_shard_ids(cls, typed: object, info: ValidationInfo) -> object:
        # The environment gives text; the default and tests give a tuple of numbers.
        parts = typed.split(",") if isinstance(typed, str) else list(cast(Any, typed))
        numbers = [parse_whole_number(part) for part in parts if str(part).strip()]
        ids = [number for number in numbers if number is not None]
        if len(set(ids)) < len(numbers):
            raise build_setting_error(
                f"is “{typed}”, which names no shards: give them like 0,1, or leave them out"
            )
        count = info.data.get("discord_shard_count")
        if ids and (count is None or max(ids) >= count):
            raise build_setting_error(
                "needs a DISCORD_SHARD_COUNT that is higher than each of them: "
                "set it, or leave the ids out"
            )
        return tuple(ids)

    @field_validator("slack_bot_token", "slack_app_token", mode="before")
    @classmethod
    def _check_slack_token(cls, typed: object, info: ValidationInfo) -> str:
        # The sentence does not quote the token, as above.
        token = reveal_text(typed)
        begins, page = _SLACK_TOKENS[str(info.field_name)]
        if token and (not token.startswith(begins) or any(letter.isspace() for letter in token)):
            raise build_setting_error(
                f"is no such token: copy the one that begins with {begins} "
                f"from the {page} page of your Slack app"
            )
        return token

    @field_validator(
        "slack_signing_secret", "slack_client_id", "slack_client_secret", mode="before"
    )
    @classmethod
    def _check_slack_secret(cls, typed: object) -> str:
        secret = reveal_text(typed)
        if any(letter.isspace() for letter in secret) or secret.startswith(("xoxb-", "xapp-")):
            raise build_setting_error(
                "is something else: copy it from the Basic Information page of your Slack app"
            )
        return secret

    @field_validator("slack_command", mode="before")
    @classmethod
    def _check_slack_command(cls, typed: object) -> str:
        name = str(typed).strip()
        if not re.fullmatch(r"/[a-z0-9_-]{1,31}", name):
            raise build_setting_error(
                f"is “{name}”, which Slack does not accept as a command: "
                "write / and up to 31 of a–z, 0–9, - and _"
            )
        if name in RESERVED.split():
            raise build_setting_error(
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
            host = parts.hostname
            rest = parts.path or parts.query or parts.fragment or parts.username
            parts.port  # noqa: B018 — reading it is what checks it
        except ValueError:
            raise build_setting_error(f"is no address: {advice}") from None
        if url and (not host or rest or re.search(r"\s", url)):
            raise build_setting_error(f"is no address others can call: {advice}")
        is_local = parts.scheme == "http" and host in _LOCAL_HOSTS
        if url and parts.scheme != "https" and not is_local:
            raise build_setting_error(
                f"does not begin with https://, which Slack asks for: {advice}"
            )
        return url

    @field_validator("vault_key", mode="before")
    @classmethod
    def _check_vault_keys(cls, typed: object) -> str:
        # The sentence does not quote the keys: they open the tokens.
        keys = [key.strip() for key in reveal_text(typed).split(",") if key.strip()]
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            raise build_setting_error(
                "holds something that is no key: `syllabot slack key` prints a new one"
            ) from None
        return ",".join(keys)

    @field_validator("public_port", "room_port", mode="before")
    @classmethod
    def _check_port(cls, typed: object, info: ValidationInfo) -> int:
        port = parse_whole_number(typed)
        may_be_any = info.field_name == "room_port"
        if port is None or port > 65535 or (port == 0 and not may_be_any):
            advice = "1 to 65535, or 0 for any free one" if may_be_any else "1 to 65535"
            raise build_setting_error(f"is “{typed}”, which is no port: choose {advice}")
        return port

    @field_validator("keep_cohorts_days", "keep_people_days", mode="before")
    @classmethod
    def _check_days(cls, typed: object) -> int:
        days = parse_whole_number(typed)
        if days is None or days > MOST_DAYS:
            raise build_setting_error(
                f"is “{typed}”, which is no number of days: write one like 365, or 0 for ever"
            )
        return days

    @field_validator("room_zone")
    @classmethod
    def _check_room_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise build_setting_error(
                f"is “{name}”, which is no time zone I know: use an IANA name like Europe/Berlin"
            )
        return name

    @field_validator("log_level", mode="before")
    @classmethod
    def _check_log_level(cls, typed: object) -> str:
        level = str(typed).strip().upper()
        if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise build_setting_error(
                f"is “{typed}”, which is no log level: use DEBUG, INFO, WARNING or ERROR"
            )
        return level


def load_settings() -> Settings:
    """Read the environment, then `.env` in the working directory, then the defaults.

    Raises `SettingsError` for a wrong value, and for a `.env` that cannot be read.
    """
    try:
        return Settings()
    except ValidationError as invalid:
        sentences = []
        for error in invalid.errors():
            # A default made from another setting fails with it, and is no second mistake.
            if error["type"] != "default_factory_not_called":
                sentences.append(f"{str(error['loc'][0]).upper()} {error['msg']}.")
        raise SettingsError("\n".join(sentences)) from None
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(
            f"The file .env cannot be read ({error.strerror}): check its rights."
        ) from None
