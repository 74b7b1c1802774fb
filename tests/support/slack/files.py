"""Files of a simulated Slack: what people upload into a form, what Slack says of them, and who may
fetch them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from tests.support.slack.methods import Caller, keep, method, spoken_by_bot
from tests.support.slack.workspaces import Json, Refusal, Slack, Token

SCOPE, WRITE = "files:read", "files:write"
SIGN_IN = "<!DOCTYPE html><html><title>Sign in to Slack</title></html>"


@dataclass
class File:
    """A file somebody has uploaded. `traits` are what Slack says of it otherwise, such as another
    address; `halved`, that interactions say as little of it as they do within Slack Connect.
    """

    id: str
    team: str
    name: str
    data: bytes
    traits: Json = field(default_factory=dict)
    halved: bool = False

    def whole(self, slack: Slack) -> Json:
        """As `files.info` tells of it (Slack: File object)."""
        said: Json = {
            "id": self.id,
            "name": self.name,
            "title": self.name,
            "mimetype": "text/plain",
            "filetype": "text",
        }
        said |= {
            "size": len(self.data),
            "mode": "hosted",
            "is_external": False,
            "user_team": self.team,
        }
        path = f"{slack.address}/files-pri/{self.team}-{self.id}"
        said |= {
            "url_private": f"{path}/{self.name}",
            "url_private_download": f"{path}/download/{self.name}",
        }
        return said | self.traits

    def told(self, slack: Slack) -> Json:
        """As a submitted form tells of it."""
        half: Json = {"id": self.id, "mode": "file_access", "file_access": "check_file_info"}
        return half if self.halved else self.whole(slack)


def uploads(
    slack: Slack, team: str, name: str, data: bytes, *, halved: bool = False, **traits: object
) -> File:
    """Somebody uploads a file."""
    file = File(slack.number("F"), team, name, data, traits, halved)
    slack.files[file.id] = file
    return file


@method("files.info", "file page limit count cursor", scopes=SCOPE, json=False)
def info(caller: Caller, given: Json) -> Json:
    found = caller.slack.files.get(given.get("file", ""))
    if found is None or found.team != caller.place.id:
        raise Refusal("file_not_found")
    return {
        "file": found.whole(caller.slack),
        "comments": [],
        "paging": {"count": 100, "total": 0, "page": 1, "pages": 0},
    }


def fetched(slack: Slack, number: str, token: Token | None) -> web.Response:
    """What is answered to whoever asks for a file: to those who may not see it, a page on which to
    sign in.
    """
    team, _, native = number.partition("-")
    found = slack.files.get(native)
    if found is None:
        return web.Response(status=404)
    if token is None or token.dead or SCOPE not in token.scopes or token.team not in {team, ""}:
        return web.Response(text=SIGN_IN, content_type="text/html")
    return web.Response(body=found.data, content_type="text/plain")


# — what the bot uploads (Slack: Uploading files) —


@method("files.getUploadURLExternal", "filename length", scopes=WRITE, json=False)
def begin_upload(caller: Caller, given: Json) -> Json:
    size = int(given.get("length") or 0)
    if not given.get("filename") or size <= 0:
        raise Refusal("invalid_arguments")
    file = File(caller.slack.number("F"), caller.place.id, given["filename"], b"")
    caller.slack.uploads[file.id] = (file, size)
    return {"upload_url": f"{caller.slack.address}/upload/{file.id}", "file_id": file.id}


def received(slack: Slack, number: str, content: bytes) -> web.Response:
    """What is answered to a file's content: no token is asked for."""
    if number not in slack.uploads:
        return web.Response(status=404)
    file, size = slack.uploads[number]
    if len(content) != size:
        slack.broken.append(f"an upload: {len(content)} bytes, and {size} were announced")
    file.data = content
    return web.Response(text=f"OK - {size}")


@method(
    "files.completeUploadExternal",
    "files channel_id initial_comment thread_ts",
    scopes=WRITE,
)
def share_uploads(caller: Caller, given: Json) -> Json:
    found = caller.channel(given.get("channel_id", ""))
    shared = []
    for told in given.get("files") or ():
        if told["id"] not in caller.slack.uploads:
            raise Refusal("file_not_found")
        file, _ = caller.slack.uploads.pop(told["id"])
        caller.slack.files[file.id] = file
        shared.append({**file.whole(caller.slack), "title": told.get("title", file.name)})
    said = {"text": given.get("initial_comment", ""), "blocks": [], "files": shared}
    keep(caller.slack, caller.place, found, {**spoken_by_bot(caller.place), **said})
    return {"files": shared}
