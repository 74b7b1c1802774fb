"""Files that somebody brings: fetched no further than is wanted, and called by a name that can be shown."""

from __future__ import annotations

from bot.chat.errors import Refused, SendError, TooLarge
from bot.chat.message import quote
from bot.chat.platform import Attached
from bot.chat.text import clean, size_text
from bot.command import Option

FILE_NAME = 100  # characters of a file's name that are kept
ENDING = 40  # characters of its ending, at most


async def fetch_file(option: Option, brought: Attached, most: int) -> bytes:
    """What is in a file. Raises `Refused`."""
    try:
        if brought.size > most:
            raise TooLarge(most)
        return await brought.read(most)
    except TooLarge:
        limit = f"I take files of up to {size_text(most)} for **{option.name}**"
        raise Refused(
            f"“{quote(file_name(brought.name))}” is too large: {limit}, so please bring a smaller one."
        ) from None
    except SendError as lost:
        raise Refused(
            f"I could not fetch that file ({quote(lost.reason)}): please bring it once more."
        ) from None


def file_name(typed: str) -> str:
    """A file's name without its folders, safe to show and short; the ending stays."""
    words = clean(typed[-1000:].replace("\\", "/"), 1000, "A file's name")
    name = words.rpartition("/")[2].strip() or "file"
    stem, dot, letters = name.rpartition(".")
    ending = dot + letters if stem and len(letters) < ENDING else ""
    return name.removesuffix(ending)[: FILE_NAME - len(ending)] + ending
