"""Bulletins in lists: who speaks, a few words, and when."""

from __future__ import annotations

from bot.chat.message import Message, format_moment
from bot.chat.text import shorten
from bot.group.bulletins import WallTime
from bot.group.zones import load_zone

BEGINNING = 40  # characters


def format_bulletin_title(body: str) -> str:
    """Return a bulletin's name in a list, in plain text: who speaks, and how it begins."""
    return f"From the moderators: “{shorten(' '.join(body.split()), BEGINNING)}”"


def describe_bulletin_moment(when: WallTime) -> str:
    """Return the local time of a bulletin in prose, with its zone."""
    moment = format_moment(when.moment, load_zone(when.zone))
    twice = ""
    if when.is_repeated:
        twice = " for the first time that night, when the clocks go back"
    return f"{moment} ({when.zone}){twice}"


def format_posted_title(posted: Message) -> str:
    """Return the name of a posted bulletin, from the post itself: its head and its text."""
    return format_bulletin_title(" ".join(posted.to_plain_text().split("\n")[1:]))
