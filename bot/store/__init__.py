"""Every table and every query. `Store.run` gives a function a `Tx`: queries named by subject.

On SQLite a transaction that writes is alone from its first statement (BEGIN IMMEDIATE, on the one
connection that writes). On Postgres it locks the rows it decides by: first cohorts, then persons.
No connection ever leaves this package.
"""

from bot.store.engine import Store
from bot.store.errors import StoreError
from bot.store.outage import compute_outage_delay, retry_while_unavailable
from bot.store.transaction import TransactionError, TxWork
from bot.store.tx import Tx

__all__ = [
    "Store",
    "StoreError",
    "TransactionError",
    "Tx",
    "TxWork",
    "compute_outage_delay",
    "retry_while_unavailable",
]
