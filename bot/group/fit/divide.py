"""Dividing a row of weights into groups of neighbours, the heaviest as light as it can be."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate


def divide_weights(
    weights: Sequence[int], groups: int, seams: Sequence[float], max_weight: int = 0
) -> list[slice]:
    """Cut the row into exactly `groups` slices, none empty and none heavier than it must be.

    A slice may always weigh `max_weight`. Among the cuts within these limits, even ones are
    chosen. There are at least as many weights as groups, all above zero.
    `seams` says for each place how unwelcome a cut before it is, in shares of a group's weight.
    Time is O(len(weights) × groups) at worst.
    """
    # sums[i] is the weight before place i, so a slice weighs sums[end] - sums[begin].
    sums = [0, *accumulate(weights)]
    max_weight = max(max_weight, _find_min_group_weight(sums, groups))
    earliest = _find_earliest_cuts(sums, groups, max_weight)
    cuts = [0]
    for groups_left in range(groups - 1, 0, -1):
        begin = cuts[-1]
        even_weight = (sums[-1] - sums[begin]) / (groups_left + 1)
        # Not so early that the rest does not fit into the groups that are left, nor beyond what
        # one group may hold. At least one weight stays for each group that is left.
        low = max(begin + 1, earliest[groups_left])
        high = bisect_right(sums, sums[begin] + max_weight) - 1
        high = min(high, len(weights) - groups_left)

        def compute_cost(place: int, begin: int = begin, even_weight: float = even_weight) -> float:
            weight = sums[place] - sums[begin]
            return abs(weight - even_weight) / even_weight + seams[place]

        cuts.append(min(range(low, high + 1), key=compute_cost))
    ends = [*cuts[1:], len(weights)]
    return [slice(begin, end) for begin, end in zip(cuts, ends, strict=True)]


def _find_min_group_weight(sums: Sequence[int], groups: int) -> int:
    """Find the least limit under which the row fits into the groups, by halving."""
    low, high = 1, sums[-1]
    while low < high:
        middle = (low + high) // 2
        if _count_groups_for_weight(sums, middle, groups) <= groups:
            high = middle
        else:
            low = middle + 1
    return low


def _count_groups_for_weight(sums: Sequence[int], max_weight: int, groups: int) -> int:
    """Count the groups the row takes under a limit; stop at one more than `groups`."""
    begin, count = 0, 0
    while begin < len(sums) - 1 and count <= groups:
        end = bisect_right(sums, sums[begin] + max_weight) - 1
        # A single weight is above the limit: no number of groups is enough.
        if end == begin:
            return groups + 1
        begin, count = end, count + 1
    return count


def _find_earliest_cuts(sums: Sequence[int], groups: int, max_weight: int) -> list[int]:
    """List, by the number of groups left, the earliest place from which the rest fits."""
    places = [len(sums) - 1]
    for _ in range(groups):
        places.append(bisect_left(sums, sums[places[-1]] - max_weight))
    return places
