"""The homes of a cohort in a moderator's answer: which of them, and what they lack."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.chat.errors import Refused
from bot.command.call import Call
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.notices import describe_homes, describe_setup_problems


def find_home_here(call: Call, cohort: Cohort, homes: Iterable[Home], command: str) -> Home:
    """Return the home in this channel. Raises `Refused`, and names the command for elsewhere."""
    for home in homes:
        if home.place == call.place:
            return home
    raise Refused(
        f"{cohort.name} does not post in this channel: use `{command}` in the channel "
        "with its posts."
    )


async def describe_home_ids(call: Call, cohort: Cohort, home_ids: Collection[int]) -> str:
    """Return the places of these homes, from the view of where the caller is."""
    homes = await call.tx.cohorts.list_homes(cohort.id)
    places = [home.place for home in homes if home.id in home_ids]
    return describe_homes(places, call.place) if places else "in a former place"


async def describe_waiting_problems(call: Call, cohort: Cohort) -> tuple[str, ...]:
    """Return a line for each right without which nothing is posted here."""
    homes = await call.tx.cohorts.list_homes(cohort.id)
    # What is missing in this channel matters only if the posts come to this channel.
    if not any(home.place == call.place for home in homes):
        return ()
    blocking = [problem for problem in call.setup_problems if problem.is_blocking]
    return describe_setup_problems(blocking)
