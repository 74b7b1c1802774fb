"""The recipes of the documentation, followed to the letter.

`python -m tests.support.recipes FOLDER` copies this checkout to FOLDER and puts every example in place.
The whole suite passes there: no test may hold a list of all commands, posts or roadmaps by hand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.paths import ROOT

COMMAND, POST = "## Adding a command", "## Adding a scheduled post"

# Where each example goes: the page, its language, the heading above it, and its number below that heading.
EXAMPLES: Mapping[str, tuple[str, str, str, int]] = {
    "bot/commands/hello.py": ("CONTRIBUTING.md", "python", COMMAND, 0),
    "tests/commands/test_hello.py": ("CONTRIBUTING.md", "python", COMMAND, 1),
    "bot/posts/second_day.py": ("CONTRIBUTING.md", "python", POST, 0),
    "tests/posts/test_second_day.py": ("CONTRIBUTING.md", "python", POST, 1),
    "roadmaps/probability.yaml": ("roadmaps/README.md", "yaml", "# ", 0),
}


def read_example(page: str, language: str, heading: str, number: int) -> str:
    """Return the code block with that number, counted from 0, below a heading of a page."""
    section = (ROOT / page).read_text(encoding="utf-8").partition(heading)[2]
    if heading.startswith("## "):
        section = section.partition("\n## ")[0]
    blocks = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert len(blocks) > number, f"{page} has no example {number} below “{heading}”"
    return str(blocks[number])


def write_examples(root: Path) -> None:
    """Write every example of the documentation below a folder. Their folders must exist."""
    for path, (page, language, heading, number) in EXAMPLES.items():
        assert not (root / path).exists(), f"{path} is there already"
        (root / path).write_text(read_example(page, language, heading, number), encoding="utf-8")


def copy_checkout(target: Path) -> None:
    """Copy what git knows, and what is new and not ignored, to a folder."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        source = ROOT / name
        if source.is_file():  # a file that was deleted and not committed is still listed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    copy_checkout(folder)
    write_examples(folder)
