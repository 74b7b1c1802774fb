"""Work in processes of its own: nothing measured before has left its objects there."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

Result = TypeVar("Result")
# Takes a function that returns once every process is ready, then what the others take.
ChildWork = Callable[..., Result]
LONGEST = 300.0  # seconds for a process to get ready, and to do its work


def run_in_processes(work: ChildWork[Result], count: int, *arguments: object) -> Sequence[Result]:
    """Run the same work in several fresh processes at once, and return what each returned.

    `work` is a function of a module, and gets a barrier that all of them pass together.
    Raises `RuntimeError` if one fails; its traceback is on the error output.
    """
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(count, timeout=LONGEST), context.Queue()
    children = [
        context.Process(target=_run_child, args=(work, barrier, results, arguments))
        for _ in range(count)
    ]
    for child in children:
        child.start()
    try:
        outcomes = [_await_outcome(results, children) for _ in children]
    finally:
        for child in children:
            child.join(timeout=10)
            child.kill()
    found: list[Result] = [result for is_done, result in outcomes if is_done]
    if len(found) < count:
        raise RuntimeError("a process of the benchmark failed")
    return found


def _await_outcome(results: Queue[Any], children: Sequence[BaseProcess]) -> tuple[bool, Any]:
    """Return the next outcome. Raises `RuntimeError` if a process has died, or none comes."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        with suppress(queue.Empty):
            outcome: tuple[bool, Any] = results.get(timeout=1)
            return outcome
        # One that could not even import its work has nothing to say.
        if any(child.exitcode for child in children):
            break
    raise RuntimeError("a process of the benchmark has died or hangs")


def _run_child(
    work: ChildWork[Any], barrier: Barrier, results: Queue[Any], arguments: Sequence[object]
) -> None:
    try:
        outcome = (True, work(barrier, *arguments))
    except BaseException:
        # The others must not wait for this one.
        barrier.abort()
        results.put((False, None))
        raise
    results.put(outcome)
