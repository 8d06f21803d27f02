"""From the tags or columns of one record, by a dialect's table, to a Record. Every format ends here.

A value goes into one field or stays in `other` under its tag; where normalising loses anything, it does both.
"""

import hashlib
from collections.abc import Sequence

from reviewkit.importers import normalise
from reviewkit.importers.languages import language_code
from reviewkit.importers.names import is_group, tidy
from reviewkit.importers.problems import Entry, Item
from reviewkit.importers.reading import Field, Raw, Reading, Unread
from reviewkit.model.identifiers import doi_in, pmcid_in, pmid_in
from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.model.text import unescape


def compose(raw: Raw, reading: Reading, *, source: str, line: int | None) -> list[Item]:
    """The record that the values make, as an Entry without a settled identifier, and what was wrong with them."""
    unread = Unread(raw, reading, line)
    own_id = normalise.one_line(unread.first(Field.OWN_ID)[1]) or normalise.one_line(
        unread.hinted(Field.OWN_ID)
    )
    authors, groups = _authors(unread, reading)
    journal, abbreviation = _journal(unread)
    year, published = _dates(unread)
    pmid, pmcid = _pubmed_ids(unread)
    record = Record(
        source=source,
        source_id="",
        title=_title(unread) or None,
        original_title=normalise.one_line(unread.first(Field.ORIGINAL_TITLE)[1]) or None,
        authors=authors,
        collective_authors=groups,
        journal=journal,
        journal_abbreviation=abbreviation,
        issns=_issns(unread),
        year=year,
        published=published,
        published_online=_date(unread, Field.ONLINE),
        created=_date(unread, Field.CREATED),
        volume=_text(unread, Field.VOLUME),
        issue=_text(unread, Field.ISSUE),
        pages=_pages(unread),
        doi=_doi(unread),  # before `links`, where it may have to look
        pmid=pmid,
        pmcid=pmcid,
        accession=_text(unread, Field.ACCESSION),
        languages=_languages(unread),
        abstract=_abstract(unread),
        headings=_terms(unread, Field.HEADINGS),
        keywords=_terms(unread, Field.KEYWORDS),
        types=_terms(unread, Field.TYPES),
        links=tuple(dict.fromkeys(unescape(value.strip()) for _, value in unread.all(Field.LINKS))),
        relations=_relations(unread),
        other=unread.rest(),
    )
    return [Entry(record=record, line=line, own_id=own_id or None), *unread.problems]


def content_id(record: Record) -> str:
    """A name made of what the record says, for sources that give none: its DOI, or a digest of the citation."""
    if record.doi:
        return f"doi:{record.doi.lower()}"
    says = (
        record.title or "",
        "|".join(record.authors + record.collective_authors),
        record.journal or record.journal_abbreviation or "",
        str(record.year or ""),
        record.volume or "",
        record.issue or "",
        record.pages or "",
        record.abstract or "" if not record.title else "",
    )
    text = "\x1f".join(" ".join(part.casefold().split()) for part in says)
    if not text.strip("\x1f"):
        text = repr(sorted(record.other.items()))
    return "x" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _title(unread: Unread) -> str:
    tag, raw = unread.first(Field.TITLE)
    printed = normalise.one_line(raw)
    unread.drop_equal(Field.TITLE, printed)
    title = normalise.without_markup(printed)
    if title != printed:
        unread.keep(tag, raw.strip())
    return title


def _text(unread: Unread, what: Field) -> str | None:
    value = normalise.one_line(unread.first(what)[1])
    if value:
        unread.drop_equal(what, value)
    return value or unread.hinted(what) or None


