"""A transaction is a function: it runs where the database is, from its first query to its last.

The function is a coroutine function that takes a `Tx` and awaits nothing else. Inside, every query
is a plain call on the connection's own thread (SQLite) or greenlet (Postgres), so a whole command
costs one trip there and one back. See docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from bot.post import PostRegistry
from bot.store.connection import TxConnection
from bot.store.tx import Tx

Result = TypeVar("Result")
TxWork = Callable[[Tx], Coroutine[Any, Any, Result]]

_is_inside: ContextVar[bool] = ContextVar("is_inside_transaction", default=False)


class TransactionError(RuntimeError):
    """A transaction's function did what no transaction can do: a bug in the function."""


class CancelledTransaction(Exception):
    """The caller was cancelled before the commit, so nothing is kept."""


class Transaction(Generic[Result]):
    """One function to run in the database, and its outcome.

    `is_trial`: it is always rolled back.
    `is_committing`: from here on an error may come from the commit, with an unknown outcome.
    """

    def __init__(
        self, work: TxWork[Result], post_kinds: PostRegistry, *, is_trial: bool = False
    ) -> None:
        self._work = work
        self._post_kinds = post_kinds
        # The caller's context variables, for a thread that has none.
        self._context: Context = copy_context()
        self._result: Result | None = None
        self.error: BaseException | None = None
        self.is_trial = is_trial
        self.is_cancelled = False
        self.is_committing = False

    def run(self, connection: Connection) -> None:
        """Run the function on an open connection, from its first query to its last.

        It may run again where a commit shared with others failed. Raises what the function raises,
        and `CancelledTransaction`.
        """
        self.refuse_cancelled()
        self._result = self._context.run(self._run_function, connection)
        self.refuse_cancelled()

    def refuse_cancelled(self) -> None:
        """Raise `CancelledTransaction` if nobody waits for the outcome any more."""
        if self.is_cancelled:
            raise CancelledTransaction

    def get_result(self) -> Result:
        """Return what the function returned. Raises its error."""
        if self.error is not None:
            raise self.error
        return self._result  # type: ignore[return-value]  # set, or there is an error

    def _run_function(self, connection: Connection) -> Result:
        token = _is_inside.set(True)
        try:
            return run_without_waiting(self._work(Tx(TxConnection(connection), self._post_kinds)))
        finally:
            _is_inside.reset(token)


def refuse_nested_transaction() -> None:
    """Raise `TransactionError` inside a transaction: it would wait for itself."""
    if _is_inside.get():
        raise TransactionError("a transaction inside a transaction: use the `Tx` that is there")


def run_without_waiting(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in one go, and return its result.

    Raises `TransactionError` if it waits for anything: nobody could wake it up here.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    error = TransactionError("a transaction waits for something outside the database")
    try:
        # Thrown where it waits, so the traceback names the line.
        coroutine.throw(error)
    except StopIteration:
        pass  # a broad `except` swallowed the error: it is refused all the same
    finally:
        coroutine.close()
    raise error
