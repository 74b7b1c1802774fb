"""Files that people bring, as they stream in from a platform: no more of one is ever held than is wanted."""

from __future__ import annotations

from aiohttp import StreamReader

from bot.chat.errors import TooLarge


async def read_whole(content: StreamReader, most: int) -> bytes:
    """Everything that comes. Raises `TooLarge` as soon as it is more than `most` bytes, and what aiohttp raises."""
    data = bytearray()
    async for part in content.iter_any():
        data += part
        if len(data) > most:
            raise TooLarge(most)
    return bytes(data)
