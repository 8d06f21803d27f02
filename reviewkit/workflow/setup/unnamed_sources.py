"""Sources that have records in the flow and that the protocol does not name."""

import datetime

from reviewkit.model.errors import CheckNotMet
from reviewkit.model.messages import in_english_n
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.source_names import SourceRow, source_rows
from reviewkit.workflow.duplicates.link_settings import linked_otherwise
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject


def unnamed_sources(store: Store, protocol: Protocol) -> list[SourceRow]:
    """Return the sources with records in the flow that the protocol does not name."""
    named = {source.id for source in protocol.sources}
    return [row for row in source_rows(store) if row.in_flow and row.source not in named]


def unnamed_sentence(row: SourceRow) -> str:
    """Return what is wrong with such a source."""
    return in_english_n(
        row.in_flow,
        "The source {source} has {n} record in the flow, and the protocol does not name it.",
        "The source {source} has {n} records in the flow, and the protocol does not name it.",
        source=repr(row.source),
    )


def way_out(row: SourceRow) -> str:
    """Return what to do about such a source."""
    return (
        f'Add [[sources]] id = "{row.source}" to the protocol, or give it the id that it has '
        f"there now (reviewkit source rename {row.source} NEW), or take it out "
        f"(reviewkit source remove {row.source})."
    )


def unnamed_sentences(store: Store, protocol: Protocol) -> tuple[str, ...]:
    """Return what is wrong and what to do, one text for each such source."""
    rows = unnamed_sources(store, protocol)
    return tuple(f"{unnamed_sentence(row)} {way_out(row)}" for row in rows)


def review_notices(project: ReviewProject, *, now: datetime.datetime) -> tuple[str, ...]:
    """Return what a person should know of a review; nothing where it has no database."""
    if not project.database.exists():
        return ()
    with read_database(project, now=now) as store:
        protocol = project.protocol
        return (*unnamed_sentences(store, protocol), *linked_otherwise(store, protocol))


def refuse_unnamed(store: Store, protocol: Protocol) -> None:
    """Raise CheckNotMet where the flow has records of a source that the protocol does not name."""
    rows = unnamed_sources(store, protocol)
    if rows:
        raise CheckNotMet(
            " ".join(map(unnamed_sentence, rows)),
            where=str(store.path),
            hint=" ".join(map(way_out, rows)) + " --force draws it as it is, with a footnote.",
        )
