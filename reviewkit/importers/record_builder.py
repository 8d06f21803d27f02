"""From the tags or columns of one record, by a dialect's field map, to a Record.

Every format but MEDLINE text and reviewkit's own JSON ends here. A value goes into one field or
stays in `other` under its tag; where normalising loses anything, it does both.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from reviewkit.importers import normalise
from reviewkit.importers.mapping import Field, FieldMap, RawValues, UnusedValues
from reviewkit.importers.names import are_plain, is_group, people_in, tidy
from reviewkit.importers.parsed_file import ParsedItem, ParsedRecord, Problem, ProblemKind
from reviewkit.importers.record_dates import dates_in, shown
from reviewkit.model.identifiers import doi_in, pmcid_in, pmid_in
from reviewkit.model.languages import language_code
from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.model.text import unescape

# What says only which kind of entry it is.
_NO_CONTENT = frozenset({"TY", "PT", "entry type", "citation key", "M3", "ref-type number"})

_Read = Callable[[UnusedValues], Any]


class _Reader(NamedTuple):
    """What reads a value of the record, and the fields without which it finds none."""

    name: str
    read: _Read
    fields: tuple[Field, ...]


def build_record(
    raw: RawValues, fields: FieldMap, *, source: str, line: int | None
) -> list[ParsedItem]:
    """Return the record that the values make, then the problems with them.

    The record has no `source_id` yet.
    """
    unused = UnusedValues(raw, fields, line)
    if unused.names() <= _NO_CONTENT:
        what = "an entry without any field but its kind; it brings no record"
        return [Problem(kind=ProblemKind.REFUSED, line=line, what=what)]

    readers = _readers_for(fields, tuple(raw))
    named = {name: read(unused) for name, read in readers.names}
    values: dict[str, Any] = {}
    own_tag, own_id = named.get("own_id", ("", None))
    if own_id and own_tag in unused.tags_of(Field.ACCESSION):
        values["accession"] = own_id  # a register's number of a trial is its own name there too

    for name, read in readers.values:
        if name not in values:
            values[name] = read(unused)

    if "dates" in values:
        values["year"], values["published"] = values.pop("dates")
    if "authors" in values:
        values["authors"], values["collective_authors"] = values["authors"]

    record = Record(source=source, source_id="", other=unused.rest(), **values)
    parsed = ParsedRecord(record=record, line=line, own_id=own_id, label=named.get("label"))
    return [_refused_if_empty(parsed), *unused.problems]


def _refused_if_empty(parsed: ParsedRecord) -> ParsedItem:
    """The record; a problem where its values held no text."""
    record = parsed.record
    if record.title or parsed.own_id or parsed.label:
        return parsed
    if record != Record(source=record.source, source_id=""):
        return parsed
    what = "an entry whose values hold no text; it brings no record"
    return Problem(kind=ProblemKind.REFUSED, line=parsed.line, what=what)


class _Readers(NamedTuple):
    """What reads the names of a record, and what reads its values, in their order."""

    names: tuple[tuple[str, _Read], ...]
    values: tuple[tuple[str, _Read], ...]


# A map is a constant of its format, and the records of a file have few sets of tags.
@functools.lru_cache(maxsize=4096)
def _readers_for(fields: FieldMap, tags: tuple[str, ...]) -> _Readers:
    """Return what reads records that have these tags: of a field without a tag nothing is read."""
    present = frozenset(tags)
    hinted = {hint.field for hint in fields.hints if hint.tag in present}

    def has(reader: _Reader) -> bool:
        return any(
            field in hinted or not present.isdisjoint(fields.tags.get(field, ()))
            for field in reader.fields
        )

    return _Readers(
        names=tuple((reader.name, reader.read) for reader in _NAMES if has(reader)),
        values=tuple((reader.name, reader.read) for reader in _VALUES if has(reader)),
    )


def _own_id(unused: UnusedValues) -> tuple[str, str | None]:
    """Return the record's name in its database, and the tag that has it."""
    tag, printed = unused.first(Field.OWN_ID)
    name = normalise.one_line(printed) or normalise.one_line(unused.hinted(Field.OWN_ID))
    return tag, name or None


def _label(unused: UnusedValues) -> str | None:
    """Return the record's name in this file; it stays in `other`."""
    tag, value = unused.first(Field.LABEL)
    if not value:
        return normalise.one_line(unused.hinted(Field.LABEL)) or None
    unused.keep(tag, value)
    return normalise.one_line(value) or None


def _title(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.TITLE)
    printed = normalise.one_line(raw)
    unused.drop_equal(Field.TITLE, printed)
    title = normalise.without_markup(printed)
    if title != printed:
        unused.keep(tag, raw.strip())
    return title or None


def _original_title(unused: UnusedValues) -> str | None:
    return normalise.one_line(unused.first(Field.ORIGINAL_TITLE)[1]) or None


