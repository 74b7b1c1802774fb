"""Files that people bring in a modal of Slack: asked for by their ids, and fetched from Slack alone with the workspace's token.

What an interaction says of a file may be half of it (Slack Connect: `file_access` is `check_file_info`), so `files.info` is
asked before each is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from slack_sdk.errors import SlackApiError
from yarl import URL

from adapters.download import read_whole_stream
from adapters.slack.api import SlackApi, Workspace, get_error_code
from adapters.slack.errors import NO_SCOPE, raise_slack_send_errors
from adapters.slack.rights import ADD
from bot.chat.errors import FileTooLarge, Refused, SendError
from bot.chat.message import Answer, Form

SCOPE = "files:read"
UNGRANTED = f"I lack the scope `{SCOPE}`, without which I cannot read files on Slack: {ADD}."
ELSEWHERE = "That file is kept outside Slack, where I do not look: upload it from your own device."
SIGN_IN = f"Slack keeps that file from me: upload it anew, or ask whoever runs me to check that I have the scope `{SCOPE}`."
FETCHED, PAGE = 200, "text/html"

Json = Mapping[str, Any]


@dataclass(slots=True)
class SlackFile:
    """A file that Slack holds for somebody of a workspace, by its id; its name may be known only once it is read."""

    api: SlackApi
    workspace: Workspace
    id: str
    name: str
    size: int

    async def download(self, max_bytes: int) -> bytes:
        """See `bot.chat.platform.Attached.read`."""
        with raise_slack_send_errors(is_lookup=True):
            found = await self._fetch_file_info()
            size = found.get("size")
            if isinstance(size, int) and size > max_bytes:
                raise FileTooLarge(max_bytes)
            async with self.api.open_file_download(
                self.workspace, self._find_download_url(found)
            ) as answer:
                _check_file_response(answer, found)
                return await read_whole_stream(answer.content, max_bytes)

    async def _fetch_file_info(self) -> Json:
        """What Slack says of the file now. Raises `Refused` where it is not to be had."""
        try:
            answer = await self.api.call_method(self.workspace, "files.info", file=self.id)
        except SlackApiError as refused:
            if get_error_code(refused) == NO_SCOPE:
                raise Refused(UNGRANTED) from None
            raise
        found = answer.get("file")
        if not isinstance(found, dict):
            raise SendError("Slack says nothing of it")
        if found.get("is_external") is True or found.get("mode") == "external":
            raise Refused(ELSEWHERE)
        if isinstance(name := found.get("name"), str):
            self.name = name
        return found

    def _find_download_url(self, found: Json) -> URL:
        """Where it is fetched from. Raises `SendError` for an address to which no token of Slack's is shown."""
        for name in ("url_private_download", "url_private"):
            with suppress(ValueError, TypeError):
                address = URL(found.get(name) or "", encoded=True)
                own = address.origin() == URL(self.api.base_url).origin()
                if own or (
                    address.scheme == "https" and (address.host or "").endswith(".slack.com")
                ):
                    return address
        raise SendError("it is not kept by Slack", permanent=True)


def _check_file_response(answer: ClientResponse, found: Json) -> None:
    """Raises where something else comes than the file: to whoever may not read it, Slack shows its sign-in page."""
    if answer.status >= 400:
        raise SendError(f"Slack answered with {answer.status}")
    if answer.status != FETCHED or (answer.content_type == PAGE != found.get("mimetype")):
        raise Refused(SIGN_IN)


def build_slack_files(
    api: SlackApi, workspace: Workspace, files: Mapping[str, Json]
) -> dict[str, SlackFile]:
    """The files that were sent with a view, by the name of the field; what has no id is none."""
    made: dict[str, SlackFile] = {}
    for field, file in files.items():
        native, name, size = file.get("id"), file.get("name"), file.get("size")
        if isinstance(native, str) and native:
            called = name if isinstance(name, str) else ""
            made[field] = SlackFile(
                api, workspace, native, called, size if isinstance(size, int) else 0
            )
    return made


def has_file_field(answer: Answer) -> bool:
    """Whether an answer is a form that asks for a file, which Slack opens for apps with the scope alone."""
    return isinstance(answer, Form) and any(field.kind == "file" for field in answer.fields)
