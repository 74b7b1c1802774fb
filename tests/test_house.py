"""The rules the house is built by: who may import whom, how long a file may be, what is generated and whether it is fresh."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot import command
from bot.store import Store, Tx
from bot.store.engine import MIGRATIONS, find_newest_revision
from bot.store.tables import metadata
from tests.support.paths import ROOT

SOURCES = sorted(path for folder in ("bot", "adapters") for path in (ROOT / folder).rglob("*.py"))
NAMES = {"utils", "util", "helpers", "helper", "manager", "service", "base", "common", "misc"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_everybody_imports_only_downwards() -> None:
    linter = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    done = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_no_source_file_is_longer_than_400_lines() -> None:
    long = {
        named(path): count
        for path in SOURCES
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in SOURCES
        if path.stat().st_size and not ast.get_docstring(_tree(path))
    ]
    assert silent == []


def test_no_function_is_longer_than_55_lines() -> None:
    functions = [
        (named(path), node.name, (node.end_lineno or 0) - node.lineno + 1)
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(functions) > 100
    assert [one for one in functions if one[2] > 40] == []


def test_modules_have_names_that_say_something() -> None:
    assert [
        named(path) for path in SOURCES if NAMES & {path.stem, *path.relative_to(ROOT).parts}
    ] == []


def test_only_the_composition_root_asks_the_clock() -> None:
    asks = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    asking = [named(path) for path in SOURCES if asks.search(path.read_text())]
    assert asking == ["bot/__main__.py"]


def test_every_command_is_spoken_in_a_test_of_its_own() -> None:
    tests = {
        path.stem.removeprefix("test_"): path.read_text()
        for path in (ROOT / "tests/commands").glob("test_*.py")
    }
    everything = "\n".join(tests.values())
    silent = []
    for name in command.discover_commands():
        words = name.removesuffix(" show")
        own = tests.get(name.replace(" ", "_"), everything if " " in name else "")
        if not re.search(rf"[\"'` ]/?{words}\b", own):
            silent.append(name)
    assert silent == []


def test_generated_files_are_fresh() -> None:
    check = [sys.executable, "-m", "docs.generate", "--check"]
    done = subprocess.run(
        check, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_migrations_have_one_head_and_it_is_the_last_file() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [find_newest_revision()]


async def test_the_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    async def compare_tables(tx: Tx) -> list[object]:
        context = MigrationContext.configure(tx.connection.raw, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await store.run(compare_tables) == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "breakpoint()"])
def test_nothing_is_left_half_done(word: str) -> None:
    assert [named(path) for path in SOURCES if word in path.read_text()] == []


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
