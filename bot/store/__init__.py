"""Every table and every query. `Store.begin()` gives a `Tx`: one transaction, with its queries named by subject.

A transaction that writes is alone on SQLite from its first statement (BEGIN IMMEDIATE on the one writing connection) and
locks the rows it decides by on Postgres. No connection ever leaves this package.
"""

from bot.store.engine import Store, StoreError
from bot.store.outage import compute_outage_delay, retry_while_unavailable
from bot.store.tx import Tx

__all__ = ["Store", "StoreError", "Tx", "compute_outage_delay", "retry_while_unavailable"]
