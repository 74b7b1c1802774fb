"""`syllabot roadmap links` on the command line: what it lists, and the status it ends with."""

from __future__ import annotations

import argparse
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from adapters import link_check
from bot import __main__ as program
from bot.roadmap import parse_roadmap
from bot.roadmap.links import LinkAnswer, RoadmapLink, list_links
from bot.settings import Settings
from tests.adapters.test_link_check import Site, open_site

PLAN = """\
title: Dice
summary: See SITE/page for more.
stages: [{id: start, title: Start, items: [{id: a, kind: topic, title: A}]}]
resources:
  - {id: good, kind: site, title: Good, link: "SITE/page", seen: "https://lists.example/a"}
  - id: bad
    kind: site
    title: Bad
    link: SITE/page-2
  - {id: same, kind: docs, title: The same, link: "SITE/page"}
  - {id: gone, kind: site, title: Gone, link: "SITE/gone", retired: It closed.}
certificates:
  - {id: paper, title: Paper, link: "SITE/paper#exam"}
provenance:
  link: SITE/source
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, and no pause between two requests."""

    async def ask(addresses: Sequence[str], asks_private: bool) -> Mapping[str, LinkAnswer]:
        manners = link_check.Manners(pause=0, asks_private=asks_private)
        return await link_check.ask_addresses(addresses, manners)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "ask_addresses", ask)


async def run(line: str) -> int:
    """Return the status of `syllabot roadmap links` and what follows."""
    asked: argparse.Namespace = program.build_parser().parse_args(
        ["roadmap", "links", *line.split()]
    )
    status: int = await asked.work(Settings(), asked)
    return status


def write_plan(site: Site, name: str = "dice.yaml") -> None:
    Path(name).write_text(PLAN.replace("SITE", site.address), encoding="utf-8")


def test_each_link_is_found_once_with_the_line_of_its_own_field() -> None:
    text = PLAN.replace("SITE", "https://a.example")
    assert list_links(parse_roadmap(text, "dice.yaml"), text) == (
        RoadmapLink("https://a.example/page", 5),
        RoadmapLink("https://a.example/page-2", 9),
        RoadmapLink("https://a.example/paper#exam", 13),
        RoadmapLink("https://a.example/source", 15),
    )


async def test_what_is_wrong_with_a_link_is_listed_with_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_site() as site:
        site.pages |= {"/page": 200, "/paper": 403, "/source": "301 /page"}
        write_plan(site)
        assert await run("dice.yaml --private") == 1
        told = capsys.readouterr()
        advice = "is not encrypted: write https:// if the site has it."
        assert told.out.splitlines() == [
            f"dice.yaml:5: insecure: {site.address}/page {advice}",
            f"dice.yaml:9: dead: {site.address}/page-2 answers 404 Not Found.",
            f"dice.yaml:13: unsure: {site.address}/paper#exam refuses programs (403): "
            "open it in a browser.",
            f"dice.yaml:15: insecure: {site.address}/source {advice}",
            "4 links: 1 dead, 2 insecure, 1 unsure.",
        ]
        assert told.err == "Asking 4 links …\n"
        assert not any("gone" in asked for asked in site.asked)


async def test_several_files_ask_each_address_once(capsys: pytest.CaptureFixture[str]) -> None:
    async with open_site() as site:
        write_plan(site)
        write_plan(site, "more.yaml")
        assert await run("dice.yaml more.yaml dice.yaml --private") == 1
        assert len(set(site.asked)) == len(site.asked) == 8  # heads and pages of four addresses
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:8]] == ["dice.yaml"] * 4 + ["more.yaml"] * 4
    assert lines[8:] == ["4 links: 4 dead."]


async def test_what_only_a_person_can_judge_is_no_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_site() as site:
        write_plan(site)
        assert await run("dice.yaml") == 0
        assert site.asked == []
    *lines, summary = capsys.readouterr().out.splitlines()
    assert all("unsure" in line and "add --private" in line for line in lines)
    assert summary == "4 links: 4 unsure."


async def test_without_a_network_one_sentence_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(addresses: Sequence[str], _: bool) -> Mapping[str, LinkAnswer]:
        return dict.fromkeys(addresses, link_check.UNKNOWN_HOST)

    monkeypatch.setattr(program, "ask_addresses", ask)
    Path("dice.yaml").write_text(PLAN.replace("SITE", "https://a.example"), encoding="utf-8")
    assert await run("dice.yaml") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "Asking 4 links …\n"
        "None of these links can be found from here: "
        "connect this machine to the network, and run the command again.\n"
    )


async def test_a_plan_without_links_has_nothing_to_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"# Dice\n- [ ] Roll two\n")))
    assert await run("-") == 0
    assert capsys.readouterr().out == "There are no links to ask.\n"


async def test_a_file_that_cannot_be_read_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("nowhere.yaml") == 1
    assert capsys.readouterr().err == (
        "nowhere.yaml cannot be read (No such file or directory): give the path of a file.\n"
    )
