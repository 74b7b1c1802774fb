"""Every table there is. Instants are UTC; the module for each subject says more."""

from bot.store.columns import Instant, metadata
from bot.store.tables.cohorts import (
    certificates,
    checkins,
    cohorts,
    homes,
    members,
    projects,
    recalls,
    scores,
    stuck_items,
    surveys,
    ticks,
    waiting,
)
from bot.store.tables.ledger import bulletins, edits, events, letters
from bot.store.tables.people import absences, accounts, grants, persons, settings, spaces
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
    "answers",
    "bulletins",
    "certificates",
    "checkins",
    "codes",
    "cohorts",
    "drafts",
    "edits",
    "events",
    "grants",
    "greetings",
    "guesses",
    "heard",
    "homes",
    "imports",
    "letters",
    "marks",
    "members",
    "metadata",
    "persons",
    "plans",
    "projects",
    "recalls",
    "scores",
    "secrets",
    "settings",
    "spaces",
    "stuck_items",
    "surveys",
    "ticks",
    "versions",
    "waiting",
]
