"""What several rules need to know about a pair. A place is volume, issue and pages together."""

from dataclasses import dataclass

import numpy as np

from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags, Floats
from reviewkit.dedupe.evidence import at_least, below
from reviewkit.dedupe.normalise.kind import PublicationKind
from reviewkit.dedupe.normalise.language import language_codes, language_of
from reviewkit.dedupe.normalise.meeting import Venue, venue_of
from reviewkit.dedupe.normalise.title import is_marked_translation, pieces_of
from reviewkit.dedupe.prepare import Ints, Prepared
from reviewkit.model.identifiers import work_doi_key
from reviewkit.model.records import Record

# One article under two titles is not longer; a session, a supplement or a whole issue is.
_LONGEST_ARTICLE = 20
# An issue that counts its pages from 1 does not reach this page; a volume does.
_IN_VOLUME = 150
# What two copies of one entry both state, or both do not.
_TOLD = (
    "authors", "journal", "year", "volume", "issue", "pages", "doi", "pmid", "abstract",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where the pairs agree.

    `identical` is where nothing differs and enough is known. `short` is a piece of at most two
    pages on the same page, or one whose last page is not known. `same_range` is a same place with
    three pages or more: two articles never fill the same. `other_issue` is where the issue is
    evidence of another place. `perhaps_archived` is one title of an issue with the DOIs of two
    registrants, and a page is not known. `main_title` is where one database left out what stands
    before or after a colon. `references` have no identifier and no abstract; their `other_venue` is
    a journal against a meeting or a report. `renamed` is one place or identifier under another
    title, `two_languages` where the titles are in two, `translated` where that explains the other
    title.
    """

    same_id: Flags
    same_place: Flags
    same_range: Flags
    same_issue: Flags
    identical: Flags
    other_issue: Flags
    other_place: Flags
    short: Flags
    other_doi: Flags
    perhaps_archived: Flags
    main_title: Flags
    references: Flags
    other_venue: Flags
    title_near: Flags
    two_languages: Flags
    translated: Flags
    renamed: Flags


def circumstances(prepared: Prepared, pairs: Likeness) -> Circumstances:
    """Return where the pairs agree in identifier and place, and where a title may be translated."""
    v = pairs.values
    page, volume = v["first_page"], v["volume"]
    title_near = at_least(v["title"], 0.85) | at_least(v["title_part"], 0.93)
    length = _length(prepared, pairs)
    same_id = (v["doi"] == 1) | (v["pmid"] == 1) | _same_version(v)
    other_issue = _other_issue(prepared, pairs)

    # A journal's name may be translated; then the rest must agree.
    journal_ok = ~below(v["journal"], 0.5) | (
        at_least(v["authors_all"], 0.8) & title_near & (length >= 2)
    )
    placed = journal_ok & ~other_issue
    in_volume = (volume == 1) | (np.isnan(volume) & same_id)
    same_range = (page == 1) & (v["last_page"] == 1) & in_volume & (length >= 2) & placed
    by_range = ~(volume == 0) & (v["last_page"] == 1) & (length >= 2)
    same_place = at_least(page, 0.8) & ((volume == 1) | by_range) & placed

    renamed = _renamed(prepared, pairs, same_id, same_range & (length <= 20)) & ~title_near
    if_translated = _renamed_if_translated(prepared, pairs, same_id, same_place) & ~title_near
    languages = _Languages.of(prepared, pairs, renamed | if_translated)
    renamed |= if_translated & languages.one_foreign
    contradicted = below(v["abstract"], 0.4) & languages.one_abstract
    two_languages = languages.two_titles & ~contradicted
    in_one_place = same_range & (length <= _LONGEST_ARTICLE)
    in_one_issue = _in_one_issue(prepared, pairs)
    shorter = ~at_least(v["title"], 0.95)
    references = _references(prepared, pairs)

    return Circumstances(
        same_id=same_id,
        same_place=same_place,
        same_range=same_range,
        same_issue=in_one_issue,
        identical=_identical(prepared, pairs),
        other_issue=other_issue,
        other_place=(page == 0) & ((volume == 0) | below(v["journal"], 0.6)),
        short=(length < 2) & (page == 1),
        perhaps_archived=_perhaps_archived(prepared, pairs, in_one_issue),
        other_doi=_other_doi(prepared, pairs, same_range & (v["issue"] == 1), in_one_issue),
        references=references,
        other_venue=_other_venue(prepared, pairs, references),
        main_title=_main_title(prepared, pairs, (in_one_issue | same_range | same_id) & shorter),
        title_near=title_near,
        renamed=renamed & ~contradicted & ~(languages.one_language & ~_shares_text(v, same_id)),
        two_languages=two_languages,
        translated=renamed
        & ~np.isnan(v["authors"])
        & ~has(either(prepared, pairs), PublicationKind.ABSTRACT)
        & (
            (in_one_place & two_languages & (languages.marked | same_id | _many(prepared, pairs)))
            | (same_id & same_place & at_least(v["abstract"], 0.8))
        ),
    )


def has(kinds: Ints, wanted: PublicationKind) -> Flags:
    """Return where the kinds hold one of those wanted."""
    return np.asarray((kinds & int(wanted)) != 0, dtype=np.bool_)


def either(prepared: Prepared, pairs: Likeness) -> Ints:
    """Return the kinds that one record of each pair has, or both."""
    kinds = prepared.ints["kind"]
    return np.asarray(kinds[pairs.first] | kinds[pairs.second], dtype=np.int64)


def _identical(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where the titles are equal, with a telling word, and every known field agrees.

    Authors and one field more must be known, or three fields; or both know the very same fields, as
    two copies of one entry do.
    """
    v = pairs.values
    names = ("authors_all", "journal", "volume", "issue", "first_page", "abstract")
    differs = [below(v[name], 0.95) for name in names]
    differs += [v["doi"] == 0, v["pmid"] == 0, v["year_gap"] > 0, v["numbers"] < 1]
    known = np.sum([~np.isnan(v[name]) for name in (*names, "year_gap", "doi", "pmid")], axis=0)

    enough = (known >= 3) | (~np.isnan(v["authors_all"]) & (known >= 2))
    alike = at_least(v["title"], 1.0) & (v["telling"] >= 1) & ~np.logical_or.reduce(differs)
    for place in np.flatnonzero(alike & ~enough).tolist():
        one, two = (prepared.records[int(side[place])] for side in (pairs.first, pairs.second))
        enough[place] = all(bool(getattr(one, name)) == bool(getattr(two, name)) for name in _TOLD)
    return np.asarray(alike & enough, dtype=np.bool_)


def _length(prepared: Prepared, pairs: Likeness) -> Ints:
    ints = prepared.ints
    return np.asarray(ints["last_page"][pairs.first] - ints["page_digits"][pairs.first])


def _same_version(v: dict[str, Floats]) -> Flags:
    """Return where both are one version of one Cochrane review, by its number."""
    in_year = (v["year_gap"] == 0) & ~(v["cochrane_version"] == 0)
    return np.asarray(
        (v["cochrane"] == 1) & ((v["cochrane_version"] == 1) | in_year), dtype=np.bool_
    )


def _other_issue(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where two issues differ, and the pages may be counted anew in each.

    Where the volume counts its pages, and the title is not one that recurs, another issue on the
    same page is a slip of a database. Cochrane's numbers are neither.
    """
    v = pairs.values
    pages = prepared.ints["page_digits"]
    lowest = np.minimum(pages[pairs.first], pages[pairs.second])
    through = (lowest >= _IN_VOLUME) & (v["telling"] >= 4) & (v["first_page"] == 1)
    one_range = (v["first_page"] == 1) & (v["last_page"] == 1) & (_length(prepared, pairs) >= 2)
    one_range &= at_least(v["title"], 0.99) & (v["telling"] >= 4) & ~(v["doi"] == 0)
    through |= one_range & at_least(v["authors_all"], 0.8)
    return np.asarray((v["issue"] == 0) & ~through & ~_same_version(v), dtype=np.bool_)


def _other_doi(prepared: Prepared, pairs: Likeness, same_range: Flags, same_issue: Flags) -> Flags:
    """Return where the DOIs differ, and neither text, pages nor issue show one work.

    Some publishers gave a second one to what they already had, and so did archives.
    """
    v = pairs.values
    one_text = at_least(v["abstract"], 0.95) & at_least(v["title"], 0.97) & (v["telling"] >= 5)
    one_text &= (v["first_page"] == 1) & (v["volume"] == 1)
    one_text |= same_range & at_least(v["title"], 1.0) & (v["telling"] >= 5)
    one_text &= at_least(v["authors_all"], 0.8)
    one_text |= _archived(prepared, pairs, same_issue)
    one_text &= ~has(either(prepared, pairs), PublicationKind.COCHRANE)
    return np.asarray((v["doi"] == 0) & ~one_text, dtype=np.bool_)


def _archived(prepared: Prepared, pairs: Likeness, same_issue: Flags) -> Flags:
    """Return where two registrants gave a DOI to one title, in one issue or on the same pages.

    A short title needs both.
    """
    v = pairs.values
    on_pages = (v["first_page"] == 1) & (v["last_page"] == 1) & ~(v["volume"] == 0)
    on_pages &= ~(v["issue"] == 0) & at_least(v["journal"], 0.9)
    placed = np.where(v["telling"] >= 4, same_issue | on_pages, same_issue & on_pages)

    titled = at_least(v["title"], 0.99) | at_least(v["title_part"], 0.98)
    archived = (v["doi"] == 0) & titled & placed & ~below(v["authors"], 0.99)
    return _by_two_registrants(prepared, pairs, np.asarray(archived, dtype=np.bool_))


def _perhaps_archived(prepared: Prepared, pairs: Likeness, same_issue: Flags) -> Flags:
    """Return where two registrants gave a DOI to one title of an issue, and one has no page."""
    v = pairs.values
    no_page = prepared.ints["page_digits"] == 0
    found = same_issue & (v["doi"] == 0) & (no_page[pairs.first] | no_page[pairs.second])
    found &= at_least(v["title"], 0.99) & at_least(v["authors_all"], 0.95)
    return _by_two_registrants(prepared, pairs, found)


def _by_two_registrants(prepared: Prepared, pairs: Likeness, found: Flags) -> Flags:
    for place in np.flatnonzero(found).tolist():
        one, two = (prepared.records[int(side[place])] for side in (pairs.first, pairs.second))
        found[place] = _registrant(one) != _registrant(two)
    return np.asarray(found, dtype=np.bool_)


def _main_title(prepared: Prepared, pairs: Likeness, wanted: Flags) -> Flags:
    """Return where one title is the other without what stands before or after a colon or dash."""
    found = np.zeros(len(pairs), np.bool_)
    for place in np.flatnonzero(wanted).tolist():
        one, two = int(pairs.first[place]), int(pairs.second[place])
        if len(prepared.titles[one]) > len(prepared.titles[two]):
            one, two = two, one
        short = prepared.titles[one]
        found[place] = bool(short) and short in pieces_of(prepared.records[two].title)
    return found


def _references(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where neither record has an identifier or an abstract."""
    ints = prepared.ints
    texts = np.fromiter(map(bool, prepared.abstracts), np.bool_, len(prepared))
    more = (ints["doi"] + ints["pmid"] != 0) | texts
    return np.asarray(~more[pairs.first] & ~more[pairs.second], dtype=np.bool_)


def _other_venue(prepared: Prepared, pairs: Likeness, references: Flags) -> Flags:
    """Return which references are one in a journal, the other at a meeting; or one a report."""
    codes = prepared.ints["journal"]
    one, two = codes[pairs.first], codes[pairs.second]
    kinds = np.zeros(len(prepared.journals), np.int64)
    for code in np.union1d(one[references], two[references]).tolist():
        kinds[code] = min(map(venue_of, prepared.journals[code]), default=Venue.UNKNOWN)

    low, high = np.minimum(kinds[one], kinds[two]), np.maximum(kinds[one], kinds[two])
    report = (high == Venue.REPORT) & (low != high) & (one != 0) & (two != 0)
    one_name = at_least(pairs.values["journal"], 0.9)
    meeting = (low == Venue.MEETING) | ((low == Venue.SHORT_NAME) & one_name)
    return np.asarray(references & (report | (meeting & (high == Venue.JOURNAL))), dtype=np.bool_)


def _registrant(record: Record) -> str:
    """Return who gave the DOI: "10.2307"."""
    return work_doi_key(record.doi).partition("/")[0]


def _renamed(prepared: Prepared, pairs: Likeness, same_id: Flags, in_one_place: Flags) -> Flags:
    """Return where one place or one identifier and the same people stand under any title."""
    v = pairs.values
    people = at_least(v["authors"], 0.75) & ~below(v["first_author"], 0.5)
    known = people | _in_two_scripts(prepared, pairs)
    identified = same_id & ~_of_meeting(prepared, pairs) & _not_elsewhere(v)
    return np.asarray(known & ~(v["year_gap"] > 1) & (in_one_place | identified), dtype=np.bool_)


def _renamed_if_translated(
    prepared: Prepared, pairs: Likeness, same_id: Flags, same_place: Flags
) -> Flags:
    """Return where less than that agrees, but titles in two languages would explain the rest.

    That is the page on which a work of the same people begins, or an identifier alone.
    """
    v = pairs.values
    people = at_least(v["authors_all"], 0.8) | _in_two_scripts(prepared, pairs)
    begins = people & same_place & (v["first_page"] == 1) & ~(v["last_page"] == 0)
    identified = np.isnan(v["authors"]) & same_id & _not_elsewhere(v)
    translated = (begins & ~(v["doi"] == 0) & ~(v["pmid"] == 0)) | identified
    return np.asarray(
        translated & ~(v["year_gap"] > 1) & ~_of_meeting(prepared, pairs), dtype=np.bool_
    )


def _in_two_scripts(prepared: Prepared, pairs: Likeness) -> Flags:
    scripts = prepared.ints["script"]
    return np.asarray(scripts[pairs.first] != scripts[pairs.second], dtype=np.bool_)


def _of_meeting(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where abstracts of a meeting, which share a page and a DOI, have not one text."""
    meeting = has(either(prepared, pairs), PublicationKind.ABSTRACT)
    return np.asarray(meeting & ~at_least(pairs.values["abstract"], 0.8), dtype=np.bool_)


def _not_elsewhere(v: dict[str, Floats]) -> Flags:
    return np.asarray(~(v["first_page"] == 0) & ~(v["volume"] == 0), dtype=np.bool_)


def _many(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where three authors or more are all the same: with a place, they are a signature."""
    counts = prepared.ints["author_count"]
    several = np.minimum(counts[pairs.first], counts[pairs.second]) >= 3
    return np.asarray(several & at_least(pairs.values["authors_all"], 0.8), dtype=np.bool_)


def _shares_text(v: dict[str, Floats], same_id: Flags) -> Flags:
    return np.asarray(at_least(v["abstract"], 0.8) | same_id, dtype=np.bool_)


def _in_one_issue(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where journal, volume and issue are the same, and neither pages nor year differ.

    A year is one more where one record states the year of print and the other the year online. A
    whole title by the same authors needs no year. Where a volume has no issues, several authors and
    their title stand for one.
    """
    v = pairs.values
    counts, issues = prepared.ints["author_count"], prepared.ints["issue"]
    several = np.minimum(counts[pairs.first], counts[pairs.second]) > 1
    undivided = (issues[pairs.first] == 0) & (issues[pairs.second] == 0) & several
    undivided &= at_least(v["title"], 0.95) & at_least(v["authors_all"], 0.8)
    undivided &= v["year_gap"] == 0

    printed = at_least(v["journal"], 0.9) & (v["volume"] == 1) & ((v["issue"] == 1) | undivided)
    long_title = at_least(v["title"], 0.99) & (v["telling"] >= 4)
    in_time = ~(v["year_gap"] > 1) | (long_title & at_least(v["authors_all"], 0.8))
    in_time |= long_title & at_least(v["authors"], 0.66) & ~(v["year_gap"] > 3)
    near_title = at_least(v["title"], 0.95) & (v["telling"] >= 3)
    in_time |= near_title & at_least(v["authors_all"], 0.95) & ~(v["year_gap"] > 3)
    return np.asarray(printed & ~(v["first_page"] == 0) & in_time, dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Languages:
    """By pair: titles clearly in two languages; clearly in one; one marked as foreign.

    `one_foreign` is where a title is clearly not English, and the other not in its language.
    `one_abstract` is where both abstracts are clearly in one language, or that is not known.
    """

    two_titles: Flags
    one_language: Flags
    one_foreign: Flags
    marked: Flags
    one_abstract: Flags

    @classmethod
    def of(cls, prepared: Prepared, pairs: Likeness, wanted: Flags) -> "_Languages":
        """Find the languages of the wanted pairs only: they are few, and it takes time."""
        names = ("two_titles", "one_language", "one_foreign", "marked", "one_abstract")
        flags = {name: np.zeros(len(pairs), np.bool_) for name in names}
        for place in np.flatnonzero(wanted).tolist():
            one = prepared.records[int(pairs.first[place])]
            two = prepared.records[int(pairs.second[place])]
            for name, value in zip(names, _languages(one, two), strict=True):
                flags[name][place] = value
        return cls(**flags)


def _languages(one: Record, two: Record) -> tuple[bool, ...]:
    titles = _title_language(one), _title_language(two)
    marks = is_marked_translation(one.title), is_marked_translation(two.title)
    known = frozenset(filter(None, titles))
    # A title in brackets stands for one in another language: two databases word it differently.
    apart = len(known) == 2 or marks[0] != marks[1]
    together = all(titles) and not apart
    foreign = not together and (apart or not known <= {"eng"})
    marked = any(marks) or _is_foreign(one) or _is_foreign(two)

    texts = language_of(one.abstract or ""), language_of(two.abstract or "")
    other_text = all(texts) and texts[0] != texts[1]
    return apart, together, foreign, marked, not other_text


def _title_language(record: Record) -> str:
    """Return the language of the title as it is printed; "" if that is not clear.

    A record's own field names the language of the text: it helps where the title is not English.
    """
    found = language_of(record.title or "")
    own = language_codes(record.languages)
    if found or len(own) != 1 or is_marked_translation(record.title):
        return found
    return next(iter(own))


def _is_foreign(record: Record) -> bool:
    """Return whether the record itself says that its text is in another language than English."""
    own = language_codes(record.languages)
    return bool(own) and "eng" not in own
