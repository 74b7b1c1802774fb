"""The JSON a page sends, checked. The field names are the page's API and stay.

`as` is the person speaking; `channel` is the place, empty for the private conversation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from adapters.web.clock import Move

# Larger than any line number; SQLite's integers end at 2**63.
NO_LINE_YET = 2**62

Once = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=40_000)]


class RoomRequest(BaseModel):
    """The part in common: the person speaking."""

    # `extra="forbid"`: a field the room does not know is a mistake in the page.
    model_config = ConfigDict(extra="forbid", frozen=True)
    speaker: Short = Field(alias="as")


class SayRequest(RoomRequest):
    """A line: either `chat` for everybody, or a `phrase` for the bot.

    `label` and `source` are the pressed button and its line, see `RoomInteraction`.
    """

    once: Once
    channel: Short = ""
    chat: Long | None = None
    phrase: Long | None = None
    filled: dict[Short, list[Long]] | None = None
    label: Short = ""
    source: int = Field(default=0, ge=0, le=NO_LINE_YET)


class FilePayload(BaseModel):
    """A file, its contents in Base64."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Long
    data: Base64Bytes


class SayWithFilesRequest(SayRequest):
    """A form with files, by field."""

    files: dict[Short, FilePayload]


class SuggestRequest(RoomRequest):
    """A question for values: `given` are the other options so far."""

    channel: Short = ""
    command: Short
    option: Short
    typed: Long = ""
    given: dict[Short, Long] = {}


class MoveClockRequest(RoomRequest):
    """A press on one of the clock's buttons; `hours` belong to `down`."""

    # One Literal, not a union: pydantic would name the union's parts in the error.
    move: Literal[Move, "stop"]
    hours: float | None = None


class AddPersonRequest(RoomRequest):
    """A new person."""

    name: Long
    zone: Long
    moderator: bool = False


class HearingRequest(RoomRequest):
    """The speaker opens or closes their private messages."""

    hears: bool


class OpenChannelRequest(RoomRequest):
    """A new channel."""

    name: Long


class BeginStoryRequest(RoomRequest):
    """A group with seven classmates, in `channel` or in the first one."""

    channel: Short = ""
