"""A command that takes a file, and a file that somebody brings: what tests of every platform bring files with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import pytest

from bot.chat.errors import FileTooLarge, Refused, SendError
from bot.chat.message import Message, escape_text, text_message
from bot.command import Call, Command, CommandRegistry, FileReader, Upload, command, registry

MOST = 60  # bytes


def counted(upload: Upload) -> int:
    """The words of a file."""
    if b"\0" in upload.data:
        raise Refused(f"“{upload.name}” is no text: bring one that is.")
    return len(upload.data.split())


own = CommandRegistry()


@command(moderators=True, into=own)
async def poem_count(
    call: Call,
    file: Annotated[int, "The poem, as a text", FileReader(counted, MOST)],
    most: Annotated[int | None, "How many words at most"] = None,
) -> Message:
    """Count the words of a poem."""
    if most is not None and file > most:
        raise Refused("That poem is too long: shorten it.", "file")
    before = await call.tx.people.load_setting(call.person, "poems") or "0"
    await call.tx.people.save_setting(call.person, "poems", str(int(before) + 1), call.now)
    return text_message(
        f"Poem {int(before) + 1} has {file} words, says **{escape_text(call.person.name)}**."
    )


POEM: Command = own.commands["poem count"]


@pytest.fixture
def poems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every platform knows `poem count`."""
    monkeypatch.setitem(registry._commands, POEM.name, POEM)


@dataclass
class Brought:
    """A file in somebody's hands; `reads` is how often it was fetched."""

    data: bytes
    name: str = "poem.txt"
    told: int | None = None  # its size, as the platform says
    fault: SendError | None = None
    reads: int = field(default=0, init=False)

    @property
    def size(self) -> int:
        return len(self.data) if self.told is None else self.told

    async def download(self, max_bytes: int) -> bytes:
        self.reads += 1
        if self.fault:
            raise self.fault
        if len(self.data) > max_bytes:
            raise FileTooLarge(max_bytes)
        return self.data
