"""Whether what was read can be what the file says: a field that is empty throughout shows a wrong
reading.
"""

from collections.abc import Iterator

from reviewkit.importers.parsed_file import ParsedFile
from reviewkit.model.errors import DamagedFile
from reviewkit.model.records import Record

_ENOUGH = 5  # records; fewer prove nothing
_NEARLY_ALL = 0.95
# Registers list no authors of a trial.
_NO_AUTHORS = frozenset({"ctgov", "ictrp", "isrctn"})


def plausible_records(parsed: ParsedFile, *, where: str, force: bool = False) -> Iterator[Record]:
    """Yield the file's records; with `force` whatever they are.

    Raises DamagedFile at the end where title, year or author is empty in nearly all of them. What a
    person mapped is read as it was mapped.
    """
    count = 0
    empty = {"title": 0, "year": 0, "author": 0}
    first: Record | None = None
    for record in parsed.records:
        count += 1
        if first is None:
            first = record
        empty["title"] += not (record.title or record.original_title)
        empty["year"] += record.year is None
        empty["author"] += not (record.authors or record.collective_authors)
        yield record

    if first is None:
        hint = "look at the file; export it again, or name its format with --format"
        raise DamagedFile("no record could be read from it", where=where, hint=hint)
    if force or parsed.dialect == "mapped" or count < _ENOUGH:
        return
    if parsed.dialect in _NO_AUTHORS:
        del empty["author"]
    missing = [name for name, number in empty.items() if number >= _NEARLY_ALL * count]
    if missing:
        shown = f"{first.title or 'no title'!r}, {first.year or 'no year'}, " + (
            "; ".join((*first.authors, *first.collective_authors)[:3]) or "no author"
        )
        raise DamagedFile(
            f"nearly all of its {count:,} records have no {' and no '.join(missing)}; "
            f"the first one was read as {shown}",
            where=where,
            hint="export the records again with these fields; name the format with --format or the "
            "columns with --map; --force takes them as they are",
        )
