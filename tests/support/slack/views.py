"""Slack's views: modals in stacks of three, one App Home for each person, and the triggers that
open them; and the answers that come by a `response_url`, to which an interaction opens the way.
"""

from __future__ import annotations

from tests.support.slack import limits
from tests.support.slack.json_rules import walk
from tests.support.slack.methods import Caller, keep, method, numbered, said, spoken_by_bot
from tests.support.slack.workspaces import (
    ANSWERABLE,
    ANSWERS,
    APP,
    BOT,
    BOT_ID,
    STACK,
    TRIGGERED,
    Json,
    Refusal,
    ResponseUrl,
    Slack,
    Trigger,
    User,
)

TOO_LARGE = "250"  # kB, as the complaint of `limits` names it


def redeem(slack: Slack, team: str, number: str) -> Trigger:
    """A trigger is used up.

    Raises Slack's refusal where it is unknown, too old, or was used before.
    """
    found = slack.triggers.get(number)
    if found is None or found.team != team:
        raise Refusal("invalid_trigger_id")
    if found.used:
        raise Refusal("exchanged_trigger_id")
    if slack.clock.now() - found.at > TRIGGERED:
        raise Refusal("expired_trigger_id")
    found.used = True
    return found


def check_view(slack: Slack, name: str, view: object, kind: str, mine: str = "") -> Json:
    """Refuse a view as Slack does, and remember what was wrong.

    `mine` is the view it takes the place of.
    """
    if not isinstance(view, dict):
        raise Refusal(
            "invalid_arguments",
            response_metadata={"messages": ["[ERROR] missing required field: view"]},
        )
    problems = [f"{name}: {problem}" for problem in limits.view(view)]
    if view.get("type") != kind:
        problems.append(f"{name}: takes a view of type {kind}")
    slack.broken += problems
    if any(TOO_LARGE in problem for problem in problems):
        raise Refusal("view_too_large")
    if problems:
        raise Refusal(
            "invalid_arguments",
            response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
        )
    external = view.get("external_id")
    if external and any(
        view.get("external_id") == external and view["id"] != mine for view in slack.views.values()
    ):
        raise Refusal("duplicate_external_id")
    return view


def check_scope(caller: Caller, view: Json) -> None:
    """A view that asks for a file is for apps that may read files (Slack: File input element)."""
    if any(node.get("type") == "file_input" for node in walk(view)):
        caller.need("files:read")


def made(slack: Slack, team: str, user: User, view: Json, before: Json | None = None) -> Json:
    """A view as Slack keeps it: with ids, and a hash that changes with it."""
    number = before["id"] if before else slack.number("V")
    kept: Json = {
        "title": None,
        "submit": None,
        "close": None,
        "private_metadata": "",
        "callback_id": "",
    }
    kept |= {
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "state": {"values": {}},
    }
    kept |= {
        **view,
        "blocks": numbered(slack, view["blocks"]),
        "id": number,
        "team_id": team,
        "hash": slack.ts(),
    }
    kept |= {
        "app_id": APP,
        "bot_id": BOT_ID,
        "app_installed_team_id": slack.installed_in(team),
        "_user": user.id,
    }
    stack = [modal["id"] for modal in user.modals]
    before_it = stack[: stack.index(number)] if number in stack else stack
    modal = view["type"] == "modal"
    kept["previous_view_id"] = before_it[-1] if modal and before_it else None
    kept["root_view_id"] = before_it[0] if modal and before_it else number
    slack.views[number] = kept
    return kept


def as_said(view: Json) -> Json:
    """A view as Slack says it, without what only the wire knows."""
    return {key: value for key, value in view.items() if key != "_user"}


def show(slack: Slack, team: str, user: User, view: Json, *, on_top: bool = False) -> Json:
    """A modal opens before somebody, instead of all others or on top of them."""
    if on_top and len(user.modals) >= STACK:
        raise Refusal("push_limit_reached")
    if not on_top:
        close(slack, team, user)
    kept = made(slack, team, user, view)
    user.modals.append(kept)
    slack.shows(team, user.id, "modal", kept)
    return kept


def change(slack: Slack, team: str, user: User, view: Json, before: Json) -> Json:
    """A modal becomes another, at the same place of its stack."""
    kept = made(slack, team, user, view, before)
    user.modals[[modal["id"] for modal in user.modals].index(before["id"])] = kept
    slack.shows(team, user.id, "modal", kept)
    return kept


