"""`mydata export` and `mydata erase`: one's own data handed over, and erased in two steps."""

from __future__ import annotations

import asyncio
import json
import re

from bot.chat.address import Account, Place
from bot.chat.errors import SendError
from bot.store import Tx
from tests.support.database import execute_sql
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses, links

NOTHING = "I keep nothing about you."
AS_TEXT = "I could not send you files here, so this is all of it as text.\n"


async def lives_a_week(room: Room) -> None:
    """Give Ada and Bob a week together, with words of their own."""
    await room.spring("ada", "bob")
    await room.passes(days=12)
    await room.says("ada", "tick bayes")
    await room.says("ada", "checkin hours=3", {"note": ('Quince & "medlar" <b>',)})
    await room.says("bob", "tick bayes")
    await room.says("bob", "checkin hours=2", {"blockers": ("bergamot",)})


async def export_json(
    room: Room, name: str, place: Place | None = None
) -> dict[str, list[dict[str, object]]]:
    chat = room.chats[(place or room.place).platform]
    chat.takes_files = True
    await room.says(name, "mydata export", place=place)
    *_, (_, _, files) = chat.files.values()
    document: dict[str, list[dict[str, object]]] = json.loads(files[0].content)
    return document


async def names_on_posts(room: Room) -> str:
    return "\n".join(
        sent.message.to_plain_text() for sent in room.chat.sent if not sent.place.is_private
    )


# — export —


async def test_i_want_a_copy_of_what_you_know_about_me(room: Room) -> None:
    await lives_a_week(room)
    room.chat.takes_files = True
    assert await room.says("ada", "mydata export") == (
        "I have sent you a private message with syllabot-mydata.json and syllabot-journal.md."
    )
    ((place, text, files),) = room.chat.files.values()
    assert (place.native, place.channel) == ("ada", "")
    assert text == "Your data: syllabot-mydata.json and syllabot-journal.md"
    document = json.loads(files[0].content)
    assert document["accounts"][0]["name"] == "Ada"
    assert document["ticks"][0]["at"] == "2026-03-04T10:00:00Z"
    assert document["check_ins"][0]["note"] == 'Quince & "medlar" <b>'
    assert document["check_ins"][0]["cohort"] == "spring"
    assert "bergamot" not in files[0].content + files[1].content
    assert "Bob" not in files[0].content + files[1].content


async def test_the_journal_is_in_my_own_time(room: Room) -> None:
    await lives_a_week(room)
    await room.says("ada", "settings zone=Asia/Tokyo")
    room.chat.takes_files = True
    await room.says("ada", "mydata export")
    ((_, _, files),) = room.chat.files.values()
    assert "All times are Asia/Tokyo time." in files[1].content
    assert (
        "\n## Wed 4 Mar 2026\n- 19:00 ticked **Bayes' theorem" in files[1].content
        or "- 19:00 ticked **" in files[1].content
    )
    assert '- 19:00 checked in for week 1 of spring, 3 h\n  > Quince & "medlar" \\<b\\>' in (
        files[1].content
    )


async def test_where_no_file_can_be_sent_it_comes_in_pages(room: Room) -> None:
    await lives_a_week(room)
    for number in range(45):
        await room.says("ada", f"project add Medlar number {number}")
    first = await room.answer("ada", "mydata export")
    told = first.to_plain_text()
    assert told.startswith(AS_TEXT + "Your journal with Syllabot\n")
    assert "more]" in told
    read = told
    for page in range(2, 9):
        read += await room.says("ada", f"mydata export page={page}")
    assert {int(number) for number in re.findall(r"Medlar number (\d+)", read)} == {*range(45)}


async def test_a_long_note_full_of_markup_fits_on_a_page(room: Room) -> None:
    await room.spring("ada")
    await room.passes(days=12)
    await room.says("ada", "checkin hours=3", {"note": ("*" * 1900,)})
    told = [await room.says("ada", f"mydata export page={page}") for page in (1, 2, 3, 4)]
    assert not [text for text in told if "Something went wrong" in text]
    assert "".join(told).count("*") >= 1900


