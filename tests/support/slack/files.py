"""Files of a simulated Slack: what people upload into a form, what Slack says of them, and who may
fetch them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from tests.support.slack.methods import Caller, method
from tests.support.slack.workspaces import Json, Refusal, Slack, Token

SCOPE = "files:read"
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
