"""The slots in which letters are sent at the same time: how many there are, and who may have them.

A lease begins when a letter is claimed, and the letters on their way share the platform's rate
limit. So no more are claimed than can leave in half a lease, at the rate at which they leave now.
"""

from __future__ import annotations

import time as machine
from collections import Counter, deque
from collections.abc import Callable, Iterable

from bot.store.letter import LEASE

MAX_IN_FLIGHT = 50
FIRST_CLAIMS = 20  # letters on their way before a rate is known
FAIR_SHARE = MAX_IN_FLIGHT // 2  # one cohort's slots while others wait
HALF_A_LEASE = LEASE.total_seconds() / 2


class SendingSlots:
    """Counts the letters on their way, and the rate at which they leave.

    `time` gives seconds that only grow.
    """

    def __init__(self, time: Callable[[], float] = machine.monotonic) -> None:
        self._time = time
        self._occupied: Counter[int] = Counter()
        self._ends: deque[float] = deque(maxlen=FIRST_CLAIMS)
        # Idle time does not count: a clock that runs only while letters are on their way.
        self._busy_before = 0.0
        self._busy_since = 0.0

    def occupy_slot(self, cohort_id: int) -> None:
        """Note that a letter of a cohort is on its way."""
        if not self._occupied:
            self._busy_since = self._time()
        self._occupied[cohort_id] += 1

    def free_slot(self, cohort_id: int) -> None:
        """Note that a letter of a cohort has left, or waits again."""
        self._ends.append(self._get_busy_time())
        self._occupied[cohort_id] -= 1
        if not self._occupied[cohort_id]:
            del self._occupied[cohort_id]
        if not self._occupied:
            self._busy_before = self._ends[-1]

    def count_claimable(self) -> int:
        """Return how many letters may be claimed now."""
        return self._count_bearable() - self._occupied.total()

    def count_fairly_claimable(self) -> int:
        """Return how many letters may be claimed at once so that no cohort exceeds its share.

        Cohorts that have filled it already are left out (`list_crowded_cohorts`).
        """
        counts = [count for count in self._occupied.values() if count < FAIR_SHARE]
        return FAIR_SHARE - max(counts, default=0)

    def list_crowded_cohorts(self) -> list[int]:
        """Return the cohorts that have filled their share of the slots, two at most."""
        return [cohort for cohort, count in self._occupied.items() if count >= FAIR_SHARE]

    def _count_bearable(self) -> int:
        """Return how many letters can be on their way and still leave in half a lease."""
        if len(self._ends) < FIRST_CLAIMS:
            return FIRST_CLAIMS
        seconds = self._get_busy_time() - self._ends[0]
        if seconds * MAX_IN_FLIGHT <= HALF_A_LEASE * len(self._ends):
            return MAX_IN_FLIGHT
        return max(1, int(HALF_A_LEASE * len(self._ends) / seconds))

    def _get_busy_time(self) -> float:
        if not self._occupied:
            return self._busy_before
        return self._busy_before + self._time() - self._busy_since


def list_greedy_cohorts(cohort_ids: Iterable[int]) -> set[int]:
    """Return the cohorts, two at most, with half of these letters or more."""
    counts = Counter(cohort_ids)
    return {cohort_id for cohort_id, count in counts.items() if 2 * count >= counts.total()}
