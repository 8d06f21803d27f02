"""A run's hash stays what it was in databases of earlier versions."""

import dataclasses

from reviewkit.model.records import CountUnit, Role, RunStatus, SearchRun
from reviewkit.store.runs import run_sha256


def test_what_a_count_counts_does_not_change_the_hash_of_a_run() -> None:
    run = SearchRun(
        source="lilacs",
        role=Role.DATABASE,
        strategy="main",
        query="q",
        searched_at="2026-04-10T00:00:00+00:00",
        status=RunStatus.COMPLETE,
        count=3,
        received=2,
        identifiers=("a", "b"),
    )
    entries = dataclasses.replace(run, count_unit=CountUnit.ENTRIES)

    # The hash that version 0.1 stored for this run.
    stored = "c5d325822f7d18671483d062e25b473148d06a14470f9548902bbba53e65ce2d"
    assert (run_sha256(run), run_sha256(entries)) == (stored, stored)
