"""Prints the figures of every benchmark, or of those that are named: `python -m benchmarks tick progress`."""

from __future__ import annotations

import sys

from benchmarks import commands, imports, letters, progress, tick

ALL = {
    "tick": tick.run_tick_benchmark,
    "progress": progress.run_progress_benchmark,
    "commands": commands.run_commands_benchmark,
    "letters": letters.run_letters_benchmark,
    "import": imports.run_import_benchmark,
}


def main() -> int:
    """Run them in order. Ends with status 2 when a name is unknown."""
    wanted = sys.argv[1:] or list(ALL)
    if unknown := [name for name in wanted if name not in ALL]:
        print(
            f"There is no benchmark called {', '.join(unknown)}: choose among {', '.join(ALL)}.",
            file=sys.stderr,
        )
        return 2
    for name in wanted:
        ALL[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
