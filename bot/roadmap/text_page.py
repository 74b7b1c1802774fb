"""A roadmap in plain text for a terminal, in the file's order.

Ids appear only where a stage names another one. Fields for the bot alone are left out.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from bot.roadmap.library import Certificate, Info, PortfolioProject, Resource
from bot.roadmap.model import Item, Recall, Roadmap, RoadmapChoice, Stage, Week
from bot.roadmap.text import SOURCE

WIDTH = 100


def render_roadmap_text(roadmap: Roadmap) -> str:
    """Return the whole roadmap, in lines with at most a hundred characters beside long links."""
    lines = [roadmap.title, "=" * min(len(roadmap.title), WIDTH), *_wrap_text(roadmap.summary, 0)]
    subject = f"Subject: {roadmap.subject}" if roadmap.subject else None
    audience = f"For: {roadmap.audience}" if roadmap.audience else None
    lines += _wrap_texts((subject, audience), 0)
    for stage in roadmap.stages:
        lines += ["", *_format_stage_text(stage, 0, roadmap)]
    for choice in roadmap.choices:
        lines += ["", *_format_choice_text(choice, 0)]
    lines += _format_lists_text(roadmap)
    for info in roadmap.info:
        lines += ["", *_format_info_text(info)]
    lines += _format_provenance_text(roadmap)
    return "\n".join(lines) + "\n"


def _format_lists_text(roadmap: Roadmap) -> Iterator[str]:
    resources: list[str] = []
    for resource in roadmap.resources:
        resources += _format_resource_text(resource)
    projects: list[str] = []
    for project in roadmap.portfolio:
        projects += _format_project_text(project, roadmap)
    certificates: list[str] = []
    for certificate in roadmap.certificates:
        certificates += _format_certificate_text(certificate)
    for heading, lines in (
        ("Resources", resources),
        ("Portfolio", projects),
        ("Certificates", certificates),
    ):
        if lines:
            yield from ("", heading, "-" * len(heading), *lines)


def _wrap_text(text: str, margin: int, mark: str = "") -> list[str]:
    """Return lines below the beginning of the first one; a mark hangs out to the left.

    A link stays whole, even where it is longer than a line.
    """
    first_indent, indent = " " * margin + mark, " " * (margin + len(mark))
    lines: list[str] = []
    for paragraph in text.split("\n"):
        wrapped = textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=indent if lines else first_indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
            break_long_words=False,
        )
        lines += wrapped or [""]
    return lines


def _wrap_texts(texts: Iterable[str | None], margin: int) -> Iterator[str]:
    for text in texts:
        if text:
            yield from _wrap_text(text, margin)


def _format_title_with_facts(title: str, *facts: object) -> str:
    """Return a title with its facts in brackets; empty facts are left out."""
    known_facts = "; ".join(str(fact) for fact in facts if fact)
    return f"{title} ({known_facts})" if known_facts else title


def _format_stage_text(stage: Stage, margin: int, roadmap: Roadmap) -> Iterator[str]:
    kind = "" if stage.kind == "normal" else stage.kind
    after = f"after {', '.join(stage.requires)}" if stage.requires else ""
    beside = f"beside {', '.join(stage.parallel_with)}" if stage.parallel_with else ""
    title = _format_title_with_facts(stage.title, stage.time, kind, stage.track, after, beside)
    yield from _wrap_text(title, margin)
    outcomes = [f"Outcome: {outcome}" for outcome in stage.outcomes]
    yield from _wrap_texts((stage.summary, *outcomes), margin + 2)
    yield from _format_resource_titles(stage.resources, margin + 2, roadmap)
    for week in stage.weeks:
        yield from _format_week_text(week, margin + 2, roadmap)
    for item in stage.items:
        yield from _format_item_text(item, margin + 2, roadmap)
    for inner in stage.stages:
        yield from _format_stage_text(inner, margin + 2, roadmap)
    for choice in stage.choices:
        yield from _format_choice_text(choice, margin + 2)


def _format_week_text(week: Week, margin: int, roadmap: Roadmap) -> Iterator[str]:
    number = roadmap.weeks.index(week) + 1
    kind = "" if week.kind == "normal" else week.kind
    yield from _wrap_text(_format_title_with_facts(f"Week {number}: {week.title}", kind), margin)
    yield from _wrap_texts((week.summary,), margin + 2)
    yield from _format_resource_titles(week.resources, margin + 2, roadmap)
    for item in week.items:
        yield from _format_item_text(item, margin + 2, roadmap)


def _format_item_text(item: Item, margin: int, roadmap: Roadmap) -> Iterator[str]:
    urgency = "" if item.essential else "if there is time"
    title = _format_title_with_facts(item.title, item.kind, item.estimate, urgency, item.track)
    yield from _wrap_text(title, margin, "- ")
    done_when = f"Done when: {item.done_when}" if item.done_when else None
    details = (item.summary, "; ".join(item.parts), _format_examples(item.examples), done_when)
    yield from _wrap_texts(details, margin + 2)
    if item.recall:
        yield from _wrap_texts(_format_recall(item.recall), margin + 2)
    yield from _format_resource_titles(item.resources, margin + 2, roadmap)


def _format_recall(recall: Recall) -> Iterator[str]:
    yield f"Question: {recall.question}"
    if recall.answer:
        yield f"Answer: {recall.answer}"


def _format_examples(examples: tuple[str, ...]) -> str:
    return f"for example {'; '.join(examples)}" if examples else ""


def _format_choice_text(choice: RoadmapChoice, margin: int) -> Iterator[str]:
    title = _format_title_with_facts(choice.title, f"choose {choice.pick}")
    yield from _wrap_text(title, margin, "? ")
    yield from _wrap_texts((choice.summary,), margin + 2)
    for option in choice.options:
        default = "unless you choose" if option.id in choice.default else ""
        title = _format_title_with_facts(option.title or ", ".join(option.takes), default)
        yield from _wrap_text(title, margin + 2, "- ")


def _format_resource_titles(
    resource_ids: tuple[str, ...], margin: int, roadmap: Roadmap
) -> list[str]:
    if not resource_ids:
        return []
    titles = [roadmap.get_resource(resource_id).title for resource_id in resource_ids]
    return _wrap_text(f"From: {'; '.join(titles)}", margin)


def _format_resource_text(resource: Resource) -> Iterator[str]:
    count = ""
    if resource.count:
        count = f"{resource.count} part{'' if resource.count == 1 else 's'}"
    title = _format_title_with_facts(
        resource.title,
        resource.kind,
        resource.author,
        resource.provider,
        resource.platform,
        resource.time,
        count,
        resource.cost,
        resource.certificate,
    )
    yield from _wrap_text(title, 0, "- ")
    topics, retirement = "; ".join(resource.topics), _format_retirement(resource.retired)
    link_lines = (resource.link, _format_lookup(resource))
    yield from _wrap_texts((*link_lines, resource.summary, topics, retirement), 2)


def _format_lookup(entry: Resource | Certificate) -> str:
    if not entry.seen:
        return ""
    day = f" on {entry.checked}" if entry.checked else ""
    place = "in the source of the plan" if entry.seen == SOURCE else f"at {entry.seen}"
    return f"Link looked up{day} {place}"


def _format_retirement(reason: str | None) -> str:
    return f"Retired: {reason}" if reason else ""


def _format_project_text(project: PortfolioProject, roadmap: Roadmap) -> Iterator[str]:
    yield from _wrap_text(_format_title_with_facts(project.title, project.level), 0, "- ")
    examples = _format_examples(project.examples)
    yield from _wrap_texts((project.summary, "; ".join(project.parts), examples), 2)
    yield from _format_resource_titles(project.resources, 2, roadmap)


def _format_certificate_text(certificate: Certificate) -> Iterator[str]:
    title = _format_title_with_facts(
        certificate.title, certificate.level, certificate.provider, certificate.focus
    )
    yield from _wrap_text(title, 0, "- ")
    retirement = _format_retirement(certificate.retired)
    yield from _wrap_texts((certificate.link, _format_lookup(certificate), retirement), 2)


def _format_info_text(info: Info) -> Iterator[str]:
    heading = info.title or info.kind.replace("-", " ").capitalize()
    yield from (heading, "-" * len(heading))
    yield from _wrap_texts((info.text,), 0)
    for point in info.points:
        yield from _wrap_text(point, 0, "- ")
    for pair in info.pairs:
        yield from _wrap_text(f"{pair.about} → {pair.says}", 0, "- ")


def _format_provenance_text(roadmap: Roadmap) -> Iterator[str]:
    origin = roadmap.provenance
    if origin is None:
        return
    yield from ("", "Where it comes from", "-------------------")
    tags = ", ".join(origin.tags)
    title = _format_title_with_facts(
        origin.title or "", origin.author, origin.published, origin.link, tags
    )
    yield from _wrap_texts((title.strip(),), 0)
    for note in origin.notes:
        yield from _wrap_text(note, 0, "- ")
    yield from _wrap_texts((_format_additions(roadmap),), 0)


def _format_additions(roadmap: Roadmap) -> str:
    """Return what the source does not say, counted by field; empty without any."""
    counts: Counter[str] = Counter()
    for entry in roadmap.list_entries():
        if entry.added is True:
            counts["a whole entry"] += 1
        else:
            counts.update(entry.added or ())
    fields = ", ".join(f"{name} ({count})" for name, count in counts.most_common())
    return f"Added to the source: {fields}." if fields else ""
