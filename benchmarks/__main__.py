"""Run the benchmarks and print their tables: `python -m benchmarks commands letters --save`."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence

from benchmarks.attention import measure_attention
from benchmarks.board import measure_board
from benchmarks.burst import measure_burst
from benchmarks.commands import measure_commands
from benchmarks.databases import Databases, open_databases
from benchmarks.figures import Figure, print_table
from benchmarks.fit import measure_fit
from benchmarks.http import measure_http
from benchmarks.imports import measure_imports
from benchmarks.letters import measure_letters
from benchmarks.loop import measure_loop
from benchmarks.results import save_results
from benchmarks.start import measure_start
from benchmarks.tick import measure_tick

Benchmark = Callable[[Databases], Iterator[Figure]]

BENCHMARKS: dict[str, Benchmark] = {
    "commands": measure_commands,
    "burst": measure_burst,
    "letters": measure_letters,
    "loop": measure_loop,
    "tick": measure_tick,
    "board": measure_board,
    "attention": measure_attention,
    "http": measure_http,
    "start": measure_start,
    "import": measure_imports,
    "fit": measure_fit,
}


def main() -> int:
    """Run all benchmarks, or those that are named. The status is 1 if one of them failed."""
    parser = build_parser()
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(
            f"there is no benchmark {', '.join(unknown)}: choose of {', '.join(BENCHMARKS)}"
        )
    started = time.monotonic()
    with open_databases(is_full=arguments.full) as databases:
        tables, failed = run_benchmarks(arguments.names or list(BENCHMARKS), databases)
        server_version = databases.get_server_version()
    print(f"\nAll of it took {time.monotonic() - started:.0f} s.")
    if arguments.save:
        path = save_results(tables, server_version, is_full=arguments.full)
        print(f"Saved as benchmarks/results/{path.name}.")
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all without one"
    )
    parser.add_argument("--save", action="store_true", help="keep the figures in a file")
    parser.add_argument("--full", action="store_true", help="use the sizes that take minutes")
    return parser


def run_benchmarks(
    names: Iterable[str], databases: Databases
) -> tuple[dict[str, Sequence[Figure]], Sequence[str]]:
    """Run benchmarks one after the other, and print each table when it is there.

    Return the tables, and the names of the benchmarks that failed.
    """
    tables: dict[str, Sequence[Figure]] = {}
    failed = []
    for name in names:
        title = (sys.modules[BENCHMARKS[name].__module__].__doc__ or name).partition("\n")[0]
        started = time.monotonic()
        figures: list[Figure] = []
        try:
            # One by one: what was measured before a failure is shown.
            for figure in BENCHMARKS[name](databases):
                figures.append(figure)
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print_table(f"{title} ({name}, {time.monotonic() - started:.0f} s)", figures)
        tables[name] = figures
    return tables, failed


if __name__ == "__main__":
    sys.exit(main())