def _text(unused: UnusedValues, field: Field) -> str | None:
    value = normalise.one_line(unused.first(field)[1])
    if value:
        unused.drop_equal(field, value)
    return value or unused.hinted(field) or None


def _authors(unused: UnusedValues) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people: list[str] = []
    groups = [tidy(unescape(value)) for value in unused.values(Field.COLLECTIVE)]
    named = unused.all(Field.AUTHORS)
    names = [value for _, value in named]
    if are_plain(names):
        return tuple(names), tuple(filter(None, groups))

    for tag, value in named:
        plain = tidy(unescape(value))
        if plain.endswith(","):  # EndNote marks a group by a comma at its end
            groups.append(plain.rstrip(", "))
            continue

        persons, bodies = _persons_and_groups(plain, unused.fields)
        people += persons
        groups += bodies
        if [*persons, *bodies] != [plain]:
            unused.keep(tag, value.strip())

    return tuple(people), tuple(filter(None, groups))


def _persons_and_groups(plain: str, fields: FieldMap) -> tuple[list[str], list[str]]:
    """Return the persons and the groups that one value names."""
    if fields.marks_groups:
        return list(filter(None, [fields.author(plain)])), []

    names = people_in(plain)
    groups = list(filter(is_group, names))
    persons = [name for name in names if name not in groups]
    if len(names) == 1:
        persons = list(filter(None, map(fields.author, persons)))
    return persons, groups


def _journal(unused: UnusedValues) -> str | None:
    _, value = unused.first(Field.JOURNAL)
    journal = normalise.one_line(value) or normalise.one_line(unused.hinted(Field.JOURNAL))
    if journal:
        unused.drop_equal(Field.JOURNAL, journal)
    return journal or None


def _dates(unused: UnusedValues) -> tuple[int | None, str | None]:
    """Return the year, and the most precise date of publication in that year."""
    tag, raw_year = unused.first(Field.YEAR)
    further = (*unused.all(Field.YEAR), *unused.all(Field.PUBLISHED))
    found = dates_in(tag, raw_year, further, unused.hinted(Field.PUBLISHED))
    for where, raw in found.kept:
        unused.keep(where, raw)
    for what in found.complaints:
        unused.complain(what)
    return found.year, found.published


def _date(unused: UnusedValues, field: Field) -> str | None:
    tag, raw = unused.first(field)
    if not raw:
        return normalise.iso_date(unused.hinted(field))

    date = normalise.iso_date(raw)
    if date is None:
        unused.complain(f"{tag}: no date in {shown(raw)}")
    if date != raw.strip():
        unused.keep(tag, raw.strip())
    return date


def _pages(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.PAGES)
    first_tag, first = unused.first(Field.FIRST_PAGE)
    last_tag, last = unused.first(Field.LAST_PAGE)
    if first.strip():
        if raw and normalise.page_range(raw) != normalise.page_range(first):
            unused.keep(tag, raw)
        return _page_range(unused, (first_tag, first), (last_tag, last))
    if last.strip():
        if raw and normalise.page_range(raw):
            unused.keep(tag, raw)
        unused.keep(last_tag, last)
        return normalise.page_range(last.strip())
    if not raw:
        return normalise.page_range(unused.hinted(Field.PAGES)) or None

    pages = normalise.page_range(raw)
    if pages != raw.strip():
        unused.keep(tag, raw)
    return pages


def _page_range(unused: UnusedValues, first: tuple[str, str], last: tuple[str, str]) -> str:
    """Return the range from the first page to the last; keep both where they are normalised."""
    printed = first[1].strip()
    end = last[1].strip()
    if end not in {"", printed}:
        printed = f"{printed}-{end}"

    pages = normalise.page_range(printed)
    if pages != printed:
        unused.keep(*first)
        if end:
            unused.keep(*last)

    return pages


def _doi(unused: UnusedValues) -> str | None:
    doi: str | None = None
    for tag, raw in unused.all(Field.DOI):
        printed = doi_in(raw)
        if printed is None:
            unused.complain(f"{tag}: no DOI in {shown(raw)}")
        doi = doi or printed
        if printed != raw.strip() or printed.lower() != (doi or "").lower():
            unused.keep(tag, raw.strip())

    return doi or _linked_doi(unused)


def _linked_doi(unused: UnusedValues) -> str | None:
    """Return the DOI that the record's links name, if they name one only."""
    linked: dict[str, str] = {}
    for tag in unused.tags_of(Field.DOI_LINK):
        linked |= {doi.lower(): doi for doi in _dois_in(unused.peek(tag))}
    return next(iter(linked.values())) if len(linked) == 1 else None


def _dois_in(values: Sequence[str]) -> list[str]:
    wanted = [
        value for value in values if "doi.org/10." in value or value.strip().startswith("10.")
    ]
    return [doi for doi in map(doi_in, wanted) if doi]


