"""Small records to rank: some about stroke, some about potatoes."""

from reviewkit.model.records import Record

STROKE = (
    "aspirin after ischaemic stroke",
    "clopidogrel or aspirin in stroke patients",
    "stroke recurrence on aspirin",
)
POTATO = (
    "potato blight in wet summers",
    "storage of potato tubers",
    "potato yield and soil",
    "blight resistant potato",
)


def record(
    number: int,
    title: str | None,
    abstract: str | None = None,
    *,
    keywords: tuple[str, ...] = (),
    headings: tuple[str, ...] = (),
) -> Record:
    """Return a record with a title and perhaps more text."""
    return Record(
        source="made",
        source_id=str(number),
        title=title,
        abstract=abstract,
        keywords=keywords,
        headings=headings,
    )


def made(*titles: str | None) -> list[Record]:
    """Return a record for each title, numbered from 0."""
    return [record(number, title) for number, title in enumerate(titles)]
