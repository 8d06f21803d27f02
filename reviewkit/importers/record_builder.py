"""From the tags or columns of one record, by a dialect's field map, to a Record.

Every format but MEDLINE text and reviewkit's own JSON ends here. What no field takes stays in
`other` under its tag.
"""

import functools
from typing import Any, NamedTuple

from reviewkit.importers.field_values import NAMES, VALUES, FieldReader, Plain, Read
from reviewkit.importers.mapping import Field, FieldMap, RawValues, UnusedValues
from reviewkit.importers.parsed_file import ParsedItem, ParsedRecord, Problem, ProblemKind
from reviewkit.model.records import Record, make_record

# What says only which kind of entry it is.
_NO_CONTENT = frozenset({
    "TY", "PT", "entry type", "citation key", "M3", "ref-type number", "%0", "RT",
    "Reference Type", "SrcDatabase", "DataType",
})  # fmt: skip


def build_record(
    raw: RawValues, fields: FieldMap, *, source: str, line: int | None, filled: bool = False
) -> list[ParsedItem]:
    """Return the record that the values make, then the problems with them.

    The record has no `source_id` yet. With `filled` no value is blank, and they may be used up.
    """
    readers = _readers_for(fields, tuple(raw))
    unused = UnusedValues(raw, readers.fields, line, filled=filled)
    if unused.names() <= _NO_CONTENT:
        what = "an entry without any field but its kind; it brings no record"
        return [Problem(kind=ProblemKind.REFUSED, line=line, what=what)]

    named = {name: read(unused) for name, read in readers.names}
    values: dict[str, Any] = {"source": source, "source_id": ""}
    own_tag, own_id = named.get("own_id", ("", None))
    steps = readers.values
    if own_id and own_tag in unused.tags_of(Field.ACCESSION):
        # A register's number of a trial is its own name there too.
        values["accession"] = own_id
        steps = tuple(step for step in steps if step.name != "accession")

    _read_values(values, unused, steps)
    if "dates" in values:
        values["year"], values["published"] = values.pop("dates")
    if "authors" in values:
        values["authors"], values["collective_authors"] = values["authors"]

    values["other"] = unused.rest()
    record = make_record(values)
    parsed = ParsedRecord(record, line, own_id, named.get("label"))
    return [_refused_if_empty(parsed), *unused.problems]


class _Step(NamedTuple):
    """What reads one value: `plain` where all that it needs may be under one `tag`.

    Plain values are `kept` in `other`, or left out under the `repeated` field's further tags.
    """

    name: str
    tag: str
    plain: Plain | None
    repeated: Field | None
    kept: bool
    read: Read


class _Readers(NamedTuple):
    """What reads the names of a record, and what reads its values, in their order.

    `fields` is the dialect's map, without the tags that the record does not have.
    """

    fields: FieldMap
    names: tuple[tuple[str, Read], ...]
    values: tuple[_Step, ...]


def _read_values(values: dict[str, Any], unused: UnusedValues, steps: tuple[_Step, ...]) -> None:
    """Add each value of the record to those that are known."""
    left = unused.left
    for name, tag, plain, repeated, kept, read in steps:
        if plain is None or tag not in left or (value := plain(left[tag])) is None:
            values[name] = read(unused)
            continue

        values[name] = value
        printed = left.pop(tag)
        if kept:
            left[tag] = printed  # behind the others, where `keep` puts a value
        elif repeated is not None:
            unused.drop_equal(repeated, printed[0])


def _refused_if_empty(parsed: ParsedRecord) -> ParsedItem:
    """The record; a problem where its values held no text."""
    record = parsed.record
    if record.title or parsed.own_id or parsed.label:
        return parsed
    if record != Record(source=record.source, source_id=""):
        return parsed
    what = "an entry whose values hold no text; it brings no record"
    return Problem(kind=ProblemKind.REFUSED, line=parsed.line, what=what)


# A map is a constant of its format, and the records of a file have few sets of tags.
@functools.lru_cache(maxsize=4096)
def _readers_for(fields: FieldMap, tags: tuple[str, ...]) -> _Readers:
    """Return what reads records that have these tags: of a field without a tag nothing is read."""
    present = fields.of_tags(frozenset(tags))

    def has(reader: FieldReader) -> bool:
        return any(field in present.hints_of or field in present.tags for field in reader.fields)

    return _Readers(
        fields=present,
        names=tuple((reader.name, reader.read) for reader in NAMES if has(reader)),
        values=tuple(_step(reader, present) for reader in VALUES if has(reader)),
    )


def _step(reader: FieldReader, fields: FieldMap) -> _Step:
    tags = fields.tags.get(reader.fields[0], ())
    is_alone = len(tags) == 1 or (reader.repeated and tags)
    besides = any(field in fields.tags or field in fields.hints_of for field in reader.besides)
    if not is_alone or besides or tags[0] in fields.splits:
        return _Step(reader.name, "", None, None, reader.kept, reader.read)

    repeated = reader.fields[0] if len(tags) > 1 else None
    return _Step(reader.name, tags[0], reader.plain, repeated, reader.kept, reader.read)
