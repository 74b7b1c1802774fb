"""Dividing a row of weights into groups of neighbours, the heaviest as light as it can be."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import inf

UNEVEN = 2.0
"""How much a group counts that is as heavy as two, beside a cut as unwelcome as can be."""


EXACT = 12_000
"""Up to so many weights times groups, all divisions are compared. Longer rows go step by step."""


def divide_weights(
    weights: Sequence[int], groups: int, seams: Sequence[float], max_weight: int = 0
) -> list[slice]:
    """Cut the row into exactly `groups` slices, none empty and none heavier than it must be.

    A slice may always weigh `max_weight`. Among the cuts within these limits, even ones are
    chosen. There are at least as many weights as groups, all above zero.
    `seams` says for each place how unwelcome a cut before it is, in shares of a group's weight.
    """
    # sums[i] is the weight before place i, so a slice weighs sums[end] - sums[begin].
    sums = [0, *accumulate(weights)]
    max_weight = max(max_weight, _find_min_limit(sums, groups))
    if len(weights) * groups <= EXACT:
        cuts = _find_best_cuts(sums, groups, seams, max_weight)
    else:
        cuts = _find_good_cuts(sums, groups, seams, max_weight)
    ends = [*cuts[1:], len(weights)]
    return [slice(begin, end) for begin, end in zip(cuts, ends, strict=True)]


def _find_best_cuts(
    sums: Sequence[int], groups: int, seams: Sequence[float], max_weight: int
) -> list[int]:
    """Find the cuts with the least cost of all: squares keep every group near the even weight."""
    length = len(sums) - 1
    even = sums[-1] / groups
    # By place: the least cost of the rest in so many groups, and where the first of them ends.
    costs: list[float] = [inf] * length + [0.0]
    following: list[list[int]] = []
    for groups_left in range(1, groups + 1):
        new_costs = [inf] * (length + 1)
        ends = [length] * (length + 1)
        for begin in range(groups - groups_left, length - groups_left + 1):
            last = min(bisect_right(sums, sums[begin] + max_weight) - 1, length - groups_left + 1)
            for end in range(begin + 1, last + 1):
                uneven = (sums[end] - sums[begin]) / even - 1
                cost = UNEVEN * uneven * uneven + costs[end]
                if cost < new_costs[begin]:
                    new_costs[begin], ends[begin] = cost, end
            new_costs[begin] += seams[begin]
        costs = new_costs
        following.append(ends)
    cuts = [0]
    for ends in reversed(following[1:]):
        cuts.append(ends[cuts[-1]])
    return cuts


def _find_good_cuts(
    sums: Sequence[int], groups: int, seams: Sequence[float], max_weight: int
) -> list[int]:
    """Find cuts one by one, each as good as it can be for the rest. Never slow."""
    earliest = _find_earliest_cuts(sums, groups, max_weight)
    cuts = [0]
    for groups_left in range(groups - 1, 0, -1):
        begin = cuts[-1]
        even_weight = (sums[-1] - sums[begin]) / (groups_left + 1)
        # Not so early that the rest does not fit into the groups that are left, nor beyond what
        # one group may hold. At least one weight stays for each group that is left.
        low = max(begin + 1, earliest[groups_left])
        high = bisect_right(sums, sums[begin] + max_weight) - 1
        high = min(high, len(sums) - 1 - groups_left)

        def compute_cost(place: int, begin: int = begin, even_weight: float = even_weight) -> float:
            weight = sums[place] - sums[begin]
            return abs(weight - even_weight) / even_weight + seams[place]

        cuts.append(min(range(low, high + 1), key=compute_cost))
    return cuts


def find_min_group_weight(weights: Sequence[int], groups: int) -> int:
    """Find the least weight that the heaviest of up to so many groups can have."""
    return _find_min_limit([0, *accumulate(weights)], groups)


def count_groups(weights: Sequence[int], max_weight: int) -> int:
    """Count the groups the row takes at least. No weight is above the limit."""
    return _count_groups_for_weight([0, *accumulate(weights)], max_weight, len(weights))


def _find_min_limit(sums: Sequence[int], groups: int) -> int:
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
