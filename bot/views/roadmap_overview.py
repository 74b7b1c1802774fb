"""A roadmap at a glance, as lines of prose: its stages, its notes, what to build, what to earn, and a tip for a week. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.message import link, quote
from bot.chat.text import counted, names, short
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
from bot.views.resources import resource_line

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


def stages(plan: Roadmap) -> Iterator[str]:
    """A line for each stage, the inner ones set in, with its time and what it holds."""
    yield from (line for stage in plan.stages for line in _stage(stage, 0))


def _stage(stage: Stage, depth: int) -> Iterator[str]:
    inside = [(len(stage.weeks), "week"), (sum(1 for _ in items_in(stage)), "item")]
    facts = [str(stage.time)] if stage.time else []
    facts += [counted(count, what) for count, what in inside if count]
    title = f"**{quote(stage.title)}**" if depth == 0 else quote(stage.title)
    bullet = "" if depth == 0 else "    " * (depth - 1) + "• "
    yield f"{bullet}{title} · {', '.join(facts)}" if facts else f"{bullet}{title}"
    for inner in stage.stages:
        yield from _stage(inner, depth + 1)


def items_in(stage: Stage) -> Iterator[Item]:
    """Every item of a stage, at any depth, in the order of the file."""
    yield from stage.items
    yield from (item for week in stage.weeks for item in week.items)
    yield from (item for inner in stage.stages for item in items_in(inner))


def notes(plan: Roadmap) -> Iterator[str]:
    """What else there is to know: a line for each paragraph and point, the first of a block below the block's heading."""
    for block in plan.info:
        heading = f"**{quote(block.title or HEADINGS[block.kind])}**\n"
        for line in _paragraphs(block):
            yield heading + line
            heading = ""


def _paragraphs(block: Info) -> Iterator[str]:
    yield from (
        quote(short(one.strip(), LINE)) for one in (block.text or "").split("\n") if one.strip()
    )
    numbered = block.kind == "ladder"
    yield from (
        f"{f'{place}.' if numbered else '•'} {quote(short(one, LINE))}"
        for place, one in enumerate(block.points, 1)
    )
    yield from (f"• _{quote(one.about)}_ — {quote(short(one.says, LINE))}" for one in block.pairs)


def projects(plan: Roadmap) -> Iterator[str]:
    """What the plan suggests to build, level by level."""
    yield from _by_level((one.level, _project(one)) for one in plan.portfolio)


def _project(one: PortfolioProject) -> str:
    examples = f"for example {names(one.examples)}" if one.examples else ""
    more = "; ".join(part for part in (one.summary or "", ", ".join(one.parts), examples) if part)
    return f"• **{quote(one.title)}**" + (f" — {quote(short(more, LINE))}" if more else "")


def certificates(plan: Roadmap) -> Iterator[str]:
    """What the plan suggests to earn, level by level."""
    yield from _by_level((one.level, _certificate(one)) for one in plan.certificates)


def _certificate(one: Certificate) -> str:
    title = link(one.title, one.link) if one.link else f"**{quote(one.title)}**"
    facts = [f"by {quote(one.provider)}"] if one.provider else []
    facts += [quote(one.focus)] if one.focus else []
    facts += [f"no longer offered: {quote(one.retired)}"] if one.retired else []
    return f"• {title}" + (f" — {', '.join(facts)}" if facts else "")


def _by_level(rows: Iterator[tuple[str | None, str]]) -> Iterator[str]:
    found = list(rows)
    for level in (*LEVELS, None):
        heading = f"**{level.capitalize()}**\n" if level else ""
        for line in (text for its, text in found if its == level):
            yield heading + line
            heading = ""


def resource(one: Resource) -> str:
    """A resource with what is known of it, its title leading to it where it has a link."""
    facts = [one.platform, str(one.time) if one.time else None, _counted(one), one.cost]
    facts += [f"ends with {one.certificate}" if one.certificate else None]
    facts += [f"no longer offered: {one.retired}" if one.retired else None]
    told = "".join(f" · {quote(fact)}" for fact in facts if fact)
    return resource_line(one) + told


def _counted(one: Resource) -> str | None:
    what = {"lectures": "lecture", "specialisation": "course", "book": "chapter"}.get(
        one.kind, "part"
    )
    return counted(one.count, what) if one.count else None


def about(one: Resource) -> str:
    """Everything a resource can be found by, in lower case."""
    words = (one.title, one.author, one.provider, one.platform, one.kind, one.summary, *one.topics)
    return " ".join(word for word in words if word).casefold()


def tip(plan: Roadmap, number: int) -> str:
    """Something worth knowing for week `number`, every other week and each thing once before any comes again; else nothing."""
    known = tuple(_tips(plan))
    return known[(number // EVERY - 1) % len(known)] if known and number % EVERY == 0 else ""


def _tips(plan: Roadmap) -> Iterator[str]:
    """One of each block in turn, so that a row of weeks is not all pitfalls."""
    blocks = [[*_told(block)] for kind in TIPS for block in plan.info if block.kind == kind]
    for place in range(max(map(len, blocks), default=0)):
        yield from (block[place] for block in blocks if place < len(block))


def _told(block: Info) -> Sequence[str]:
    heading = block.title or HEADINGS[block.kind]
    points = [quote(one) for one in block.points]
    points += [f"_{quote(one.about)}_ — {quote(one.says)}" for one in block.pairs]
    return [f"**{quote(heading)}:** {one}" for one in points if len(one) <= TIP]
