"""The check-in form for a crowded week with a long title, on every platform.

Each field is explained in its own words, and no item is left out silently.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapters.discord.modal import build_modal, parse_modal_values
from adapters.slack.modal import ViewMetadata, build_form_view
from adapters.slack.modal import parse_view_values as filled_in_slack
from adapters.web.html_text import LineReader
from adapters.web.render_form import render_form_html
from bot.chat.message import Form, Message
from bot.group.calendar import Syllabus
from bot.store import Tx
from tests.posts.test_skips import on
from tests.support.database import load_first_cohort
from tests.support.discord.limits import check_modal
from tests.support.room import Room
from tests.support.slack import limits

FORM = "checkin week={} cohort=#1"


async def crowded(room: Room, weeks: int) -> Form:
    """Return the first week's form, with the whole roadmap in so many weeks."""
    await room.spring("ada", more=f"weeks={weeks} season=all")
    await room.goes_to(on(3, 3))
    form = await room.answer("ada", "checkin")
    assert isinstance(form, Form)
    return form


def drawn(form: Form) -> tuple[Any, Any]:
    """Return the form's parts in Discord and in Slack."""
    sheet = build_modal(form).to_dict()
    view = build_form_view(form, ViewMetadata(form.says, "C1"), "/study")
    assert (check_modal(sheet), limits.view(view)) == ([], [])
    return sheet["components"], [block for block in view["blocks"] if block["type"] == "input"]


async def test_every_item_of_a_long_week_can_be_ticked_in_the_form(quick_room: Room) -> None:
    room = quick_room
    form = await crowded(room, 4)
    (items,) = [field for field in form.fields if field.name == "items"]
    assert 10 < len(items.choices) <= 25
    wanted = [choice.value for choice in items.choices]
    boxes, inputs = drawn(form)
    assert [option["value"] for option in boxes[0]["component"]["options"]] == wanted
    assert [option["value"] for option in inputs[0]["element"]["options"]] == wanted
    assert render_form_html(form, LineReader("UTC"), "f").count('type="checkbox"') == len(wanted)
    picked = {"type": 3, "custom_id": "items", "values": wanted[-2:]}
    answer = await room.says(
        "ada", form.says, parse_modal_values({"components": [{"type": 18, "component": picked}]})
    )
    assert answer.startswith(
        f"Thank you! You are checked in for week 1: 2 of {len(wanted)} items done."
    )
    options = [{"value": value} for value in wanted[:2]]
    state = {"items": {"a": {"type": "multi_static_select", "selected_options": options}}}
    answer = await room.says("ada", form.says, filled_in_slack({"state": {"values": state}}))
    assert answer.startswith(
        f"I have updated your check-in for week 1: 4 of {len(wanted)} items done."
    )


async def test_a_form_that_cannot_hold_every_item_says_where_the_others_are(
    quick_room: Room,
) -> None:
    room = quick_room
    form = await crowded(room, 2)
    (items,) = [field for field in form.fields if field.name == "items"]
    total = len((await open_items(room))[0])
    assert (len(items.choices), items.help) == (
        25,
        f"Here are 25 of {total}: tick the others in your list",
    )
    drawn(form)
    answer = await room.answer("ada", form.says, {"items": (items.choices[0].value,)})
    assert isinstance(answer, Message)
    assert answer.to_plain_text().endswith("[My progress] [Edit] [My list]")
    left = await room.answer("ada", FORM.format(form.says.split()[1].removeprefix("week=")))
    assert isinstance(left, Form)
    assert left.fields[0].help == f"Here are 25 of {total - 1}: tick the others in your list"


async def open_items(room: Room) -> list[tuple[str, ...]]:
    cohort = await room.store.run(load_first_cohort, write=False)
    return [week.items for week in cohort.syllabus.weeks]


async def test_each_field_is_explained_by_its_own_words_however_long_the_title_is(
    quick_room: Room,
) -> None:
    await crowded(quick_room, 4)
    title = "Vectors, matrices, first steps in probability and everything there is to it"

    async def change_title(tx: Tx) -> None:
        cohort = await load_first_cohort(tx)
        first, *later = cohort.syllabus.weeks
        await tx.cohorts.update_cohort(
            replace(cohort, syllabus=Syllabus((replace(first, title=title), *later)))
        )

    await quick_room.store.run(change_title)
    form = await quick_room.answer("ada", "checkin")
    assert isinstance(form, Form)
    assert [part.get("description") for part in drawn(form)[0]] == [
        "Vectors, matrices, first steps in probability and everything there is… · "
        "Ticked items stay ticked",
        "About how many? You can leave it empty",
        None,
        None,
        None,
    ]
