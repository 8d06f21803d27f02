"""What all counts come from, computed once for one connection: decisions, verdicts, states.

A report asks for the state of every record ten times over, and each time the views of the database
would go through every decision. A store for reading does not change: temporary tables hold what the
views say, and temporary copies of the views that read them hide those of the database. Nothing is
written to the file; the tables are on disk in the system's temporary folder, not in memory.
"""

import sqlite3

from reviewkit.store.given_tables import views_over

# In this order: each is computed from the one before. With the columns that it is asked by.
_HELD = {
    "current_decisions": "record, stage, reviewer",
    "pooled_decisions": "selection, record, stage",
    "verdicts": "selection, record, stage",
    "selection_states": "selection, record",
}


def hold_states(connection: sqlite3.Connection) -> None:
    """Compute the views once. Raises sqlite3.Error."""
    for name, columns in _HELD.items():
        connection.execute(f"CREATE TEMP TABLE held_{name} AS SELECT * FROM {name}")
        connection.execute(f"CREATE INDEX temp.held_{name}_first ON held_{name} ({columns})")
        for view, sql in views_over(connection, name).items():
            connection.execute(f"DROP VIEW IF EXISTS temp.{view}")
            connection.execute(sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
        connection.execute(f"DROP VIEW IF EXISTS temp.{name}")
        connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM held_{name}")
