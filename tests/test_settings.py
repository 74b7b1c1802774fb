"""Settings: what is read from where, and the sentence a wrong value gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings, SettingsError, load_settings
from tests.support.paths import ROOT

NO_COUNT = "is “{}”, which is no number of shards: give it like 2, or leave it out."
KEY, OTHER_KEY = (
    f"{'A' * 43}=",
    f"{'B' * 42}A=",
)  # the same in every process, since tests are named by them
NO_TOKEN = "is no such token: copy the one that begins with {} from the {} page of your Slack app."
NO_SECRET = "is something else: copy it from the Basic Information page of your Slack app."
NO_KEY = "holds something that is no key: `syllabot slack key` prints a new one."
NO_COMMAND = (
    "is “{}”, which Slack does not accept as a command: write / and up to 31 of a–z, 0–9, - and _."
)
SLACKS_OWN = "is “{}”, which is a command of Slack's own: choose another, like /study."
A_URL = "write it like https://study.example.org, without a path."
NO_URL, NO_HTTPS = (
    f"is no address others can call: {A_URL}",
    f"does not begin with https://, which Slack asks for: {A_URL}",
)
NO_SUCH_SHARD = (
    "needs a DISCORD_SHARD_COUNT that is higher than each of them: set it, or leave the ids out."
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, in an environment that says nothing about Syllabot."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_setting_everything_has_a_default() -> None:
    assert load_settings().model_dump() == {
        "data_dir": Path("data"),
        "database_url": "sqlite+aiosqlite:///data/syllabot.db",
        "discord_token": SecretStr(""),
        "discord_shard_count": None,
        "discord_shard_ids": (),
        "slack_bot_token": SecretStr(""),
        "slack_app_token": SecretStr(""),
        "slack_signing_secret": SecretStr(""),
        "slack_client_id": "",
        "slack_client_secret": SecretStr(""),
        "slack_command": "/study",
        "public_url": "",
        "public_host": "0.0.0.0",
        "public_port": 8751,
        "vault_key": SecretStr(""),
        "room_port": 8750,
        "room_zone": "UTC",
        "keep_cohorts_days": 0,
        "keep_people_days": 0,
        "log_level": "INFO",
    }


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("ROOM_PORT=9000\nROOM_ZONE=Asia/Kolkata\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("ROOM_PORT", "9001")
    settings = load_settings()
    assert (settings.room_port, settings.room_zone) == (9001, "Asia/Kolkata")


def test_the_database_lives_in_the_data_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(folder / "kept"))
    assert load_settings().database_url == f"sqlite+aiosqlite:///{folder}/kept/syllabot.db"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///here.db", "sqlite+aiosqlite:///here.db"),
        ("sqlite+aiosqlite:////srv/there.db", "sqlite+aiosqlite:////srv/there.db"),
        ("postgres://ada@db/study", "postgresql+asyncpg://ada@db/study"),
        ("postgresql://ada:s%40fe@db:5433/study", "postgresql+asyncpg://ada:s%40fe@db:5433/study"),
        ("postgresql+asyncpg:///study?host=%2Frun", "postgresql+asyncpg:///study?host=%2Frun"),
        ("postgresql://db/study?sslmode=require", "postgresql+asyncpg://db/study?ssl=require"),
    ],
)
def test_every_usual_form_of_a_database_address_names_its_driver(
    given: str, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert load_settings().database_url == used


@pytest.mark.parametrize(
    "address",
    [
        "study.db",
        "mysql://db/study",
        "postgresql://",
        "postgresql://db/",
        "postgresql://db:many/study",
        "postgresql://[db/study",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://study.db",
    ],
)
def test_a_database_address_that_cannot_work_is_refused_without_repeating_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) in {
        f"DATABASE_URL {what}: write postgresql://user:password@host/name or sqlite:///path/to/file.db,"
        " or leave it out."
        for what in ("is not an address Syllabot can use", "names no database")
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "ROOM_PORT",
            "many",
            "is “many”, which is no port: choose 1 to 65535, or 0 for any free one.",
        ),
        (
            "ROOM_PORT",
            "65536",
            "is “65536”, which is no port: choose 1 to 65535, or 0 for any free one.",
        ),
        (
            "KEEP_PEOPLE_DAYS",
            "-1",
            "is “-1”, which is no number of days: write one like 365, or 0 for ever.",
        ),
        (
            "KEEP_COHORTS_DAYS",
            "a year",
            "is “a year”, which is no number of days: write one like 365, or 0 for ever.",
        ),
        ("ROOM_PORT", "-1", "is “-1”, which is no port: choose 1 to 65535, or 0 for any free one."),
        (
            "ROOM_ZONE",
            "Mars",
            "is “Mars”, which is no time zone I know: use an IANA name like Europe/Berlin.",
        ),
        (
            "ROOM_ZONE",
            "../UTC",
            "is “../UTC”, which is no time zone I know: use an IANA name like Europe/Berlin.",
        ),
        (
            "LOG_LEVEL",
            "loud",
            "is “loud”, which is no log level: use DEBUG, INFO, WARNING or ERROR.",
        ),
        ("DATA_DIR", "notes.txt", "is “notes.txt”, which is a file: name a folder."),
        ("DISCORD_SHARD_COUNT", "none", NO_COUNT.format("none")),
        ("DISCORD_SHARD_COUNT", "0", NO_COUNT.format("0")),
        ("DISCORD_SHARD_COUNT", "1001", NO_COUNT.format("1001")),
        (
            "DISCORD_SHARD_IDS",
            "0;1",
            "is “0;1”, which names no shards: give them like 0,1, or leave them out.",
        ),
        (
            "DISCORD_SHARD_IDS",
            "1,1",
            "is “1,1”, which names no shards: give them like 0,1, or leave them out.",
        ),
        ("DISCORD_SHARD_IDS", "0,1", NO_SUCH_SHARD),
        ("SLACK_COMMAND", "study", NO_COMMAND.format("study")),
        ("SLACK_COMMAND", "/Study", NO_COMMAND.format("/Study")),
        ("SLACK_COMMAND", "/study group", NO_COMMAND.format("/study group")),
        ("SLACK_COMMAND", "/" + "s" * 32, NO_COMMAND.format("/" + "s" * 32)),
        ("SLACK_COMMAND", "/join", SLACKS_OWN.format("/join")),
        ("SLACK_COMMAND", "/status", SLACKS_OWN.format("/status")),
        ("PUBLIC_URL", "study.example.org", NO_URL),
        ("PUBLIC_URL", "https://", NO_URL),
        ("PUBLIC_URL", "https://study.example.org/slack", NO_URL),
        ("PUBLIC_URL", "https://study.example.org?x=1", NO_URL),
        ("PUBLIC_URL", "https://ada@study.example.org", NO_URL),
        ("PUBLIC_URL", "https://study example.org", NO_URL),
        ("PUBLIC_URL", "https://study.example.org:many", f"is no address: {A_URL}"),
        ("PUBLIC_URL", "http://study.example.org", NO_HTTPS),
        ("PUBLIC_PORT", "0", "is “0”, which is no port: choose 1 to 65535."),
        ("PUBLIC_PORT", "65536", "is “65536”, which is no port: choose 1 to 65535."),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_do(
    name: str, value: str, sentence: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "notes.txt").touch()
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == f"{name} {sentence}"


def test_each_wrong_setting_gets_its_own_sentence(folder: Path) -> None:
    (folder / ".env").write_text("ROOM_PORT=x\nLOG_LEVEL=y\n")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [line.split()[0] for line in str(refused.value).splitlines()] == [
        "ROOM_PORT",
        "LOG_LEVEL",
    ]


def test_a_file_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / ".env").write_bytes(b"ROOM_ZONE=\xff\xfe\n")
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load_settings()


def test_an_empty_value_counts_as_left_out_and_levels_may_be_lower_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROOM_ZONE", "")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = load_settings()
    assert (settings.room_zone, settings.log_level) == ("UTC", "DEBUG")


def test_a_password_does_not_show_where_settings_are_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:opensesame@db/study")
    assert "sesame" not in repr(load_settings())


@pytest.mark.parametrize("typed", ["MTE.sesame.x", " MTE.sesame.x\n"])
def test_a_token_is_read_and_shows_nowhere(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", typed)
    settings = load_settings()
    assert settings.discord_token.get_secret_value() == "MTE.sesame.x"
    assert (
        "sesame"
        not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    )


@pytest.mark.parametrize("typed", ["Bot MTE.sesame.x", "MTE.sesame .x", "bot\tMTE.sesame.x"])
def test_what_is_no_token_is_refused_without_repeating_it(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", typed)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == (
        "DISCORD_TOKEN is no token: copy it from the Bot page of your Discord application, without anything around it."
    )
    assert (refused.value.__cause__, refused.value.__suppress_context__) == (
        None,
        True,
    )  # it would be in a traceback


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slack_bot_token", "xoxb-1-secret"),
        ("slack_app_token", "xapp-1-secret"),
        ("slack_signing_secret", "0123secret"),
        ("slack_client_secret", "4567secret"),
        ("vault_key", f"{KEY},{OTHER_KEY}"),
    ],
)
def test_secrets_of_slack_are_read_and_show_nowhere(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name.upper(), f" {value}\n")
    settings = load_settings()
    assert getattr(settings, name).get_secret_value() == value
    assert (
        value not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    )
    assert (
        getattr(Settings.model_validate({name: SecretStr(value)}), name).get_secret_value() == value
    )


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-secret", NO_TOKEN.format("xoxb-", "OAuth & Permissions")),
        ("SLACK_BOT_TOKEN", "xoxb-1 secret", NO_TOKEN.format("xoxb-", "OAuth & Permissions")),
        ("SLACK_APP_TOKEN", "xoxb-1-secret", NO_TOKEN.format("xapp-", "Basic Information")),
        ("SLACK_SIGNING_SECRET", "xoxb-1-secret", NO_SECRET),
        ("SLACK_SIGNING_SECRET", "my secret", NO_SECRET),
        ("SLACK_CLIENT_ID", "1.2 secret", NO_SECRET),
        ("SLACK_CLIENT_SECRET", "xapp-secret", NO_SECRET),
        ("VAULT_KEY", "secret", NO_KEY),
        ("VAULT_KEY", f"{KEY},secret", NO_KEY),
        ("VAULT_KEY", KEY[:-2] + "=", NO_KEY),
    ],
)
def test_what_is_no_secret_of_slacks_is_refused_without_repeating_it(
    name: str, typed: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, typed)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == f"{name} {sentence}"
    assert (refused.value.__cause__, refused.value.__suppress_context__) == (None, True)


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("public_url", "https://study.example.org/", "https://study.example.org"),
        ("public_url", "https://study.example.org:8443", "https://study.example.org:8443"),
        ("public_url", "http://localhost:8751", "http://localhost:8751"),
        ("public_url", "http://127.0.0.1:8751", "http://127.0.0.1:8751"),
        ("slack_command", " /our_study-2 ", "/our_study-2"),
        ("slack_command", "/" + "s" * 31, "/" + "s" * 31),
        ("public_port", "65535", 65535),
    ],
)
def test_what_can_be_used_is_read(
    name: str, typed: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name.upper(), typed)
    assert getattr(load_settings(), name) == read


@pytest.mark.parametrize(
    ("count", "ids", "read"),
    [
        ("2", "0,1", (2, (0, 1))),
        ("4", " 3 , 1 ", (4, (3, 1))),
        ("2", "1", (2, (1,))),
        ("3", "", (3, ())),
    ],
)
def test_shards_are_read(
    count: str, ids: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_SHARD_COUNT", count)
    monkeypatch.setenv("DISCORD_SHARD_IDS", ids)
    settings = load_settings()
    assert (settings.discord_shard_count, settings.discord_shard_ids) == read


def test_a_shard_beyond_the_count_is_refused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_SHARD_COUNT", "2")
    monkeypatch.setenv("DISCORD_SHARD_IDS", "0,2")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == f"DISCORD_SHARD_IDS {NO_SUCH_SHARD}"


def test_the_example_file_with_every_line_taken_up_says_the_defaults(folder: Path) -> None:
    values = [
        line[2:]
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line.startswith("# ") and "=" in line
    ]
    before = load_settings()
    (folder / ".env").write_text("\n".join(values))
    assert load_settings() == before
    assert [value.partition("=")[0] for value in values] == [
        name.upper() for name in Settings.model_fields
    ]
