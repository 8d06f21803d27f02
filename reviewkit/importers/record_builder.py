"""From the tags or columns of one record, by a dialect's field map, to a Record.

Every format but MEDLINE text and reviewkit's own JSON ends here. A value goes into one field or
stays in `other` under its tag; where normalising loses anything, it does both.
"""

from collections.abc import Sequence

from reviewkit.importers import normalise
from reviewkit.importers.languages import language_code
from reviewkit.importers.mapping import Field, FieldMap, RawValues, UnusedValues
from reviewkit.importers.names import is_group, people_in, tidy
from reviewkit.importers.parsed_file import ParsedItem, ParsedRecord, Problem, ProblemKind
from reviewkit.model.identifiers import doi_in, pmcid_in, pmid_in
from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.model.text import unescape

# What says only which kind of entry it is.
_NO_CONTENT = frozenset({"TY", "PT", "entry type", "citation key", "M3", "ref-type number"})


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

    own_tag, printed_id = unused.first(Field.OWN_ID)
    own_id = normalise.one_line(printed_id) or normalise.one_line(unused.hinted(Field.OWN_ID))
    label = _label(unused)
    authors, groups = _authors(unused, fields)
    journal, abbreviation = _journal(unused)
    year, published = _dates(unused)
    pmid, pmcid = _pubmed_ids(unused)

    record = Record(
        source=source,
        source_id="",
        title=_title(unused) or None,
        original_title=normalise.one_line(unused.first(Field.ORIGINAL_TITLE)[1]) or None,
        authors=authors,
        collective_authors=groups,
        journal=journal,
        journal_abbreviation=abbreviation,
        issns=_issns(unused),
        year=year,
        published=published,
        published_online=_date(unused, Field.ONLINE),
        created=_date(unused, Field.CREATED),
        volume=_text(unused, Field.VOLUME),
        issue=_text(unused, Field.ISSUE),
        pages=_pages(unused),
        doi=_doi(unused),  # before `links`, whose values it may have to look at
        pmid=pmid,
        pmcid=pmcid,
        accession=_accession(unused, own_tag, own_id),
        languages=_languages(unused),
        abstract=_abstract(unused),
        headings=_terms(unused, Field.HEADINGS),
        keywords=_terms(unused, Field.KEYWORDS),
        types=_terms(unused, Field.TYPES),
        links=_links(unused),
        relations=_relations(unused),
        other=unused.rest(),
    )
    parsed = ParsedRecord(record=record, line=line, own_id=own_id or None, label=label or None)
    return [parsed, *unused.problems]


def _accession(unused: UnusedValues, own_tag: str, own_id: str) -> str | None:
    """Return the accession number. A register's number of a trial is its own name there too."""
    if own_id and own_tag in unused.tags_of(Field.ACCESSION):
        return own_id
    return _text(unused, Field.ACCESSION)


def _label(unused: UnusedValues) -> str:
    """Return the record's name in this file, or ""; it stays in `other`."""
    tag, value = unused.first(Field.LABEL)
    if not value:
        return normalise.one_line(unused.hinted(Field.LABEL))
    unused.keep(tag, value)
    return normalise.one_line(value)


def _title(unused: UnusedValues) -> str:
    tag, raw = unused.first(Field.TITLE)
    printed = normalise.one_line(raw)
    unused.drop_equal(Field.TITLE, printed)
    title = normalise.without_markup(printed)
    if title != printed:
        unused.keep(tag, raw.strip())
    return title


def _text(unused: UnusedValues, field: Field) -> str | None:
    value = normalise.one_line(unused.first(field)[1])
    if value:
        unused.drop_equal(field, value)
    return value or unused.hinted(field) or None


def _authors(unused: UnusedValues, fields: FieldMap) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people: list[str] = []
    groups = [tidy(unescape(value)) for _, value in unused.all(Field.COLLECTIVE)]
    for tag, value in unused.all(Field.AUTHORS):
        plain = tidy(unescape(value))
        if plain.endswith(","):  # EndNote marks a group by a comma at its end
            groups.append(plain.rstrip(", "))
            continue

        persons, bodies = _persons_and_groups(plain, fields)
        people += persons
        groups += bodies
        if [*persons, *bodies] != [plain]:
            unused.keep(tag, value.strip())

    return tuple(people), tuple(group for group in groups if group)


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


