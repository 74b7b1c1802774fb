"""What each table holds about a person, and what becomes of it: one declaration for each table.

Both the export and the erasure follow this list, so a table that is not in it is found by a test.
A table that gets a column about people is declared here in the same commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, and_, bindparam, literal, or_, select

from bot.chat.message import Form, Message, decode_answer
from bot.store import tables as t
from bot.store.conditions import OWN_ACCOUNTS

OWN_SEATS = select(t.members.c.id).where(t.members.c.account_id.in_(OWN_ACCOUNTS))

Convert = Callable[[Any], Any]


def decode_plain_text(encoded: str | None) -> str:
    """Return a stored message or form in plain text; empty without one."""
    if not encoded:
        return ""
    answer = decode_answer(encoded)
    if isinstance(answer, Form):
        lines = [answer.to_plain_text()]
        lines += [f"{field.name}: {field.value}" for field in answer.fields]
        return "\n".join(lines)
    assert isinstance(answer, Message)
    return answer.to_plain_text()


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with rows about a person.

    `match`: their rows, for the parameter `person`.
    `section`: its name in the export; empty if it is not exported, and then `reason` says why.
    `noun`: one row in words, for the receipt; empty if nobody counts them.
    `columns`: what is exported of a row; empty means everything.
    `convert`: how a column's value becomes one that can be read.
    `cleared`: with values, a row stays for others to count, and these columns are set.
    """

    table: Table
    match: ColumnElement[bool]
    section: str = ""
    reason: str = ""
    noun: str = ""
    columns: Sequence[str] = ()
    convert: Mapping[str, Convert] = field(default_factory=dict)
    cleared: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImpersonalTable:
    """A table that belongs to a group or to the machine.

    `reason`: why nothing in it is about a person.
    `makers`: columns that say whose account made a row; erasing the account empties them.
    `section`, `columns`: how the rows a person made are exported.
    """

    table: Table
    reason: str
    makers: Sequence[Column[Any]] = ()
    section: str = ""
    columns: Sequence[str] = ()


def _match_accounts(table: Table) -> ColumnElement[bool]:
    return table.c.account_id.in_(OWN_ACCOUNTS)


def _match_seats(table: Table) -> ColumnElement[bool]:
    return table.c.member_id.in_(OWN_SEATS)


# The person's accounts, with the spaces in which their native ids mean them.
_OWN_ACCOUNT_IN_SPACE = (
    select(t.accounts.c.id)
    .join(
        t.spaces,
        # A native id means somebody else in another tenant.
        and_(
            t.spaces.c.platform == t.accounts.c.platform,
            t.spaces.c.tenant == t.accounts.c.tenant,
        ),
    )
    .where(t.accounts.c.person_id == bindparam("person"))
)
_OWN_GRANT = (
    _OWN_ACCOUNT_IN_SPACE.where(
        t.grants.c.kind == literal("person", String),
        t.grants.c.space_id == t.spaces.c.id,
        t.grants.c.native == t.accounts.c.native,
    )
    .correlate(t.grants)
    .exists()
)
_OWN_GREETING = (
    select(t.accounts.c.id)
    .where(
        t.accounts.c.person_id == bindparam("person"),
        t.greetings.c.platform == t.accounts.c.platform,
        t.greetings.c.tenant == t.accounts.c.tenant,
        # See `bot.store.greetings`: a private greeting is kept as `person U1`.
        t.greetings.c.whom == literal("person ", String) + t.accounts.c.native,
    )
    .correlate(t.greetings)
    .exists()
)

_OWN_ROLE = (
    _OWN_ACCOUNT_IN_SPACE.join(t.roles, t.roles.c.space_id == t.spaces.c.id)
    .where(
        t.roles.c.id == t.role_holders.c.role_id,
        t.role_holders.c.native == t.accounts.c.native,
    )
    .correlate(t.role_holders)
    .exists()
)

