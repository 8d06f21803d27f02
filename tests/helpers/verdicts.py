"""Joint verdicts as the database's own view gives them."""

from reviewkit.model.records import Stage
from reviewkit.prisma.partition import Selection
from reviewkit.store import Store

Verdicts = dict[tuple[str, Stage], tuple[str, str | None]]


def verdicts_of(store: Store, selection: Selection) -> Verdicts:
    """Return by record and stage a selection's joint verdict, and the agreed reason."""
    rows = store.rows(
        "SELECT record, stage, verdict, reason FROM verdicts WHERE selection = ?", [selection]
    )
    return {(record, Stage(stage)): (verdict, reason) for record, stage, verdict, reason in rows}