def _pmid(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.PMID)
    pmid = pmid_in(raw)
    if raw and pmid is None:
        unused.keep(tag, raw)
    return pmid or unused.hinted(Field.PMID) or None


def _pmcid(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.PMCID)
    pmcid = pmcid_in(raw)
    if raw and pmcid != raw.strip():
        unused.keep(tag, raw)
    return pmcid or unused.hinted(Field.PMCID) or None


def _abstract(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.ABSTRACT)
    if not raw:
        return None

    abstract = normalise.paragraphs(raw)
    unused.drop_equal(Field.ABSTRACT, raw)
    others = unused.peek(tag)
    if others:  # one abstract per language: the others are kept with the first, in order
        others.insert(0, raw.strip())
    return abstract or None


def _issns(unused: UnusedValues) -> tuple[str, ...]:
    collected: list[str] = []
    for tag, raw in unused.all(Field.ISSN):
        issns = normalise.issns_of(raw)
        if issns != (raw.strip(),):
            unused.keep(tag, raw.strip())
        collected.extend(issns)

    return tuple(dict.fromkeys(collected))


def _languages(unused: UnusedValues) -> tuple[str, ...]:
    values = unused.all(Field.LANGUAGE) or [("", unused.hinted(Field.LANGUAGE))]
    codes: list[str] = []
    for tag, raw in values:
        if not raw:
            continue

        code = language_code(raw)
        if code:
            codes.append(code)
        else:
            unused.complain(f"{tag}: not a language that reviewkit knows: {shown(raw)}")
        if code != raw.strip() and tag:
            unused.keep(tag, raw.strip())

    return tuple(dict.fromkeys(codes))


def _links(unused: UnusedValues) -> tuple[str, ...]:
    links = (unescape(value.strip()) for value in unused.values(Field.LINKS))
    return tuple(dict.fromkeys(links))


_KINDS_OF_RELATION = frozenset(kind.value for kind in RelationKind)


def _relations(unused: UnusedValues) -> tuple[Relation, ...]:
    """Return links to other works as reviewkit's own exports write them: "retracted_by: pmid:1"."""
    relations: list[Relation] = []
    for tag in unused.tags_of(Field.RELATIONS):
        for value in unused.split(tag):
            kind, _, target = value.partition(": ")
            if kind in _KINDS_OF_RELATION and target.strip():
                relation = Relation(kind=RelationKind(kind), target=normalise.one_line(target))
                relations.append(relation)

    return tuple(dict.fromkeys(relations))


def _terms(unused: UnusedValues, field: Field) -> tuple[str, ...]:
    values = unused.values(field)
    if not values:
        return ()
    return tuple(filter(None, dict.fromkeys(normalise.each_on_one_line(values))))


def _reader(name: str, read: Callable[[UnusedValues, Field], Any], field: Field) -> _Reader:
    """Return the reader of a value that has one field."""
    return _Reader(name, lambda unused: read(unused, field), (field,))


_NAMES = (
    _Reader("own_id", _own_id, (Field.OWN_ID,)),
    _Reader("label", _label, (Field.LABEL,)),
)
# In this order: what one has used is gone for the next.
_VALUES = (
    _Reader("authors", _authors, (Field.AUTHORS, Field.COLLECTIVE)),
    _Reader("journal", _journal, (Field.JOURNAL,)),
    _reader("journal_abbreviation", _text, Field.ABBREVIATION),
    _Reader("dates", _dates, (Field.YEAR, Field.PUBLISHED)),
    _Reader("pmid", _pmid, (Field.PMID,)),
    _Reader("pmcid", _pmcid, (Field.PMCID,)),
    _Reader("title", _title, (Field.TITLE,)),
    _Reader("original_title", _original_title, (Field.ORIGINAL_TITLE,)),
    _Reader("issns", _issns, (Field.ISSN,)),
    _reader("published_online", _date, Field.ONLINE),
    _reader("created", _date, Field.CREATED),
    _reader("volume", _text, Field.VOLUME),
    _reader("issue", _text, Field.ISSUE),
    _Reader("pages", _pages, (Field.PAGES, Field.FIRST_PAGE, Field.LAST_PAGE)),
    # Before the links, whose values it may have to look at.
    _Reader("doi", _doi, (Field.DOI, Field.DOI_LINK)),
    _reader("accession", _text, Field.ACCESSION),
    _Reader("languages", _languages, (Field.LANGUAGE,)),
    _Reader("abstract", _abstract, (Field.ABSTRACT,)),
    _reader("headings", _terms, Field.HEADINGS),
    _reader("keywords", _terms, Field.KEYWORDS),
    _reader("types", _terms, Field.TYPES),
    _Reader("links", _links, (Field.LINKS,)),
    _Reader("relations", _relations, (Field.RELATIONS,)),
)
