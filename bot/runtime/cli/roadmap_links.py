"""`syllabot roadmap links`: which links of a roadmap are dead, have moved or are insecure."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.chat.text import format_count
from bot.roadmap import RoadmapError
from bot.roadmap.links import LinkAnswer, RoadmapLink, list_links
from bot.runtime.cli.roadmap_files import RoadmapCommandError, read_roadmap_file
from bot.settings import Settings

AskAddresses = Callable[[Sequence[str], bool], Awaitable[Mapping[str, LinkAnswer]]]
"""Asks addresses; the second argument says if private networks are asked as well."""

NO_NETWORK = (
    "None of these links can be found from here: "
    "connect this machine to the network, and run the command again."
)
# An address that programs cannot judge is named, but nobody has to repair it.
WRONG_STATES = ("dead", "moved", "insecure")


@dataclass(frozen=True, slots=True)
class _FileLinks:
    """The links of one file."""

    file: str
    links: Sequence[RoadmapLink]


def add_links_arguments(parser: argparse.ArgumentParser, ask: AskAddresses) -> None:
    """Add what may follow after `syllabot roadmap links`."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="files, or - for the standard input"
    )
    parser.add_argument(
        "--private",
        action="store_true",
        help="ask addresses in private networks, such as your company's, as well",
    )

    async def work(settings: Settings, arguments: argparse.Namespace) -> int:
        try:
            return await _check_links(arguments, ask)
        except (RoadmapCommandError, RoadmapError) as refused:
            print(refused, file=sys.stderr)
            return 1

    parser.set_defaults(work=work)


async def _check_links(arguments: argparse.Namespace, ask: AskAddresses) -> int:
    files = [_read_file_links(file) for file in dict.fromkeys(arguments.files)]
    addresses = list(dict.fromkeys(link.address for file in files for link in file.links))
    if not addresses:
        print("There are no links to ask.")
        return 0
    print(f"Asking {format_count(len(addresses), 'link')} …", file=sys.stderr)
    answers = await ask(addresses, arguments.private)
    if all(answer.state == "unreachable" for answer in answers.values()):
        print(NO_NETWORK, file=sys.stderr)
        return 1
    for file in files:
        _print_file_links(file, answers)
    counts = Counter(_name_state(answer) for answer in answers.values())
    print(_format_counts(counts, len(addresses)))
    return 1 if any(counts[state] for state in WRONG_STATES) else 0


def _read_file_links(file: str) -> _FileLinks:
    read = read_roadmap_file(file)
    return _FileLinks(file, list_links(read.imported.roadmap, read.text))


def _print_file_links(file: _FileLinks, answers: Mapping[str, LinkAnswer]) -> None:
    for link in file.links:
        answer = answers[link.address]
        if answer.state != "fine":
            state = _name_state(answer)
            print(f"{file.file}:{link.line}: {state}: {link.address} {answer.sentence}")


def _name_state(answer: LinkAnswer) -> str:
    return "dead" if answer.state == "unreachable" else answer.state


def _format_counts(counts: Counter[str], total: int) -> str:
    parts = [f"{counts[state]} {state}" for state in (*WRONG_STATES, "unsure") if counts[state]]
    return f"{format_count(total, 'link')}: {', '.join(parts) if parts else 'all fine'}."