async def test_one_export_holds_both_accounts(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await links(room, "ada", "nora")
    await room.says("ada", "tick bayes")
    await room.says("nora", "tick numpy-matrices", place=THERE)
    document = await export_json(room, "nora", THERE)
    assert [account["name"] for account in document["accounts"]] == ["Ada", "Nora"]
    assert [tick["item"] for tick in document["ticks"]] == ["bayes", "numpy-matrices"]


async def test_a_stranger_has_nothing_to_export_and_is_not_met_by_asking(room: Room) -> None:
    assert await room.says("ada", "mydata export") == NOTHING
    assert await room.says("ada", "mydata erase") == NOTHING
    assert await execute_sql(room.store, "SELECT id FROM persons", write=False) == []


async def test_moderators_and_first_moderators_find_what_they_made(room: Room) -> None:
    await room.spring("ada")
    document = await export_json(room, "mona")
    assert [row["name"] for row in document["cohorts_made"]] == ["spring"]
    assert (await export_json(room, "ada"))["cohorts_made"] == []


# — erase —


async def test_erasing_is_asked_about_first(room: Room) -> None:
    await lives_a_week(room)
    assert await room.says("ada", "mydata erase") == (
        "A preview\n"
        "This would erase everything I keep about you: 1 account, 1 membership, 1 tick and "
        "1 check-in. Nobody can bring it back.\n"
        "You leave spring. I write 1 post again without your name, where the platform lets me. "
        "Nothing has changed yet.\n"
        "[Erase it all]\n"
        "[Export first]"
    )
    assert (await export_json(room, "ada"))["ticks"]


async def test_what_changed_since_the_preview_is_shown_again(room: Room) -> None:
    await lives_a_week(room)
    asked = await room.answer("ada", "mydata erase")
    await room.says("ada", "tick numpy-matrices")
    pressed = (await room.presses("ada", asked, "Erase it all")).to_plain_text()
    assert "Something has changed since you looked: please check again." in pressed
    assert "2 ticks" in pressed


async def test_please_forget_me_in_the_middle_of_the_season(room: Room) -> None:
    await lives_a_week(room)
    await room.passes(days=6)
    assert "1. Ada: 1 of 5" in await names_on_posts(room)
    asked = await room.answer("ada", "mydata erase")
    receipt = (await room.presses("ada", asked, "Erase it all")).to_plain_text()
    assert receipt.startswith("Everything is erased: 1 account, 1 membership, ")
    assert receipt.endswith("If you come back, you start anew.")
    await room.passes(minutes=1)
    posts = await names_on_posts(room)
    assert "Ada" not in posts
    assert "1. Bob: 1 of 5" in posts
    assert "Ada" not in await room.says("bob", "progress board")
    await room.passes(weeks=2)
    assert not [sent for sent in room.private("ada") if sent.at > room.clock.now()]


async def test_the_others_keep_everything_of_theirs(room: Room) -> None:
    await lives_a_week(room)
    await room.says("ada", "mydata erase sure=yes")
    assert "The whole plan: 1 of 57" in await room.says("bob", "progress")
    document = await export_json(room, "bob")
    assert document["check_ins"][0]["blockers"] == "bergamot"


async def test_nobody_gets_letters_after_the_erasure(room: Room) -> None:
    await lives_a_week(room)
    await room.says("ada", "mydata erase sure=yes")
    before = len(room.private("ada"))
    await room.passes(weeks=3)
    assert len(room.private("ada")) == before
    assert len(room.private("bob")) > 0


async def test_all_linked_accounts_go_and_the_answer_says_so(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await links(room, "ada", "nora")
    await room.says("ada", "tick bayes")
    preview = await room.says("nora", "mydata erase", place=THERE)
    assert "All your accounts go: Ada on Test and Nora on Other." in preview
    assert "To erase this one only, use unlink first." in preview
    await room.says("nora", "mydata erase sure=yes", place=THERE)
    assert await room.says("ada", "mydata export") == NOTHING
    assert room.chat.forgotten == [("ada", ("Ada", "Nora"))]
    assert room.chats["other"].forgotten == [("nora", ("Ada", "Nora"))]


async def test_unlinked_first_only_one_account_goes(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await links(room, "ada", "nora")
    await room.says("ada", "tick bayes")
    await room.says("nora", "tick numpy-matrices", place=THERE)
    await room.says("nora", "unlink sure=yes", place=THERE)
    await room.says("nora", "mydata erase sure=yes", place=THERE)
    assert "The whole plan: 1 of 57" in await room.says("ada", "progress")
    assert await room.says("nora", "mydata export", place=THERE) == NOTHING


async def test_erased_twice_and_twice_at_once(room: Room) -> None:
    await lives_a_week(room)
    said = [room.answer("ada", "mydata erase sure=yes") for _ in range(3)]
    answers = [answer.to_plain_text() for answer in await asyncio.gather(*said)]
    assert not [text for text in answers if "Something went wrong" in text]
    assert len([text for text in answers if text.startswith("Everything is erased")]) == 1
    assert await room.says("ada", "mydata erase") == NOTHING
    assert len(await execute_sql(room.store, "SELECT id FROM accounts", write=False)) == 2


async def test_an_erasure_told_twice_by_the_platform_leaves_nobody_behind(room: Room) -> None:
    await lives_a_week(room)
    await room.answer("ada", "mydata erase sure=yes", once="erase-1")
    again = await room.answer("ada", "mydata erase sure=yes", once="erase-1")
    assert again.to_plain_text() == NOTHING
    assert len(await execute_sql(room.store, "SELECT id FROM accounts", write=False)) == 2


async def test_who_comes_back_is_a_new_person(room: Room) -> None:
    await lives_a_week(room)
    await room.says("ada", "mydata erase sure=yes")
    assert "You are in spring" in await room.says("ada", "join spring")
    assert "The whole plan: 0 of 57" in await room.says("ada", "progress")
    await room.passes(hours=2)
    named = [post.message.to_plain_text() for post in room.posts("new_members")]
    assert named[-1] == "Ada has joined spring. Welcome!"


async def test_the_seat_of_an_erased_member_is_free(room: Room) -> None:
    await room.spring("ada", more="seats=1")
    assert "You are in spring" not in await room.says("bob", "join spring")
    await room.says("ada", "mydata erase sure=yes")
    assert "You are in spring" in await room.says("bob", "join spring")


async def test_the_only_moderator_may_go_and_the_group_goes_on(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.passes(days=12)
    assert "can now manage" in await room.says("mona", "moderators add=@ada")
    assert "1 right" in await room.says("ada", "mydata erase")
    for name in ("ada", "mona"):
        await room.says(name, "mydata erase sure=yes")
    assert "Only moderators can use" in await room.says("ada", "cohort pause")
    assert "paused" in await room.says("mona", "cohort pause sure=yes")
    rows = await execute_sql(room.store, "SELECT made_by FROM cohorts", write=False)
    assert [row.made_by for row in rows] == [None]


async def test_a_namesake_in_another_tenant_keeps_their_right(room: Room) -> None:
    await room.spring("ada")
    elsewhere = Place("test", "elsewhere", "lobby", tenant="T9")

    async def grant(tx: Tx) -> None:
        space_id = await tx.people.ensure_space_id(elsewhere)
        mona = await tx.people.find_person(room.caller("mona"))
        (wanted, *_) = await tx.rights.find_grant_candidates(
            Account("test", "", "mona"), room.place, "Ada"
        )
        await tx.rights.save_grant(space_id, wanted, mona, room.clock.now())

    await room.store.run(grant)
    await room.says("ada", "mydata erase sure=yes")
    assert len(await execute_sql(room.store, "SELECT id FROM grants", write=False)) == 1


# — posts that are written again —


async def list_open_requests(room: Room) -> list[object]:
    """Return the edits somebody waits for. A post that counts along keeps its row, at rest."""
    query = "SELECT letter_id FROM edits WHERE life = '' OR changes > 0 OR tries > 0"
    return list(await execute_sql(room.store, query, write=False))


async def test_an_edit_that_fails_is_made_later(room: Room) -> None:
    await lives_a_week(room)
    await room.passes(days=6)
    falls = iter([SendError("away"), SendError("lost", perhaps_sent=True)])

    def fail(when: str, place: Place, key: str) -> None:
        if when == "before" and (error := next(falls, None)):
            raise error

    room.chat.edit_fault = fail
    await room.says("ada", "mydata erase sure=yes")
    await room.passes(hours=1)
    assert "Ada" not in await names_on_posts(room)
    assert await list_open_requests(room) == []


async def test_an_edit_survives_a_restart(room: Room) -> None:
    await lives_a_week(room)
    await room.passes(days=6)

    def die(when: str, place: Place, key: str) -> None:
        raise asyncio.CancelledError

    room.chat.edit_fault = die
    answer = await room.answer("ada", "mydata erase sure=yes")
    assert "Everything is erased" in answer.to_plain_text()
    room.chat.edit_fault = None
    await room.restart()
    await room.passes(minutes=5)
    assert "Ada" not in await names_on_posts(room)


async def test_a_post_that_may_not_be_edited_is_given_up(room: Room) -> None:
    await lives_a_week(room)
    await room.passes(days=6)

    def refuse(when: str, place: Place, key: str) -> None:
        raise SendError("the message was deleted", permanent=True)

    room.chat.edit_fault = refuse
    await room.says("ada", "mydata erase sure=yes")
    await room.passes(minutes=1)
    assert await list_open_requests(room) == []


async def test_a_post_of_an_earlier_season_is_taken_back(room: Room) -> None:
    await lives_a_week(room)
    await room.passes(days=6)
    await room.says("mona", "cohort finish sure=yes")
    await room.says("mona", "cohort start again=yes on=2026-06-01 sure=yes")
    await room.says("ada", "mydata erase sure=yes")
    await room.passes(minutes=1)
    recaps = [post.message.to_plain_text() for post in room.posts("recap")]
    assert recaps == ["I have taken this post back."]
