"""Lone surrogates wherever people can put them: nothing can store them, none ends in a ticket."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.chat.address import Account, Caller, Place
from bot.chat.text import clean_text
from bot.command import get_commands
from tests.support.roadmap_versions import file
from tests.support.room import Room

HALF = "\ud800"
BAD = f"Ad{HALF}a \udc00\u00e9"
DOCUMENTS = {
    "plan.yaml": (
        'version: 1\nslug: rust\ntitle: "Ru\\ud800st"\nsummary: x\nstages:\n'
        "  - id: one\n    title: One\n    weeks: []\n"
    ),
    "plan.json": '{"version": 1, "title": "Ru\\ud800st", "stages": [], "we\\udc00": "x"}',
    f"pl{HALF}an.md": "# Rust &#xD800; &#55296;\n\n## Week 1\n\n- [ ] Read \\ud800 it &#xDC00;\n",
}


def test_halves_go_and_two_that_fit_become_one() -> None:
    from bot.chat.text import repair_surrogates

    assert repair_surrogates("a\ud800b\udc00\ud83d\ude00c\ufeff") == "ab\U0001f600c\ufeff"
    assert clean_text(f"a{HALF}b\ud83d\ude00", 10, "It") == "ab\U0001f600"


@pytest.mark.parametrize("is_form", [False, True], ids=["typed", "filled"])
async def test_no_command_stumbles_over_half_a_character(room: Room, is_form: bool) -> None:
    await room.spring("ada")
    for command in list(get_commands().values()):
        names = [option.name for option in command.visible_options if option.kind != "file"]
        values = dict.fromkeys(names, (BAD,))
        for number, once in enumerate((values, dict.fromkeys(names, (f"spring{HALF}",)))):
            phrase = (
                command.name
                if is_form
                else " ".join([command.name, *(f'{n}="{v[0]}"' for n, v in once.items())])
            )
            await room_says(
                room, phrase, once if is_form else None, f"{command.name}-{is_form}-{number}"
            )
    await room_says(room, f"join {HALF}", None, "alone")
    await room_says(room, f"{HALF}", None, f"once-{HALF}")
    await room_says(room, f"jo{HALF}in spring", None, "within")


async def room_says(
    room: Room, phrase: str, filled: Mapping[str, tuple[str, ...]] | None, once: str
) -> None:
    """Have it said by a moderator whose name and channel are no better; the answer can be sent."""
    caller = Caller(Account("test", "", "mona"), f"M{HALF}ona", is_moderator=True)
    answer = await room.core.answer_phrase(caller, room.place, phrase, filled, idempotency_key=once)
    said = answer.to_plain_text()
    said.encode()
    assert "Something went wrong" not in said, phrase


async def test_accounts_and_places_with_half_a_character_are_met_without_it(room: Room) -> None:
    await room.spring()
    caller = Caller(Account("test", "", f"e{HALF}ve"), f"E{HALF}ve")
    place = Place("test", "space", f"study-group{HALF}")
    answer = await room.core.answer_phrase(caller, place, "join spring", idempotency_key=f"a{HALF}")
    assert answer.to_plain_text().startswith("You are in spring")
    assert (
        await room.core.suggest_values(
            caller, place, "join", "cohort", f"spr{HALF}", {f"c{HALF}": HALF}
        )
        is not None
    )
    assert [
        choice.value
        for choice in await room.core.suggest_values(
            caller, room.place, "join", "cohort", f"spr{HALF}", {}
        )
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_documents_with_half_a_character_are_read_or_refused(room: Room, name: str) -> None:
    said = (
        await room.answer("mona", "roadmap import", files=file(DOCUMENTS[name], name))
    ).to_plain_text()
    said.encode()
    assert "Something went wrong" not in said
