"""Writes the files that are derived from the code; with `--check` it writes none and names the stale ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _made_by(module: str, function: str) -> Callable[[], str]:
    def text() -> str:
        made = getattr(import_module(module), function)()
        return (
            made if isinstance(made, str) else json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        )

    return text


def _commands() -> str:
    command = import_module("bot.command")
    command.discover_commands()
    return str(command.format_command_table())


# One line per generated file: its path, and the function that makes its text (or what JSON is written from).
GENERATED = {
    ".env.example": _made_by("bot.settings", "format_env_example"),
    "roadmaps/_schema.json": _made_by("bot.roadmap", "build_roadmap_schema"),
    "docs/commands.md": _commands,
}


def stale(root: Path = ROOT) -> dict[Path, str]:
    """The files that are missing or say something else, with the text they should have."""
    fresh = {root / path: make() for path, make in GENERATED.items()}
    return {
        path: text
        for path, text in fresh.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def main() -> int:
    found = stale()
    names = [path.relative_to(ROOT).as_posix() for path in found]
    if "--check" in sys.argv[1:]:
        if names:
            print(f"Out of date: {', '.join(names)}. Run `make generated`.", file=sys.stderr)
        return bool(names)
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"Written: {', '.join(names)}." if names else "Every generated file is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
