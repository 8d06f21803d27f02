"""The ids of sources: which were renamed, and which are in the flow."""

from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Role
from reviewkit.store.database import Store
from reviewkit.store.events import SOURCE_RENAMING, append, read_events


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source in the database: its id now, and how many of its datasets and records are there.

    `in_flow` counts the records that the flow takes from it first; `withdrawn` the datasets.
    """

    source: str
    role: Role
    datasets: int
    withdrawn: int
    in_flow: int


def names_of_source(store: Store, source: str) -> tuple[str, ...]:
    """Return the id of a source and the ids that it had before."""
    rows = store.rows("SELECT old FROM source_aliases WHERE new = ? ORDER BY old", [source])
    return (source, *(old for (old,) in rows))


def refuse_old_name(store: Store, source: str) -> None:
    """Raise UsageError for an id that a source of this database had and has no longer."""
    new = store.value("SELECT new FROM source_aliases WHERE old = ?", [source])
    if new is not None:
        raise UsageError(
            f"the source {source!r} was renamed: it is called {new!r} now",
            where=str(store.path),
            hint=f"use --source {new}, or give the new source of the protocol another id",
        )


def rename_source(
    store: Store, old: str, new: str, *, reviewer: str, at: str, protocol: str
) -> None:
    """Append that a source has another id from now on, inside the open transaction."""
    values = {"old": old, "new": new, "reviewer": reviewer, "renamed_at": at}
    append(store, SOURCE_RENAMING, values, protocol=protocol)
    rebuild_source_names(store)


def rebuild_source_names(store: Store) -> None:
    """Store which id counts for each old one, from all renamings in their order."""
    aliases = current_names([(event["old"], event["new"]) for event in _in_order(store)])
    store.replace("source_aliases", ("old",), ("new",), sorted(aliases.items()))


def _in_order(store: Store) -> list[dict[str, str]]:
    return sorted(read_events(store, SOURCE_RENAMING), key=lambda event: int(event["step"]))


def current_names(renamings: list[tuple[str, str]]) -> dict[str, str]:
    """Return by old id the one that counts after all renamings, in their order."""
    names: dict[str, str] = {}
    for old, new in renamings:
        names = {name: new if now == old else now for name, now in names.items()}
        names[old] = new
        names.pop(new, None)
    return names


def source_rows(store: Store) -> list[SourceRow]:
    """Return every source that any run names, by the order of its first run."""
    in_flow: dict[str, int] = dict(
        store.rows("SELECT source, count(*) FROM flow_records GROUP BY source")
    )
    rows = store.rows(
        "SELECT source, min(role), count(*), sum(run IN (SELECT run FROM withdrawn_runs)) "
        "FROM named_runs WHERE status = 'complete' AND counts_in_flow = 1 "
        "AND role NOT IN (?, ?) GROUP BY source ORDER BY min(run)",
        [Role.STAND_IN, Role.REPORTED],
    )
    return [
        SourceRow(
            source=source,
            role=Role(role),
            datasets=datasets,
            withdrawn=withdrawn,
            in_flow=in_flow.get(source, 0),
        )
        for source, role, datasets, withdrawn in rows
    ]
