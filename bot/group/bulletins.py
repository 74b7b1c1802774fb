"""Bulletins: what moderators say to their whole group through the bot, now or at a local time.

In chat a bulletin is called an announcement. In the ledger that word is taken: there it is the
bot's own news about a cohort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from bot.chat.errors import Refused
from bot.chat.message import Message, escape_text, format_link, text_message
from bot.chat.text import shorten
from bot.group.calendar import convert_to_utc
from bot.group.cohort import Cohort
from bot.group.zones import load_zone

BULLETIN = "bulletin"  # its kind in the ledger
MAX_BODY = 2000  # characters, as typed
MAX_COMING = 25  # bulletins a cohort may have before it
USEFUL_FOR = timedelta(days=1)  # later than this, news for an evening is none
MAX_PROSE = 2900  # characters with the escapes: a preview has a few more to say
LINK_LABEL = 60

_ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?\"'”’»]}"

BulletinState = Literal["draft", "coming", "entered", "withdrawn", "replaced"]
"""Shown to its writer alone, waiting for its moment, in the ledger, or taken back."""


@dataclass(frozen=True, slots=True)
class WallTime:
    """A local date and time with the name of its zone."""

    day: date
    at: time
    zone: str

    @property
    def moment(self) -> datetime:
        """The instant, in UTC. Of a time that comes twice it is the first."""
        return convert_to_utc(self.day, self.at, self.zone)

    @property
    def is_skipped(self) -> bool:
        """True for a time that the clocks leave out when they go forward."""
        local = self.moment.astimezone(load_zone(self.zone))
        return local.replace(tzinfo=None) != datetime.combine(self.day, self.at)

    @property
    def is_repeated(self) -> bool:
        """True for a time that comes twice, because the clocks go back."""
        # Adding to an aware time keeps the wall clock, so only `fold` is changed.
        second = datetime.combine(self.day, self.at, load_zone(self.zone)).replace(fold=1)
        return not self.is_skipped and second.astimezone(UTC) != self.moment


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A text for everybody in a cohort's homes.

    `when`: its local time; None to post it as soon as it is agreed to.
    `made_by`: the account of its writer; None for somebody who was erased.
    `replaces`: the id of the bulletin it takes the place of, 0 for none.
    """

    id: int
    cohort_id: int
    body: str
    when: WallTime | None
    state: BulletinState
    made_by: int | None
    made_at: datetime
    replaces: int = 0

    @property
    def letter_ref(self) -> str:
        """The ref of its letters."""
        return str(self.id)


def find_bulletin_objection(
    is_archived: bool, moment: datetime, now: datetime
) -> Literal["the cohort is archived", "too late to be useful"] | None:
    """Return why a bulletin that waits is not sent any more, or None."""
    if is_archived:
        return "the cohort is archived"
    return "too late to be useful" if now > moment + USEFUL_FOR else None


def require_coming_time(when: WallTime, now: datetime) -> None:
    """Raise `Refused` for a local time that no clock shows, or one that is past."""
    typed = f"{when.day:%a} {when.day.day} {when.day:%b %Y}, {when.at:%H:%M}"
    if when.is_skipped:
        raise Refused(
            f"{typed} does not exist in {when.zone}, because the clocks go forward then: "
            "choose another time.",
            "at",
        )
    if when.moment <= now:
        raise Refused(
            f"{typed} is past in {when.zone}: choose a later time, or no day and no time to "
            "post at once.",
            "at",
        )


def build_bulletin(cohort: Cohort, body: str) -> Message:
    """Return the post for a text, which says that moderators speak.

    Nothing in the text acts: no style, no mention. Addresses can be followed.
    Raises `Refused` for a text that no post has room for.
    """
    prose = "".join(_write_body(body))
    if len(prose) > MAX_PROSE:
        raise Refused(
            "That text has more links and signs than a post has room for: please shorten it.",
            "text",
        )
    return text_message(f"**From the moderators of {escape_text(cohort.name)}**", prose)


def _write_body(body: str) -> Iterator[str]:
    start = 0
    for match in _ADDRESS.finditer(body):
        address = _strip_sentence_end(match[0])
        yield escape_text(body[start : match.start()])
        # Without its scheme the address is a label that every platform shows, and no disguise.
        label = address.partition("://")[2]
        # A bracket would end the link early.
        target = address.replace("(", "%28").replace(")", "%29")
        yield format_link(shorten(label, LINK_LABEL), target) if label else escape_text(address)
        start = match.start() + len(address)
    yield escape_text(body[start:])


def _strip_sentence_end(address: str) -> str:
    """Return an address without the signs of the sentence around it."""
    bare = address.rstrip(_AFTER_ADDRESS)
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(_AFTER_ADDRESS)
    return bare
