"""A small PubMed of MEDLINE records: loaded from text, repeated for scale, and changed between or
during runs.

It reads fields on its own, so that a fault of reviewkit's reader cannot hide in the server that
tests it.
"""

import datetime
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case."""
    return tuple(_WORD.findall(text.lower()))


@dataclass(frozen=True)
class Entry:
    """One record: its MEDLINE text, and its fields as the text has them."""

    pmid: str
    text: str
    fields: Mapping[str, tuple[str, ...]] = field(repr=False)

    def dates(self, tag: str) -> tuple[datetime.date, ...]:
        """The days that a date field names; a year or month is its first day, as in PubMed."""
        found = (_day(printed) for printed in self.fields.get(tag, ()))
        return tuple(day for day in found if day)

    @cached_property
    def headings(self) -> frozenset[str]:
        """MeSH headings in lower case, without qualifiers and stars."""
        return frozenset(
            re.split(r"[/]", heading)[0].strip("* ").lower()
            for heading in self.fields.get("MH", ())
        )

    @cached_property
    def runs(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """The words of each text field, field by field: a phrase does not reach from one into the
        next.
        """
        return {
            tag: tuple(words_of(value) for value in values) for tag, values in self.fields.items()
        }

    def revised(self, old: str, new: str) -> "Entry":
        return read_entry(self.text.replace(old, new))


def _day(printed: str) -> datetime.date | None:
    numbers = re.match(r"(\d{4})[/-]?(\d\d)?[/-]?(\d\d)?", printed)
    if not numbers:
        return None
    month, day = int(numbers[2] or 1), int(numbers[3] or 1)
    named = re.match(r"\d{4} ([A-Za-z]{3})[a-z]*(?: (\d{1,2}))?", printed)
    if named and named[1].lower() in _MONTHS:
        month, day = _MONTHS.index(named[1].lower()) + 1, int(named[2] or 1)
    try:
        return datetime.date(int(numbers[1]), month, day)
    except ValueError:
        return datetime.date(int(numbers[1]), 1, 1)


def read_entry(text: str) -> Entry:
    """The record in one block of MEDLINE text."""
    fields: dict[str, list[str]] = {}
    tag = ""
    for line in text.splitlines():
        if line.startswith(" ") and tag:
            fields[tag][-1] += " " + line.strip()
        elif line[4:5] == "-":
            tag = line[:4].strip()
            fields.setdefault(tag, []).append(line[6:].strip())
    kept = {name: tuple(values) for name, values in fields.items()}
    return Entry(pmid=kept["PMID"][0], text=text.strip("\n"), fields=kept)


def read_entries(text: str) -> Iterator[Entry]:
    for block in re.split(
        r"\n\s*\n", text.replace("\r\n", "\n").removeprefix("\ufeff").strip("\n")
    ):
        if block.strip():
            yield read_entry(block)


def _words_in(entry: Entry) -> set[str]:
    return {word for runs in entry.runs.values() for run in runs for word in run}


class Corpus:
    """What the server serves. Safe to change while it serves; each change makes a new build."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.lock = threading.RLock()
        self.build = 1
        self._entries = {entry.pmid: entry for entry in entries}
        self._index: dict[str, set[str]] | None = None

    @classmethod
    def load(cls, *paths: Path) -> "Corpus":
        """The records of .nbib files; the last one of a PMID stands."""
        return cls(
            entry for path in paths for entry in read_entries(path.read_text(encoding="utf-8"))
        )

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        with self.lock:
            return iter(list(self._entries.values()))

    def get(self, pmid: str) -> Entry | None:
        return self._entries.get(pmid)

    @property
    def pmids(self) -> frozenset[str]:
        return frozenset(self._entries)

    def add(self, *entries: Entry) -> None:
        with self.lock:
            for entry in entries:
                self._forget(entry.pmid)
                self._entries[entry.pmid] = entry
                if self._index is not None:
                    for word in _words_in(entry):
                        self._index.setdefault(word, set()).add(entry.pmid)
            self.build += 1

    def delete(self, *pmids: str) -> None:
        """Deleted or merged: gone from lists and from EFetch."""
        with self.lock:
            for pmid in pmids:
                self._forget(pmid)
                del self._entries[pmid]
            self.build += 1

    def revise(self, pmid: str, old: str, new: str) -> None:
        """Change a record's text, as a revision does."""
        self.add(self._entries[pmid].revised(old, new))

    def repeat_to(self, size: int) -> None:
        """Repeat the records with shifted PMIDs until there are `size`: for scale only."""
        with self.lock:
            originals = list(self._entries.values())
            copies = []
            for number in range(size - len(originals)):
                entry = originals[number % len(originals)]
                copies.append(entry.revised(f"PMID- {entry.pmid}", f"PMID- {90_000_000 + number}"))
            self.add(*copies)

    def _forget(self, pmid: str) -> None:
        """Take a record out of the index, if it is there."""
        if self._index is not None and pmid in self._entries:
            for word in _words_in(self._entries[pmid]):
                self._index[word].discard(pmid)

    def holding(self, word: str) -> set[str]:
        """PMIDs of the records with the word in any field."""
        with self.lock:
            if self._index is None:
                index: dict[str, set[str]] = {}
                for entry in self._entries.values():
                    for one in _words_in(entry):
                        index.setdefault(one, set()).add(entry.pmid)
                self._index = index
            return self._index.get(word, set()).copy()

    def words_beginning(self, start: str) -> set[str]:
        self.holding("")
        return {word for word in self._index or () if word.startswith(start)}

    @property
    def headings(self) -> frozenset[str]:
        return frozenset(heading for entry in self for heading in entry.headings)


def made_entry(pmid: int, *, created: datetime.date | None, title: str = "Invented work") -> Entry:
    """A record of an invented work: a title, a create date, nothing else."""
    crdt = f"\nCRDT- {created:%Y/%m/%d} 06:00" if created else ""
    when = created or datetime.date(2020, 1, 1)
    text = (
        f"PMID- {pmid}\nDP  - {when:%Y}\nTI  - {title} {pmid}.\nLA  - eng\n"
        f"PT  - Journal Article{crdt}"
    )
    return read_entry(f"{text}\nSO  - Invented J. {when:%Y}.")
