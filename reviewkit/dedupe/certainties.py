"""Agreements that decide whatever the score, because no two works share them. Vetoes overrule."""

import numpy as np

from reviewkit.dedupe.circumstances import Circumstances, has
from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags, Floats
from reviewkit.dedupe.evidence import at_least, below
from reviewkit.dedupe.normalise.kind import PublicationKind
from reviewkit.dedupe.normalise.title import beginnings_of
from reviewkit.dedupe.one_issue import in_one_volume, misread_in_one_issue
from reviewkit.dedupe.prepare import Prepared
from reviewkit.model.messages import mark

CERTAINTIES = {
    "same_pages": mark(
        "the same pages of one volume, by the same authors: one article under two titles"
    ),
    "same_range": mark("the same title on the same pages of the same volume"),
    "same_title_pages": mark("the same title by the same people on the same pages"),
    "same_identifier": mark("the same identifier, title and authors"),
    "same_registration": mark("the same number of one trial, and nearly the same title"),
    "same_bare": mark(
        "the same title, year and several authors; one of the two has no place at all"
    ),
    "same_reference": mark(
        "two references with the same title, authors and year, and nothing that differs"
    ),
    "same_copy": mark("the same title, authors, year and abstract, and nothing that differs"),
    "same_issue_title": mark("the same title in the same issue, or on the same page of a volume"),
    "same_issue_text": mark("the same title and abstract in the same issue"),
}
_NOTICES = PublicationKind.ERRATUM | PublicationKind.RETRACTION | PublicationKind.COMMENT

_NEVER_REFERENCES = PublicationKind.PREPRINT | PublicationKind.DEPOSIT | PublicationKind.THESIS