def _journal(unused: UnusedValues) -> tuple[str | None, str | None]:
    _, value = unused.first(Field.JOURNAL)
    journal = normalise.one_line(value) or normalise.one_line(unused.hinted(Field.JOURNAL))
    if journal:
        unused.drop_equal(Field.JOURNAL, journal)
    abbreviation = _text(unused, Field.ABBREVIATION)
    return journal or None, abbreviation


def _dates(unused: UnusedValues) -> tuple[int | None, str | None]:
    """Return the year, and the most precise date of publication in that year."""
    tag, raw_year = unused.first(Field.YEAR)
    year = normalise.year_of(raw_year)
    printed = unused.all(Field.YEAR) + unused.all(Field.PUBLISHED)
    if year is not None:
        printed.insert(0, (tag, raw_year))
    elif raw_year:
        unused.complain(f"{tag}: no year in {_shown(raw_year)}")
        unused.keep(tag, raw_year)

    published = _hinted_date(unused, year) or str(year or "")
    for where, raw in printed:
        date = _date_in_year(unused, where, raw, year=_year_in(published), year_tag=tag)
        if date is not None and len(date) > len(published):
            published = date

    return _year_in(published), published or None


def _year_in(date: str) -> int | None:
    """Return the year of an ISO date; None for an empty text."""
    return int(date[:4]) if date else None


def _hinted_date(unused: UnusedValues, year: int | None) -> str | None:
    """Return the date of publication that a hint finds, if it is in the year."""
    date = normalise.iso_date(unused.hinted(Field.PUBLISHED))
    if date and (year is None or int(date[:4]) == year):
        return date
    return None


def _date_in_year(
    unused: UnusedValues, tag: str, raw: str, *, year: int | None, year_tag: str
) -> str | None:
    """Return the printed date if it is in the year; keep what the date does not say."""
    date = normalise.iso_date(raw, year=year)
    if date is None:
        unused.keep(tag, raw.strip())
        if tag not in {"", year_tag}:
            unused.complain(f"{tag}: no date in {_shown(raw)}")
        return None

    other_year = year is not None and int(date[:4]) != year
    if other_year or raw.strip() not in {date, date[:4]}:
        unused.keep(tag, raw.strip())
    return None if other_year else date


def _date(unused: UnusedValues, field: Field) -> str | None:
    tag, raw = unused.first(field)
    if not raw:
        return normalise.iso_date(unused.hinted(field))

    date = normalise.iso_date(raw)
    if date is None:
        unused.complain(f"{tag}: no date in {_shown(raw)}")
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
            unused.complain(f"{tag}: no DOI in {_shown(raw)}")
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


def _pubmed_ids(unused: UnusedValues) -> tuple[str | None, str | None]:
    """Return the PMID and the PMCID."""
    tag, raw = unused.first(Field.PMID)
    pmid = pmid_in(raw)
    if raw and pmid is None:
        unused.keep(tag, raw)
    pmid = pmid or unused.hinted(Field.PMID) or None

    tag, raw = unused.first(Field.PMCID)
    pmcid = pmcid_in(raw)
    if raw and pmcid != raw.strip():
        unused.keep(tag, raw)
    return pmid, pmcid or unused.hinted(Field.PMCID) or None


def _abstract(unused: UnusedValues) -> str | None:
    tag, raw = unused.first(Field.ABSTRACT)
    if not raw:
        return None

    abstract = normalise.paragraphs(raw)
    unused.drop_equal(Field.ABSTRACT, normalise.one_line(raw))
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
            unused.complain(f"{tag}: not a language that reviewkit knows: {_shown(raw)}")
        if code != raw.strip() and tag:
            unused.keep(tag, raw.strip())

    return tuple(dict.fromkeys(codes))


def _links(unused: UnusedValues) -> tuple[str, ...]:
    links = (unescape(value.strip()) for _, value in unused.all(Field.LINKS))
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
    terms = (normalise.one_line(raw) for _, raw in unused.all(field))
    return tuple(dict.fromkeys(term for term in terms if term))


def _shown(raw: str) -> str:
    text = " ".join(raw.split())
    if len(text) > 60:
        text = text[:57] + "..."
    return repr(text)
