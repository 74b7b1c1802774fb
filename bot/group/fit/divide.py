"""Dividing a row of weights into groups of neighbours, the heaviest as light as it can be."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate


def divide_weights(
    weights: Sequence[int], groups: int, seams: Sequence[float], max_weight: int = 0
) -> list[slice]:
    """Exactly `groups` slices, none empty, none heavier than it must be (or than `most`); among these, even ones.

    There are at least as many weights as groups, all above zero. `seams` says for each place how unwelcome it is that a
    group begins there, in shares of a group's weight. Time is O(len(weights) × groups) at worst.
    """
    sums = [0, *accumulate(weights)]
    max_weight = max(max_weight, _find_min_group_weight(sums, groups))
    latest = _find_earliest_cuts(sums, groups, max_weight)
    cuts = [0]
    for left in range(groups - 1, 0, -1):
        begin = cuts[-1]
        even = (sums[-1] - sums[begin]) / (left + 1)
        # Not beyond what one group may hold, nor so early that the rest does not fit into the groups that are left.
        low = max(begin + 1, latest[left])
        high = min(bisect_right(sums, sums[begin] + max_weight) - 1, len(weights) - left)
        cuts.append(
            min(
                range(low, high + 1),
                key=lambda at: abs(sums[at] - sums[begin] - even) / even + seams[at],
            )
        )
    return [slice(*pair) for pair in zip(cuts, [*cuts[1:], len(weights)], strict=True)]


def _find_min_group_weight(sums: Sequence[int], groups: int) -> int:
    """The least weight into whose multiples the row can be divided."""
    low, high = 1, sums[-1]
    while low < high:
        middle = (low + high) // 2
        if _count_groups_for_weight(sums, middle, groups) <= groups:
            high = middle
        else:
            low = middle + 1
    return low


def _count_groups_for_weight(sums: Sequence[int], most: int, groups: int) -> int:
    """How many groups of `most` it takes; one more than `groups` where that is too few."""
    at, count = 0, 0
    while at < len(sums) - 1 and count <= groups:
        further = bisect_right(sums, sums[at] + most) - 1
        if further == at:
            return groups + 1
        at, count = further, count + 1
    return count


def _find_earliest_cuts(sums: Sequence[int], groups: int, most: int) -> list[int]:
    """By number of groups left: the earliest place from which the rest fits into them."""
    found = [len(sums) - 1]
    for _ in range(groups):
        found.append(bisect_left(sums, sums[found[-1]] - most))
    return found
