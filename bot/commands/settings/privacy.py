"""Privacy: the name others see, and the boards a member is on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.chat.errors import Refused
from bot.chat.message import Choice, Field, Form
from bot.chat.text import clean_text, has_visible_text
from bot.commands.settings.seats import CohortSeat
from bot.group.cohort import Member
from bot.group.member import NAME_LENGTH, Person

OWN_NAME = "-"  # typed for an alias, this brings the person's own name back


@dataclass(frozen=True, slots=True)
class TypedPrivacy:
    """The values typed for privacy; None where nothing was typed."""

    alias: str | None
    hidden: bool | None
    is_cohort_only: bool

    @property
    def has_privacy(self) -> bool:
        return self.alias is not None or self.hidden is not None


@dataclass(frozen=True, slots=True)
class PrivacyChange:
    """A person and their seats after a change."""

    person: Person
    seats: list[CohortSeat]


def change_privacy(
    person: Person, seats: Iterable[CohortSeat], typed_privacy: TypedPrivacy
) -> PrivacyChange:
    """Return the person and their seats with the typed name and boards.

    Raises `Refused` for a name too long, or one nobody could see.
    """
    alias = None
    if typed_privacy.alias is not None:
        alias = _parse_alias(typed_privacy.alias)
    # Without a cohort the name holds for the person, so a name given in one cohort stays there.
    if alias is not None and not typed_privacy.is_cohort_only:
        person = replace(person, alias=alias)
        alias = None
    changed_seats = []
    for seat in seats:
        member = _change_member_privacy(seat.member, alias, typed_privacy.hidden)
        changed_seats.append(replace(seat, member=replace(member, person=person)))
    return PrivacyChange(person, changed_seats)


def _change_member_privacy(member: Member, alias: str | None, hidden: bool | None) -> Member:
    if alias is not None:
        member = replace(member, alias=alias)
    if hidden is not None:
        member = replace(member, hidden=hidden)
    return member


def _parse_alias(typed_name: str) -> str:
    alias = _clean_alias(typed_name)
    if alias in {OWN_NAME, ""}:
        return ""
    # Combining marks alone are text to a computer, and an empty line on a board to people.
    if not has_visible_text(alias):
        raise Refused(
            "Nobody could see that name: use at least one letter or digit, "
            f"or `{OWN_NAME}` for your own name.",
            "alias",
        )
    return alias


def _clean_alias(typed_name: str) -> str:
    try:
        return clean_text(typed_name, NAME_LENGTH, "A name")
    except Refused as refused:
        raise Refused(refused.sentence, "alias") from None


def build_privacy_form(person: Person, seats: list[CohortSeat]) -> Form:
    """Return the form for name and boards, filled with the present values."""
    # Hidden in some cohorts only counts as shown: the form then changes nothing by accident.
    is_hidden = bool(seats) and all(seat.member.hidden for seat in seats)
    choices = (
        Choice("Show me on boards", "no", chosen=not is_hidden),
        Choice("Hide me from every board", "yes", chosen=is_hidden),
    )
    fields = (_build_alias_field(person), Field("hidden", "Boards", "one", choices=choices))
    return Form("Name and privacy", "settings ask=privacy", fields)


def _build_alias_field(person: Person) -> Field:
    return Field(
        "alias",
        "Name others see",
        "line",
        value=person.alias,
        longest=NAME_LENGTH,
        help="Leave it empty to use your own name",
    )
