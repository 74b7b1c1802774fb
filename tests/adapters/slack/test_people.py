"""People as Slack tells of them: asked for once an hour, but whether somebody manages the workspace
as often as it matters.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack.api import Workspace
from adapters.slack.people import SlackPeople, SlackProfile, ask_workspace_rights
from bot.chat.address import NO_RIGHTS, AccountRights, Place
from bot.chat.errors import SendError
from tests.adapters.slack.conftest import Moment
from tests.support.slack.api import HALL, open_wire_api
from tests.support.slack.wire import Fault, Wire, lost_connection, rate_limit, refusal, status


@pytest.fixture
async def people(wire: Wire) -> AsyncIterator[SlackPeople]:
    async with open_wire_api(wire) as api:
        yield SlackPeople(api, max_profiles=3)


def asked(wire: Wire) -> int:
    return len(wire.calls("users.info"))


async def test_slack_tells_a_name_a_zone_a_language_and_who_manages(
    wire: Wire, people: SlackPeople
) -> None:
    wire.hall.person("mo", tz="Africa/Cairo", locale="ar-EG")
    assert await people.fetch_profile(HALL, "U0MO") == SlackProfile(
        "mo", "Africa/Cairo", "ar-EG", False, False
    )
    wire.hall.users["U0MO"].owner = True
    wire.hall.person("eve", owner=True, deleted=True)
    wire.hall.person(
        "zoe", admin=True, home_team="T0OTHER"
    )  # met in a shared channel, an admin elsewhere
    leads = {
        name: await people.fetch_profile(HALL, f"U0{name.upper()}", fresh=True)
        for name in ("mo", "mona", "eve", "zoe")
    }
    told = {name: (found.is_manager, found.is_deleted) for name, found in leads.items() if found}
    assert told == {
        "mo": (True, False),
        "mona": (True, False),
        "eve": (False, True),
        "zoe": (False, False),
    }


async def test_a_profile_is_asked_for_once_an_hour_and_a_right_each_time(
    wire: Wire, people: SlackPeople, moment: Moment
) -> None:
    ada = wire.hall.users["U0ADA"]
    for _ in range(3):
        await people.fetch_profile(HALL, ada.id)
    assert asked(wire) == 1
    ada.admin, ada.tz = True, "Asia/Tokyo"
    fresh = await people.fetch_profile(HALL, ada.id, fresh=True)
    assert fresh == await people.fetch_profile(HALL, ada.id)
    assert (fresh is not None and fresh.is_manager, asked(wire)) == (True, 2)
    moment.passes(minutes=61)
    await people.fetch_profile(HALL, ada.id)
    assert asked(wire) == 3
    for other in ("U0BOB", "U0CY", "U0MONA", ada.id):
        await people.fetch_profile(HALL, other)
    assert asked(wire) == 7, "three are remembered, and the oldest was forgotten"


async def test_the_same_id_in_another_workspace_is_somebody_else(
    wire: Wire, people: SlackPeople
) -> None:
    lab = wire.founds("Lab", "T0LAB")
    lab.users["U0ADA"].admin = True
    here, there = (
        await people.fetch_profile(HALL, "U0ADA"),
        await people.fetch_profile(Workspace("T0LAB"), "U0ADA"),
    )
    assert (here and here.is_manager, there and there.is_manager) == (False, True)


GRID = Workspace("T0LAB", "E0ORG")


@pytest.mark.parametrize(
    ("workspace", "about", "manages"),
    [
        (Workspace("T0LAB"), {"team_id": "T0LAB", "is_primary_owner": True}, True),
        (Workspace("T0LAB"), {"team_id": "T0OTHER", "is_admin": True}, False),
        (Workspace("T0LAB"), {"team_id": "T0LAB", "is_admin": True, "is_stranger": True}, False),
        (Workspace("T0LAB"), {"team_id": "T0LAB", "is_admin": "yes"}, False),
        (Workspace("T0LAB"), {"enterprise_user": {"enterprise_id": "", "is_owner": True}}, False),
        (
            GRID,
            {"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0ORG", "is_owner": True}},
            True,
        ),
        (
            GRID,
            {
                "team_id": "T0OTHER",
                "enterprise_user": {"enterprise_id": "E0ELSE", "is_owner": True},
            },
            False,
        ),
        (
            GRID,
            {"team_id": "T0OTHER", "is_admin": True, "enterprise_user": {"enterprise_id": "E0ORG"}},
            False,
        ),
        (
            GRID,
            {"team_id": "T0LAB", "is_admin": True, "enterprise_user": {"enterprise_id": "E0ORG"}},
            True,
        ),
    ],
)
async def test_a_workspace_is_managed_by_its_own_admins_and_its_enterprises_and_by_no_other(
    wire: Wire, people: SlackPeople, workspace: Workspace, about: dict[str, object], manages: bool
) -> None:
    wire.founds("Lab", "T0LAB", workspace.enterprise)
    wire.fails(
        "users.info", Fault(body={"ok": True, "user": {"id": "U0ADA", "name": "ada", **about}})
    )
    assert await people.fetch_profile(workspace, "U0ADA") == SlackProfile(
        "ada", "", "", manages, False
    )


@pytest.mark.parametrize(
    "how",
    [
        status(500),
        rate_limit(),
        lost_connection(kept=False),
        refusal("user_not_found"),
        refusal("token_revoked"),
    ],
)
async def test_where_slack_does_not_say_nothing_is_known_and_a_right_is_not_remembered(
    wire: Wire, people: SlackPeople, how: Fault
) -> None:
    assert await people.fetch_profile(HALL, "U0MONA") is not None
    wire.fails("users.info", how)
    assert await people.fetch_profile(HALL, "U0MONA", fresh=True) is None
    assert await people.fetch_profile(Workspace("T0NOWHERE"), "U0MONA") is None


async def test_rights_are_asked_anew_for_a_letter(wire: Wire) -> None:
    async with open_wire_api(wire) as api:
        ada = Place("slack", HALL.team, native="U0ADA", tenant=HALL.team)
        assert await ask_workspace_rights(api, ada) == AccountRights(True, False, name="ada")
        wire.hall.users["U0ADA"].admin = True
        assert (await ask_workspace_rights(api, ada)).is_moderator
        wire.hall.users["U0ADA"].deleted = True
        assert await ask_workspace_rights(api, ada) == NO_RIGHTS
        nobody = Place("slack", HALL.team, native="U0NOBODY", tenant=HALL.team)
        assert await ask_workspace_rights(api, nobody) == NO_RIGHTS
        wire.fails("users.info", status(503))
        with pytest.raises(SendError):
            await ask_workspace_rights(api, ada)
