"""Two runs of a review's database set side by side; runs named by number, date or "last"."""

import re

from reviewkit.changes import Difference, Side, Telling, compare_lists, reach_of
from reviewkit.protocol import Source
from reviewkit.records import Record
from reviewkit.store import Store, living


def side_of(run: living.RunRow) -> Side:
    """A run as one side of a difference."""
    return Side(
        run=run.run,
        searched_at=run.searched_at,
        reach=reach_of(run.query, run.searched_at),
        count=run.count,
    )


def difference_between(
    store: Store,
    source: Source,
    before: living.RunRow | None,
    after: living.RunRow,
    *,
    version: int | None = None,
) -> Difference:
    """What two runs of a source list and what changed between them.

    With `version`, a record has changed where it has after that version; else where it has between the two runs.
    """
    one = living.listed_by(store, before.run) if before else {}
    two = living.listed_by(store, after.run)
    if before is None:
        earlier: dict[str, Record] = {}
        then: dict[str, Record] = {}
    elif version is not None:
        earlier, then = living.changed_since(store, version=version), {}
    else:
        earlier, then = living.contents_at(store, before.run), living.contents_at(store, after.run)
    wanted = {key for name, key in one.items() if key and name not in two}
    wanted |= {key for name, key in two.items() if key and name not in one}
    wanted |= earlier.keys() & set(two.values())
    now = {**living.records_by_key(store, sorted(wanted)), **{key: then[key] for key in wanted & then.keys()}}
    missing = living.missing_in_watch(store) if source.id == "pubmed" else frozenset()
    present = living.present_in_watch(store) if source.id == "pubmed" else frozenset()
    changes = compare_lists(
        source.id,
        one,
        two,
        reach=side_of(before).reach if before else None,
        telling=Telling(now=now, earlier=earlier, present=present, missing=missing),
    )
    return Difference(
        source=source.id,
        name=source.name,
        before=side_of(before) if before else None,
        after=side_of(after),
        changes=changes,
    )


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