def certainties(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    """Return, for each rule in CERTAINTIES, the pairs that are the same."""
    v = pairs.values
    kinds = prepared.ints["kind"]
    of_a_kind = ((kinds[pairs.first] ^ kinds[pairs.second]) & int(_NOTICES)) == 0
    same_words = (v["swapped"] == 0) & (v["numbers"] > 0) & of_a_kind
    # Abstracts of one meeting share page, DOI and people: a word more is another abstract.
    meeting = ((kinds[pairs.first] | kinds[pairs.second]) & int(PublicationKind.ABSTRACT)) != 0
    same_words &= ~meeting | (v["added"] == 0) | at_least(v["abstract"], 0.9)
    return {
        "same_pages": at.translated,
        "same_range": at.same_range & same_words & _in_one_range(pairs),
        "same_title_pages": same_words & _on_same_pages(prepared, pairs),
        "same_identifier": at.same_id & same_words & _under_one_name(pairs, at.main_title),
        "same_registration": (v["registration"] == 1) & at.title_near,
        "same_bare": same_words & ~at.other_venue & _without_place(prepared, pairs),
        "same_reference": same_words
        & at.references
        & ~at.other_venue
        & _as_referred(prepared, pairs),
        "same_copy": same_words & _in_one_text(pairs),
        "same_issue_title": ~meeting & (same_words & in_one_volume(prepared, pairs, at))
        | (~meeting & of_a_kind & misread_in_one_issue(prepared, pairs, at)),
        "same_issue_text": at.same_issue
        & same_words
        & (v["numbers"] == 1)
        & np.isnan(v["first_page"])
        & at_least(v["title"], 1.0)
        & at_least(v["abstract"], 0.95)
        & ~below(v["authors"], 0.5),
    }


def _long_title(v: dict[str, Floats]) -> Flags:
    return np.asarray(
        at_least(v["title"], 0.97) & (v["telling"] >= 6) & at_least(v["authors_all"], 0.8),
        dtype=np.bool_,
    )


def _contradicted(v: dict[str, Floats]) -> Flags:
    return np.asarray(
        below(v["journal"], 0.6) | (v["volume"] == 0) | (v["first_page"] == 0), dtype=np.bool_
    )


def _in_one_range(pairs: Likeness) -> Flags:
    """Return where title, time and some authors agree, and no two PMIDs differ."""
    v = pairs.values
    title = at_least(v["title"], 0.9) | at_least(v["title_part"], 0.95)
    people = at_least(v["authors"], 0.5) | (np.isnan(v["authors"]) & at_least(v["journal"], 0.5))

    in_time = ~(v["year_gap"] > 1) | (
        _long_title(v) & ((v["issue"] == 1) | at_least(v["abstract"], 0.9))
    )
    return np.asarray(title & people & in_time & (v["pmid"] != 0), dtype=np.bool_)


def _on_same_pages(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where one title by the same people stands on the same pages, the volume not known.

    Proceedings have many names and no volume, and often appear in the next year. Pages that each
    issue counts from 1 say less: they need a range.
    """
    v = pairs.values
    page = prepared.ints["page_digits"][pairs.first]
    ranged = (v["last_page"] == 1) & (prepared.ints["last_page"][pairs.first] > page)
    pages = (v["first_page"] == 1) & (ranged | (np.isnan(v["last_page"]) & (page >= 100)))

    named = at_least(v["title"], 0.97) & (v["telling"] >= 2) & at_least(v["authors"], 0.66)
    # At one venue in one year, a word may be lost or added.
    one_venue = at_least(v["journal"], 0.85) & (v["year_gap"] == 0) & (v["added"] < 2)
    one_venue &= at_least(v["authors_all"], 0.95) & at_least(v["title"], 0.9)
    named |= one_venue & ranged & (v["telling"] >= 3)
    other = (v["volume"] == 0) | (v["issue"] == 0) | (v["doi"] == 0) | (v["pmid"] == 0)
    return np.asarray(
        pages & named & (v["numbers"] == 1) & ~other & ~(v["year_gap"] > 1), dtype=np.bool_
    )


def _under_one_name(pairs: Likeness, main_title: Flags) -> Flags:
    """Return where the whole title, all authors and the time agree, and nothing contradicts.

    A subtitle may be missing. A title that goes on ("in children and adults") is a doubt: abstracts
    of one meeting share a DOI.
    """
    v = pairs.values
    whole = at_least(v["title"], 0.97) & (v["telling"] >= 3)
    whole |= main_title & (v["telling"] >= 4)
    text = ~below(v["abstract"], 0.6)

    return np.asarray(
        whole & text & ~below(v["authors_all"], 0.6) & ~(v["year_gap"] > 1) & ~_contradicted(v),
        dtype=np.bool_,
    )


def _without_place(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where only a long title, several authors and the year are known, and agree.

    Not for preprints, deposits and theses.
    """
    v = pairs.values
    kinds, counts = prepared.ints["kind"], prepared.ints["author_count"]
    plain = (
        (kinds[pairs.first] | kinds[pairs.second])
        & int(PublicationKind.PREPRINT | PublicationKind.DEPOSIT | PublicationKind.THESIS)
    ) == 0

    several = np.minimum(counts[pairs.first], counts[pairs.second]) >= 3
    unplaced = np.logical_and.reduce(
        [np.isnan(v[name]) for name in ("volume", "first_page", "doi", "pmid")]
    )
    nowhere = unplaced & (np.isnan(v["journal"]) | at_least(v["journal"], 0.9))
    # A list of authors may be cut after the third.
    cut = at_least(v["authors"], 1.0) & at_least(v["first_author"], 1.0)
    return np.asarray(
        nowhere
        & at_least(v["title"], 0.97)
        & (v["telling"] >= 6)
        & (at_least(v["authors_all"], 0.8) | cut)
        & several
        & plain
        & (v["year_gap"] == 0)
        & ~below(v["abstract"], 0.9),
        dtype=np.bool_,
    )


def _as_referred(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where two references state one work.

    A list of references prints the venue in its own words. Another place or another journal is
    another work, and a report may be one.
    """
    v = pairs.values
    kinds = prepared.ints["kind"]
    plain = ~has(kinds[pairs.first] | kinds[pairs.second], _NEVER_REFERENCES)

    title = at_least(v["title"], np.where(v["telling"] >= 4, 0.95, 0.97))
    title &= (v["numbers"] == 1) & (v["added"] == 0)
    lead = at_least(v["first_author"], 1.0) & (v["initial"] != 0)
    people = at_least(v["authors_all"], 0.95) | (at_least(v["authors"], 0.99) & lead)
    # A list of references shortens and misprints the names; a longer title needs two of three.
    people |= at_least(v["authors"], 0.66) & (v["telling"] >= 4)
    # A longer title says enough; the same venue, or the same year, lets a shorter one do.
    enough = (v["telling"] >= 4) | ((v["telling"] >= 3) & at_least(v["journal"], 0.85))
    enough |= (v["telling"] >= 2) & (v["year_gap"] == 0)

    title |= _continued(prepared, pairs)
    differs = below(v["journal"], 0.5) | below(v["volume"], 1.0) | (v["issue"] == 0)
    differs |= (v["first_page"] == 0) | (v["last_page"] == 0) | (v["year_gap"] > 0)
    return np.asarray(plain & title & people & enough & ~differs, dtype=np.bool_)


def _continued(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where one title goes on after the other, at one venue in one year, by all the authors.

    A list of references leaves out the subtitle. "In Brazil and Chile" is no subtitle.
    """
    v = pairs.values
    counts = prepared.ints["author_count"]
    several = np.minimum(counts[pairs.first], counts[pairs.second]) > 1
    found = several & at_least(v["authors_all"], 0.8) & at_least(v["journal"], 0.85)
    found &= (v["year_gap"] == 0) & (v["numbers"] == 1) & (v["telling"] >= 3)
    found &= (v["swapped"] == 0) & at_least(v["title_part"], 0.97)

    for place in np.flatnonzero(found).tolist():
        one, two = int(pairs.first[place]), int(pairs.second[place])
        if len(prepared.titles[one]) > len(prepared.titles[two]):
            one, two = two, one
        found[place] = prepared.titles[one] in beginnings_of(prepared.records[two].title)
    return np.asarray(found, dtype=np.bool_)


def _in_one_text(pairs: Likeness) -> Flags:
    """Return where a long title and the abstract agree.

    The years may be one apart if the journal is the same: online first, then in an issue.
    """
    v = pairs.values
    in_time = (v["year_gap"] == 0) | ((v["year_gap"] == 1) & at_least(v["journal"], 0.9))
    other_id = (v["doi"] == 0) | (v["pmid"] == 0)

    return np.asarray(
        _long_title(v) & at_least(v["abstract"], 0.95) & in_time & ~other_id & ~_contradicted(v),
        dtype=np.bool_,
    )
