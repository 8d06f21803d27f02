"""Rules against joining two records, whatever the score: vetoes, and doubts that need a person.

Each rule has a name and words. A veto also keeps a chain of pairs from joining the two records.
"""

import numpy as np
from rapidfuzz.distance import OSA

from reviewkit.dedupe.circumstances import Circumstances, either, has
from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags, is_worth_deciding
from reviewkit.dedupe.evidence import at_least, below
from reviewkit.dedupe.normalise.kind import PublicationKind
from reviewkit.dedupe.prepare import Prepared
from reviewkit.model.messages import mark

VETOES = {
    "pmid": mark("two PubMed records: the PMIDs differ"),
    "registration": mark("two registrations: the trials' numbers differ"),
    "cochrane": mark("two Cochrane reviews: their numbers differ"),
    "version": mark("two versions of one Cochrane review"),
    "letter_number": mark("two letters of one issue: their numbers differ"),
    "notice": mark("one is a notice about the other: an erratum, a retraction"),
    "reply": mark("one is a comment, letter or reply"),
    "preprint": mark("one is a preprint or a deposit of the other"),
    "abstract": mark("one is a meeting's abstract, with a DOI of its own"),
    "other_kind": mark("one is a protocol, a register's entry, a thesis or a summary"),
    "numbers": mark("the titles hold different numbers: parts, phases, years, doses"),
    "sibling": mark("a word of the title is exchanged for another, and the place differs"),
    "authors": mark("no author in common"),
    "title": mark("the titles have too little in common"),
    "recurring": mark("the title recurs and nothing else distinguishes the pieces"),
    "elsewhere": mark("published in two places: volume and pages differ"),
    "piece": mark("one or two pages in another issue: a column, a case of the month"),
    "doi_and_place": mark("the DOIs differ, and so do the pages, the issue, or volume and year"),
}
DOUBTS = {
    "maybe_notice": mark("one is marked as an erratum or retraction, at the very same place"),
    "maybe_reply": mark("one is marked as a comment or reply, at the very same place"),
    "two_pmids": mark("the same place, but two PMIDs"),
    "numbers_differ": mark("the same place, but the titles hold different numbers"),
    "added": mark("one title has a word more, and several pieces may share the place"),
    "other_issue": mark("the issues differ, and a page is not known"),
    "renamed": mark("the same place and authors under another title"),
    "issue_unknown": mark("a recurring title on one page of a volume, and an issue is not known"),
    "same_issue": mark("a recurring title, and neither page nor identifier agrees"),
    "maybe_version": mark("perhaps two versions of one review"),
    "exchanged": mark("a word of the title is exchanged for another"),
    "numbers_extra": mark("a number is in one title only"),
    "longer_title": mark("one title continues after the other ends"),
    "doi": mark("the DOIs differ"),
    "far_in_time": mark("the years are too far apart"),
    "short": mark("too few words to be sure, and the place is not known"),
    "nobody": mark("the authors of one are not known and the place is not the same"),
    "few_authors": mark("the authors are only partly the same"),
    "venues": mark("one is in a journal, the other in a meeting's proceedings or a report"),
    "other_journal": mark("the journals differ"),
    "other_page": mark("the pages differ"),
    "online_first": mark("another year, and one has no place: online first, or another version"),
    "other_volume": mark("the volumes differ"),
    "other_abstract": mark("the abstracts differ"),
    "unlocated": mark("only title and authors are known"),
}

NOT_ASKED = {
    "other_pages": mark("the pages differ, and so does the issue, or one is of a meeting"),
    "other_volumes": mark("the volumes differ, and neither year nor page agrees"),
    "again_elsewhere": mark("two references of different years and of two places"),
    "again": mark("two references of different years: printed again elsewhere, or in another form"),
}

# Doubts because two values contradict. The other doubts only lack a value, which a third record may
# supply.
OPPOSED = frozenset(
    {
        "maybe_notice", "maybe_reply", "two_pmids", "numbers_differ", "added", "exchanged",
        "maybe_version", "other_journal", "other_page", "other_volume", "other_abstract",
        "venues", "other_pages", "other_volumes", "again_elsewhere",
    }
)  # fmt: skip


