"""Files that people attach on Discord, fetched from its CDN alone, and no further than they are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from adapters.download import read_whole_stream
from bot.chat.errors import SendError

PATIENCE = ClientTimeout(total=20)  # seconds
ORIGINS = {
    "https://cdn.discordapp.com",
    "https://media.discordapp.net",
}  # Discord: Reference, Image Formatting
FETCHED = 200  # Discord: HTTP Response Codes


@dataclass(frozen=True, slots=True)
class DiscordAttachment:
    """A file of an interaction, as its payload tells of it (Discord: Message, Attachment Object)."""

    name: str
    size: int
    url: str

    @classmethod
    def from_payload(cls, found: Mapping[str, Any]) -> DiscordAttachment:
        """The file that a payload tells of; what is malformed in it is empty."""
        name, size, url = found.get("filename"), found.get("size"), found.get("url")
        return cls(
            name if isinstance(name, str) else "",
            size if isinstance(size, int) else 0,
            url if isinstance(url, str) else "",
        )

    async def download(self, max_bytes: int) -> bytes:
        """See `bot.chat.platform.Attached.read`. An address elsewhere is never called, and nobody is followed there."""
        if (address := _parse_cdn_url(self.url)) is None:
            raise SendError("it is not kept by Discord", permanent=True)
        try:
            async with (
                ClientSession(timeout=PATIENCE) as session,
                session.get(address, allow_redirects=False) as answer,
            ):
                if answer.status != FETCHED:
                    raise SendError(f"Discord answered with {answer.status}")
                return await read_whole_stream(answer.content, max_bytes)
        except TimeoutError:
            raise SendError("Discord did not answer in time") from None
        except (ClientError, OSError):
            raise SendError("the connection to Discord was lost") from None


def _parse_cdn_url(url: str) -> URL | None:
    """An address of Discord's CDN, or None for one that is none."""
    with suppress(ValueError):
        found = URL(url, encoded=True)
        return found if str(found.origin()) in ORIGINS else None
    return None


def parse_attachments(
    resolved: object, id_by_name: Mapping[str, object]
) -> dict[str, DiscordAttachment]:
    """The files brought, by the option or field that names their id; what was not sent along is left out."""
    kept = resolved.get("attachments") if isinstance(resolved, Mapping) else None
    found = (
        {name: kept.get(native) for name, native in id_by_name.items()}
        if isinstance(kept, Mapping)
        else {}
    )
    return {
        name: DiscordAttachment.from_payload(one)
        for name, one in found.items()
        if isinstance(one, Mapping)
    }
