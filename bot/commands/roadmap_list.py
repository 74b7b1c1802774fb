"""`roadmap list`: the roadmaps that a cohort here can take, those that come with the bot and the space's own."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.message import Choice, Message, Select, page_of_lines, phrase, quote, say
from bot.chat.text import counted, short
from bot.command import Call, Hidden, command
from bot.group.fit import own_length
from bot.store.roadmaps import Shelved

LISTED = 10
TITLE, SUMMARY = 100, 120  # characters


@command(reads=True, order=40, action="Roadmaps")
async def roadmap_list(call: Call, page: Annotated[int | None, Hidden()] = None) -> Message:
    """The roadmaps a group here can take."""
    there = await call.shelf()
    taken = [
        one.roadmap
        for one in await call.tx.cohorts.in_space(call.place)
        if one.state in {"open", "running"}
    ]
    lines = {slug: _line(slug, one, taken.count(one.key)) for slug, one in there.items()}
    shown = page_of_lines(list(lines.values()), page or 1, LISTED)
    here = [slug for slug, line in lines.items() if line in shown.entries]
    choices = tuple(Choice(short(there[slug].plan.title), slug, slug) for slug in here)
    own = (
        (buttons(("Versions", "roadmap versions"), ("Bring your own", "roadmap import")),)
        if call.caller.moderator
        else ()
    )
    return say(
        "\n".join(shown.entries),
        Select("Look at one", "roadmap show", "roadmap", choices),
        *shown.turns(phrase("roadmap list")),
        *own,
        title="Roadmaps",
    )


def _line(slug: str, one: Shelved, groups: int) -> str:
    plan = one.plan
    facts = ["as long as you like"]
    if plan.weeks or any(stage.time for stage in plan.all_stages):
        facts = [f"{'' if plan.weeks else 'about '}{counted(own_length(plan), 'week')}"]
    facts.append(counted(len(plan.items), "item"))
    facts += [f"version {one.version} here"] if one.version else []
    facts += [f"{counted(groups, 'group')} on it"] if groups else []
    return f"• **{quote(short(plan.title, TITLE))}** `{slug}` · {' · '.join(facts)}\n{quote(short(plan.summary, SUMMARY))}"
