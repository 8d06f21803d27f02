"""The records of one source that are stored, found by what identifies them across files."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewkit.dedupe.identity import (
    KINDS,
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
from reviewkit.store.corrections import content_before_corrections
from reviewkit.store.records import (
    has_record,
    identities_of_source,
    record_by_number,
    record_number,
)
from reviewkit.workflow.searching.name_index import NameIndex, NumberSet

# The abstracts of a supplement may share a DOI; more records than this are never one work's copies.
_MOST_SHARING = 50
# The names of a record's identifiers, and the one of its content.
_Names = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRecord:
    """A stored record that shares an identifier with an entry, and is another record.

    `differs` is the stronger identifier that tells them apart; empty where it is the content.
    """

    key: str
    shared: str
    differs: str

    def why_another(self) -> str:
        """Return in words why an entry is not this record, whose identifier it has."""
        differs = self.differs or "title, author, year or place"
        return f"has the {self.shared} of {self.key}, but another {differs}; both are kept"


def _differing_identifier(record: Record, entry: Record) -> str:
    """Return the first kind of identifier that both have, where it differs; else nothing."""
    first, second = identifiers_of(record), identifiers_of(entry)
    both = next((kind for kind in KINDS if first[kind] and second[kind]), "")
    return both if both and first[both].isdisjoint(second[both]) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The stored record that an entry is, and those that it is not although they share a name.

    `number` is the stored record's. `others` are those that share an identifier.
    `elsewhere` is a record of the same title, year and first author at another place of
    publication.
    """

    record: Record | None
    number: int | None = None
    others: tuple[OtherRecord, ...] = ()
    elsewhere: Record | None = None


class KnownRecords:
    """What is stored of a source, under every name by which another file can call it.

    Records go by their number in the database: a file can have millions.
    """

    def __init__(self, store: Store, sources: Iterable[str]) -> None:
        self._store = store
        # The records of a source that was renamed keep their keys.
        self._sources = tuple(sources)
        self._repeats: dict[str, int] = {}
        self._numbers = NameIndex()
        self._changed: dict[int, Record] = {}
        self._last: tuple[Record | None, _Names] = None, ((), "")
        for source in self._sources:
            # A corrected record comes twice: a file may still call it as its source does.
            for number, record in identities_of_source(store, source):
                self._name(number, record)

    def add(self, record: Record) -> int:
        """Add a record that was stored just now, and return its number.

        Raises KeyError where it is not stored.
        """
        number = record_number(self._store, record.key)
        self._name(number, record)
        return number

    def change(self, number: int, record: Record) -> None:
        """Note what a stored record becomes."""
        self._changed[number] = record
        self._name(number, record)

    def _name(self, number: int, record: Record) -> None:
        identifiers, content = self._names_of(record)
        for name in (*identifiers, content):
            self._numbers.add(name, number)

    def _names_of(self, record: Record) -> _Names:
        """Return the names of a record: those of the one that was looked for last are at hand."""
        last, names = self._last
        if last is not record:
            names = tuple(_identifier_names(record)), _content_name(record)
            self._last = record, names
        return names

    def current(self, number: int) -> Record:
        """Return a record as it is stored, or as it becomes. Raises KeyError for another number."""
        record = self._changed.get(number) or record_by_number(self._store, number)
        if record is None:
            raise KeyError(number)
        return record

    def found(self, record: Record) -> Found:
        """Return a stored record as found. Raises KeyError where it is not stored."""
        return Found(record=record, number=record_number(self._store, record.key))

    def find(self, entry: Record, *, claimed: NumberSet) -> Found:
        """Return which stored record an entry of a file is. One of `claimed` is taken already."""
        free: list[tuple[int, Record]] = []
        others: list[OtherRecord] = []
        elsewhere: list[Record] = []
        for number in self._candidates(entry, claimed):
            record = self.current(number)
            if is_same_record(record, entry) or self._is_given(number, record.key, entry):
                if number in claimed:
                    continue
                if (record.title, record.year) == (entry.title, entry.year):
                    # The very same words: no other fits better.
                    return Found(record=record, number=number)
                free.append((number, record))
            elif kind := shared_identifier(record, entry):
                others.append(
                    OtherRecord(
                        key=record.key, shared=kind, differs=_differing_identifier(record, entry)
                    )
                )
            elif differ_in_place(record, entry):
                elsewhere.append(record)

        if free:
            number, record = free[0]
            return Found(record=record, number=number)
        return Found(record=None, others=tuple(others), elsewhere=next(iter(elsewhere), None))

    def free_name(self, entry: Record) -> Record:
        """Return the entry under a key that no record has."""
        base = base_name(entry.source_id) or entry.source_id
        name, number = base, self._repeats.get(base, 1)

        while self._is_taken(name):
            number += 1
            name = f"{base}#{number}"
        if number > 1:
            # Thousands of records may ask for one name.
            self._repeats[base] = number
        if name == entry.source_id:
            return entry
        return dataclasses.replace(entry, source_id=name)

    def is_called(self, source_id: str, numbers: NumberSet) -> bool:
        """Return whether one of the records with these numbers has this name."""
        keys = [f"{source}:{source_id}" for source in self._sources]
        return any(
            has_record(self._store, key) and record_number(self._store, key) in numbers
            for key in keys
        )

    def _is_taken(self, name: str) -> bool:
        return any(has_record(self._store, f"{source}:{name}") for source in self._sources)

    def _is_given(self, number: int, key: str, entry: Record) -> bool:
        """Whether an entry is what the source gives of a record that was corrected or completed."""
        given = content_before_corrections(self._store, key)
        if given is None and number in self._changed:
            given = record_by_number(self._store, number)
        return given is not None and is_same_record(given, entry)

    def _candidates(self, entry: Record, claimed: NumberSet) -> dict[int, None]:
        """Return the numbers of the records that may be the entry.

        A claimed record that only has the same content tells nothing: files can repeat one entry
        thousands of times. A number that many records share names none of them: its first record
        says that it is shared, and the content tells them apart.
        """
        numbers: dict[int, None] = {}
        identifiers, content = self._names_of(entry)
        for name in identifiers:
            sharing = self._numbers.find(name)
            if len(sharing) > _MOST_SHARING:
                sharing = sharing[:1]
            numbers |= dict.fromkeys(sharing)

        for number in self._numbers.find(content):
            if number not in claimed:
                numbers.setdefault(number)
        return numbers


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
