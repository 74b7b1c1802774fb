"""Files that people bring, as they stream in from a platform: no more of one is ever held than is wanted."""

from __future__ import annotations

from aiohttp import StreamReader

from bot.chat.errors import FileTooLarge


async def read_whole_stream(content: StreamReader, max_bytes: int) -> bytes:
    """Everything that comes. Raises `TooLarge` as soon as it is more than `most` bytes, and what aiohttp raises."""
    data = bytearray()
    async for part in content.iter_any():
        data += part
        if len(data) > max_bytes:
            raise FileTooLarge(max_bytes)
    return bytes(data)
