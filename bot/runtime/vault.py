"""The vault: what platforms have to keep secret, encrypted with a key that is in the settings and never in the database.

Whoever has the database alone, or a backup of it, has no token. Several keys may be named, so that one can be replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.chat.platform import Vault
from bot.clock import Clock
from bot.store import Store

log = logging.getLogger(__name__)


def create_vault_key() -> str:
    """A key nobody else has."""
    return Fernet.generate_key().decode()


def build_cipher(keys: str) -> MultiFernet | None:
    """What locks with the first and opens with any of several keys, separated by commas; None where there is none.

    Raises `ValueError` for one that is no key.
    """
    listed = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
    return MultiFernet(listed) if listed else None


class Vaults:
    """The vaults of all platforms in one database."""

    def __init__(self, store: Store, clock: Clock, keys: str) -> None:
        self._store = store
        self._clock = clock
        self._lock = build_cipher(keys)

    def open_vault(self, platform: str) -> Vault:
        """The vault of one platform, which opens no other."""
        return _PlatformVault(self._store, self._clock, self._lock, platform)


class _PlatformVault:
    """See `bot.chat.platform.Vault`."""

    def __init__(self, store: Store, clock: Clock, lock: MultiFernet | None, platform: str) -> None:
        self._store = store
        self._clock = clock
        self._lock = lock
        self._platform = platform

    async def store_secret(self, name: str, value: str, lifetime: timedelta | None = None) -> None:
        if self._lock is None:
            raise RuntimeError("nothing can be kept in a vault without a key: set VAULT_KEY")
        locked = self._lock.encrypt(value.encode()).decode()
        async with self._store.transaction() as tx:
            until = self._clock.now() + lifetime if lifetime is not None else None
            await tx.secrets.save_secret_value(self._platform, name, locked, until)

    async def read_secret(self, name: str) -> str | None:
        async with self._store.transaction(write=False) as tx:
            locked = await tx.secrets.load_secret_value(self._platform, name, self._clock.now())
        return self._decrypt_secret(name, locked)

    async def pop_secret(self, name: str) -> str | None:
        async with self._store.transaction() as tx:
            fresh = await tx.secrets.load_secret_value(self._platform, name, self._clock.now())
            taken = await tx.secrets.delete_secret_value(self._platform, name)
        return self._decrypt_secret(name, taken if fresh else None)

    async def delete_secret(self, name: str) -> None:
        async with self._store.transaction() as tx:
            await tx.secrets.delete_secret_value(self._platform, name)

    async def list_secret_names(self, prefix: str) -> Sequence[str]:
        async with self._store.transaction(write=False) as tx:
            return await tx.secrets.find_secret_names(self._platform, prefix, self._clock.now())

    def _decrypt_secret(self, name: str, locked: str | None) -> str | None:
        if locked is None or self._lock is None:
            return None
        try:
            return self._lock.decrypt(locked).decode()
        except InvalidToken:
            log.error(
                "no VAULT_KEY opens the secret “%s” of %s: name the key it was locked with",
                name,
                self._platform,
            )
            return None
