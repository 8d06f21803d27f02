"""Whether a record has a value: headings, types, languages, dates, authors, numbers. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reviewkit.model.languages import language_code
from reviewkit.model.records import Answer
from reviewkit.query.read_record import HeadingLine, ReadRecord, folded
from reviewkit.query.subheadings import name_of
from reviewkit.query.tree import Term

Names = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known beside the record, names in lower case.

    `narrower`: a heading's narrower headings, where the tree was read. `entry_terms`: the heading
    of a synonym. `headings`: every heading that is known to be one; `None` where there is no list.
    `families`: a subheading's narrower ones. `types`: a publication type's narrower ones.
    `phrases_not_found`: phrases, as their words, that the database does not know.
    """

    narrower: Mapping[str, Names] = field(default_factory=dict)
    entry_terms: Mapping[str, str] = field(default_factory=dict)
    headings: Names | None = None
    families: Mapping[str, Names] = field(default_factory=dict)
    types: Mapping[str, Names] = field(default_factory=dict)
    phrases_not_found: frozenset[tuple[str, ...]] = frozenset()


NOTHING_KNOWN = Known()


def _name(text: str) -> str:
    return " ".join(folded(text).split())


def in_headings(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether the record is indexed with the heading: its tree, star and subheading included."""
    wanted = _name(term.text)
    wanted = known.entry_terms.get(wanted, wanted)
    narrower = known.narrower.get(wanted, frozenset()) if term.explode else frozenset()
    names = frozenset({wanted}) | narrower

    lines = [line for line in read.headings if line.name in names]
    if term.major:
        lines = [line for line in lines if line.major]
    if _has_subheading(term, lines, known):
        return Answer.YES
    if not read.headings_whole or _may_be_more(term, wanted, names, read, known):
        return Answer.UNKNOWN
    return Answer.NO


def _has_subheading(term: Term, lines: list[HeadingLine], known: Known) -> bool:
    """Whether a line is there, with one of the subheadings where the term names any."""
    if not term.subheadings:
        return bool(lines)
    wanted: set[str] = set()
    for printed in term.subheadings:
        wanted |= {name_of(printed)}
        if term.explode:
            wanted |= known.families.get(name_of(printed), frozenset())

    return any(wanted.intersection(line.subheadings) for line in lines)


def _may_be_more(term: Term, wanted: str, names: Names, read: ReadRecord, known: Known) -> bool:
    """Whether the heading may take in one of the record's that is not known to be below it."""
    if not _is_sure(wanted, known):
        return True
    if not term.explode:
        return False
    if wanted not in known.narrower and _has_other(term, names, read):
        return True

    is_family_open = any(name_of(one) not in known.families for one in term.subheadings)
    lines = [line for line in read.headings if line.name in names]
    return is_family_open and any(line.subheadings for line in lines)


def _is_sure(wanted: str, known: Known) -> bool:
    """Whether the words are a heading's own name, as far as headings are listed."""
    is_listed = known.headings is None or wanted in known.headings
    return bool(wanted) and "*" not in wanted and is_listed


def _has_other(term: Term, names: Names, read: ReadRecord) -> bool:
    """Whether a further heading of the record could be the one that is searched."""
    others = [line for line in read.headings if line.name not in names]
    return any(_could_count(term, line) for line in others)


def _could_count(term: Term, line: HeadingLine) -> bool:
    """Whether the line has the star and a subheading, where the term asks for them."""
    return (line.major or not term.major) and bool(line.subheadings or not term.subheadings)


def in_subheadings(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether any heading carries the subheading, or one of its family."""
    wanted = name_of(term.text)
    names = {wanted}
    if term.explode:
        names |= known.families.get(wanted, frozenset())
    if any(names.intersection(line.subheadings) for line in read.headings):
        return Answer.YES
    if not read.headings_whole or (term.explode and wanted not in known.families):
        return Answer.UNKNOWN
    return Answer.NO


def in_types(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether the publication type is there, whole; PubMed explodes it."""
    wanted = _name(term.text)
    types = {_name(printed) for printed in read.record.types}
    if wanted in types or types & known.types.get(wanted, frozenset()):
        return Answer.YES
    is_open = term.explode and wanted not in known.types and bool(types)
    if not read.is_complete or is_open or "*" in wanted:
        return Answer.UNKNOWN
    return Answer.NO


def in_languages(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether the record is in the language, given by name or code."""
    wanted = language_code(term.text)
    languages = {language_code(code) or code for code in read.record.languages}
    if wanted is None or not languages:
        return Answer.UNKNOWN
    if wanted in languages:
        return Answer.YES
    return Answer.NO


_FULL_NAME = re.compile(r"[,.]")


def in_authors(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether an author fits: surname and initials, the initials cut where nothing is quoted."""
    if "*" in term.text or _FULL_NAME.search(term.text) or term.detail == "full":
        return Answer.UNKNOWN

    surname, initials = _short_name(term.text)
    for author in _authors(read, term.detail):
        family, given = _short_author(author)
        if family == surname and _initials_fit(initials, given, quoted=term.quoted):
            return Answer.YES
    if read.is_complete and read.record.authors:
        return Answer.NO
    return Answer.UNKNOWN


def _authors(read: ReadRecord, which: str) -> tuple[str, ...]:
    """All authors, or the first or last one alone."""
    authors = read.record.authors
    return {"first": authors[:1], "last": authors[-1:]}.get(which, authors)


def _initials_fit(wanted: str, given: str, *, quoted: bool) -> bool:
    if quoted and wanted:
        return given == wanted
    return given.startswith(wanted)


def _short_name(text: str) -> tuple[str, str]:
    """ "smith j" as surname and initials; the last word is initials where it is short."""
    words = folded(text).split()
    if len(words) > 1 and len(words[-1]) <= 2:
        return " ".join(words[:-1]), words[-1]
    return " ".join(words), ""


def _short_author(author: str) -> tuple[str, str]:
    """ "Alpha, Beta A" or "Alpha BA" as surname and up to two initials."""
    family, comma, given = folded(author).partition(",")
    if comma:
        initials = "".join(word[0] for word in re.findall(r"\w+", given))
        return " ".join(family.split()), initials[:2]

    return _short_name(author)


def in_journal(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether the journal is this one, by abbreviation, title or ISSN."""
    record = read.record
    wanted = _plain_name(term.text)
    names = {_plain_name(name) for name in (record.journal, record.journal_abbreviation) if name}
    numbers = {issn.lower() for issn in record.issns}
    if wanted in names or term.text.lower() in numbers:
        return Answer.YES
    return Answer.UNKNOWN


def _plain_name(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))


def in_substances(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether a substance is listed by its name or number; other names of it are not known."""
    wanted = _name(term.text)
    for printed in read.record.other.get("RN", ()):
        number, _, name = printed.partition(" ")
        if wanted in {number.lower(), _name(name).strip("()")}:
            return Answer.YES
    if term.detail == "number" and read.is_complete:
        return Answer.NO
    return Answer.UNKNOWN


def in_databanks(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether a databank, its number, or both are listed."""
    wanted = term.text.lower()
    for printed in read.record.other.get("SI", ()):
        bank, _, number = printed.lower().partition("/")
        if wanted in {printed.lower(), bank, number}:
            return Answer.YES
    if read.is_complete:
        return Answer.NO
    return Answer.UNKNOWN


def in_numbers(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether the record has one of these PMIDs."""
    pmid = read.record.pmid
    if pmid is None or not all(word.isdecimal() for word in term.text.split()):
        return Answer.UNKNOWN
    if pmid in term.text.split():
        return Answer.YES
    return Answer.NO


def in_filters(term: Term, read: ReadRecord, known: Known) -> Answer:
    """The one filter that a record itself answers; the others are live sets."""
    if term.text.lower() == "hasabstract" and read.is_complete:
        return Answer.YES if read.record.abstract else Answer.NO
    return Answer.UNKNOWN


ValueMatch = Callable[[Term, ReadRecord, Known], Answer]
