"""Slack's methods about the app itself: how it is installed and removed, and who its tokens say it
is.
"""

from __future__ import annotations

from tests.support.slack.methods import Caller, Method, method
from tests.support.slack.workspaces import (
    APP,
    BOT,
    BOT_ID,
    CLIENT_ID,
    CLIENT_SECRET,
    Json,
    Refusal,
    Slack,
    Token,
    Workspace,
)


def caller(slack: Slack, method: Method, secret: str, given: Json) -> Caller:
    """Whoever calls a method with a token.

    Raises Slack's refusal where the token is not good for it.
    """
    anywhere = next(iter(slack.workspaces.values()))
    if method.token == "none":
        return Caller(slack, Token("", scopes=frozenset()), anywhere)
    if not secret:
        raise Refusal("not_authed")
    token = slack.tokens.get(secret)
    if token is None:
        raise Refusal("invalid_auth")
    if token.dead:
        raise Refusal(token.dead)
    if token.app != (method.token == "app"):
        raise Refusal("not_allowed_token_type")
    if token.app:
        return Caller(slack, token, anywhere)
    return Caller(
        slack, token, slack.workspaces[token.team] if token.team else _meant(slack, token, given)
    )


def _meant(slack: Slack, token: Token, given: Json) -> Workspace:
    """Which workspace of an enterprise a call is about: that of its arguments, whose ids are the
    enterprise's own.
    """
    mine = [
        workspace
        for workspace in slack.workspaces.values()
        if workspace.enterprise == token.enterprise
    ]
    named = [workspace for workspace in mine if _is_about(slack, workspace, given)]
    if not named and any(given.get(key) for key in ("team_id", "trigger_id")):
        raise Refusal("team_access_not_granted")
    return (named or mine)[0]


def _is_about(slack: Slack, place: Workspace, given: Json) -> bool:
    if given.get("team_id"):
        return bool(given["team_id"] == place.id)
    trigger, view = (
        slack.triggers.get(given.get("trigger_id", "")),
        slack.views.get(given.get("view_id", "")),
    )
    if trigger or view:
        return place.id in {trigger.team if trigger else "", view["team_id"] if view else ""}
    return given.get("channel") in place.channels or bool(
        {given.get("user"), given.get("user_id")} & set(place.users)
    )


# — the methods —


@method("auth.test", "")
def who_am_i(caller: Caller, given: Json) -> Json:
    org = not caller.token.team
    said: Json = {
        "url": f"https://{caller.place.domain}.slack.com/",
        "team": caller.place.name,
        "user": "syllabot",
    }
    said |= {
        "team_id": caller.place.id,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": org,
    }
    return said | ({"enterprise_id": caller.place.enterprise} if caller.place.enterprise else {})


@method("auth.revoke", "test", json=False)
def revoke(caller: Caller, given: Json) -> Json:
    if given.get("test"):
        return {"revoked": False}
    caller.token.dead = "token_revoked"
    caller.slack.happened.append(
        (caller.place.id, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}})
    )
    return {"revoked": True}


@method("apps.uninstall", "client_id client_secret", json=False)
def uninstall(caller: Caller, given: Json) -> Json:
    check_app(given)
    uninstalled(caller.slack, caller.place.id)
    return {}


def uninstalled(slack: Slack, team: str) -> None:
    """The app is removed from a workspace, or from its enterprise: its tokens die, and Slack tells
    of both.
    """
    enterprise = slack.workspaces[team].enterprise
    for token in slack.tokens.values():
        if token.team == team or (not token.team and enterprise and token.enterprise == enterprise):
            token.dead = "account_inactive"
    slack.happened += [
        (team, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}}),
        (team, {"type": "app_uninstalled"}),
    ]


@method("apps.connections.open", "", token="app")
def connect(caller: Caller, given: Json) -> Json:
    caller.need("connections:write")
    return {"url": f"{caller.slack.address.replace('http', 'ws')}/link/{caller.slack.number('W')}"}


@method("oauth.v2.access", "code redirect_uri client_id client_secret", json=False, token="none")
def exchange(caller: Caller, given: Json) -> Json:
    check_app(given)
    grant = caller.slack.codes.get(given.get("code", ""))
    if grant is None:
        raise Refusal("invalid_code")
    if grant.get("used"):
        raise Refusal("code_already_used")
    if given.get("redirect_uri") != grant["redirect_uri"]:
        raise Refusal("bad_redirect_uri")
    caller.slack.codes[given["code"]] = {**grant, "used": True}
    place = caller.slack.workspaces[grant["team"]]
    token = caller.slack.installs(place.id, grant["scopes"], wide=grant["wide"])
    about: Json = {
        "access_token": token.secret,
        "token_type": "bot",
        "scope": ",".join(sorted(token.scopes)),
    }
    team = None if grant["wide"] else {"id": place.id, "name": place.name}
    about |= {"bot_user_id": BOT, "app_id": APP, "team": team}
    about |= {"enterprise": place.installation or None, "authed_user": {"id": grant["user"]}}
    return {**about, "is_enterprise_install": grant["wide"]}


def check_app(given: Json) -> None:
    """Raises Slack's refusal unless it is the app itself that asks."""
    if given.get("client_id") != CLIENT_ID:
        raise Refusal("invalid_client_id")
    if given.get("client_secret") != CLIENT_SECRET:
        raise Refusal("bad_client_secret")
