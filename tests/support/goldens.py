"""Golden files: renderings that somebody has looked at.

`make golden` writes them anew. Look at the difference before you commit it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass

from tests.support.paths import TESTS

FOLDER = TESTS / "golden"
WIDTHLESS = "\u200b"


@dataclass(frozen=True)
class Golden:
    """The golden files of one platform, of one kind."""

    platform: str
    suffix: str = ".json"

    def holds(self, name: str, drawn: object) -> None:
        """Fail where a rendering differs from its file. A value other than text is kept as JSON."""
        text = (
            drawn
            if isinstance(drawn, str)
            else json.dumps(drawn, indent=1, ensure_ascii=False) + "\n"
        )
        file = FOLDER / self.platform / f"{name}{self.suffix}"
        if os.environ.get("GOLDEN"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    def are(self, names: Collection[str]) -> None:
        """Fail where a file is left over, or one is missing."""
        files = {file.stem: file for file in (FOLDER / self.platform).glob(f"*{self.suffix}")}
        if os.environ.get("GOLDEN"):
            for name in files.keys() - set(names):
                files.pop(name).unlink()
        assert files.keys() == set(names)


def seen(drawn: object) -> str:
    """JSON in which spaces without a width can be seen."""
    return json.dumps(drawn, indent=1, ensure_ascii=False).replace(WIDTHLESS, "\\u200b") + "\n"
