"""Somebody's names taken out of the room's transcript, wherever others wrote or read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any

import aiosqlite

from bot.chat.message import decode_answer, encode_answer, escape_text, text_message

SOMEBODY = "Somebody"
UNREADABLE = text_message("This named somebody who has erased their data.")

Replace = Callable[[str], str]


async def replace_names(db: aiosqlite.Connection, names: Collection[str]) -> None:
    """Write `SOMEBODY` wherever one of these names stands, inside an open transaction."""
    replace = _build_replace(names)
    for row in await db.execute_fetchall("SELECT seq, kind, content FROM lines"):
        content = _replace_in_line(row["kind"], row["content"], replace)
        if content != row["content"]:
            await db.execute("UPDATE lines SET content = ? WHERE seq = ?", (content, row["seq"]))
    for row in await db.execute_fetchall("SELECT once, phrase, filled, label FROM said"):
        filled = json.dumps(
            _replace_in_json(json.loads(row["filled"]), replace), ensure_ascii=False
        )
        texts = (replace(row["phrase"]), filled, replace(row["label"]))
        if texts != (row["phrase"], row["filled"], row["label"]):
            await db.execute(
                "UPDATE said SET phrase = ?, filled = ?, label = ? WHERE once = ?",
                (*texts, row["once"]),
            )


async def rename_figure(db: aiosqlite.Connection, native: str) -> str:
    """Give somebody in the cast a name and an id that say nothing; return the id."""
    query = "SELECT number FROM figures WHERE native = ?"
    async with db.execute(query, (native,)) as cursor:
        row = await cursor.fetchone()
    if row is None:
        return native
    new_native = f"somebody-{row['number']}"
    await db.execute(
        "UPDATE figures SET native = ?, name = ? WHERE native = ?",
        (new_native, f"{SOMEBODY} {row['number']}", native),
    )
    # The story knows whom it was begun for by their id.
    async with db.execute("SELECT value FROM facts WHERE name = 'story'") as cursor:
        fact = await cursor.fetchone()
    story = json.loads(fact["value"]) if fact is not None else None
    if story and story.get("visitor") == native:
        value = json.dumps({**story, "visitor": new_native})
        await db.execute("UPDATE facts SET value = ? WHERE name = 'story'", (value,))
    return new_native


def _build_replace(names: Collection[str]) -> Replace:
    spellings = {spelling for name in names for spelling in (name, escape_text(name)) if name}
    # Whole words only: a short name stands within many others. The longest spelling wins.
    longest_first = sorted(spellings, key=len, reverse=True)
    words = "|".join(re.escape(spelling) for spelling in longest_first)
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(SOMEBODY, text)


def _replace_in_line(kind: str, content: str, replace: Replace) -> str:
    if kind in ("chat", "phrase", "press", "note"):
        return replace(content)
    changed = json.dumps(
        _replace_in_json(json.loads(content), replace), ensure_ascii=False, separators=(",", ":")
    )
    if kind == "file" or changed == content:
        return changed
    try:
        decode_answer(changed)
    except ValueError:
        # The new name had no room, or the name was a word of ours.
        return encode_answer(UNREADABLE)
    return changed


def _replace_in_json(value: Any, replace: Replace) -> Any:
    match value:
        case str():
            return replace(value)
        case list():
            return [_replace_in_json(item, replace) for item in value]
        case dict():
            return {key: _replace_in_json(item, replace) for key, item in value.items()}
        case _:
            return value
