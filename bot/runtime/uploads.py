"""Files that somebody brings: fetched no further than is wanted, and called by a name that can be shown."""

from __future__ import annotations

from bot.chat.errors import FileTooLarge, Refused, SendError
from bot.chat.message import escape_text
from bot.chat.platform import Attachment
from bot.chat.text import clean_text, format_size
from bot.command import CommandOption

FILE_NAME = 100  # characters of a file's name that are kept
ENDING = 40  # characters of its ending, at most


async def fetch_upload(option: CommandOption, brought: Attachment, most: int) -> bytes:
    """What is in a file. Raises `Refused`."""
    try:
        if brought.size > most:
            raise FileTooLarge(most)
        return await brought.download(most)
    except FileTooLarge:
        limit = f"I take files of up to {format_size(most)} for **{option.name}**"
        raise Refused(
            f"“{escape_text(clean_file_name(brought.name))}” is too large: {limit}, so please bring a smaller one."
        ) from None
    except SendError as lost:
        raise Refused(
            f"I could not fetch that file ({escape_text(lost.reason)}): please bring it once more."
        ) from None


def clean_file_name(typed: str) -> str:
    """A file's name without its folders, safe to show and short; the ending stays."""
    words = clean_text(typed[-1000:].replace("\\", "/"), 1000, "A file's name")
    name = words.rpartition("/")[2].strip() or "file"
    stem, dot, letters = name.rpartition(".")
    ending = dot + letters if stem and len(letters) < ENDING else ""
    return name.removesuffix(ending)[: FILE_NAME - len(ending)] + ending