def _authors(unread: Unread, reading: Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people: list[str] = []
    groups = [tidy(unescape(value)) for _, value in unread.all(Field.COLLECTIVE)]
    for tag, value in unread.all(Field.AUTHORS):
        plain = tidy(unescape(value))
        if plain.endswith(","):  # EndNote marks a group by a comma at its end
            groups.append(plain.rstrip(", "))
            continue
        if not reading.tells_groups and is_group(plain):
            groups.append(plain)
            continue
        name = reading.author(plain)
        if name != plain:
            unread.keep(tag, value.strip())
        if name:
            people.append(name)
    return tuple(people), tuple(group for group in groups if group)


def _journal(unread: Unread) -> tuple[str | None, str | None]:
    _, value = unread.first(Field.JOURNAL)
    journal = normalise.one_line(value) or normalise.one_line(unread.hinted(Field.JOURNAL))
    if journal:
        unread.drop_equal(Field.JOURNAL, journal)
    abbreviation = _text(unread, Field.ABBREVIATION)
    return journal or None, abbreviation


def _dates(unread: Unread) -> tuple[int | None, str | None]:
    tag, raw_year = unread.first(Field.YEAR)
    year = normalise.year_of(raw_year)
    if raw_year and year is None:
        unread.complain(f"{tag}: no year in {_shown(raw_year)}")
        unread.keep(tag, raw_year)
    found = [(tag, raw_year)] if year is not None else []
    found += unread.all(Field.YEAR) + unread.all(Field.PUBLISHED)
    best = str(year) if year is not None else None
    hinted = normalise.iso_date(unread.hinted(Field.PUBLISHED))
    if hinted and hinted.startswith(best or hinted[:4]):
        year, best = int(hinted[:4]), hinted
    for where, raw in found:
        date = normalise.iso_date(raw, year=year)
        if date is None or (year is not None and int(date[:4]) != year):
            unread.keep(where, raw.strip())
            if date is None and where not in {"", tag}:
                unread.complain(f"{where}: no date in {_shown(raw)}")
            continue
        if raw.strip() not in {date, date[:4]}:
            unread.keep(where, raw.strip())
        year = year if year is not None else int(date[:4])
        if best is None or len(date) > len(best):
            best = date
    return year, best


def _date(unread: Unread, what: Field) -> str | None:
    tag, raw = unread.first(what)
    if not raw:
        return normalise.iso_date(unread.hinted(what))
    date = normalise.iso_date(raw)
    if date is None:
        unread.complain(f"{tag}: no date in {_shown(raw)}")
    if date != raw.strip():
        unread.keep(tag, raw.strip())
    return date


def _pages(unread: Unread) -> str | None:
    tag, raw = unread.first(Field.PAGES)
    first_tag, first = unread.first(Field.FIRST_PAGE)
    last_tag, last = unread.first(Field.LAST_PAGE)
    if first.strip() or last.strip():
        if raw and normalise.page_range(raw) != normalise.page_range(first):
            unread.keep(tag, raw)
        whole = (
            first.strip()
            if not last.strip() or last.strip() == first.strip()
            else f"{first.strip()}-{last.strip()}"
        )
        if not first.strip():
            unread.keep(last_tag, last)
            whole = last.strip()
        elif normalise.page_range(whole) != whole:
            unread.keep(first_tag, first)
            if last.strip():
                unread.keep(last_tag, last)
        return normalise.page_range(whole)
    if not raw:
        return normalise.page_range(unread.hinted(Field.PAGES)) or None
    pages = normalise.page_range(raw)
    if pages != raw.strip():
        unread.keep(tag, raw)
    return pages


def _doi(unread: Unread) -> str | None:
    doi: str | None = None
    for tag, raw in unread.all(Field.DOI):
        found = doi_in(raw)
        if found is None:
            unread.complain(f"{tag}: no DOI in {_shown(raw)}")
        doi = doi or found
        if found != raw.strip() or found.lower() != (doi or "").lower():
            unread.keep(tag, raw.strip())
    if doi is not None:
        return doi
    linked = {
        doi.lower(): doi
        for tag in unread.tags_of(Field.DOI_LINK)
        for doi in _dois_in(unread.peek(tag))
    }
    return next(iter(linked.values())) if len(linked) == 1 else None


def _dois_in(values: Sequence[str]) -> list[str]:
    wanted = [
        value for value in values if "doi.org/10." in value or value.strip().startswith("10.")
    ]
    return [doi for doi in map(doi_in, wanted) if doi]


def _pubmed_ids(unread: Unread) -> tuple[str | None, str | None]:
    tag, raw = unread.first(Field.PMID)
    pmid = pmid_in(raw) if raw else None
    if raw and pmid is None:
        unread.keep(tag, raw)
    pmid = pmid or unread.hinted(Field.PMID) or None
    tag, raw = unread.first(Field.PMCID)
    pmcid = pmcid_in(raw) if raw else None
    if raw and pmcid != raw.strip():
        unread.keep(tag, raw)
    return pmid, pmcid or unread.hinted(Field.PMCID) or None


def _abstract(unread: Unread) -> str | None:
    tag, raw = unread.first(Field.ABSTRACT)
    if not raw:
        return None
    abstract = normalise.paragraphs(raw)
    unread.drop_equal(Field.ABSTRACT, normalise.one_line(raw))
    if unread.peek(tag):  # one abstract per language: the others are kept with the first, in order
        others = list(unread.peek(tag))
        others.insert(0, raw.strip())
        unread.peek(tag)[:] = others
    return abstract or None


def _issns(unread: Unread) -> tuple[str, ...]:
    found: list[str] = []
    for tag, raw in unread.all(Field.ISSN):
        issns = normalise.issns_of(raw)
        if issns != (raw.strip(),):
            unread.keep(tag, raw.strip())
        found.extend(issns)
    return tuple(dict.fromkeys(found))


def _languages(unread: Unread) -> tuple[str, ...]:
    values = unread.all(Field.LANGUAGE) or [("", unread.hinted(Field.LANGUAGE))]
    found: list[str] = []
    for tag, raw in values:
        if not raw:
            continue
        code = language_code(raw)
        if code:
            found.append(code)
        else:
            unread.complain(f"{tag}: not a language that reviewkit knows: {_shown(raw)}")
        if code != raw.strip() and tag:
            unread.keep(tag, raw.strip())
    return tuple(dict.fromkeys(found))


def _relations(unread: Unread) -> tuple[Relation, ...]:
    """Links to other works as reviewkit's own exports write them: "retracted_by: pmid:1"."""
    found: list[Relation] = []
    for tag in unread.tags_of(Field.RELATIONS):
        for value in unread.split(tag):
            kind, _, target = value.partition(": ")
            if kind in _KINDS_OF_RELATION and target.strip():
                found.append(Relation(kind=RelationKind(kind), target=normalise.one_line(target)))
    return tuple(dict.fromkeys(found))


_KINDS_OF_RELATION = frozenset(kind.value for kind in RelationKind)


def _terms(unread: Unread, what: Field) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(term for _, raw in unread.all(what) if (term := normalise.one_line(raw)))
    )


def _shown(raw: str) -> str:
    text = " ".join(raw.split())
    return repr(text if len(text) <= 60 else text[:57] + "...")
