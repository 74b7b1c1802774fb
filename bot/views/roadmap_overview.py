"""A roadmap at a glance, as lines of prose: its stages, its notes, what to build, what to earn, and a tip for a week. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.message import escape_text, format_link
from bot.chat.text import format_count, join_names, shorten
from bot.roadmap import (
    Certificate,
    Info,
    InfoKind,
    Item,
    PortfolioProject,
    Resource,
    Roadmap,
    Stage,
)
from bot.views.resources import format_resource_line

LINE = 600  # characters of one line: what is longer is cut at a word
TIP = 300  # characters of a tip beside the topics of a week
EVERY = 2  # weeks from one tip to the next

LEVELS = ("beginner", "intermediate", "advanced")
HEADINGS: dict[InfoKind, str] = {
    "role": "The work", "context": "Where it stands", "fit": "Whom it suits", "skills": "Skills",
    "difficulty": "How hard it is", "myths": "Myths", "outcomes": "Where it leads", "ladder": "Steps of a career",
    "metrics": "How to tell it goes well", "tips": "Tips", "pitfalls": "Pitfalls", "growth": "Ways to grow",
    "community": "Community", "experience": "Experience to gather", "learning": "Learning on",
    "advice": "Advice", "next-steps": "Next steps", "note": "A note",
}  # fmt: skip
TIPS: tuple[InfoKind, ...] = (
    "tips", "pitfalls", "myths", "metrics", "community", "learning", "advice", "growth", "next-steps",
)  # fmt: skip


def list_stage_lines(roadmap: Roadmap) -> Iterator[str]:
    """A line for each stage, the inner ones set in, with its time and what it holds."""
    yield from (line for stage in roadmap.stages for line in _list_nested_stage_lines(stage, 0))


def _list_nested_stage_lines(stage: Stage, depth: int) -> Iterator[str]:
    inside = [(len(stage.weeks), "week"), (sum(1 for _ in list_stage_items(stage)), "item")]
    facts = [str(stage.time)] if stage.time else []
    facts += [format_count(count, what) for count, what in inside if count]
    title = f"**{escape_text(stage.title)}**" if depth == 0 else escape_text(stage.title)
    bullet = "" if depth == 0 else "    " * (depth - 1) + "• "
    yield f"{bullet}{title} · {', '.join(facts)}" if facts else f"{bullet}{title}"
    for inner in stage.stages:
        yield from _list_nested_stage_lines(inner, depth + 1)


def list_stage_items(stage: Stage) -> Iterator[Item]:
    """Every item of a stage, at any depth, in the order of the file."""
    yield from stage.items
    yield from (item for week in stage.weeks for item in week.items)
    yield from (item for inner in stage.stages for item in list_stage_items(inner))


def list_info_lines(roadmap: Roadmap) -> Iterator[str]:
    """What else there is to know: a line for each paragraph and point, the first of a block below the block's heading."""
    for block in roadmap.info:
        heading = f"**{escape_text(block.title or HEADINGS[block.kind])}**\n"
        for line in _list_info_paragraphs(block):
            yield heading + line
            heading = ""


def _list_info_paragraphs(block: Info) -> Iterator[str]:
    yield from (
        escape_text(shorten(one.strip(), LINE))
        for one in (block.text or "").split("\n")
        if one.strip()
    )
    numbered = block.kind == "ladder"
    yield from (
        f"{f'{place}.' if numbered else '•'} {escape_text(shorten(one, LINE))}"
        for place, one in enumerate(block.points, 1)
    )
    yield from (
        f"• _{escape_text(one.about)}_ — {escape_text(shorten(one.says, LINE))}"
        for one in block.pairs
    )


def list_project_lines(roadmap: Roadmap) -> Iterator[str]:
    """What the plan suggests to build, level by level."""
    yield from _group_lines_by_level(
        (one.level, _format_project_line(one)) for one in roadmap.portfolio
    )


def _format_project_line(one: PortfolioProject) -> str:
    examples = f"for example {join_names(one.examples)}" if one.examples else ""
    more = "; ".join(part for part in (one.summary or "", ", ".join(one.parts), examples) if part)
    return f"• **{escape_text(one.title)}**" + (
        f" — {escape_text(shorten(more, LINE))}" if more else ""
    )


def list_certificate_lines(roadmap: Roadmap) -> Iterator[str]:
    """What the plan suggests to earn, level by level."""
    yield from _group_lines_by_level(
        (one.level, _format_certificate_line(one)) for one in roadmap.certificates
    )


def _format_certificate_line(one: Certificate) -> str:
    title = format_link(one.title, one.link) if one.link else f"**{escape_text(one.title)}**"
    facts = [f"by {escape_text(one.provider)}"] if one.provider else []
    facts += [escape_text(one.focus)] if one.focus else []
    facts += [f"no longer offered: {escape_text(one.retired)}"] if one.retired else []
    return f"• {title}" + (f" — {', '.join(facts)}" if facts else "")


def _group_lines_by_level(rows: Iterator[tuple[str | None, str]]) -> Iterator[str]:
    found = list(rows)
    for level in (*LEVELS, None):
        heading = f"**{level.capitalize()}**\n" if level else ""
        for line in (text for its, text in found if its == level):
            yield heading + line
            heading = ""


def describe_resource(resource: Resource) -> str:
    """A resource with what is known of it, its title leading to it where it has a link."""
    facts = [
        resource.platform,
        str(resource.time) if resource.time else None,
        _format_resource_count(resource),
        resource.cost,
    ]
    facts += [f"ends with {resource.certificate}" if resource.certificate else None]
    facts += [f"no longer offered: {resource.retired}" if resource.retired else None]
    told = "".join(f" · {escape_text(fact)}" for fact in facts if fact)
    return format_resource_line(resource) + told


def _format_resource_count(one: Resource) -> str | None:
    what = {"lectures": "lecture", "specialisation": "course", "book": "chapter"}.get(
        one.kind, "part"
    )
    return format_count(one.count, what) if one.count else None


def build_search_text(resource: Resource) -> str:
    """Everything a resource can be found by, in lower case."""
    words = (
        resource.title,
        resource.author,
        resource.provider,
        resource.platform,
        resource.kind,
        resource.summary,
        *resource.topics,
    )
    return " ".join(word for word in words if word).casefold()


def choose_tip(roadmap: Roadmap, number: int) -> str:
    """Something worth knowing for week `number`, every other week and each thing once before any comes again; else nothing."""
    known = tuple(_list_tips(roadmap))
    return known[(number // EVERY - 1) % len(known)] if known and number % EVERY == 0 else ""


def _list_tips(roadmap: Roadmap) -> Iterator[str]:
    """One of each block in turn, so that a row of weeks is not all pitfalls."""
    blocks = [
        [*_list_block_tips(block)] for kind in TIPS for block in roadmap.info if block.kind == kind
    ]
    for place in range(max(map(len, blocks), default=0)):
        yield from (block[place] for block in blocks if place < len(block))


def _list_block_tips(block: Info) -> Sequence[str]:
    heading = block.title or HEADINGS[block.kind]
    points = [escape_text(one) for one in block.points]
    points += [f"_{escape_text(one.about)}_ — {escape_text(one.says)}" for one in block.pairs]
    return [f"**{escape_text(heading)}:** {one}" for one in points if len(one) <= TIP]
