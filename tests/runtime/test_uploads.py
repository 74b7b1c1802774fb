"""Files from people: fetched only with the right, once, in bounds, and read before any write."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated, Any

import pytest

from bot.chat.errors import SendError
from bot.chat.message import Field, Form, Message, decode_answer, encode_answer, text_message
from bot.command import Call, CommandRegistry, FileReader, Upload, command, format_command_table
from bot.runtime.dispatch import Dispatch
from tests.support import uploads
from tests.support.room import Room
from tests.support.uploads import MOST, Brought, poems

__all__ = ["poems"]

pytestmark = pytest.mark.usefixtures("poems")

ROSES = b"Roses are red"


async def bring(room: Room, brought: Brought, phrase: str = "poem count", **how: Any) -> str:
    """What Mona is told who brings a file."""
    return await room.says("mona", phrase, files={"file": brought}, **how)


async def test_a_file_is_read_and_its_value_goes_to_the_command(quick_room: Room) -> None:
    assert await bring(quick_room, Brought(ROSES)) == "Poem 1 has 3 words, says Mona."
    assert (
        await bring(quick_room, Brought(ROSES), "poem count most=3")
        == "Poem 2 has 3 words, says Mona."
    )


async def test_a_missing_file_is_asked_for_in_a_form_and_comes_beside_its_fields(
    quick_room: Room,
) -> None:
    form = await quick_room.answer("mona", "poem count")
    assert form == Form(
        "Count poem",
        "poem count",
        (
            Field("file", "File", "file", True, help="The poem, as a text", most=MOST),
            Field("most", "Most", "number", help="How many words at most"),
        ),
    )
    assert decode_answer(encode_answer(form)) == form
    sent = {"file": (), "most": ("9",)}
    assert await bring(quick_room, Brought(ROSES), filled=sent) == "Poem 1 has 3 words, says Mona."
    empty = await quick_room.answer("mona", "poem count", sent)
    assert isinstance(empty, Form)
    assert empty.fields[0].problem == "I need **file** for that: The poem, as a text."
    assert empty.fields[1].value == "9"


@pytest.mark.parametrize(
    ("brought", "problem"),
    [
        (Brought(b"\0\0", "roses.txt"), "“roses.txt” is no text: bring one that is."),
        (
            Brought(b"x" * (MOST + 1), "roses.txt", told=0),
            "“roses.txt” is too large: **file** takes files of up to 60 bytes, "
            "so please send a smaller one.",
        ),
        (
            Brought(ROSES, fault=SendError("the wind has *taken* it")),
            r"I could not download that file (the wind has \*taken\* it): please send it again.",
        ),
        (Brought(b"a b c d"), "That poem is too long: shorten it."),
    ],
    ids=["no text", "too large", "lost", "refused by the command"],
)
async def test_what_is_wrong_with_a_file_stands_at_its_field(
    quick_room: Room, brought: Brought, problem: str
) -> None:
    filled = {"file": (), "most": ("3",)}
    again = await quick_room.answer("mona", "poem count", filled, files={"file": brought})
    assert isinstance(again, Form)
    assert [(field.name, field.value, field.problem) for field in again.fields] == [
        ("file", "", problem),
        ("most", "3", ""),
    ]
    typed = await quick_room.answer("mona", "poem count most=3", files={"file": brought})
    assert typed == text_message(problem), "without a form it is a sentence"
    assert await bring(quick_room, Brought(ROSES)) == "Poem 1 has 3 words, says Mona.", (
        "nothing was written"
    )


@pytest.mark.parametrize(
    ("who", "phrase", "brought", "told"),
    [
        ("ada", "poem count", Brought(ROSES), "Only moderators can use poem count here"),
        ("mona", "poem count", Brought(ROSES, told=MOST + 1), "is too large"),
        ("mona", "poem count most=many", Brought(ROSES), "is not a number I can use"),
        ("mona", "poem count file=roses.txt", Brought(ROSES), "attach the file in the form"),
        ("mona", "help", Brought(ROSES), "help takes no file for “file”"),
    ],
)
async def test_nothing_is_fetched_in_vain(
    quick_room: Room, who: str, phrase: str, brought: Brought, told: str
) -> None:
    assert told in await quick_room.says(who, phrase, files={"file": brought})
    assert brought.reads == 0


async def test_a_file_brought_twice_by_the_same_interaction_is_fetched_and_counted_once(
    room: Room,
) -> None:
    brought = Brought(ROSES)
    first = await room.answer("mona", "poem count", once="click", files={"file": brought})
    assert await room.answer("mona", "poem count", once="click", files={"file": brought}) == first
    assert brought.reads == 1
    both = [
        room.answer("mona", "poem count", once="both", files={"file": brought}) for _ in range(2)
    ]
    assert [answer.to_plain_text() for answer in await asyncio.gather(*both)] == [
        "Poem 2 has 3 words, says Mona."
    ] * 2


@pytest.mark.parametrize(
    "phrase", ["poem count roses.txt", "poem count file=roses.txt", 'poem count file "my roses"']
)
async def test_a_file_cannot_be_typed(quick_room: Room, phrase: str) -> None:
    assert await quick_room.says("mona", phrase) == (
        "I cannot read a file from typed words: "
        "type poem count alone, and attach the file in the form."
    )


async def test_nobody_brings_a_file_for_what_is_none(quick_room: Room) -> None:
    for name in ("most", "*no*"):
        told = await quick_room.says(
            "mona", "poem count", files={"file": Brought(ROSES), name: Brought(ROSES)}
        )
        assert told == f"poem count takes no file for “{name}”: use one of file, most."


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\plans\\ro\u202ese\ns.md", "rose s.md"),
        ("x" * 3000 + ".md", "x" * 97 + ".md"),
        ("y" * 3000, "y" * 100),
        ("z." + "y" * 300, "z." + "y" * 98),
        ("/", "file"),
    ],
    ids=["folders", "tricks", "long", "endless", "an endless ending", "nothing"],
)
async def test_a_files_name_is_safe_and_short_and_keeps_its_ending(
    quick_room: Room, typed: str, seen: str
) -> None:
    assert (
        await bring(quick_room, Brought(b"\0", typed)) == f"“{seen}” is no text: bring one that is."
    )


class Slowly:
    """Reads files when it is `free` to, and knows how `many` it has read at once."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.begun = self.reading = self.many = 0
        self._lock = threading.Lock()

    def read(self, upload: Upload) -> str:
        with self._lock:
            self.begun, self.reading = self.begun + 1, self.reading + 1
            self.many = max(self.many, self.reading)
        self.free.wait(20)
        with self._lock:
            self.reading -= 1
        return upload.name


