"""Write the files that are generated from the code.

With `--check`, write nothing and print the names of files that are out of date.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import command
from bot.roadmap import RoadmapError, build_roadmap_schema
from bot.runtime.bundled import build_roadmap_index
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
COMMENT_WIDTH = 100


def format_env_example() -> str:
    """Return the text for `.env.example`: every setting with its default, commented out."""
    blocks = [
        "# Copy this file to .env and change what you need; the environment wins over the file."
    ]
    defaults: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data=defaults)
        defaults[name] = default
        comment = textwrap.fill(
            field.description or "", COMMENT_WIDTH, initial_indent="# ", subsequent_indent="# "
        )
        value = "" if default in (None, ()) else default
        blocks.append(f"{comment}\n# {name.upper()}={value}")
    return "\n\n".join(blocks) + "\n"


def format_commands() -> str:
    """Return the table of all visible commands."""
    command.discover_commands()
    return command.format_command_table()


def format_roadmap_index() -> str:
    """Return the cards of the bundled roadmaps, so that a start need not read them all."""
    return build_roadmap_index(ROOT / "roadmaps")


GENERATED: dict[str, Callable[[], str]] = {
    ".env.example": format_env_example,
    "roadmaps/_schema.json": build_roadmap_schema,
    "roadmaps/_index.json": format_roadmap_index,
    "docs/commands.md": format_commands,
}


def find_stale_files(root: Path = ROOT) -> dict[Path, str]:
    """Return the files that are missing or out of date, each with its new text."""
    stale = {}
    for name, format_text in GENERATED.items():
        path, text = root / name, format_text()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale[path] = text
    return stale


def main() -> int:
    """Write the stale files, or only name them. Return 1 if `--check` finds any."""
    stale = find_stale_files()
    names = ", ".join(path.relative_to(ROOT).as_posix() for path in stale)
    if "--check" in sys.argv[1:]:
        if names:
            print(f"Out of date: {names}. Run `make generated`.", file=sys.stderr)
        return bool(names)
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"Written: {names}." if names else "Every generated file is up to date.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RoadmapError as error:
        # The index is made from the roadmaps, and one of them is broken.
        sys.exit(str(error))
