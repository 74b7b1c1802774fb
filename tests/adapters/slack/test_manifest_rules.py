"""The judge of the app manifest is judged itself: what Slack takes passes, up to its limit, and
every rule bites.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.support.slack.manifest_rules import RESERVED, manifest

Json = dict[str, Any]
Break = Callable[[Json], Any]
HOST = "https://study.example.org"


def app(host: str = "") -> Json:
    asked = {"request_url": f"{host}/slack/events"} if host else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": "Syllabot", "description": "Plans",
        "background_color": "#25695a",
                                "long_description": "x" * 175},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Syllabot", "always_online": True},
            "slash_commands": [{"command": "/study", "description": "Study groups",
            "usage_hint": "join | week",
                                "should_escape": True,
                                **({"url": f"{host}/slack/events"} if host else {})}],
        },
        "oauth_config": {"redirect_urls": [f"{host}/slack/oauth_redirect"] if host else [],
                         "scopes": {"bot": ["commands", "chat:write", "channels:read",
                         "users:read"]}},
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened", "app_uninstalled",
            "channel_archive"], **asked},
            "interactivity": {"is_enabled": True, **asked},
            "org_deploy_enabled": False, "socket_mode_enabled": not host,
            "token_rotation_enabled": False,
        },
    }  # fmt: skip


def spoiled(payload: Json, change: Break) -> Json:
    own = deepcopy(payload)
    change(own)
    return own


def command(m: Json) -> Json:
    found: Json = m["features"]["slash_commands"][0]
    return found


def commands(*names: str) -> list[Json]:
    return [{"command": name, "description": "x"} for name in names]


@pytest.mark.parametrize("m", [app(), app(HOST), {"display_information": {"name": "x"}}])
def test_what_slack_takes_has_nothing_wrong(m: Json) -> None:
    assert manifest(m) == []


@pytest.mark.parametrize("change", [
    lambda m: m["display_information"].update(name="x" * 35, description="x" * 140,
        long_description="x" * 4000),
    lambda m: m["display_information"].update(background_color="#abc"),
    lambda m: m["features"].update(slash_commands=commands(*(f"/study{n}" for n in range(50)))),
    lambda m: command(m).update(command="/" + "x" * 31, description="x" * 2000,
        usage_hint="x" * 1000),
    lambda m: command(m).update(url="https://" + "x" * 2992),
    lambda m: command(m).update(command="/status1"),
    lambda m: m["oauth_config"]["scopes"].update(bot_optional=["users:read"]),
    lambda m: m["features"]["bot_user"].update(display_name="x" * 80),
    lambda m: m["settings"]["event_subscriptions"].update(request_url="https://" + "x" * 3492),
    lambda m: m["oauth_config"].update(redirect_urls=[f"{HOST}/{n}" for n in range(1000)]),
])  # fmt: skip
def test_a_manifest_just_inside_a_limit_passes(change: Break) -> None:
    assert manifest(spoiled(app(), change)) == []


RULES: list[tuple[str, Break]] = [
    ("display_information is missing", lambda m: m.pop("display_information")),
    ("has no field shortcuts", lambda m: m["features"].update(shortcuts=[])),
    ("has no field version", lambda m: m.update(version=2)),
    ("major_version: is a whole number from 1 to "
     "2", lambda m: m["_metadata"].update(major_version=3)),
    ("name: has 1 to 35", lambda m: m["display_information"].update(name="x" * 36)),
    ("description: has 1 to 140", lambda m: m["display_information"].update(description="x" * 141)),
    ("long_description: has 175 to "
     "4000", lambda m: m["display_information"].update(long_description="x" * 174)),
    ("long_description: has 175 to "
     "4000", lambda m: m["display_information"].update(long_description="x" * 4001)),
    ("'#12345' is not a "
     "colour", lambda m: m["display_information"].update(background_color="#12345")),
    ("display_name: has 1 to "
     "80", lambda m: m["features"]["bot_user"].update(display_name="x" * 81)),
    ("home_tab_enabled: is one "
     "of", lambda m: m["features"]["app_home"].update(home_tab_enabled="yes")),
    ("slash_commands: has 1 to 50", lambda m: m["features"].update(slash_commands=[])),
    ("slash_commands: has 1 to 50", lambda m: m["features"].update(
        slash_commands=commands(*(f"/study{n}" for n in range(51))))),
    ("command: has 2 to 32", lambda m: command(m).update(command="/" + "x" * 32)),
    ("'study' is not a command", lambda m: command(m).update(command="study")),
    ("'/Study' is not a command", lambda m: command(m).update(command="/Study")),
    ("'/my study' is not a command", lambda m: command(m).update(command="/my study")),
    ("description: has 1 to 2000", lambda m: command(m).update(description="x" * 2001)),
    ("description is missing", lambda m: command(m).pop("description")),
    ("usage_hint: has 1 to 1000", lambda m: command(m).update(usage_hint="x" * 1001)),
    ("usage_hint: has 1 to 1000", lambda m: command(m).update(usage_hint="")),
    ("url: has 1 to 3000", lambda m: command(m).update(url="https://" + "x" * 2993)),
    ("is not an address", lambda m: command(m).update(url="ftp://study.example.org")),
    ("the command /study stands "
     "twice", lambda m: m["features"].update(slash_commands=commands("/study", "/study"))),
    ("has the scope commands", lambda m: m["oauth_config"]["scopes"].update(bot=["channels:read"])),
    ("bot: 0: is one of", lambda m: m["oauth_config"]["scopes"].update(bot=["admin"])),
    ("bot: has 1 to 255", lambda m: m["oauth_config"]["scopes"].update(bot=[])),
    ("has no field user", lambda m: m["oauth_config"]["scopes"].update(user=["chat:write"])),
    ("the scope commands stands "
     "twice", lambda m: m["oauth_config"]["scopes"]["bot"].append("commands")),
    ("the optional scope users:read stands twice", lambda m: m["oauth_config"]["scopes"].update(
        bot_optional=["users:read", "users:read"])),
    ("im:history is optional and has to be asked for", lambda m: m["oauth_config"]["scopes"].update(
        bot_optional=["im:history"])),
    ("bot_optional: 0: is one "
     "of", lambda m: m["oauth_config"]["scopes"].update(bot_optional=["admin"])),
    ("scopes of a bot has a bot_user", lambda m: m["features"].pop("bot_user")),
    ("redirect_urls: has 0 to 1000", lambda m: m["oauth_config"].update(
        redirect_urls=[f"{HOST}/{n}" for n in range(1001)])),
    ("redirect_urls: 0: has 1 to "
     "2500", lambda m: m["oauth_config"].update(redirect_urls=["https://" + "x" * 2493])),
    ("stands twice", lambda m: m["oauth_config"].update(redirect_urls=[HOST, HOST])),
    ("bot_events: has 0 to 100", lambda m: m["settings"]["event_subscriptions"].update(
        bot_events=["app_uninstalled"] * 101)),
    ("bot_events: 0: is one "
     "of", lambda m: m["settings"]["event_subscriptions"].update(bot_events=["app_home"])),
    ("the event app_uninstalled stands "
     "twice", lambda m: m["settings"]["event_subscriptions"]["bot_events"].append(
        "app_uninstalled")),
    ("channel_archive needs the scope "
     "channels:read", lambda m: m["oauth_config"]["scopes"]["bot"].remove(
        "channels:read")),
    ("app_home_opened needs a Home tab", lambda m: m["features"].pop("app_home")),
    ("is filled at "
     "app_home_opened", lambda m: m["settings"]["event_subscriptions"]["bot_events"].pop(0)),
    ("request_url: has 1 to 3500", lambda m: m["settings"]["interactivity"].update(
        request_url="https://" + "x" * 3493)),
    ("is_enabled is missing", lambda m: m["settings"]["interactivity"].pop("is_enabled")),
    ("/study needs a url without Socket "
     "Mode", lambda m: m["settings"].update(socket_mode_enabled=False)),
    ("events need a request_url", lambda m: m["settings"].update(socket_mode_enabled=False)),
    ("interactivity needs a request_url", lambda m: m["settings"].pop("socket_mode_enabled")),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "change"), RULES)
def test_every_rule_of_the_manifest_bites(sentence: str, change: Break) -> None:
    problems = manifest(spoiled(app(), change))
    assert any(sentence in problem for problem in problems), problems


def test_no_command_takes_a_name_that_slack_keeps_for_itself() -> None:
    taken = app()
    for name in RESERVED:
        command(taken)["command"] = f"/{name}"
        assert manifest(taken) == [f"/{name} is Slack's own"]


@pytest.mark.parametrize(("section", "field", "sentence"), [
    ("event_subscriptions", "request_url", "events need a request_url"),
    ("interactivity", "request_url", "interactivity needs a request_url"),
])  # fmt: skip
def test_over_http_every_way_in_has_its_address(section: str, field: str, sentence: str) -> None:
    problems = manifest(spoiled(app(HOST), lambda m: m["settings"][section].pop(field)))
    assert problems == [f"{sentence} without Socket Mode"]
