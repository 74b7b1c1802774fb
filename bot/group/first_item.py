"""The item to start with, and the time a list of items takes."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from bot.group.route import Route
from bot.roadmap import Item, Roadmap

NOTHING: frozenset[str] = frozenset()
NOT_ESTIMATED = 10**6  # minutes: items without an estimate come after all others


@dataclass(frozen=True, slots=True)
class TimeSum:
    """The time of several items.

    `minutes`: the sum of the estimates there are. `estimated_count` of `item_count` have one.
    """

    minutes: int = 0
    estimated_count: int = 0
    item_count: int = 0

    @property
    def is_complete(self) -> bool:
        """True if every item has an estimate, and there is an item."""
        return 0 < self.item_count == self.estimated_count

    @property
    def is_mostly_known(self) -> bool:
        """True if more than half of the items have an estimate."""
        return 2 * self.estimated_count > self.item_count


def sum_estimates(roadmap: Roadmap, item_ids: Iterable[str]) -> TimeSum:
    """Add the estimates of items. An id the roadmap does not know is left out."""
    items = [roadmap.items[item_id] for item_id in item_ids if item_id in roadmap.items]
    estimates = [item.minutes for item in items if item.minutes is not None]
    return TimeSum(sum(estimates), len(estimates), len(items))


def list_open_items(
    roadmap: Roadmap,
    item_ids: Iterable[str],
    ticked: Set[str] = NOTHING,
    route: Route | None = None,
) -> tuple[Item, ...]:
    """Return the items that are neither ticked nor as good as ticked, in the list's order.

    With a `route`, only items on it.
    """
    open_items = []
    for item_id in item_ids:
        item = roadmap.items.get(item_id)
        if item is not None and not _is_settled(item_id, ticked, route):
            open_items.append(item)
    return tuple(open_items)


def _is_settled(item_id: str, ticked: Set[str], route: Route | None) -> bool:
    """Return True for an item that is done, as good as done, or not on the route."""
    if item_id in ticked:
        return True
    if route is None:
        return False
    return not route.is_on_route(item_id) or bool(route.find_ticked_equivalent(item_id, ticked))


def find_first_item(
    roadmap: Roadmap,
    item_ids: Iterable[str],
    ticked: Set[str] = NOTHING,
    route: Route | None = None,
) -> Item | None:
    """Return the item to start with: the shortest open essential one; None with nothing open.

    Where no essential item is open, the shortest other one. Items of the same length come in the
    list's order, and items without an estimate last. An item that requires another open one of
    the list comes after all that require none.
    """
    open_items = list_open_items(roadmap, item_ids, ticked, route)
    open_ids = {item.id for item in open_items}
    essential = [item for item in open_items if item.essential]
    return min(
        essential or open_items,
        key=lambda item: (not open_ids.isdisjoint(item.requires), _get_length(item)),
        default=None,
    )


def _get_length(item: Item) -> int:
    return NOT_ESTIMATED if item.minutes is None else item.minutes
