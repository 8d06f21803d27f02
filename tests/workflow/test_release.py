"""Versions: frozen, drawn again exactly, set beside what came since; U1 to U3 hold after any
history.
"""

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow
from reviewkit.model.records import Verdict
from reviewkit.prisma.check import check
from reviewkit.store.decisions import states
from reviewkit.workflow.reporting.prisma import DrawingStyle, draw_review, write_drawing
from reviewkit.workflow.reporting.release import (
    flow_from_json,
    previous_version,
    release,
    updated_flow,
)
from reviewkit.workflow.reporting.review_flow import review_flow
from reviewkit.workflow.reporting.version_table import version_table, write_version_table
from tests.helpers.effort import examples
from tests.helpers.living import LivingReview, corpus_of, make_living, work
from tests.servers.eutils_server import EutilsServer


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(8)) as server:
        yield make_living(tmp_path, server)


def freeze(review: LivingReview, name: str) -> None:
    release(review.project, name, now=review.at)


def updated(review: LivingReview) -> Flow:
    with review.store() as store:
        previous = previous_version(store, states(store))
        assert previous
        return updated_flow(store, review.project.protocol, previous)


def svg(review: LivingReview, *, template: str = "new", version: str | None = None) -> bytes:
    style = DrawingStyle(template=template, now=review.at)
    drawing = draw_review(
        review.project, style, compare_reported=False, force=False, release=version
    )
    return write_drawing(drawing, style, format_name="svg")


def screen_all(review: LivingReview, *included: str) -> None:
    for record, state in review.states().items():
        if state == "awaiting_screening":
            if record in included:
                review.include(record)
            else:
                review.decide(record, Verdict.EXCLUDE)


@pytest.mark.slow
def test_the_version_before_stands_beside_the_new_one(review: LivingReview) -> None:
    review.update()
    screen_all(review, "pubmed:1000", "pubmed:1001")
    freeze(review, "v1")
    review.server.corpus.add(*(work(2000 + n, day="2026/01/09") for n in range(3)))
    review.update()
    screen_all(review, "pubmed:2000")
    flow = updated(review)
    assert (flow.previous_studies, flow.new_studies, flow.total_studies, flow.dropped_studies) == (
        2,
        1,
        3,
        0,
    )
    assert (flow.database_results, flow.already_screened, flow.records_screened) == (11, 8, 3)
    assert check(flow, own=True) == ()
    freeze(review, "v2")
    assert updated(review) == dataclasses.replace(flow, footnotes=updated(review).footnotes)
    assert b"previous version" in svg(review, template="updated", version="v2").lower()


@pytest.mark.slow
def test_a_version_is_drawn_again_exactly(review: LivingReview) -> None:
    review.update()
    screen_all(review, "pubmed:1000")
    freeze(review, "v1")
    before = svg(review)
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.server.corpus.revise("1000", "Invented", "Invented and revised")
    review.update()
    screen_all(review, "pubmed:2000")
    review.project.protocol_path.write_text(
        review.project.protocol_text + '[diagram]\nlanguage = "pt"\n', encoding="utf-8"
    )
    assert svg(review) != before
    assert svg(review, version="v1") == before


@pytest.mark.slow
def test_a_study_that_is_dropped_is_counted_and_told(review: LivingReview) -> None:
    review.update()
    screen_all(review, "pubmed:1000", "pubmed:1001")
    freeze(review, "v1")
    from reviewkit.model.records import Stage

    review.decide("pubmed:1001", Verdict.EXCLUDE, stage=Stage.FULL_TEXT)
    flow = updated(review)
    assert (flow.previous_studies, flow.new_studies, flow.dropped_studies, flow.total_studies) == (
        2,
        0,
        1,
        1,
    )
    assert check(flow, own=True) == ()
    assert b"No longer included" in svg(review, template="updated")


@pytest.mark.slow
def test_a_retracted_included_study_is_a_footnote_of_the_diagram(review: LivingReview) -> None:
    review.update()
    screen_all(review, "pubmed:1000")
    review.server.corpus.revise("1000", "PT  - Journal Article", "PT  - Retracted Publication")
    review.update()
    with review.store() as store:
        notes = review_flow(store, review.project.protocol).footnotes
    assert [note for note in notes if note.startswith("An included study is retracted: ")]


@pytest.mark.slow
def test_names_are_taken_once_and_unknown_ones_are_told(review: LivingReview) -> None:
    review.update()
    freeze(review, "v1")
    with pytest.raises(UsageError, match="already"):
        freeze(review, "v1")
    with pytest.raises(UsageError, match="no version 'v9'"):
        svg(review, version="v9")
    with pytest.raises(UsageError, match="has none before it"):
        svg(review, template="updated", version="v1")
    with pytest.raises(UsageError, match="cannot name"):
        freeze(review, " ")


def test_without_a_version_there_is_none_to_show(review: LivingReview) -> None:
    review.update()
    with pytest.raises(UsageError, match="no previous version"):
        svg(review, template="updated")


@pytest.mark.slow
def test_the_table_of_counts_by_version(review: LivingReview) -> None:
    review.update()
    screen_all(review, "pubmed:1000")
    freeze(review, "v1")
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.update()
    table = version_table(review.project, now=review.at)
    assert table.versions == ("v1", "now")
    rows = dict(table.rows)
    assert rows["database_results"] == (8, 9)
    assert rows["awaiting_screening"] == (0, 1)
    assert rows["previous_studies"] == (None, 1)
    for form in ("text", "csv", "markdown", "json"):
        assert "database_results" in write_version_table(table, form).replace("\\", "")


def test_a_flow_survives_being_frozen() -> None:
    from tests.helpers.flows import NEW

    assert flow_from_json(dataclasses.asdict(NEW)) == NEW


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("update"), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.integers(0, 20)),
        st.tuples(st.just("screen"), st.lists(st.integers(0, 3), min_size=1, max_size=6)),
        st.tuples(st.just("release"), st.none()),
    ),
    min_size=3,
    max_size=9,
)


@pytest.mark.slow
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=STEPS)
def test_the_flow_after_any_history_adds_up(history: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, EutilsServer(corpus_of(6)) as server:
        review = make_living(Path(folder), server)
        review.update()
        released = 0
        for number, (step, line) in enumerate(history):
            if step == "update" and isinstance(line, int):
                day = f"{review.at:%Y/%m/%d}"
                server.corpus.add(*(work(3000 + 10 * number + n, day=day) for n in range(line)))
                review.update()
            elif step == "delete" and isinstance(line, int):
                pmids = sorted(server.corpus.pmids)
                server.corpus.delete(pmids[line % len(pmids)])
            elif step == "screen" and isinstance(line, list):
                for record, choice in zip(sorted(review.states()), line, strict=False):
                    if choice == 0:
                        review.include(record)
                    else:
                        review.decide(
                            record,
                            (Verdict.EXCLUDE, Verdict.INCLUDE, Verdict.WITHDRAWN)[choice - 1],
                        )
            elif step == "release":
                released += 1
                freeze(review, f"v{released}")
            with review.store() as store:
                flow = review_flow(store, review.project.protocol)
                assert check(flow, own=True) == ()
                previous = previous_version(store, states(store))
                if previous:
                    assert (
                        check(updated_flow(store, review.project.protocol, previous), own=True)
                        == ()
                    )
