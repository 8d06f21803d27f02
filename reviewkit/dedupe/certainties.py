"""Agreements that settle the matter whatever the score: what no two works have in common. Vetoes still stand above."""

import numpy as np

from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags
from reviewkit.dedupe.contradictions import Circumstances
from reviewkit.dedupe.evidence import at_least, below
from reviewkit.dedupe.normalise.kind import Kind
from reviewkit.dedupe.prepare import Prepared

CERTAINTIES = {
    "same_pages": "the same pages of one volume, by the same authors: one article under two titles",
    "same_range": "the same title on the same pages of the same volume",
    "same_identifier": "the same identifier, title and authors",
    "same_bare": "the same title, year and several authors; one of the two names no place at all",
    "same_copy": "the same title, authors, year and abstract, and nothing that differs",
    "same_issue_text": "the same title and abstract in the same issue",
}
_NOTICES = Kind.ERRATUM | Kind.RETRACTION | Kind.COMMENT


def certainties(prepared: Prepared, pairs: Likeness, at: Circumstances) -> dict[str, Flags]:
    """Per rule in CERTAINTIES, the pairs that it settles as the same."""
    v = pairs.values
    kinds = prepared.ints["kind"]
    one_kind = ((kinds[pairs.first] ^ kinds[pairs.second]) & int(_NOTICES)) == 0
    same_words = (v["swapped"] == 0) & (v["numbers"] > 0)
    people = at_least(v["authors"], 0.5) | (np.isnan(v["authors"]) & at_least(v["journal"], 0.5))
    title = at_least(v["title"], 0.9) | at_least(v["title_part"], 0.95)
    long_title = at_least(v["title"], 0.97) & (v["telling"] >= 6) & at_least(v["authors_all"], 0.8)
    in_time = ~(v["year_gap"] > 1) | (long_title & ((v["issue"] == 1) | at_least(v["abstract"], 0.9)))
    at_odds = below(v["journal"], 0.6) | (v["volume"] == 0) | (v["first_page"] == 0)
    other_id = (v["doi"] == 0) | (v["pmid"] == 0)
    counts = prepared.ints["author_count"]
    several = np.minimum(counts[pairs.first], counts[pairs.second]) >= 3
    unplaced = np.logical_and.reduce([np.isnan(v[name]) for name in ("volume", "first_page", "doi", "pmid")])
    nowhere = unplaced & (np.isnan(v["journal"]) | at_least(v["journal"], 0.9))
    plain = ((kinds[pairs.first] | kinds[pairs.second]) & int(Kind.PREPRINT | Kind.DEPOSIT | Kind.THESIS)) == 0
    whole_title = (at_least(v["title"], 0.97) & (v["telling"] >= 3)) | (
        at_least(v["title_part"], 0.97) & (v["telling"] >= 4)
    )
    one_text = at_least(v["abstract"], 0.95)
    return {
        "same_pages": at.translated,
        "same_range": at.same_range & title & same_words & people & in_time & one_kind,
        "same_identifier": at.same_id
        & whole_title
        & same_words
        & ~below(v["authors_all"], 0.6)
        & ~(v["year_gap"] > 1)
        & ~at_odds
        & ~below(v["abstract"], 0.6)
        & one_kind,
        "same_bare": nowhere
        & long_title
        & several
        & same_words
        & (v["year_gap"] == 0)
        & one_kind
        & plain
        & ~below(v["abstract"], 0.9),
        "same_copy": ~at_odds
        & ~other_id
        & long_title
        & same_words
        & one_text
        & one_kind
        # Online first and in its issue a year later: the journal has to be the same one.
        & ((v["year_gap"] == 0) | ((v["year_gap"] == 1) & at_least(v["journal"], 0.9))),
        "same_issue_text": at.same_issue
        & np.isnan(v["first_page"])
        & at_least(v["title"], 1.0)
        & one_text
        & (v["numbers"] == 1)
        & ~below(v["authors"], 0.5)
        & one_kind,
    }
