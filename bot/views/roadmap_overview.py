"""A roadmap in lines of prose: stages, notes, projects, certificates, and a tip for a week."""

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

LINE = 600  # characters in one line; longer ones are cut at a word
TIP = 300  # characters in a tip beside a week's topics
TIP_EVERY = 2  # weeks from one tip to the next

LEVELS = ("beginner", "intermediate", "advanced")
HEADINGS: dict[InfoKind, str] = {
    "role": "The work",
    "context": "Background",
    "fit": "Is it for me?",
    "skills": "Skills",
    "difficulty": "How hard it is",
    "myths": "Myths",
    "outcomes": "Where it leads",
    "ladder": "Career steps",
    "metrics": "Signs of progress",
    "tips": "Tips",
    "pitfalls": "Pitfalls",
    "growth": "Ways to grow",
    "community": "Community",
    "experience": "Experience to gather",
    "learning": "Keep learning",
    "advice": "Advice",
    "next-steps": "Next steps",
    "note": "A note",
}
TIPS: tuple[InfoKind, ...] = (
    "tips",
    "pitfalls",
    "myths",
    "metrics",
    "community",
    "learning",
    "advice",
    "growth",
    "next-steps",
)


def list_stage_lines(roadmap: Roadmap) -> Iterator[str]:
    """Yield a line for each stage with its time and size; inner stages are indented."""
    for stage in roadmap.stages:
        yield from _list_nested_stage_lines(stage, 0)


def _list_nested_stage_lines(stage: Stage, depth: int) -> Iterator[str]:
    facts = [str(stage.time)] if stage.time else []
    week_count = format_count(len(stage.weeks), "week")
    if stage.weeks and week_count not in facts:
        facts.append(week_count)
    item_count = sum(1 for _ in list_stage_items(stage))
    if item_count:
        facts.append(format_count(item_count, "item"))
    title = escape_text(stage.title)
    line = f"**{title}**" if depth == 0 else "    " * (depth - 1) + f"• {title}"
    if facts:
        line += f" · {', '.join(facts)}"
    yield line
    for inner in stage.stages:
        yield from _list_nested_stage_lines(inner, depth + 1)


def list_stage_items(stage: Stage) -> Iterator[Item]:
    """Yield every item in a stage, at any depth, in the file's order."""
    yield from stage.items
    for week in stage.weeks:
        yield from week.items
    for inner in stage.stages:
        yield from list_stage_items(inner)


def list_info_lines(roadmap: Roadmap) -> Iterator[str]:
    """Yield a line for each paragraph and point; a block's first line carries its heading."""
    for block in roadmap.info:
        heading = f"**{escape_text(block.title or HEADINGS[block.kind])}**\n"
        for line in _list_info_paragraphs(block):
            yield heading + line
            heading = ""


def _list_info_paragraphs(block: Info) -> Iterator[str]:
    for paragraph in (block.text or "").split("\n"):
        if paragraph.strip():
            yield escape_text(shorten(paragraph.strip(), LINE))
    for number, point in enumerate(block.points, 1):
        # The steps in a career have an order; other points have none.
        bullet = f"{number}." if block.kind == "ladder" else "•"
        yield f"{bullet} {escape_text(shorten(point, LINE))}"
    for pair in block.pairs:
        yield f"• _{escape_text(pair.about)}_ — {escape_text(shorten(pair.says, LINE))}"


def list_project_lines(roadmap: Roadmap) -> Iterator[str]:
    """Yield a line for each portfolio project, level by level."""
    rows = [(project.level, _format_project_line(project)) for project in roadmap.portfolio]
    yield from _group_lines_by_level(rows)


def _format_project_line(project: PortfolioProject) -> str:
    details = []
    if project.summary:
        details.append(project.summary)
    if project.parts:
        details.append(", ".join(project.parts))
    if project.examples:
        details.append(f"for example {join_names(project.examples)}")
    line = f"• **{escape_text(project.title)}**"
    if details:
        line += f" — {escape_text(shorten('; '.join(details), LINE))}"
    return line


def list_certificate_lines(roadmap: Roadmap) -> Iterator[str]:
    """Yield a line for each certificate, level by level."""
    rows = []
    for certificate in roadmap.certificates:
        rows.append((certificate.level, _format_certificate_line(certificate)))
    yield from _group_lines_by_level(rows)


def _format_certificate_line(certificate: Certificate) -> str:
    title = f"**{escape_text(certificate.title)}**"
    if certificate.link:
        title = format_link(certificate.title, certificate.link)
    facts = []
    if certificate.provider:
        facts.append(f"by {escape_text(certificate.provider)}")
    if certificate.focus:
        facts.append(escape_text(certificate.focus))
    if certificate.retired:
        facts.append(f"no longer offered: {escape_text(certificate.retired)}")
    return f"• {title} — {', '.join(facts)}" if facts else f"• {title}"


def _group_lines_by_level(rows: Sequence[tuple[str | None, str]]) -> Iterator[str]:
    for level in (*LEVELS, None):
        heading = f"**{level.capitalize()}**\n" if level else ""
        for line_level, line in rows:
            if line_level == level:
                yield heading + line
                heading = ""


def describe_resource(resource: Resource) -> str:
    """Return a line with all facts about a resource; its title is the link, if it has one."""
    facts = [
        resource.platform,
        str(resource.time) if resource.time else None,
        _format_resource_count(resource),
        resource.cost,
        f"ends with {resource.certificate}" if resource.certificate else None,
        f"no longer offered: {resource.retired}" if resource.retired else None,
    ]
    line = format_resource_line(resource)
    for fact in facts:
        if fact:
            line += f" · {escape_text(fact)}"
    return line


def _format_resource_count(resource: Resource) -> str | None:
    if not resource.count:
        return None
    nouns = {"lectures": "lecture", "specialisation": "course", "book": "chapter"}
    return format_count(resource.count, nouns.get(resource.kind, "part"))


def build_search_text(resource: Resource) -> str:
    """Return every word to find a resource by, in lower case."""
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
    """Return a tip for week `number` in prose, every other week; empty in the weeks between.

    Each tip comes once before any comes again.
    """
    tips = tuple(_list_tips(roadmap))
    if not tips or number % TIP_EVERY:
        return ""
    return tips[(number // TIP_EVERY - 1) % len(tips)]


def _list_tips(roadmap: Roadmap) -> Iterator[str]:
    blocks = []
    for kind in TIPS:
        for block in roadmap.info:
            if block.kind == kind:
                blocks.append(_list_block_tips(block))
    # One from each block in turn, so that no month is all pitfalls.
    for place in range(max(map(len, blocks), default=0)):
        for tips in blocks:
            if place < len(tips):
                yield tips[place]


def _list_block_tips(block: Info) -> Sequence[str]:
    heading = escape_text(block.title or HEADINGS[block.kind])
    points = [escape_text(point) for point in block.points]
    for pair in block.pairs:
        points.append(f"_{escape_text(pair.about)}_ — {escape_text(pair.says)}")
    return [f"**{heading}:** {point}" for point in points if len(point) <= TIP]