def close(slack: Slack, team: str, user: User, *, top: bool = False) -> None:
    """The modal on top, or all of them, are closed."""
    going = user.modals[-1:] if top else user.modals[:]
    for view in going:
        user.modals.remove(view)
        del slack.views[view["id"]]
        slack.shows(team, user.id, "closed", view)
    if top and user.modals:
        slack.shows(team, user.id, "modal", user.modals[-1])


def _check_hash(given: Json, view: Json | None) -> None:
    if given.get("hash") and view is not None and given["hash"] != view["hash"]:
        raise Refusal("hash_conflict")


@method("views.open", "trigger_id view")
def open_modal(caller: Caller, given: Json) -> Json:
    return _opened(caller, "views.open", given)


@method("views.push", "trigger_id view")
def push_modal(caller: Caller, given: Json) -> Json:
    return _opened(caller, "views.push", given)


def _opened(caller: Caller, name: str, given: Json) -> Json:
    view = check_view(caller.slack, name, given.get("view"), "modal")
    check_scope(caller, view)
    trigger = redeem(caller.slack, caller.place.id, given.get("trigger_id", ""))
    user = caller.place.users[trigger.user]
    return {
        "view": as_said(
            show(caller.slack, caller.place.id, user, view, on_top=name == "views.push")
        )
    }


@method("views.update", "view_id external_id view hash")
def update(caller: Caller, given: Json) -> Json:
    named = [given.get("view_id") or ""]
    if given.get("external_id"):
        named = [
            view["id"]
            for view in caller.slack.views.values()
            if view["external_id"] == given["external_id"]
        ]
    found = caller.slack.open_view(named[0]) if named else None
    if found is None or found[1]["team_id"] != caller.place.id or found[1]["type"] != "modal":
        raise Refusal("not_found")
    user, before = found
    view = check_view(caller.slack, "views.update", given.get("view"), "modal", before["id"])
    check_scope(caller, view)
    _check_hash(given, before)
    return {"view": as_said(change(caller.slack, caller.place.id, user, view, before))}


@method("views.publish", "user_id view hash")
def publish(caller: Caller, given: Json) -> Json:
    view = check_view(caller.slack, "views.publish", given.get("view"), "home")
    user = caller.user(given.get("user_id", ""))
    _check_hash(given, user.home)
    user.home = made(caller.slack, caller.place.id, user, view, user.home)
    caller.slack.shows(caller.place.id, user.id, "home", user.home)
    return {"view": as_said(user.home)}


# — answers to interactions —


def answered(slack: Slack, number: str, given: Json) -> None:
    """What is posted to a response_url.

    Raises Slack's refusal: after half an hour, or the sixth time.
    """
    url = slack.urls.get(number)
    if url is None:
        raise Refusal("invalid_url", status=404)
    if slack.clock.now() - url.at > ANSWERABLE:
        raise Refusal("expired_url", status=404)
    if url.uses >= ANSWERS:
        raise Refusal("used_url", status=404)
    url.uses += 1
    answer(slack, url, given)


def answer(slack: Slack, url: ResponseUrl, given: Json) -> None:
    """A command or a click is answered: to one person or in the channel, or in place of what was
    pressed.
    """
    if given.get("delete_original"):
        return _take_away(slack, url)
    if problems := [f"a response: {problem}" for problem in limits.message(given)]:
        slack.broken += problems
        raise Refusal("invalid_blocks", status=400)
    place = slack.workspaces[url.team]
    channel, user = place.channels[url.channel], place.users[url.user]
    body = {**spoken_by_bot(place), **said(slack, given)}
    # A command's own answer cannot be replaced by its response_url: there, this is one more
    # message.
    replaces = url.original if given.get("replace_original") else ""
    public = channel.message(replaces) if replaces and not url.ephemeral else None
    if public is not None:
        public |= body
    elif given.get("response_type") == "in_channel" and not replaces:
        keep(slack, place, channel, body)
    else:
        slack.shows(
            place.id, user.id, "ephemeral", {**body, "ts": replaces or slack.ts()}, channel.id
        )


def _take_away(slack: Slack, url: ResponseUrl) -> None:
    place = slack.workspaces[url.team]
    user, channel = place.users[url.user], place.channels[url.channel]
    channel.messages[:] = [
        message
        for message in channel.messages
        if message["ts"] != url.original or message.get("user") != BOT
    ]
    user.sights[:] = [sight for sight in user.sights if sight.body.get("ts") != url.original]
