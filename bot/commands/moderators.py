"""`moderators`: name people or roles for managing the cohorts here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Choice,
    Message,
    Select,
    Text,
    escape_text,
    paginate,
    text_message,
)
from bot.chat.text import shorten
from bot.command import Call, HiddenOption, PersonOrRole, command
from bot.command.named_people import find_named_person
from bot.command.suggestions import match_choices
from bot.command.values import format_typed_text
from bot.store.rights import Grant

MOST = 50  # grants in a space; a role covers as many people as one likes
SHOWN = 20  # grants on a page
NAME = 60  # Characters shown. With every one of them escaped, a page still fits a text.


async def suggest_moderators(call: Call, typed: str) -> Sequence[Choice]:
    """Return the people and roles named in this space."""
    grants = await call.tx.rights.list_grants(call.place)
    return match_choices((_build_grant_choice(grant) for grant in grants), typed)


@command(moderators=True, action="Name moderators")
async def moderators(
    call: Call,
    add: Annotated[PersonOrRole | None, "Who can manage the cohorts here from now on"] = None,
    remove: Annotated[
        PersonOrRole | None, "Who can no longer manage the cohorts here", suggest_moderators
    ] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """See who can manage the cohorts here, and name more people."""
    if not call.place.space:
        raise Refused(f"Use `moderators` in a channel of the {call.space_word} you mean.")
    if add and remove:
        raise Refused("Add or remove one at a time with `moderators`.")
    grants = await call.tx.rights.list_grants(call.place)
    if remove:
        return await _revoke_moderator(call, grants, remove)
    if add:
        return await _grant_moderator(call, grants, add)
    return text_message(*_build_grant_blocks(call, grants, page or 1), title="Moderators")


# — adding —


async def _grant_moderator(call: Call, grants: Sequence[Grant], picked: PersonOrRole) -> Message:
    grant = await find_named_person(call, picked, "add")
    _require_limited_role(call, grant)
    name = _format_grant_name(grant)
    if any(_is_same_grant(known, grant) for known in grants):
        return text_message(f"{name} can already manage all cohorts here.")
    if len(grants) >= MOST:
        raise Refused(
            f"There are already {MOST} names here: remove one first, or name a role.", "add"
        )
    space_id = await call.tx.people.ensure_space_id(call.place)
    await call.tx.rights.save_grant(space_id, grant, call.person, call.now)
    subject = name
    if grant.kind == "role":
        subject = f"Everybody with the role {name}"
    return text_message(
        f"{subject} can now manage all cohorts here.", _describe_command_access(call, grant)
    )


def _require_limited_role(call: Call, grant: Grant) -> None:
    # Discord gives @everyone the id of its server.
    if grant.kind == "role" and grant.native == call.place.space:
        raise Refused("Everybody has this role: choose one that only moderators have.", "add")


def _describe_command_access(call: Call, grant: Grant) -> str:
    """Return the way to the commands, which a platform may hide from new moderators."""
    buttons = "They find buttons for all of it in `help`."
    path = call.reveal_path
    if not path:
        return buttons
    if grant.kind == "role":
        path = path.replace("the person", "the role")
    return f"{buttons} To show them the commands too: {escape_text(path)}."


# — removing —


async def _revoke_moderator(call: Call, grants: Sequence[Grant], picked: PersonOrRole) -> Message:
    matches = [grant for grant in grants if _is_matching_grant(picked, grant)]
    if len(matches) != 1:
        count = "More than one moderator" if matches else "No moderator"
        typed = format_typed_text(picked.name or picked.native)
        raise Refused(f"{count} here is called “{typed}”: pick one under `moderators`.", "remove")
    (grant,) = matches
    space_id = await call.tx.people.ensure_space_id(call.place)
    await call.tx.rights.delete_grant(space_id, grant)
    rest = [known for known in grants if not _is_same_grant(known, grant)]
    return text_message(
        f"{_format_grant_name(grant)} can no longer manage the cohorts here.",
        *_build_grant_blocks(call, rest, 1),
        title="Moderators",
    )


def _is_matching_grant(picked: PersonOrRole, grant: Grant) -> bool:
    if picked.native:
        return (picked.kind, picked.native) == (grant.kind, grant.native)
    return picked.name.casefold() == grant.name.casefold()


def _is_same_grant(known: Grant, other: Grant) -> bool:
    return (known.kind, known.native) == (other.kind, other.native)


# — showing —


def _build_grant_blocks(call: Call, grants: Sequence[Grant], number: int) -> tuple[Block, ...]:
    place = call.space_word
    if not grants:
        text = (
            f"Only those who run this {place} can manage its cohorts. "
            "Add somebody like this: `moderators add Ada`."
        )
        return (Text(text),)
    page = paginate(grants, number, SHOWN)
    lines = []
    choices = []
    for grant in page.entries:
        role = " _role_" if grant.kind == "role" else ""
        lines.append(f"• {_format_grant_name(grant)}{role}")
        choices.append(_build_grant_choice(grant))
    return (
        Text(f"Those who run this {place} can manage its cohorts, and so can:"),
        Text("\n".join(lines)),
        Select("Remove somebody", "moderators", "remove", tuple(choices)),
        *page.build_page_buttons("moderators"),
    )


def _build_grant_choice(grant: Grant) -> Choice:
    return Choice(shorten(grant.name), f"{grant.kind}:{grant.native}", grant.kind)


def _format_grant_name(grant: Grant) -> str:
    return f"**{escape_text(shorten(grant.name, NAME))}**"