slowly = Slowly()
own = CommandRegistry()


@command(into=own, reads=True)
async def take(
    call: Call, file: Annotated[str | None, "What", FileReader(slowly.read)] = None
) -> Message:
    """Take a file."""
    return text_message(f"Took {file}.")


@command(into=own, reads=True)
async def sign(
    call: Call, file: Annotated[str, "What", FileReader(slowly.read)], name: Annotated[str, "Who"]
) -> Message:
    """Sign a file."""
    return text_message(f"{name} has signed {file}.")


async def test_where_something_else_is_missing_the_file_is_asked_for_once_more(
    quick_room: Room,
) -> None:
    quick_room.core = Dispatch(quick_room.store, quick_room.clock, quick_room.roadmaps, own)
    brought = Brought(ROSES)
    form = await quick_room.answer("ada", "sign", files={"file": brought})
    assert isinstance(form, Form)
    assert ([field.name for field in form.fields], brought.reads) == (["file", "name"], 0)


async def test_two_files_are_read_at_a_time_and_nobody_else_waits(quick_room: Room) -> None:
    quick_room.core = Dispatch(quick_room.store, quick_room.clock, quick_room.roadmaps, own)
    names = [f"f{number}" for number in range(5)]
    taken = [
        asyncio.create_task(quick_room.says("ada", "take", files={"file": Brought(b"", name)}))
        for name in names
    ]
    while slowly.begun < 2:
        await asyncio.sleep(0.002)
    assert await quick_room.says("bob", "take") == "Took None.", (
        "what brings no file waits for nobody"
    )
    slowly.free.set()
    assert await asyncio.gather(*taken) == [f"Took {name}." for name in names]
    assert slowly.many == 2


def test_the_documentation_says_what_is_brought() -> None:
    assert uploads.POEM.usage == "poem count file [most]"
    assert "  - `file` (file): The poem, as a text" in format_command_table()
