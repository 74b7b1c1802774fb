"""Files brought in a Slack modal, fetched from Slack alone, with the workspace's token.

An interaction may tell only half about a file (Slack Connect: `file_access` is
`check_file_info`), so `files.info` is asked before each download.
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
UNGRANTED = f"I cannot read files on Slack, because I lack the scope `{SCOPE}`: {ADD}."
ELSEWHERE = "That file is not kept on Slack: upload it from your own device."
SIGN_IN = (
    "Slack does not let me read that file: upload it again, or ask the person who runs this bot "
    f"to check that I have the scope `{SCOPE}`."
)
OK_STATUS, HTML_TYPE = 200, "text/html"

Json = Mapping[str, Any]


@dataclass(slots=True)
class SlackFile:
    """A file on Slack, by its id. Its name may be known only once it is downloaded."""

    api: SlackApi
    workspace: Workspace
    id: str
    name: str
    size: int

    async def download(self, max_bytes: int) -> bytes:
        """See `bot.chat.platform.Attachment.download`."""
        with raise_slack_send_errors(is_lookup=True):
            info = await self._fetch_file_info()
            size = info.get("size")
            if isinstance(size, int) and size > max_bytes:
                raise FileTooLarge(max_bytes)
            download_url = self._find_download_url(info)
            async with self.api.open_file_download(self.workspace, download_url) as response:
                _check_file_response(response, info)
                return await read_whole_stream(response.content, max_bytes)

    async def _fetch_file_info(self) -> Json:
        """Return Slack's information about the file, and take over its name.

        Raises `Refused` for a file that Slack does not keep, or does not show us.
        """
        try:
            answer = await self.api.call_method(self.workspace, "files.info", file=self.id)
        except SlackApiError as error:
            if get_error_code(error) == NO_SCOPE:
                raise Refused(UNGRANTED) from None
            raise
        info = answer.get("file")
        if not isinstance(info, dict):
            raise SendError("Slack says nothing about the file")
        if info.get("is_external") is True or info.get("mode") == "external":
            raise Refused(ELSEWHERE)
        name = info.get("name")
        if isinstance(name, str):
            self.name = name
        return info

    def _find_download_url(self, info: Json) -> URL:
        """Return the file's address on Slack.

        Raises `SendError` for an address elsewhere: no token goes there.
        """
        for key in ("url_private_download", "url_private"):
            with suppress(ValueError, TypeError):
                file_url = URL(info.get(key) or "", encoded=True)
                if self._is_slack_url(file_url):
                    return file_url
        raise SendError("it is not kept by Slack", permanent=True)

    def _is_slack_url(self, file_url: URL) -> bool:
        if file_url.origin() == URL(self.api.base_url).origin():
            return True
        # The dot matters: `evilslack.com` is not Slack.
        return file_url.scheme == "https" and (file_url.host or "").endswith(".slack.com")


def _check_file_response(response: ClientResponse, info: Json) -> None:
    if response.status >= 400:
        raise SendError(f"Slack answered with {response.status}")
    # Without the right to read it, Slack sends a redirect or a sign-in page, and no error.
    is_page = response.content_type == HTML_TYPE and info.get("mimetype") != HTML_TYPE
    if response.status != OK_STATUS or is_page:
        raise Refused(SIGN_IN)


def build_slack_files(
    api: SlackApi, workspace: Workspace, files: Mapping[str, Json]
) -> dict[str, SlackFile]:
    """Return the files sent with a view, by field name. One without an id is left out."""
    slack_files: dict[str, SlackFile] = {}
    for field_name, info in files.items():
        file_id, name, size = info.get("id"), info.get("name"), info.get("size")
        if not isinstance(file_id, str) or not file_id:
            continue
        slack_files[field_name] = SlackFile(
            api,
            workspace,
            file_id,
            name if isinstance(name, str) else "",
            size if isinstance(size, int) else 0,
        )
    return slack_files


def has_file_field(answer: Answer) -> bool:
    """Return True if an answer is a form with a file field.

    Slack opens such a form only for an app with the scope `files:read`.
    """
    return isinstance(answer, Form) and any(field.kind == "file" for field in answer.fields)
