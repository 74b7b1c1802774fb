"""The statements of `bot.store.cohorts`, built once: building one costs as much as five runs."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, or_, select

from bot.store.rows import COHORT_COLUMNS, COHORT_VALUES, DialectInsert
from bot.store.tables import cohorts, homes, plans, roles, spaces

SPACE_COLUMNS = (spaces.c.platform, spaces.c.native, spaces.c.tenant, spaces.c.gone_at)
# With the digest: it names the roadmap in the cache of the process. Most cohorts have no roles:
# to know it here spares those who join a statement.
_COLUMNS = (
    *COHORT_COLUMNS,
    select(plans.c.digest).where(plans.c.id == cohorts.c.plan_id).scalar_subquery().label("digest"),
    select(roles.c.id).where(roles.c.cohort_id == cohorts.c.id).exists().label("has_roles"),
)
IS_ALIVE = cohorts.c.state != "archived"
_IS_IN_SPACE = and_(
    spaces.c.platform == bindparam("platform"), spaces.c.native == bindparam("native")
)
SELECT_COHORT = select(*_COLUMNS).where(cohorts.c.id == bindparam("cohort"))
SELECT_COHORTS = select(*_COLUMNS).where(cohorts.c.id.in_(bindparam("cohorts", expanding=True)))
LOCK_COHORT = SELECT_COHORT.with_for_update(of=cohorts)
_LIVES_THERE = select(homes.c.cohort_id).where(homes.c.space_id == bindparam("space"))
SELECT_BY_NAME = (
    select(*_COLUMNS)
    .where(
        or_(cohorts.c.space_id == bindparam("space"), cohorts.c.id.in_(_LIVES_THERE)),
        cohorts.c.name == bindparam("name"),
    )
    .limit(1)
)
_OWN_SPACES = select(homes.c.space_id).where(homes.c.cohort_id == bindparam("cohort"))
_NEIGHBOURS = select(homes.c.cohort_id).where(homes.c.space_id.in_(_OWN_SPACES))
SELECT_NAMESAKE = (
    select(*_COLUMNS)
    .where(
        or_(
            cohorts.c.space_id == bindparam("space"),
            cohorts.c.space_id.in_(_OWN_SPACES),
            cohorts.c.id.in_(_NEIGHBOURS),
        ),
        cohorts.c.name == bindparam("name"),
        cohorts.c.id != bindparam("cohort"),
    )
    .limit(1)
)
INSERT_COHORT = cohorts.insert().returning(*COHORT_COLUMNS)
UPDATE_COHORT = (
    cohorts.update()
    .where(cohorts.c.id == bindparam("cohort"))
    .values({name: bindparam(name) for name in COHORT_VALUES})
)
SELECT_IN_SPACE = (
    select(*_COLUMNS)
    .join(homes, homes.c.cohort_id == cohorts.c.id)
    .join(spaces, spaces.c.id == homes.c.space_id)
    .where(_IS_IN_SPACE, IS_ALIVE)
    .order_by(cohorts.c.id)
)
SELECT_IN_CHANNEL = SELECT_IN_SPACE.where(homes.c.channel == bindparam("channel"))
SELECT_ACTIVE = (
    select(*_COLUMNS)
    .where(cohorts.c.state.in_(("open", "running", "paused")))
    .order_by(cohorts.c.id)
)
COUNT_HOMES_IN_SPACE = (
    select(func.count())
    .select_from(homes.join(spaces, spaces.c.id == homes.c.space_id))
    .where(homes.c.cohort_id == bindparam("cohort"), _IS_IN_SPACE)
)
SELECT_HOMES = (
    select(homes, *SPACE_COLUMNS)
    .join(spaces, spaces.c.id == homes.c.space_id)
    .where(homes.c.cohort_id == bindparam("cohort"))
    .order_by(homes.c.id)
)
SELECT_HOMES_OF_COHORTS = (
    select(homes, *SPACE_COLUMNS)
    .join(spaces, spaces.c.id == homes.c.space_id)
    .where(homes.c.cohort_id.in_(bindparam("cohorts", expanding=True)))
    .order_by(homes.c.id)
)
UPDATE_TROUBLE = (
    homes.update()
    .where(homes.c.id == bindparam("home"))
    .values(trouble=bindparam("trouble"), trouble_at=bindparam("trouble_at"))
)
_COHORTS_IN_SPACE = (
    select(homes.c.cohort_id).join(spaces, spaces.c.id == homes.c.space_id).where(_IS_IN_SPACE)
)
SELECT_TROUBLED_HOMES = (
    select(homes, *SPACE_COLUMNS, cohorts.c.name)
    .join(spaces, spaces.c.id == homes.c.space_id)
    .join(cohorts, cohorts.c.id == homes.c.cohort_id)
    .where(homes.c.cohort_id.in_(_COHORTS_IN_SPACE), IS_ALIVE)
    .where(or_(homes.c.trouble != "", spaces.c.gone_at.is_not(None)))
    .order_by(homes.c.id)
)
SAVE_ROADMAP = DialectInsert(
    plans,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[plans.c.digest], set_={"at": insert.excluded.at}
    ).returning(plans.c.id),
)
