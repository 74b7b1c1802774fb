"""What the moderators' commands about single members share: whom they mean, and what is known."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Buttons, Message, Text, build_phrase, escape_text
from bot.command.call import Call
from bot.group.attention import MemberNeed, can_read_words
from bot.group.cohort import Cohort
from bot.group.letters_by_hand import (
    HandLetter,
    Objection,
    build_hand_ref,
    find_offer_objection,
    find_word_objection,
)
from bot.roadmap import Roadmap
from bot.views.attention import NeedText

MOST_MEMBER_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class MemberInQuestion:
    """A member that a moderator looks at or writes to, as far as this moderator may know.

    `earlier`: kind words and offers to them. `is_waiting`: they wait for the next cohort.
    """

    cohort: Cohort
    entry: MemberNeed
    text: NeedText
    earlier: list[HandLetter]
    is_waiting: bool

    def find_word_objection(self, call: Call) -> Objection | None:
        """Return why no kind word can be sent, or None."""
        return find_word_objection(self.entry, self.cohort, self.earlier, call.now)

    def find_offer_objection(self, call: Call) -> Objection | None:
        """Return why the ways back cannot be offered, or None."""
        return find_offer_objection(
            self.entry, self.cohort, self.earlier, call.now, is_waiting=self.is_waiting
        )

    async def enter_letter(self, call: Call, kind: str, message: Message | None = None) -> None:
        """Enter a letter by hand to this member. The cohort must be locked."""
        ref = build_hand_ref(kind, self.cohort, self.earlier, call.now)
        member = self.entry.member
        await call.tx.hand_letters.enter_hand_letter(
            self.cohort, member, kind, ref, call.now, message
        )


async def find_own_space_id(call: Call, cohort: Cohort) -> int | None:
    """Return the space whose members' words may be read here; None for every member's."""
    homes = await call.tx.cohorts.list_homes(cohort.id)
    spaces = {(home.place.platform, home.place.space) for home in homes}
    if len(spaces) <= 1:
        return None
    # 0 is no space: from a private chat, nobody can tell which side a moderator is on.
    return await call.tx.people.find_space_id(call.place) or 0


def build_need_text(call: Call, cohort: Cohort, roadmap: Roadmap) -> NeedText:
    """Return what texts about members' needs are written with."""
    return NeedText(call.viewer, roadmap, cohort.get_cohort_date(call.now))


async def load_member_in_question(
    call: Call, cohort: Cohort, member_id: int | None
) -> MemberInQuestion:
    """Return a member of a managed cohort by their id. Raises `Refused` for nobody."""
    member = None
    if member_id is not None:
        member = await call.tx.attention.find_seated_member(cohort, member_id)
    if member is None:
        raise Refused(
            f"That member is not in {escape_text(cohort.name)} any more: "
            "choose another with `members attention`."
        )
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    entry = await call.tx.attention.judge_member(member, cohort, roadmap, call.now)
    if not can_read_words(member, await find_own_space_id(call, cohort)):
        entry = entry.without_words
    earlier = list(await call.tx.hand_letters.list_hand_letters(member, cohort))
    movers = await call.tx.waiting.find_movers([cohort.id])
    is_waiting = (member.person.id, cohort.id) in movers
    text = build_need_text(call, cohort, roadmap)
    return MemberInQuestion(cohort, entry, text, earlier, is_waiting)


def build_member_phrase(name: str, question: MemberInQuestion, **options: str | int | None) -> str:
    """Return the phrase of a command about this member."""
    member = question.entry.member
    return build_phrase(name, member=member.id, **options, cohort=question.cohort.ref)


def build_return_buttons(question: MemberInQuestion, *more: tuple[str, str]) -> Buttons:
    """Return buttons that lead on, then back to the member and to the list."""
    name = ("This member", build_member_phrase("members attention", question))
    everybody = ("Everybody", build_phrase("members attention", cohort=question.cohort.ref))
    return button_row(*more, name, everybody, has_main=False)


def list_letter_texts(letter: Message) -> list[Text]:
    """Return the texts of a letter, for its preview: without its buttons."""
    return [block for block in letter.blocks if isinstance(block, Text)]
