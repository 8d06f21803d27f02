"""The schema's history: one numbered file for each step, applied in order.

A file is never edited after its release: databases that have it would differ from new ones. A
change is a new file, named in `NAMES`, and `python tools/write_schema.py` to renew
`store/schema.sql`. A database keeps the names of the steps that it has in the table
`_sqlite_migrations`.
"""

import datetime
from collections.abc import Callable
from functools import partial
from importlib.resources import files

from reviewkit.store.migrations import m002_screening, m013_hashes
from reviewkit.store.migrations.scripts import run_script, run_step
from reviewkit.store.sqlite import Database, Migrations

NAMES = (
    "m001_initial",
    "m002_screening",
    "m003_pair_decisions",
    "m004_updates",
    "m005_compared_pairs",
    "m006_quick_views",
    "m007_gone",
    "m008_state_columns",
    "m009_own_reviews",
    "m010_studies",
    "m011_pooled_decisions",
    "m012_review_names",
    "m013_hashes",
    "m014_quick_states",
    "m015_citations",
    "m016_stage_token",
    "m017_gone_by_search",
    "m018_fewer_indexes",
    "m019_changed_records",
)
# Steps that SQL alone cannot take. All others are the SQL file of their name.
_IN_PYTHON: dict[str, Callable[[Database], None]] = {
    "m002_screening": m002_screening.migrate,
    "m013_hashes": m013_hashes.migrate,
}


class _Step:
    """A migration as sqlite-utils takes it: a function with a name."""

    def __init__(self, name: str) -> None:
        self.__name__ = name
        self._run = _IN_PYTHON.get(name) or partial(run_step, name=f"{name}.sql")

    def __call__(self, db: Database, /) -> None:
        self._run(db)


migrations = Migrations("reviewkit")
for _name in NAMES:
    migrations(name=_name)(_Step(_name))


def create_schema(db: Database, now: datetime.datetime) -> None:
    """Make the schema of a new database in one step, as if all migrations had made it.

    `store/schema.sql` is what they come to, and takes a fifth of their time.
    """
    migrations.ensure_migrations_table(db)
    with db.atomic():
        run_script(db, files("reviewkit.store").joinpath("schema.sql"))
        for name in NAMES:
            db.execute(
                f"INSERT INTO {migrations.migrations_table} (migration_set, name, applied_at) "
                "VALUES (?, ?, ?)",
                [migrations.name, name, now.isoformat()],
            )
