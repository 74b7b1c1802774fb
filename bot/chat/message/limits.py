"""What every platform can show: the tighter of their limits, and the error of a message that would not fit."""

from __future__ import annotations

TITLE = 150  # Slack: header block, plain_text 150
PROSE = 3000  # Slack: section text 3000; Discord: 4000 over all text displays
MESSAGE_PROSE = 3800  # Discord: 4000 over all text displays of a message, less room for a marker
LABEL = 75  # Slack: button and option text 75
PHRASE = 80  # Discord: custom_id 100, of which `~letter` takes the rest
ROW = 5  # Discord: five buttons in an action row
OPTIONS = 25  # Discord: 25 options in a select
COMPONENTS = 36  # Discord: 40 components in a message, less the container and the marker
FORM_TITLE = 24  # Slack: modal title 24
FORM_FIELDS = 5  # Discord: five top-level components in a modal
FIELD_LABEL = 45  # Discord: label text 45
FIELD_HELP = 100  # Discord: label description 100
BESIDE = (
    " · "  # between a form's note and the help of its first field, where both stand in one place
)
THREAD = 100  # Discord: channel name 100
EVENT_TITLE = 100  # Discord: name and location of a scheduled event 100
EVENT_ABOUT = 1000  # Discord: description of a scheduled event 1000
NOTE = 2000  # what a text field takes; Slack allows 3000, Discord 4000


class InvalidMessageError(ValueError):
    """A message its author has built too large for some platform; the sentence tells the author what to do."""


def check_text_length(text: str, limit: int, what: str) -> None:
    if not text.strip():
        raise InvalidMessageError(f"{what} is empty: leave the block out instead.")
    if len(text) > limit:
        raise InvalidMessageError(
            f"{what} has {len(text)} characters and may have {limit}: shorten it or page it with `page()`."
        )
