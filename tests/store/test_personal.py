"""Every table is declared: what it holds about a person, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Column

from bot.store.personal_tables import (
    IMPERSONAL_TABLES,
    PERSONAL_TABLES,
    ImpersonalTable,
    PersonalTable,
)
from bot.store.tables import metadata

DECLARATIONS: tuple[PersonalTable | ImpersonalTable, ...] = (*PERSONAL_TABLES, *IMPERSONAL_TABLES)
ABOUT_PEOPLE = {"accounts", "members", "persons"}
# A column with such a name says whom a row is about, even without a foreign key.
TELLING = {"account_id", "member_id", "person_id"}
ADVICE = "declare it in bot/store/personal_tables.py, for the export and the erasure"


def refers_to_people(column: Column[object]) -> bool:
    targets = {key.column.table.name for key in column.foreign_keys}
    return bool(targets & ABOUT_PEOPLE) or column.name in TELLING


def test_every_table_is_declared_once() -> None:
    declared = Counter(declaration.table.name for declaration in DECLARATIONS)
    undeclared = sorted(set(metadata.tables) - set(declared))
    assert undeclared == [], f"{undeclared}: {ADVICE}"
    assert [name for name, count in declared.items() if count > 1] == []


def test_no_column_of_an_impersonal_table_keeps_somebody() -> None:
    for declaration in IMPERSONAL_TABLES:
        pointers = [column for column in declaration.table.columns if refers_to_people(column)]
        assert pointers == list(declaration.makers), f"{declaration.table.name}: {ADVICE}"
        for column in pointers:
            (key,) = column.foreign_keys
            assert key.ondelete == "SET NULL", f"{column} would outlive whoever made it"


def test_every_personal_table_is_exported_or_says_why_not() -> None:
    for declaration in PERSONAL_TABLES:
        assert declaration.section or declaration.reason, f"{declaration.table.name}: {ADVICE}"
    assert all(declaration.reason for declaration in IMPERSONAL_TABLES)


def test_sections_of_the_export_have_names_of_their_own() -> None:
    names = Counter(_list_sections())
    assert [name for name, count in names.items() if count > 1] == []


def _list_sections() -> Iterator[str]:
    for declaration in DECLARATIONS:
        if declaration.section:
            yield declaration.section


def test_rows_are_erased_before_those_they_refer_to() -> None:
    places = {declaration.table.name: place for place, declaration in enumerate(PERSONAL_TABLES)}
    for declaration in PERSONAL_TABLES:
        for key in declaration.table.foreign_keys:
            parent = places.get(key.column.table.name)
            # By then the rows could no longer be found by whom they are about.
            assert parent is None or places[declaration.table.name] < parent