PERSONAL_TABLES: tuple[PersonalTable, ...] = (
    PersonalTable(
        t.letters,
        or_(_match_seats(t.letters), _match_accounts(t.letters)),
        "private_letters",
        noun="private letter",
        columns=("member_id", "kind", "ref", "moment", "state", "ended_at", "message"),
        convert={"message": decode_plain_text},
    ),
    PersonalTable(t.scores, _match_seats(t.scores), "scores"),
    PersonalTable(t.checkins, _match_accounts(t.checkins), "check_ins", noun="check-in"),
    PersonalTable(
        t.surveys,
        _match_seats(t.surveys),
        "surveys",
        noun="survey answer",
        columns=("member_id", "edition", "again", "helped", "change", "consent", "at"),
    ),
    PersonalTable(t.ticks, _match_accounts(t.ticks), "ticks", noun="tick"),
    PersonalTable(t.stuck_items, _match_accounts(t.stuck_items), "stuck_on", noun="stuck item"),
    PersonalTable(
        t.thanks,
        or_(_match_accounts(t.thanks), _match_seats(t.thanks)),
        "thanks",
        noun="thank-you",
        columns=("cohort_id", "reason", "at"),
    ),
    PersonalTable(
        t.milestones,
        _match_seats(t.milestones),
        "milestones",
        noun="milestone",
        columns=("member_id", "kind", "subject", "at", "told_on"),
    ),
    PersonalTable(
        t.help_members,
        _match_seats(t.help_members),
        "help",
        columns=("member_id", "request_id", "part", "at"),
    ),
    PersonalTable(t.recalls, _match_accounts(t.recalls), "questions", noun="question"),
    PersonalTable(
        t.waiting,
        _match_accounts(t.waiting),
        "waiting_lists",
        noun="waiting place",
        columns=("account_id", "roadmap", "at", "told_at"),
    ),
    PersonalTable(t.projects, _match_accounts(t.projects), "projects", noun="project"),
    PersonalTable(
        t.certificates, _match_accounts(t.certificates), "certificates", noun="certificate"
    ),
    PersonalTable(t.settings, _match_accounts(t.settings), "settings", noun="setting"),
    PersonalTable(t.absences, _match_accounts(t.absences), "days_away", noun="absence"),
    PersonalTable(
        t.imports,
        _match_accounts(t.imports),
        "imports",
        noun="import",
        columns=("account_id", "report", "at"),
    ),
    PersonalTable(
        t.drafts,
        _match_accounts(t.drafts),
        "drafts",
        noun="draft",
        convert={"form": decode_plain_text},
    ),
    PersonalTable(
        t.answers,
        _match_accounts(t.answers),
        reason="my last answers, kept for two days in case a platform asks twice",
    ),
    PersonalTable(
        t.codes,
        _match_accounts(t.codes),
        "codes",
        noun="code",
        columns=("account_id", "cohort_id", "at"),
    ),
    PersonalTable(
        t.guesses, _match_accounts(t.guesses), "wrong_codes", columns=("account_id", "at")
    ),
    PersonalTable(t.first_moderators, _match_accounts(t.first_moderators), "first_moderator_of"),
    PersonalTable(t.grants, _OWN_GRANT, "rights", noun="right", columns=("name", "native", "at")),
    # The row goes as soon as the platform has taken the role, which needs their native id.
    PersonalTable(
        t.role_holders,
        _OWN_ROLE,
        "roles",
        columns=("native", "chosen", "held"),
        cleared={"chosen": False, "checked_at": None},
    ),
    PersonalTable(t.greetings, _OWN_GREETING, "greetings", noun="greeting"),
    PersonalTable(
        t.members,
        _match_accounts(t.members),
        "memberships",
        noun="membership",
        columns=(
            "id",
            "account_id",
            "cohort_id",
            "joined_at",
            "left_at",
            "shift",
            "catch_up",
            "hidden",
            "alias",
            "score",
            "missing_since",
            "moved_from",
        ),
    ),
    PersonalTable(
        t.accounts, t.accounts.c.person_id == bindparam("person"), "accounts", noun="account"
    ),
    PersonalTable(t.persons, t.persons.c.id == bindparam("person"), "person"),
)
"""In the order in which they are erased: rows before those they refer to."""

IMPERSONAL_TABLES: tuple[ImpersonalTable, ...] = (
    ImpersonalTable(t.spaces, "a server or a workspace"),
    ImpersonalTable(
        t.cohorts,
        "a group's dates, plan and settings, set by its moderators",
        (t.cohorts.c.made_by,),
        "cohorts_made",
        ("name", "roadmap", "start", "zone", "made_at"),
    ),
    ImpersonalTable(
        t.homes,
        "a group's channel",
        (t.homes.c.added_by,),
        "homes_added",
        ("cohort_id", "channel"),
    ),
    ImpersonalTable(
        t.acts,
        "what moderators did with a group, kept for its other moderators",
        (t.acts.c.account_id,),
        "moderator_acts",
        ("cohort_id", "command", "detail", "at"),
    ),
    ImpersonalTable(
        t.versions,
        "a plan that was published for everybody in a space",
        (t.versions.c.by,),
        "plans_published",
        ("slug", "number", "at"),
    ),
    ImpersonalTable(
        t.bulletins,
        "what moderators say to their group through the bot",
        (t.bulletins.c.made_by,),
        "announcements_written",
        ("cohort_id", "body", "day", "at", "zone", "state", "made_at"),
    ),
    ImpersonalTable(t.notify_choices, "whom a group's posts notify, set by its moderators"),
    ImpersonalTable(t.roles, "a group's roles on a platform, by their names"),
    ImpersonalTable(t.plans, "the text of a plan, kept as long as a group or an import needs it"),
    ImpersonalTable(t.help_requests, "an item that a group is stuck on; it names nobody"),
    ImpersonalTable(t.survey_sums, "how many gave which answer at the end, without names"),
    ImpersonalTable(t.events, "a group's weekly call, as it was announced"),
    ImpersonalTable(
        t.edits, "a group's posts to be written again, by the numbers of their letters"
    ),
    ImpersonalTable(t.secrets, "platforms' tokens, encrypted"),
    ImpersonalTable(t.heard, "platforms' own numbers of events, kept for two days"),
    ImpersonalTable(
        t.marks, "the machine's own notes, and for moments whom the platforms are to forget"
    ),
)
