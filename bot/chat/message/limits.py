"""The limits on messages and forms: the tighter one between the platforms.

Numbers come from the platforms' documentation; the comment names the part.
"""

from __future__ import annotations

TITLE = 150  # Slack: header block, plain_text 150
PROSE = 3000  # Slack: section text 3000; Discord: 4000 over all text displays
MESSAGE_PROSE = 3800  # Discord: 4000 over all text displays in a message, minus our marker
LABEL = 75  # Slack: button and option text 75
PHRASE = 80  # Discord: custom_id 100; `~letter` takes the rest
ROW = 5  # Discord: five buttons in an action row
DETAIL = 1200  # beside a choice: a link, a time and a line more
OPTIONS = 25  # Discord: 25 options in a select
COMPONENTS = 36  # Discord: 40 components in a message, minus the container and our marker
FORM_TITLE = 24  # Slack: modal title 24
FORM_FIELDS = 5  # Discord: five top-level components in a modal
FIELD_LABEL = 45  # Discord: label text 45
FIELD_HELP = 100  # Discord: label description 100
# Between a form's note and the help for its first field, on platforms with one place for both.
BESIDE = " · "
THREAD = 100  # Discord: channel name 100
EVENT_TITLE = 100  # Discord: scheduled event, name and location 100
EVENT_ABOUT = 1000  # Discord: scheduled event, description 1000
NOTE = 2000  # in a text field; Slack allows 3000, Discord 4000


class InvalidMessageError(ValueError):
    """A message too large for some platform. The sentence tells its author what to do."""


def check_text_length(text: str, limit: int, name: str) -> None:
    """Raise `InvalidMessageError` for an empty text, or one above the limit in characters."""
    if not text.strip():
        raise InvalidMessageError(f"{name} is empty: leave the block out instead.")
    if len(text) > limit:
        raise InvalidMessageError(
            f"{name} has {len(text)} characters and may have {limit}: "
            "shorten it or page it with `paginate()`."
        )
