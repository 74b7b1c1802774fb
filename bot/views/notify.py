"""Whom posts notify: the ping on a post, the button below it, and the choices in words."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.message import (
    ROW,
    Button,
    Buttons,
    InvalidMessageError,
    Message,
    Ping,
    build_phrase,
    escape_text,
)
from bot.group.cohort import Cohort

NOTIFY_ME = "Notify me"


def add_ping(message: Message, ping: Ping | None, cohort: Cohort) -> Message:
    """Return a post that notifies those of a ping, with a button where it is a role of ours."""
    if ping is None:
        return message
    # A role that is yet to be made, or was deleted, notifies nobody.
    if ping.way == "here" or ping.native:
        message = replace(message, ping=ping)
    return add_notify_button(message, ping, cohort)


def add_notify_button(message: Message, ping: Ping | None, cohort: Cohort) -> Message:
    """Return a post with the button by which people get the role it notifies."""
    if ping is None or ping.way != "role":
        return message
    button = Button(NOTIFY_ME, build_phrase("notify", cohort=cohort.ref, on="yes"))
    last = message.blocks[-1]
    blocks = (*message.blocks, Buttons((button,)))
    if isinstance(last, Buttons) and len(last.buttons) < ROW:
        blocks = (*message.blocks[:-1], Buttons((*last.buttons, button)))
    try:
        return replace(message, blocks=blocks)
    except InvalidMessageError:
        # A post without room for it: the command does the same.
        return message


def describe_ping(ping: Ping | None) -> str:
    """Return whom a kind of post notifies, as prose."""
    if ping is None:
        return "nobody"
    match ping.way:
        case "role":
            return "those who asked for it, by a role"
        case "here":
            return "everybody active in the channel, by @here"
        case "group":
            return f"the user group **{escape_text(ping.name or ping.native)}**"
