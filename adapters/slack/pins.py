"""A board on Slack: put on top of its channel, and taken down again."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from adapters.slack.api import SlackApi, Workspace, get_error_code
from adapters.slack.errors import (
    ALREADY_PINNED,
    NO_MESSAGE,
    NO_SCOPE,
    REASONS,
    raise_slack_send_errors,
)
from bot.chat.address import Place
from bot.chat.errors import MessageGone

PIN_SCOPE = "pins:write"


def split_sent_ref(sent_ref: str) -> tuple[str, str]:
    """Return the channel and the `ts` that `send_slack_letter` has returned as one.

    Raises `MessageGone` where Slack has told neither.
    """
    channel, _, ts = sent_ref.rpartition(":")
    if not channel or not ts:
        raise MessageGone(REASONS[NO_MESSAGE])
    return channel, ts


async def pin_slack_letter(api: SlackApi, place: Place, sent_ref: str) -> bool:
    """Pin a message; one that is pinned stays so. Raises `SendError`.

    Return False without the scope, which is optional.
    """
    channel, ts = split_sent_ref(sent_ref)
    workspace = Workspace.from_place(place)
    with raise_slack_send_errors(is_lookup=True):
        token = await api.get_token(workspace)
        # An installation with unknown scopes is asked.
        if token.scopes and PIN_SCOPE not in token.scopes:
            return False
        try:
            await api.call_method(workspace, "pins.add", channel=channel, timestamp=ts)
        except SlackApiError as error:
            if get_error_code(error) == NO_SCOPE:
                return False
            if get_error_code(error) != ALREADY_PINNED:
                raise
    return True


async def delete_slack_letter(api: SlackApi, place: Place, sent_ref: str) -> None:
    """Delete a message of our own; its pin goes with it. Raises `SendError`."""
    channel, ts = split_sent_ref(sent_ref)
    with raise_slack_send_errors(is_lookup=True):
        await api.call_method(Workspace.from_place(place), "chat.delete", channel=channel, ts=ts)
