"""What a plan that comes with the bot must hold, so that every item can be started from its post."""

from __future__ import annotations

from collections.abc import Iterator

from bot.roadmap import Certificate, Item, Resource, Roadmap, Stage, Week


def list_omissions(roadmap: Roadmap) -> list[str]:
    """Return what a plan lacks, each with the id of its place; none for a complete plan."""
    return [
        *_find_plan_omissions(roadmap),
        *(omission for item in roadmap.items.values() for omission in _check_item(roadmap, item)),
        *_find_link_omissions(roadmap),
    ]


def _find_plan_omissions(roadmap: Roadmap) -> Iterator[str]:
    for field in ("subject", "audience"):
        if not getattr(roadmap, field):
            yield f"the plan: {field}"
    parts: tuple[Stage | Week, ...] = (*roadmap.all_stages, *roadmap.weeks)
    for part in parts:
        if not part.summary:
            yield f"{part.id}: summary"


def _check_item(roadmap: Roadmap, item: Item) -> Iterator[str]:
    if item.minutes is None:
        yield f"{item.id}: estimate in minutes or hours"
    if not item.resources:
        yield f"{item.id}: resources"
    elif not _is_free(roadmap.get_resource(item.resources[0])):
        yield f"{item.id}: a free first resource"
    if not item.done_when:
        yield f"{item.id}: done_when"
    if item.kind == "topic" and (item.recall is None or not item.recall.answer):
        yield f"{item.id}: recall with its answer"


def _is_free(resource: Resource) -> bool:
    if resource.retired:
        return False
    return resource.cost is None or "free" in resource.cost.casefold()


def _find_link_omissions(roadmap: Roadmap) -> Iterator[str]:
    entries: tuple[Resource | Certificate, ...] = (*roadmap.resources, *roadmap.certificates)
    for entry in entries:
        if entry.link:
            for field in ("checked", "seen"):
                if not getattr(entry, field):
                    yield f"{entry.id}: {field}"
