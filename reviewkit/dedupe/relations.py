"""Find how two similar records relate that are not duplicates: erratum, preprint, update ..."""

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
    """Return the relations of the pairs kept apart.

    Each is (place of the pair, position of the relating record, position of the target, kind).
    """
    v = pairs.values
    kinds = prepared.ints["kind"]
    near = at_least(v["title"], 0.8) | at_least(v["title_part"], 0.93)
    notice = at_least(v["title"], 0.9) | at_least(v["title_part"], 0.93)
    people = at_least(v["authors"], 0.6) | (np.isnan(v["authors"]) & notice)
    telling = v["telling"] >= 3

    relations: Relations = []
    only = kinds[pairs.first] ^ kinds[pairs.second]

    for flags, relation in _BY_KIND:
        # A reply is mostly by other people than the article that it answers.
        fitting = near & people
        if relation is RelationKind.COMMENT_ON:
            fitting = notice
        hits = np.flatnonzero(apart & telling & fitting & ((only & int(flags)) != 0))
        apart = apart.copy()
        apart[hits] = False
        for place in hits.tolist():
            first, second = int(pairs.first[place]), int(pairs.second[place])
            if kinds[second] & int(flags) and not kinds[first] & int(flags):
                first, second = second, first
            relations.append((place, first, second, relation))

    return [*relations, *_updates(prepared, pairs, apart, near & people)]


def _updates(prepared: Prepared, pairs: Likeness, apart: Flags, alike: Flags) -> Relations:
    """Return the versions of one Cochrane review: the later is the update of the earlier.

    The number of the review tells, whatever the title and the authors have become. Without it, both
    must be alike.
    """
    v = pairs.values
    kinds, years = prepared.ints["kind"], prepared.ints["year"]
    numbers = prepared.ints["cochrane_version"]
    both = (kinds[pairs.first] & kinds[pairs.second] & int(PublicationKind.COCHRANE)) != 0
    other = (v["doi"] == 0) | (v["year_gap"] > 0) | (v["cochrane_version"] == 0)
    same = (v["cochrane"] == 1) | (np.isnan(v["cochrane"]) & alike & ~below(v["title"], 0.9))
    updates = apart & both & other & same

    def version(position: int) -> tuple[int, int, str]:
        year = int(years[position])
        return year, int(numbers[position]), prepared.records[position].doi or ""

    relations: Relations = []
    for place in np.flatnonzero(updates).tolist():
        first, second = int(pairs.first[place]), int(pairs.second[place])
        if version(first) < version(second):
            first, second = second, first
        relations.append((place, first, second, RelationKind.UPDATE_OF))
    return relations
