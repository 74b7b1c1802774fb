"""Settings: what is read from where, and the sentence a wrong value gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings, SettingsError, env_example, load

NO_COUNT = "is “{}”, which is no number of shards: give it like 2, or leave it out."
NO_SUCH_SHARD = "needs a DISCORD_SHARD_COUNT that is higher than each of them: set it, or leave the ids out."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, in an environment that says nothing about Syllabot."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_setting_everything_has_a_default():
    assert load().model_dump() == {
        "data_dir": Path("data"),
        "database_url": "sqlite+aiosqlite:///data/syllabot.db",
        "discord_token": SecretStr(""),
        "discord_shard_count": None,
        "discord_shard_ids": (),
        "room_port": 8750,
        "room_zone": "UTC",
        "log_level": "INFO",
    }


def test_the_environment_wins_over_the_file(folder, monkeypatch):
    (folder / ".env").write_text("ROOM_PORT=9000\nROOM_ZONE=Asia/Kolkata\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("ROOM_PORT", "9001")
    settings = load()
    assert (settings.room_port, settings.room_zone) == (9001, "Asia/Kolkata")


def test_the_database_lives_in_the_data_folder(folder, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(folder / "kept"))
    assert load().database_url == f"sqlite+aiosqlite:///{folder}/kept/syllabot.db"


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
def test_every_usual_form_of_a_database_address_names_its_driver(given, used, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", given)
    assert load().database_url == used


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
def test_a_database_address_that_cannot_work_is_refused_without_repeating_it(address, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) in {
        f"DATABASE_URL {what}: write postgresql://user:password@host/name or sqlite:///path/to/file.db,"
        " or leave it out."
        for what in ("is not an address Syllabot can use", "names no database")
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ROOM_PORT", "many", "is “many”, which is no port: choose 1 to 65535, or 0 for any free one."),
        ("ROOM_PORT", "65536", "is “65536”, which is no port: choose 1 to 65535, or 0 for any free one."),
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
        ("LOG_LEVEL", "loud", "is “loud”, which is no log level: use DEBUG, INFO, WARNING or ERROR."),
        ("DATA_DIR", "notes.txt", "is “notes.txt”, which is a file: name a folder."),
        ("DISCORD_SHARD_COUNT", "none", NO_COUNT.format("none")),
        ("DISCORD_SHARD_COUNT", "0", NO_COUNT.format("0")),
        ("DISCORD_SHARD_COUNT", "1001", NO_COUNT.format("1001")),
        ("DISCORD_SHARD_IDS", "0;1", "is “0;1”, which names no shards: give them like 0,1, or leave them out."),
        ("DISCORD_SHARD_IDS", "1,1", "is “1,1”, which names no shards: give them like 0,1, or leave them out."),
        ("DISCORD_SHARD_IDS", "0,1", NO_SUCH_SHARD),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_do(name, value, sentence, folder, monkeypatch):
    (folder / "notes.txt").touch()
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) == f"{name} {sentence}"


def test_each_wrong_setting_gets_its_own_sentence(folder):
    (folder / ".env").write_text("ROOM_PORT=x\nLOG_LEVEL=y\n")
    with pytest.raises(SettingsError) as refused:
        load()
    assert [line.split()[0] for line in str(refused.value).splitlines()] == ["ROOM_PORT", "LOG_LEVEL"]


def test_a_file_that_is_not_text_is_refused(folder):
    (folder / ".env").write_bytes(b"ROOM_ZONE=\xff\xfe\n")
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load()


def test_an_empty_value_counts_as_left_out_and_levels_may_be_lower_case(monkeypatch):
    monkeypatch.setenv("ROOM_ZONE", "")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = load()
    assert (settings.room_zone, settings.log_level) == ("UTC", "DEBUG")


def test_a_password_does_not_show_where_settings_are_printed(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@db/study")
    assert "secret" not in repr(load())


@pytest.mark.parametrize("typed", ["MTE.secret.x", " MTE.secret.x\n"])
def test_a_token_is_read_and_shows_nowhere(typed, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", typed)
    settings = load()
    assert settings.discord_token.get_secret_value() == "MTE.secret.x"
    assert "secret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("typed", ["Bot MTE.secret.x", "MTE.secret .x", "bot\tMTE.secret.x"])
def test_what_is_no_token_is_refused_without_repeating_it(typed, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", typed)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) == (
        "DISCORD_TOKEN is no token: copy it from the Bot page of your Discord application, without anything around it."
    )
    assert (refused.value.__cause__, refused.value.__suppress_context__) == (None, True)  # it would be in a traceback


@pytest.mark.parametrize(
    ("count", "ids", "read"),
    [("2", "0,1", (2, (0, 1))), ("4", " 3 , 1 ", (4, (3, 1))), ("2", "1", (2, (1,))), ("3", "", (3, ()))],
)
def test_shards_are_read(count, ids, read, monkeypatch):
    monkeypatch.setenv("DISCORD_SHARD_COUNT", count)
    monkeypatch.setenv("DISCORD_SHARD_IDS", ids)
    settings = load()
    assert (settings.discord_shard_count, settings.discord_shard_ids) == read


def test_a_shard_beyond_the_count_is_refused_once(monkeypatch):
    monkeypatch.setenv("DISCORD_SHARD_COUNT", "2")
    monkeypatch.setenv("DISCORD_SHARD_IDS", "0,2")
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) == f"DISCORD_SHARD_IDS {NO_SUCH_SHARD}"


def test_the_example_file_with_every_line_taken_up_says_the_defaults(folder):
    values = [line[2:] for line in env_example().splitlines() if line.startswith("# ") and "=" in line]
    before = load()
    (folder / ".env").write_text("\n".join(values))
    assert load() == before
    assert [value.partition("=")[0] for value in values] == [name.upper() for name in Settings.model_fields]
