"""Each value of a record: from its printed form, by the dialect's field map, to the field's own.

A value goes into one field or stays unused; where normalising loses anything, it does both. Nearly
all values are plain, and have a short way: see `importers.plain`.
"""

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from reviewkit.importers import normalise, plain
from reviewkit.importers.mapping import Field, FieldMap, UnusedValues
from reviewkit.importers.names import are_plain, is_group, people_in, tidy, without_email
from reviewkit.importers.record_dates import dates_in, shown
from reviewkit.model.identifiers import doi_in, pmcid_in, pmid_in
from reviewkit.model.languages import language_code
from reviewkit.model.records import Relation, RelationKind
from reviewkit.model.text import unescape

Read = Callable[[UnusedValues], Any]
Plain = Callable[[list[str]], Any]


class FieldReader(NamedTuple):
    """What reads a value of the record, and the fields without which it finds none.

    `plain` reads all values of the first field's only tag, where the `besides` have none.
    With `repeated` the value may stand under further tags too, and is left out there. With `kept`
    the plain values stay in `other`, because they say more than the field.
    """

    name: str
    read: Read
    fields: tuple[Field, ...]
    plain: Plain | None = None
    besides: tuple[Field, ...] = ()
    repeated: bool = False
    kept: bool = False


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
    groups = list(map(_tidied, unused.values(Field.COLLECTIVE)))
    named = unused.all(Field.AUTHORS)
    names = [value for _, value in named]
    if are_plain(names):
        return tuple(names), tuple(filter(None, groups))

    certain = {name for name in map(str.strip, names) if are_plain([name])}
    for tag, value in named:
        if value in certain:
            people.append(value)
            continue

        plain = _tidied(value)
        if _NOBODY.fullmatch(plain.rstrip(",")):
            unused.keep(tag, value.strip())
            continue
        if plain.endswith(","):  # EndNote marks a group by a comma at its end
            groups.append(plain.rstrip(", "))
            continue

        persons, bodies = _people(plain, unused.fields, one_each=bool(certain))
        people += persons
        groups += bodies
        if [*persons, *bodies] != [plain]:
            unused.keep(tag, value.strip())

    return tuple(people), tuple(filter(None, groups))


def _tidied(name: str) -> str:
    return tidy(unescape(name))


# What databases write where a work names no author.
_NOBODY = re.compile(r"\[(?:anonymous|no authors? (?:name )?(?:available|listed))\]", re.IGNORECASE)


def _people(plain: str, fields: FieldMap, *, one_each: bool) -> tuple[list[str], list[str]]:
    """Return the persons and the groups that one value names."""
    if fields.marks_groups:
        return list(filter(None, [fields.author(without_email(plain))])), []

    names = people_in(plain, one_each=one_each)
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

    return doi or _linked_doi(unused) or unused.hinted(Field.DOI) or None


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
    pmid = pmid_in(raw) if raw else None
    if raw and pmid is None:
        unused.keep(tag, raw)
    return pmid or unused.hinted(Field.PMID) or None


def _pmcid(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.PMCID)
    pmcid = pmcid_in(raw) if raw else None
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
    elif normalise.has_tags(raw):
        unused.keep(tag, raw.strip())
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
    codes: dict[str, None] = {}
    for tag, raw in unused.all(Field.LANGUAGE) or [("", unused.hinted(Field.LANGUAGE))]:
        code = language_code(raw)
        if code:
            codes[code] = None
        elif raw:
            unused.complain(f"{tag}: not a language that reviewkit knows: {shown(raw)}")
        if tag and code != raw:
            unused.keep(tag, raw.strip())

    return tuple(codes)


def _links(unused: UnusedValues) -> tuple[str, ...]:
    printed = unused.values(Field.LINKS)
    links = plain.links(printed)
    if links is None:
        links = tuple(dict.fromkeys(unescape(value.strip()) for value in printed))
    return links


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
    return tuple(filter(None, dict.fromkeys(map(_term, values))))


# A file has the same headings and keywords again and again.
_term = functools.lru_cache(maxsize=8192)(normalise.one_line)


def _reader(name: str, read: Callable[[UnusedValues, Field], Any], field: Field) -> FieldReader:
    """Return the reader of a value that has one field and no plain form."""
    return FieldReader(name, lambda unused: read(unused, field), (field,))


def _text_reader(name: str, field: Field) -> FieldReader:
    return _reader(name, _text, field)._replace(plain=plain.text, repeated=True)


def _terms_reader(name: str, field: Field) -> FieldReader:
    return _reader(name, _terms, field)._replace(plain=plain.terms)


NAMES = (
    FieldReader("own_id", _own_id, (Field.OWN_ID,)),
    FieldReader("label", _label, (Field.LABEL,)),
)
# In this order: what one has used is gone for the next.
VALUES = (
    FieldReader(
        "authors",
        _authors,
        (Field.AUTHORS, Field.COLLECTIVE),
        plain.authors,
        (Field.COLLECTIVE,),
    ),
    FieldReader("journal", _journal, (Field.JOURNAL,), plain.text, repeated=True),
    _text_reader("journal_abbreviation", Field.ABBREVIATION),
    FieldReader("dates", _dates, (Field.YEAR, Field.PUBLISHED), plain.year, (Field.PUBLISHED,)),
    FieldReader("pmid", _pmid, (Field.PMID,)),
    FieldReader("pmcid", _pmcid, (Field.PMCID,)),
    FieldReader("title", _title, (Field.TITLE,), plain.title, repeated=True),
    FieldReader("original_title", _original_title, (Field.ORIGINAL_TITLE,)),
    FieldReader("issns", _issns, (Field.ISSN,), plain.issns),
    _reader("published_online", _date, Field.ONLINE),
    _reader("created", _date, Field.CREATED),
    _text_reader("volume", Field.VOLUME),
    _text_reader("issue", Field.ISSUE),
    FieldReader("pages", _pages, (Field.PAGES, Field.FIRST_PAGE, Field.LAST_PAGE)),
    # Before the links, whose values it may have to look at.
    FieldReader("doi", _doi, (Field.DOI, Field.DOI_LINK), plain.doi),
    _text_reader("accession", Field.ACCESSION)._replace(plain=plain.number),
    FieldReader("languages", _languages, (Field.LANGUAGE,), plain.language, kept=True),
    FieldReader("abstract", _abstract, (Field.ABSTRACT,), plain.abstract, repeated=True),
    _terms_reader("headings", Field.HEADINGS),
    _terms_reader("keywords", Field.KEYWORDS),
    _terms_reader("types", Field.TYPES),
    FieldReader("links", _links, (Field.LINKS,), plain.links),
    FieldReader("relations", _relations, (Field.RELATIONS,)),
)
