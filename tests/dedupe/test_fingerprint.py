"""When all pairs are compared again."""

from dataclasses import replace

from reviewkit.dedupe import (
    DedupeSettings,
)
from reviewkit.dedupe.fingerprint import rules_sha256
from reviewkit.model.records import RelationKind


def test_other_thresholds_rules_or_merges_are_another_fingerprint_and_preference_is_not() -> None:
    usual = DedupeSettings()
    others = [
        replace(usual, same_at=0.96),
        replace(usual, ask_at=0.31),
        replace(usual, merge=frozenset({RelationKind.ERRATUM_OF})),
    ]
    assert len({rules_sha256(each) for each in (usual, *others)}) == 4
    assert rules_sha256(replace(usual, prefer=("pubmed",))) == rules_sha256(usual)
