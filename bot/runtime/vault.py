"""The vault: platforms' secrets, encrypted with a key from the settings, never from the database.

The database alone, or its backup, opens no token. Several keys may be set, to replace one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.chat.platform import Vault
from bot.clock import Clock
from bot.store import Store, Tx

log = logging.getLogger(__name__)


def create_vault_key() -> str:
    """Return a new random key."""
    return Fernet.generate_key().decode()


def build_cipher(keys: str) -> MultiFernet | None:
    """Return a cipher for keys separated by commas, or None without any.

    It encrypts with the first key and decrypts with each.
    Raises `ValueError` for an invalid key.
    """
    ciphers = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
    return MultiFernet(ciphers) if ciphers else None


class Vaults:
    """The vaults for all platforms in one database."""

    def __init__(self, store: Store, clock: Clock, keys: str) -> None:
        self._store = store
        self._clock = clock
        self._cipher = build_cipher(keys)

    def open_vault(self, platform: str) -> Vault:
        """Return one platform's vault, which opens no other's secrets."""
        return _PlatformVault(self._store, self._clock, self._cipher, platform)


class _PlatformVault:
    """See `bot.chat.platform.Vault`."""

    def __init__(
        self, store: Store, clock: Clock, cipher: MultiFernet | None, platform: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._cipher = cipher
        self._platform = platform

    async def store_secret(self, name: str, value: str, lifetime: timedelta | None = None) -> None:
        if self._cipher is None:
            raise RuntimeError("nothing can be kept in a vault without a key: set VAULT_KEY")
        encrypted = self._cipher.encrypt(value.encode()).decode()
        until = self._clock.now() + lifetime if lifetime is not None else None
        await self._store.run(
            lambda tx: tx.secrets.save_secret_value(self._platform, name, encrypted, until)
        )

    async def read_secret(self, name: str) -> str | None:
        encrypted = await self._store.run(
            lambda tx: tx.secrets.load_secret_value(self._platform, name, self._clock.now()),
            write=False,
        )
        return self._decrypt_secret(name, encrypted)

    async def pop_secret(self, name: str) -> str | None:
        async def pop(tx: Tx) -> str | None:
            valid = await tx.secrets.load_secret_value(self._platform, name, self._clock.now())
            # The delete decides who gets it: of two at once, only one deletes the row.
            deleted = await tx.secrets.delete_secret_value(self._platform, name)
            return None if valid is None else deleted

        return self._decrypt_secret(name, await self._store.run(pop))

    async def delete_secret(self, name: str) -> None:
        await self._store.run(lambda tx: tx.secrets.delete_secret_value(self._platform, name))

    async def list_secret_names(self, prefix: str) -> Sequence[str]:
        return await self._store.run(
            lambda tx: tx.secrets.find_secret_names(self._platform, prefix, self._clock.now()),
            write=False,
        )

    def _decrypt_secret(self, name: str, encrypted: str | None) -> str | None:
        if encrypted is None or self._cipher is None:
            return None
        try:
            return self._cipher.decrypt(encrypted).decode()
        except InvalidToken:
            # The operator has changed the key: the platform goes on as if there were no token.
            log.error(
                "no VAULT_KEY opens the secret “%s” of %s: name the key it was locked with",
                name,
                self._platform,
            )
            return None
