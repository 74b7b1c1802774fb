"""Golden files: what is drawn, held against what somebody has looked at. `GOLDEN=1` writes them anew; look at the difference
before keeping it."""

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
        """Fails where something is not drawn as in its file. What is no text is held as JSON."""
        text = (
            drawn
            if isinstance(drawn, str)
            else json.dumps(drawn, indent=1, ensure_ascii=False) + "\n"
        )
        file = FOLDER / self.platform / f"{name}{self.suffix}"
        if os.environ.get("GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    def are(self, names: Collection[str]) -> None:
        """Fails where a file is left over, or one is missing."""
        assert {file.stem for file in (FOLDER / self.platform).glob(f"*{self.suffix}")} == set(
            names
        )


def seen(drawn: object) -> str:
    """JSON in which spaces without a width can be seen."""
    return json.dumps(drawn, indent=1, ensure_ascii=False).replace(WIDTHLESS, "\\u200b") + "\n"
