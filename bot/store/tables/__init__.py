"""Every table there is. Instants are UTC; the module for each subject says more."""

from bot.store.columns import Instant, metadata
from bot.store.tables.cohorts import (
    certificates,
    checkins,
    cohorts,
    first_moderators,
    homes,
    members,
    projects,
    recalls,
    scores,
    stuck_items,
    survey_sums,
    surveys,
    ticks,
    waiting,
)
from bot.store.tables.encouragement import (
    help_members,
    help_requests,
    milestones,
    thanks,
)
from bot.store.tables.ledger import bulletins, edits, events, letters
from bot.store.tables.notifying import notify_choices, role_holders, roles
from bot.store.tables.people import absences, accounts, acts, grants, persons, settings, spaces
from bot.store.tables.roadmaps import imports, plans, versions
from bot.store.tables.upkeep import (
    answers,
    codes,
    drafts,
    greetings,
    guesses,
    heard,
    marks,
    secrets,
)

# Whoever asks for the metadata, as the migrations do, must get every table with it.
__all__ = [
    "Instant",
    "absences",
    "accounts",
    "acts",
    "answers",
    "bulletins",
    "certificates",
    "checkins",
    "codes",
    "cohorts",
    "drafts",
    "edits",
    "events",
    "first_moderators",
    "grants",
    "greetings",
    "guesses",
    "heard",
    "help_members",
    "help_requests",
    "homes",
    "imports",
    "letters",
    "marks",
    "members",
    "metadata",
    "milestones",
    "notify_choices",
    "persons",
    "plans",
    "projects",
    "recalls",
    "role_holders",
    "roles",
    "scores",
    "secrets",
    "settings",
    "spaces",
    "stuck_items",
    "survey_sums",
    "surveys",
    "thanks",
    "ticks",
    "versions",
    "waiting",
]
