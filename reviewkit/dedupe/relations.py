"""How two near records relate when they are not one: erratum, retraction, comment, preprint, abstract, update."""

import numpy as np

from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags
from reviewkit.dedupe.evidence import at_least, below
from reviewkit.dedupe.normalise.kind import PublicationKind
from reviewkit.dedupe.prepare import Prepared
from reviewkit.model.records import RelationKind

_BY_KIND = (
    (PublicationKind.ERRATUM, RelationKind.ERRATUM_OF),
    (PublicationKind.RETRACTION, RelationKind.RETRACTION_OF),
    (PublicationKind.COMMENT, RelationKind.COMMENT_ON),
    (PublicationKind.PREPRINT | PublicationKind.DEPOSIT, RelationKind.PREPRINT_OF),
    (PublicationKind.ABSTRACT, RelationKind.ABSTRACT_OF),
    (
        PublicationKind.PROTOCOL
        | PublicationKind.THESIS
        | PublicationKind.REGISTER
        | PublicationKind.SUMMARY,
        RelationKind.RELATED_TO,
    ),
)

Relations = list[tuple[int, int, int, RelationKind]]


def find_relations(prepared: Prepared, pairs: Likeness, apart: Flags) -> Relations:
    """(place of the pair, position of the relating record, position of the target, kind) for the pairs kept apart."""
    v = pairs.values
    kinds = prepared.ints["kind"]
    near = at_least(v["title"], 0.8) | at_least(v["title_part"], 0.93)
    notice = at_least(v["title"], 0.9) | at_least(v["title_part"], 0.93)
    people = at_least(v["authors"], 0.6) | (np.isnan(v["authors"]) & notice)
    telling = v["telling"] >= 3
    found: Relations = []
    only = kinds[pairs.first] ^ kinds[pairs.second]
    for flags, relation in _BY_KIND:
        # A reply is mostly by other people than the article it answers.
        fitting = notice if relation is RelationKind.COMMENT_ON else near & people
        hits = np.flatnonzero(apart & telling & fitting & ((only & int(flags)) != 0))
        apart = apart.copy()
        apart[hits] = False
        for place in hits.tolist():
            first, second = int(pairs.first[place]), int(pairs.second[place])
            if kinds[second] & int(flags) and not kinds[first] & int(flags):
                first, second = second, first
            found.append((place, first, second, relation))
    return [*found, *_updates(prepared, pairs, apart & near & people)]


def _updates(prepared: Prepared, pairs: Likeness, candidates: Flags) -> Relations:
    """Versions of one Cochrane review: the later year is the update of the earlier."""
    kinds, years = prepared.ints["kind"], prepared.ints["year"]
    both = (kinds[pairs.first] & kinds[pairs.second] & int(PublicationKind.COCHRANE)) != 0
    other = (pairs.values["doi"] == 0) | (pairs.values["year_gap"] > 0)
    found: Relations = []
    for place in np.flatnonzero(
        candidates & both & other & ~below(pairs.values["title"], 0.9)
    ).tolist():
        first, second = int(pairs.first[place]), int(pairs.second[place])
        if (years[first], prepared.records[first].doi or "") < (
            years[second],
            prepared.records[second].doi or "",
        ):
            first, second = second, first
        found.append((place, first, second, RelationKind.UPDATE_OF))
    return found
