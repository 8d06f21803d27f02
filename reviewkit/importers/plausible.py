"""Whether what was read can be what the file says: a field that is empty throughout shows a wrong
reading.
"""

from collections.abc import Iterator

from reviewkit.importers.parsed_file import ParsedFile
from reviewkit.model.errors import DamagedFile, NoRecordInFile
from reviewkit.model.records import Record

_ENOUGH = 5  # records; fewer prove nothing
_NEARLY_ALL = 0.95
# Registers list no authors of a trial.
_NO_AUTHORS = frozenset({"ctgov", "ictrp", "isrctn"})


def plausible_records(parsed: ParsedFile, *, where: str, force: bool = False) -> Iterator[Record]:
    """Yield the file's records; with `force` whatever they are.

    Raises NoRecordInFile at the end where there is none, and DamagedFile where title, year or
    author is empty in nearly all of them. What a person mapped is read as it was mapped.
    """
    empty = _EmptyFields()
    for record in parsed.records:
        empty.add(record)
        yield record

    if empty.first is None:
        hint = "look at the file; export it again, or name its format with --format"
        raise NoRecordInFile("no record could be read from it", where=where, hint=hint)
    if not force and parsed.dialect != "mapped":
        empty.refuse(where, no_authors=parsed.dialect in _NO_AUTHORS)


class _EmptyFields:
    """How many records lack their title, year or author."""

    def __init__(self) -> None:
        self.first: Record | None = None
        self._count = 0
        self._empty = {"title": 0, "year": 0, "author": 0}

    def add(self, record: Record) -> None:
        if self.first is None:
            self.first = record
        self._count += 1
        self._empty["title"] += not (record.title or record.original_title)
        self._empty["year"] += record.year is None
        self._empty["author"] += not (record.authors or record.collective_authors)

    def refuse(self, where: str, *, no_authors: bool) -> None:
        """Raise DamagedFile where a field is empty in nearly all of enough records."""
        missing = [name for name, number in self._empty.items() if self._is_most(number)]
        if no_authors and "author" in missing:
            missing.remove("author")
        if not missing or self.first is None:
            return

        raise DamagedFile(
            f"nearly all of its {self._count:,} records have no {' and no '.join(missing)}; "
            f"the first one was read as {_shown(self.first)}",
            where=where,
            hint="export the records again with these fields; name the format with --format or the "
            "columns with --map; --force takes them as they are",
        )

    def _is_most(self, number: int) -> bool:
        return self._count >= _ENOUGH and number >= _NEARLY_ALL * self._count


def _shown(record: Record) -> str:
    people = "; ".join((*record.authors, *record.collective_authors)[:3])
    title = repr(record.title) if record.title else "no title"
    return f"{title}, {record.year or 'no year'}, {people or 'no author'}"
