"""Every item of every roadmap that comes with the bot can be started from its post, by the links it holds."""

from __future__ import annotations

import argparse
import asyncio

import pytest

from bot import __main__ as program
from bot.roadmap import parse_roadmap
from bot.settings import Settings
from tests.support.complete_plan import list_omissions
from tests.support.paths import ROOT

FILES = sorted((ROOT / "roadmaps").glob("[!_]*.yaml"))
NAMES = [file.stem for file in FILES]


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_roadmap_lacks_nothing(name: str) -> None:
    """It has each estimate, free resource, end, question with answer, summary, and place of a link."""
    file = ROOT / f"roadmaps/{name}.yaml"
    assert list_omissions(parse_roadmap(file.read_text("utf-8"), file.name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_roadmap_is_called_fine(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["roadmap", "check", str(ROOT / f"roadmaps/{name}.yaml")]
    asked: argparse.Namespace = program.build_parser().parse_args(line)
    assert asyncio.run(asked.work(Settings(), asked)) == 0
    assert capsys.readouterr().out.startswith("Fine: ")
