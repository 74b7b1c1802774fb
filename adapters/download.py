"""Files people bring, read in parts: never more bytes in memory than allowed."""

from __future__ import annotations

from aiohttp import StreamReader

from bot.chat.errors import FileTooLarge


async def read_whole_stream(content: StreamReader, max_bytes: int) -> bytes:
    """Read a stream to its end.

    Raises `FileTooLarge` at the first byte beyond `max_bytes`, and aiohttp's own errors.
    """
    data = bytearray()
    # The size a platform announces is not trusted, so the bytes are counted here.
    async for part in content.iter_any():
        data += part
        if len(data) > max_bytes:
            raise FileTooLarge(max_bytes)
    return bytes(data)
