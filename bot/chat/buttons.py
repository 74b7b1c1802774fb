"""Rows with buttons, and the button that opens a form again."""

from __future__ import annotations

from bot.chat.message import Button, Buttons, Form, Message, escape_text, text_message

LISTED = 10  # Slack: ten checkboxes in a group


def build_form_retry_message(form: Form, phrase: str) -> Message:
    """Return a message with a button for a form that cannot be opened now.

    It says why the form came back, if it did. `phrase` opens the form again.
    """
    problems = [field.problem for field in form.fields if field.problem]
    if problems:
        text, label = " ".join(problems), "Edit"
    else:
        text, label = f"**{escape_text(form.title)}** is ready to be filled in.", "Open form"
    return text_message(text, Buttons((Button(label, phrase, "primary"),)))


def button_row(*pairs: tuple[str, str], has_main: bool = True) -> Buttons:
    """Return a row with buttons from labels and phrases, the first one the main button.

    A button for everybody to see, or one that takes something away, is never the main one.
    """
    buttons = []
    for place, (label, phrase) in enumerate(pairs):
        is_main = has_main and place == 0
        buttons.append(Button(label, phrase, "primary" if is_main else "plain"))
    return Buttons(tuple(buttons))
