"""What there is in a simulated Slack: workspaces with people and channels, the app's tokens, and
what everybody sees.

Two workspaces may hold people and channels of the same ids. The time is the clock's, and every `ts`
is later than the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from tests.support.slack import block_text

Json = dict[str, Any]

APP, BOT, BOT_ID = "A0STUDY", "U0BOT", "B0BOT"
CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET = "1000.2000", "client-secret", "signing-secret"
APP_TOKEN = "xapp-1-A0STUDY-1"
TRIGGERED = timedelta(seconds=3)  # Slack: Handling user interaction, trigger_id
ANSWERABLE, ANSWERS = timedelta(minutes=30), 5  # Slack: Handling user interaction, response_url
STACK = 3  # views; Slack: Modals
SCOPES = frozenset(
    {"commands", "chat:write", "im:write", "users:read", "channels:read", "groups:read"}
    | {"channels:history", "groups:history", "im:history", "files:read", "app_mentions:read"}
    | {"files:write", "pins:write"}
)
"""The least that the whole bot needs."""


class Clock(Protocol):
    def now(self) -> datetime: ...


class Refusal(Exception):
    """An answer that says no in Slack's way: `ok: false` with status 200, unless it is a limit."""

    def __init__(
        self,
        error: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.headers = dict(headers or {})
        self.body: Json = {"ok": False, "error": error, **more}


@dataclass(frozen=True)
class Sight:
    """Something that somebody sees: an `ephemeral` message, a `modal`, their `home`, a `direct`
    message, a `message` of a channel; a modal that is `closed`, or has `errors` by the labels of
    its fields.
    """

    kind: str
    body: Json
    channel: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def sees(self) -> str:
        """It in plain words."""
        return block_text.words(self.body)


@dataclass
class User:
    id: str
    name: str = ""
    real_name: str = ""
    tz: str = "Europe/London"
    locale: str = "en-GB"
    admin: bool = False
    owner: bool = False
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    home_team: str = ""  # another workspace's id for a stranger
    sights: list[Sight] = field(default_factory=list)
    modals: list[Json] = field(default_factory=list)
    home: Json | None = None

    @property
    def ephemerals(self) -> list[Json]:
        """What only they were shown in channels, oldest first, each as it was last."""
        return list(
            {
                sight.body["ts"]: sight.body for sight in self.sights if sight.kind == "ephemeral"
            }.values()
        )


@dataclass
class Channel:
    id: str
    name: str = "study-group"
    private: bool = False
    archived: bool = False
    read_only: bool = False
    members: set[str] = field(default_factory=set)
    user: str = ""  # whose private channel with the app it is
    messages: list[Json] = field(default_factory=list)
    pinned: set[str] = field(default_factory=set)  # by `ts`
    refuses: str = ""  # the error with which every post is refused

    @property
    def kind(self) -> str:
        """As scopes name it."""
        return "im" if self.user else "groups" if self.private else "channels"

    def message(self, ts: str) -> Json | None:
        return next((message for message in self.messages if message["ts"] == ts), None)


@dataclass
class Workspace:
    id: str
    name: str
    enterprise: str = ""
    closes_edits: bool = False  # its messages may not be changed any more
    groups: dict[str, str] = field(default_factory=dict)  # user groups by id, with their names
    restricts_groups: bool = False  # only admins may notify them
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return self.name.lower().replace(" ", "-")

    @property
    def installation(self) -> Json:
        """Where something comes from, as interactions say it."""
        return {"id": self.enterprise, "name": "Study Enterprise"} if self.enterprise else {}

    def person(self, name: str, **traits: Any) -> User:
        """Somebody more in the workspace."""
        user = User(f"U0{name.upper()}", name, name.capitalize(), **traits)
        self.users[user.id] = user
        return user

    def channel(self, id: str, name: str, *, bot: bool = True, **traits: Any) -> Channel:
        """One more channel, with everybody in it."""
        members = {user.id for user in self.users.values() if bot or not user.bot}
        self.channels[id] = Channel(id, name, members=members, **traits)
        return self.channels[id]

    def direct(self, user: User) -> Channel:
        """The private channel of somebody and the app."""
        number = f"D{user.id[1:]}"
        return self.channels.setdefault(
            number, Channel(number, name="", user=user.id, members={user.id, BOT})
        )

    def named(self, name: str) -> User:
        return next(user for user in self.users.values() if user.name == name)


@dataclass
class Token:
    """A bot's, of one workspace or (`team` empty) of a whole enterprise, or the app's own."""

    secret: str
    team: str = ""
    enterprise: str = ""
    scopes: frozenset[str] = SCOPES
    app: bool = False
    dead: str = ""  # the error of a token that is no good any more


@dataclass
class Trigger:
    team: str
    user: str
    at: datetime
    used: bool = False


@dataclass
class ResponseUrl:
    team: str
    user: str
    channel: str
    at: datetime
    original: str = ""  # the ts of the message that was pressed
    ephemeral: bool = True
    uses: int = 0


class Slack:
    """All there is, and what breaks a rule of Slack's: kept in `broken`, which fails the test at
    the end.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.address = ""  # http://127.0.0.1:port
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.urls: dict[str, ResponseUrl] = {}
        self.codes: dict[str, Json] = {}  # of OAuth, given out to browsers
        self.files: dict[str, Any] = {}  # see `files.File`
        self.uploads: dict[str, tuple[Any, int]] = {}  # files not shared yet, and their sizes
        self.views: dict[str, Json] = {}  # those that are open, and everybody's home
        self.happened: list[tuple[str, Json]] = []  # (team, event) that Slack has to tell by itself
        self.broken: list[str] = []
        self.history_limited = False
        self.history_read: dict[tuple[str, str], datetime] = {}
        self._numbers = 0
        self._latest = 0

    def founds(
        self, name: str, id: str = "T0HALL", enterprise: str = "", *, installed: bool = True
    ) -> Workspace:
        """A workspace: Mona, who is an admin, Ada, Bob and Cy, the app's bot and #study-group, all
        with the same ids in each workspace. The bot's token is `xoxb-` and the id.
        """
        made = self.workspaces[id] = Workspace(id, name, enterprise)
        made.users[BOT] = User(BOT, "syllabot", "Syllabot", bot=True)
        made.person("mona", admin=True)
        for name in ("ada", "bob", "cy"):
            made.person(name)
        made.channel("C0STUDY", "study-group")
        if installed:
            self.installs(id)
        return made

    def installs(self, team: str, scopes: frozenset[str] = SCOPES, *, wide: bool = False) -> Token:
        """The app is in a workspace, or (`wide`) in its whole enterprise, and has a token there:
        the one it had, if that is still good.
        """
        enterprise = self.workspaces[team].enterprise
        secret = f"xoxb-{enterprise if wide else team}"
        while (had := self.tokens.get(secret)) is not None and had.dead:
            secret += "-again"
        self.tokens[secret] = Token(secret, "" if wide else team, enterprise, scopes)
        return self.tokens[secret]

    def is_wide(self, place: Workspace) -> bool:
        """Whether the app is installed for the whole enterprise of a workspace."""
        wide = [
            token
            for token in self.tokens.values()
            if not token.team and not token.app and not token.dead
        ]
        return any(workspace.enterprise == place.enterprise for workspace in wide)

    def installed_in(self, team: str) -> str:
        """The workspace, or the whole enterprise, whose installation of the app answers for a
        workspace.
        """
        place = self.workspaces[team]
        return place.enterprise if self.is_wide(place) else team

    def ts(self) -> str:
        """A message's number: the moment in microseconds, later than any before."""
        self._latest = max(round(self.clock.now().timestamp() * 1_000_000), self._latest + 1)
        return f"{self._latest // 1_000_000}.{self._latest % 1_000_000:06d}"

    def number(self, letter: str) -> str:
        """An id that was never given before."""
        self._numbers += 1
        return f"{letter}0{self._numbers:06d}"

    def trigger(self, team: str, user: str) -> str:
        """What lets a view be opened, once and for three seconds."""
        number = self.number("13")
        self.triggers[number] = Trigger(team, user, self.clock.now())
        return number

    def response_url(
        self, team: str, user: str, channel: str, original: str = "", *, ephemeral: bool = True
    ) -> str:
        number = self.number("R")
        self.urls[number] = ResponseUrl(team, user, channel, self.clock.now(), original, ephemeral)
        return f"{self.address}/commands/{team}/{number}"

    def shows(self, team: str, user: str, kind: str, body: Json, channel: str = "") -> None:
        """Somebody comes to see something."""
        self.workspaces[team].users[user].sights.append(Sight(kind, body, channel))

    def open_view(self, view: str) -> tuple[User, Json] | None:
        """A view that somebody has before them, and who."""
        found = self.views.get(view)
        if found is None:
            return None
        user = self.workspaces[found["team_id"]].users[found["_user"]]
        return user, found
