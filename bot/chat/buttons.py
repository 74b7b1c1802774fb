"""Rows of buttons, and the button that opens a form again."""

from __future__ import annotations

from bot.chat.message import (
    Button,
    Buttons,
    Form,
    Message,
    escape_text,
    text_message,
)

LISTED = 10  # Slack: ten checkboxes in a group


def build_form_retry_message(form: Form, says: str) -> Message:
    """A form that cannot be opened now: why it has come back, if it has, and a button that opens it as it stands."""
    problems = [field.problem for field in form.fields if field.problem]
    text = (
        " ".join(problems)
        if problems
        else f"**{escape_text(form.title)}** is ready to be filled in."
    )
    return text_message(
        text, Buttons((Button("Edit" if problems else "Open form", says, "primary"),))
    )


def button_row(*pairs: tuple[str, str], has_main: bool = True) -> Buttons:
    """A row of buttons from labels and phrases, the first one the main thing to do if there is one.

    What everybody will see, and what takes something away, is never the main thing.
    """
    first = 0 if has_main else None
    return Buttons(
        tuple(
            Button(label, says, "primary" if place == first else "plain")
            for place, (label, says) in enumerate(pairs)
        )
    )
