"""Files from people: fetched up to a limit, and named safely."""

from __future__ import annotations

from bot.chat.errors import FileTooLarge, Refused, SendError
from bot.chat.message import escape_text
from bot.chat.platform import Attachment
from bot.chat.text import clean_text, format_size
from bot.command import CommandOption

MAX_FILE_NAME = 100  # characters kept of a file's name
MAX_ENDING = 40  # characters kept of its ending


async def fetch_upload(option: CommandOption, attachment: Attachment, max_bytes: int) -> bytes:
    """Return a file's content. Raises `Refused` for a file too large or out of reach."""
    try:
        # The platform's word on the size saves a download, but is not trusted for the rest.
        if attachment.size > max_bytes:
            raise FileTooLarge(max_bytes)
        return await attachment.download(max_bytes)
    except FileTooLarge:
        name = escape_text(clean_file_name(attachment.name))
        raise Refused(
            f"“{name}” is too large: **{option.name}** takes files of up to "
            f"{format_size(max_bytes)}, so please send a smaller one."
        ) from None
    except SendError as error:
        raise Refused(
            f"I could not download that file ({escape_text(error.reason)}): please send it again."
        ) from None


def clean_file_name(typed: str) -> str:
    """Return a file's name without its folders, safe to show and short. The ending stays."""
    words = clean_text(typed[-1000:].replace("\\", "/"), 1000, "A file's name")
    name = words.rpartition("/")[2].strip() or "file"
    stem, dot, extension = name.rpartition(".")
    ending = ""
    if stem and len(extension) < MAX_ENDING:
        ending = dot + extension
    return name.removesuffix(ending)[: MAX_FILE_NAME - len(ending)] + ending
