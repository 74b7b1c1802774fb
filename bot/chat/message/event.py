"""A dated event beside a post, on platforms with a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.message.limits import EVENT_ABOUT, EVENT_TITLE, InvalidMessageError, check_text_length


@dataclass(frozen=True, slots=True)
class Event:
    """A call or a meeting.

    `starts` and `ends` are instants in UTC. `where` is a link or a place. All texts are plain.
    """

    title: str
    starts: datetime
    ends: datetime
    where: str
    about: str = ""

    def __post_init__(self) -> None:
        check_text_length(self.title, EVENT_TITLE, "An event's title")
        check_text_length(self.where, EVENT_TITLE, "An event's place")
        if len(self.about) > EVENT_ABOUT:
            raise InvalidMessageError(
                f"An event's text has {len(self.about)} characters "
                f"and may have {EVENT_ABOUT}: shorten it."
            )
        if self.ends <= self.starts:
            raise InvalidMessageError(
                f"An event ends at {self.ends}, not after its start: give it a length."
            )