def vetoes(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    """Return, for each rule in VETOES, the pairs that it keeps apart."""
    rules = (
        _vetoes_of_number(pairs, at)
        | _vetoes_of_kind(prepared, pairs, at)
        | _vetoes_of_title(prepared, pairs, at)
        | _vetoes_of_place(prepared, pairs, at)
    )
    return {name: rules[name] for name in VETOES}


def _vetoes_of_number(pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    v = pairs.values
    return {
        "pmid": (v["pmid"] == 0) & ~(at.same_place & at.title_near),
        "registration": v["registration"] == 0,
        "letter_number": v["letter_number"] == 0,
        "cochrane": v["cochrane"] == 0,
        "version": (v["cochrane"] == 1)
        & ((v["cochrane_version"] == 0) | (np.isnan(v["cochrane_version"]) & (v["year_gap"] > 1))),
    }


def _vetoes_of_kind(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    v = pairs.values
    kinds = prepared.ints["kind"]
    only = kinds[pairs.first] ^ kinds[pairs.second]
    at_one_place = at.same_place & ~(v["doi"] == 0)

    return {
        "notice": has(only, PublicationKind.ERRATUM | PublicationKind.RETRACTION) & ~at_one_place,
        "reply": has(only, PublicationKind.COMMENT) & ~(at_one_place & (v["first_page"] == 1)),
        "preprint": has(only, PublicationKind.PREPRINT | PublicationKind.DEPOSIT)
        & ~((v["doi"] == 1) | at.same_place),
        "other_kind": has(
            only, PublicationKind.PROTOCOL | PublicationKind.REGISTER | PublicationKind.SUMMARY
        )
        & ~(at.same_id & at.title_near)
        & ~at.same_place,
        "abstract": has(only, PublicationKind.ABSTRACT)
        & (v["doi"] == 0)
        & ~at.same_place
        & ~at_least(v["abstract"], 0.9),
    }


def _vetoes_of_title(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    v = pairs.values
    recurring = v["telling"] <= 2
    located = at.same_place | at.same_id
    elsewhere = ((v["first_page"] == 0) | (v["volume"] == 0)) & ~at.same_id
    # Abstracts of one meeting share page, DOI and people: a word says which is which.
    meeting = has(either(prepared, pairs), PublicationKind.ABSTRACT)
    meeting &= ~at_least(v["abstract"], 0.95)

    far = ~at.title_near & below(np.fmax(v["title"], v["title_part"]), 0.75)
    same_text = (v["beginning"] == 1) & at_least(v["abstract"], 0.95)
    named = located & (at.same_place | at_least(v["authors"], 0.5))
    named |= (
        at.same_id
        & at_least(v["title"], 1.0)
        & ~(below(v["authors"], 0.5) | below(v["abstract"], 0.5) | meeting)
        & ~((v["first_page"] == 0) | (v["volume"] == 0))
    )
    named |= at_least(v["abstract"], 0.9) & at_least(v["authors_all"], 0.8)
    return {
        "numbers": (v["numbers"] == 0) & ~at.same_range & at.title_near,
        "sibling": (v["swapped"] >= 1)
        & at.title_near
        & (elsewhere | meeting | (((v["opposed"] == 1) | (v["doi"] == 0)) & ~at.same_range)),
        "authors": below(v["authors"], 0.3)
        & below(v["first_author"], 1.0)
        & ~(at.same_id & at.same_place),
        "title": ~is_worth_deciding(v) | (far & ~at.renamed & ~same_text & ~at.main_title),
        "recurring": recurring
        & ~at.identical
        & (
            (~at.same_issue & ~named)
            | (at.other_doi & ~at.perhaps_archived)
            | (at.other_issue & ~(v["doi"] == 1))
        ),
    }


def _vetoes_of_place(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    v = pairs.values
    kinds = prepared.ints["kind"]
    only = kinds[pairs.first] ^ kinds[pairs.second]
    other_part = at.other_issue | ((v["volume"] == 0) & (v["year_gap"] > 0))
    other_text = ~at_least(v["abstract"], 0.9)

    return {
        "elsewhere": at.other_place
        & ~at.same_id
        & (below(v["journal"], 0.6) | has(only, PublicationKind.ABSTRACT)),
        "piece": at.other_issue & at.short & ~at.same_id & other_text,
        "doi_and_place": (v["doi"] == 0) & ((v["first_page"] == 0) | (other_part & other_text)),
    }


def not_worth_asking(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    """Return, for each rule in NOT_ASKED, the doubts that a person would nearly always deny."""
    v = pairs.values
    kinds = prepared.ints["kind"]
    printed_twice = (v["issue"] == 0) & (v["last_page"] == 0)
    printed_twice |= has(kinds[pairs.first] ^ kinds[pairs.second], PublicationKind.ABSTRACT)
    other_text = ~at.same_id & ~at_least(v["abstract"], 0.9)
    again = at.references & (v["year_gap"] > 0) & ~at.same_place & ~(v["volume"] == 1)
    two_places = (v["first_page"] == 0) | (v["volume"] == 0) | below(v["journal"], 0.4)
    return {
        "other_pages": (v["first_page"] == 0) & printed_twice & other_text,
        "other_volumes": (v["volume"] == 0)
        & ~(v["year_gap"] == 0)
        & ~(v["first_page"] == 1)
        & other_text,
        "again_elsewhere": again & (two_places | at.other_venue),
        "again": again,
    }


def doubts(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    """Return, for each rule in DOUBTS, the pairs that need a person."""
    rules = _doubts_of_title(prepared, pairs, at) | _doubts_of_place(pairs, at)
    rules["venues"] = at.other_venue
    return {name: rules[name] for name in DOUBTS}


def _doubts_of_title(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    v = pairs.values
    one, two = prepared.ints["kind"][pairs.first], prepared.ints["kind"][pairs.second]
    recurring = v["telling"] <= 2
    located = at.same_place | at.same_id

    misprinted = _misprinted(prepared, pairs, at)
    return {
        "maybe_notice": has(one ^ two, PublicationKind.ERRATUM | PublicationKind.RETRACTION),
        "maybe_reply": has(one ^ two, PublicationKind.COMMENT) & ~at.same_range,
        "two_pmids": v["pmid"] == 0,
        "numbers_differ": (v["numbers"] == 0) & ~at.same_range,
        "renamed": at.renamed & ~at.translated,
        "issue_unknown": recurring
        & np.isnan(v["issue"])
        & at.short
        & ~at.same_id
        & ~at_least(v["abstract"], 0.9),
        "same_issue": recurring & ~located & ~at_least(v["abstract"], 0.9),
        "maybe_version": has(one & two, PublicationKind.COCHRANE)
        & ((v["doi"] == 0) | (v["year_gap"] > 0)),
        "exchanged": (v["swapped"] >= 1) & (~at.same_range | (v["opposed"] == 1)) & ~misprinted,
        "added": (v["added"] >= 1)
        & ~at.same_range
        & ~at_least(v["abstract"], 0.9)
        & (~at_least(v["title_part"], 0.97) | has(one | two, PublicationKind.ABSTRACT)),
        "numbers_extra": (v["numbers"] < 1) & ~located,
        "longer_title": ~at.same_place
        & np.where(at.same_id, _goes_on(pairs, at), below(v["title"], 0.85)),
    }


def _goes_on(pairs: Likeness, at: Circumstances) -> Flags:
    """Return where one title goes on where the other ends, and what follows is no subtitle.

    An identifier may be that of a meeting's supplement.
    """
    v = pairs.values
    longer = at_least(v["title_part"], 0.97) & below(v["title"], 0.97)
    return np.asarray(longer & ~at.main_title & ~at_least(v["abstract"], 0.9), dtype=np.bool_)


def _misprinted(prepared: Prepared, pairs: Likeness, at: Circumstances) -> Flags:
    """Return where the titles differ in one character, and the rest agrees, even the identifier.

    Meeting abstracts share too much for this, and an identifier without a page may be that of their
    supplement.
    """
    v = pairs.values
    meeting = has(either(prepared, pairs), PublicationKind.ABSTRACT)
    one_text = at_least(v["abstract"], 0.95) & ~(v["first_page"] == 0)
    found = at.same_id & (one_text | (at.same_place & ~meeting & ~below(v["abstract"], 0.8)))
    found &= at_least(v["title"], 0.95) & at_least(v["authors_all"], 0.8) & (v["opposed"] == 0)
    for place in np.flatnonzero(found & (v["swapped"] >= 1)).tolist():
        one, two = (prepared.titles[int(side[place])] for side in (pairs.first, pairs.second))
        found[place] = OSA.distance(one, two, score_cutoff=1) <= 1
    return np.asarray(found, dtype=np.bool_)


def _doubts_of_place(pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    v = pairs.values
    page, gap = v["first_page"], v["year_gap"]
    located = at.same_place | at.same_id
    known_place = (page > 0) | (v["volume"] == 1) | at.same_id
    same_text = (
        at_least(v["title"], 0.97) & at_least(v["authors_all"], 0.8) & ~below(v["abstract"], 0.7)
    )
    # Under one DOI of a supplement, a recurring title on another page is another piece.
    same_text &= (v["telling"] > 2) | at_least(v["abstract"], 0.9)
    same_issue = at.same_issue & at_least(v["abstract"], 0.9) & at_least(v["title"], 1.0)

    return {
        "other_issue": (at.other_issue | ((v["issue"] == 0) & np.isnan(page))) & ~at.same_id,
        "doi": at.other_doi,
        "far_in_time": ((gap > 1) & ~located) | (gap > 3),
        "short": (v["telling"] <= 3) & ~known_place,
        "nobody": np.isnan(v["authors"]) & ~located & ~same_issue,
        "few_authors": below(v["authors"], 0.6) & ~at.same_range & ~at.same_id,
        "other_journal": below(v["journal"], 0.4) & ~at.same_range & ~at.same_id,
        "other_page": (page == 0) & ~(at.same_id & same_text & ~(v["volume"] == 0)),
        "online_first": (gap > 0) & ~known_place,
        "other_volume": (v["volume"] == 0) & ~at.same_id & ~((gap == 0) & (page == 1)),
        "other_abstract": below(v["abstract"], 0.35) & ~located,
        "unlocated": np.isnan(page)
        & ~known_place
        & np.isnan(v["journal"])
        & np.isnan(v["abstract"]),
    }
