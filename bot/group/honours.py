"""Honours: something good to say about everybody who has done it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.group.progress import MemberSample


@dataclass(frozen=True, slots=True)
class Honour:
    """Something good to say about everybody who has done it."""

    members: MemberSample
    text: str


def list_final_honours(finished: MemberSample, lasting: MemberSample) -> tuple[Honour, ...]:
    """Return the honours at the end: who did every item, and who checked in for every week."""
    honours = []
    if finished.count:
        honours.append(Honour(finished, "finished the whole plan"))
    if lasting.count:
        honours.append(Honour(lasting, "checked in every week"))
    return tuple(honours)


def list_honours(finished: MemberSample, lasting: MemberSample, weeks: int) -> tuple[Honour, ...]:
    """Return the honours in a recap.

    `finished` did every item on their route in this week.
    `lasting` have checked in for all `weeks`; this is said every fourth week.
    """
    honours = []
    if finished.count:
        honours.append(Honour(finished, "finished every item"))
    if lasting.count and weeks % 4 == 0:
        honours.append(Honour(lasting, f"checked in {weeks} weeks in a row"))
    return tuple(honours)
