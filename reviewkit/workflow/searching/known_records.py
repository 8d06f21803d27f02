"""The records of one source that are stored, found by what identifies them across files."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from reviewkit.dedupe.identity import (
    base_name,
    differ_in_place,
    first_author,
    identifiers_of,
    is_same_record,
    shared_identifier,
)
from reviewkit.model.identifiers import title_key
from reviewkit.model.records import Record
from reviewkit.store import Store
from reviewkit.store.corrections import corrected_records, source_content
from reviewkit.store.records import identities_of_source, record_by_key

# The abstracts of a supplement may share a DOI; more records than this are never one work's copies.
_MOST_SHARING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The stored record that an entry is, and those that it is not although they share a name.

    `others` has each with the kind of identifier that they share. `elsewhere` is a record of the
    same title, year and first author at another place of publication.
    """

    record: Record | None
    others: tuple[tuple[str, str], ...] = ()
    elsewhere: Record | None = None


class KnownRecords:
    """What is stored of a source, under every name by which another file can call it."""

    def __init__(self, store: Store, sources: Iterable[str]) -> None:
        self._store = store
        self._keys: set[str] = set()
        self._repeats: dict[str, int] = {}
        # Dictionaries keep the order, and find a key at once in a name that thousands share.
        self._by_name: dict[str, dict[str, None]] = {}
        self._changed: dict[str, Record] = {}
        for source in sources:
            for record in identities_of_source(store, source):
                self.add(record)
        for key in self._keys & corrected_records(store):
            # A file may still call it as its source does.
            if given := source_content(store, key):
                self.add(given)

    def add(self, record: Record) -> None:
        """Add a record that is new."""
        self._keys.add(record.key)
        self._name(record)

    def change(self, record: Record) -> None:
        """Note what a stored record becomes."""
        self._changed[record.key] = record
        self._name(record)

    def _name(self, record: Record) -> None:
        for name in (*_identifier_names(record), _content_name(record)):
            self._by_name.setdefault(name, {})[record.key] = None

    def current(self, key: str) -> Record:
        """Return a record as it is stored, or as it becomes. Raises KeyError for another key."""
        record = self._changed.get(key) or record_by_key(self._store, key)
        if record is None:
            raise KeyError(key)
        return record

    def find(self, entry: Record, *, claimed: set[str]) -> Found:
        """Return which stored record an entry of a file is. One of `claimed` is taken already."""
        free: list[Record] = []
        others: list[tuple[str, str]] = []
        elsewhere: list[Record] = []
        for key in self._candidates(entry, claimed):
            record = self.current(key)
            if self._is_same(record, entry):
                if key in claimed:
                    continue
                if (record.title, record.year) == (entry.title, entry.year):
                    return Found(record=record)  # the very same words: no other fits better
                free.append(record)
            elif kind := shared_identifier(record, entry):
                others.append((kind, key))
            elif differ_in_place(record, entry):
                elsewhere.append(record)

        if free:
            return Found(record=free[0])
        return Found(record=None, others=tuple(others), elsewhere=next(iter(elsewhere), None))

    def free_name(self, entry: Record) -> Record:
        """Return the entry under a key that no record has."""
        base = base_name(entry.source_id) or entry.source_id
        name, number = base, self._repeats.get(base, 1)

        while f"{entry.source}:{name}" in self._keys:
            number += 1
            name = f"{base}#{number}"
        # Thousands of records may ask for one name.
        self._repeats[base] = number
        return dataclasses.replace(entry, source_id=name)

    def _is_same(self, record: Record, entry: Record) -> bool:
        """Whether an entry is a record; a corrected one is also what its source gives of it."""
        if is_same_record(record, entry):
            return True
        given = source_content(self._store, record.key)
        return given is not None and is_same_record(given, entry)

    def _candidates(self, entry: Record, claimed: set[str]) -> dict[str, None]:
        """Return the keys of the records that may be the entry.

        A claimed record that only has the same content tells nothing: files can repeat one entry
        thousands of times. A number that many records share names none of them: its first record
        says that it is shared, and the content tells them apart.
        """
        keys: dict[str, None] = {}
        for name in _identifier_names(entry):
            sharing = self._by_name.get(name, {})
            if len(sharing) > _MOST_SHARING:
                sharing = dict.fromkeys(islice(sharing, 1))
            keys |= sharing

        alike = self._by_name.get(_content_name(entry), {})
        for key in sorted(alike.keys() - claimed):
            keys.setdefault(key)
        return keys


def _identifier_names(record: Record) -> Iterator[str]:
    for kind, values in identifiers_of(record).items():
        for value in values:
            yield f"{kind} {value}"


def _content_name(record: Record) -> str:
    """Return what records of the same content share: title, year and first author."""
    title = title_key(record.title)
    if not title:
        return f"name {base_name(record.source_id)}"
    return f"content {title} | {record.year} | {first_author(record)}"
