"""Files attached on Discord: downloaded from its CDN alone, and only up to the limit."""

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
# Discord: Reference, Image Formatting. A payload could name any address; ours calls no other.
ORIGINS = {"https://cdn.discordapp.com", "https://media.discordapp.net"}
OK = 200  # Discord: HTTP Response Codes


@dataclass(frozen=True, slots=True)
class DiscordAttachment:
    """A file in an interaction (Discord: Message, Attachment Object)."""

    name: str
    size: int
    url: str

    @classmethod
    def from_payload(cls, found: Mapping[str, Any]) -> DiscordAttachment:
        """Return the file in a payload; malformed fields become empty."""
        name, size, url = found.get("filename"), found.get("size"), found.get("url")
        return cls(
            name if isinstance(name, str) else "",
            size if isinstance(size, int) else 0,
            url if isinstance(url, str) else "",
        )

    async def download(self, max_bytes: int) -> bytes:
        """See `bot.chat.platform.Attachment.download`. No redirect is followed."""
        address = _parse_cdn_url(self.url)
        if address is None:
            raise SendError("it is not kept by Discord", permanent=True)
        try:
            async with (
                ClientSession(timeout=PATIENCE) as session,
                session.get(address, allow_redirects=False) as answer,
            ):
                if answer.status != OK:
                    raise SendError(f"Discord answered with {answer.status}")
                return await read_whole_stream(answer.content, max_bytes)
        except TimeoutError:
            raise SendError("Discord did not answer in time") from None
        except (ClientError, OSError):
            raise SendError("the connection to Discord was lost") from None


def _parse_cdn_url(url: str) -> URL | None:
    """Return an address in Discord's CDN, or None for any other."""
    with suppress(ValueError):
        address = URL(url, encoded=True)
        return address if str(address.origin()) in ORIGINS else None
    return None


def parse_attachments(
    resolved: object, id_by_name: Mapping[str, object]
) -> dict[str, DiscordAttachment]:
    """Return the attached files by option or field; ids without a file are left out."""
    payloads = resolved.get("attachments") if isinstance(resolved, Mapping) else None
    if not isinstance(payloads, Mapping):
        return {}
    attachments = {}
    for name, native in id_by_name.items():
        payload = payloads.get(native)
        if isinstance(payload, Mapping):
            attachments[name] = DiscordAttachment.from_payload(payload)
    return attachments
