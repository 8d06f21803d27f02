"""Copies that updates bring never lead what was there; a preprint whose article has come is told
of.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.records import Record, Verdict
from reviewkit.prisma.partition import State
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.updates.alerts import Alert
from reviewkit.workflow.updates.update_models import UpdateResult
from tests.helpers.living import PROTOCOL, LivingReview, corpus_of, make_living, work
from tests.helpers.screening_review import run_of
from tests.servers.eutils_server import EutilsServer

TITLE = "Invented diets and their guts in old mice."
LILACS = '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n[[strategies]]'
PREFER = PROTOCOL.replace("[[strategies]]", LILACS, 1) + '[dedupe]\nprefer = ["pubmed"]\n'


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(5)) as server:
        yield make_living(tmp_path, server, PREFER)


def hold(review: LivingReview, number: int, title: str = TITLE, *, doi: str | None = None) -> None:
    """A record of LILACS that no update brought."""
    held = Record(
        source="lilacs",
        source_id=str(number),
        title=title,
        doi=f"10.1000/{number}" if doi is None else doi or None,
        year=2025,
        languages=("eng",),
    )
    run = dataclasses.replace(
        run_of([held]), source="lilacs", strategy="words", searched_at=f"2026-01-0{number % 5 + 1}"
    )
    with review.store() as store, store.transaction():
        add_protocol(
            store, review.project.protocol_sha256, review="guts", toml=review.project.protocol_text
        )
        add_run(store, run, [held], protocol=review.project.protocol_sha256, counts_in_flow=True)


def leads(review: LivingReview) -> dict[str, str]:
    with review.store() as store:
        return dict(store.rows("SELECT record, lead FROM duplicates"))


@pytest.mark.slow
@pytest.mark.parametrize("verdict", [Verdict.INCLUDE, Verdict.EXCLUDE, None])
def test_a_copy_of_the_preferred_source_does_not_lead_what_was_there(
    review: LivingReview, verdict: Verdict | None
) -> None:
    hold(review, 7)
    review.update()
    if verdict:
        review.decide("lilacs:7", verdict)
    state = review.states()["lilacs:7"]
    review.server.corpus.add(work(2500, TITLE, doi="10.1000/7"))
    found = review.update()
    assert [(copy.record, copy.lead, copy.lead_state) for copy in found.copies] == [
        ("pubmed:2500", "lilacs:7", state)
    ]
    assert leads(review) == {"pubmed:2500": "lilacs:7"}
    assert review.states()["lilacs:7"] == state
    assert found.queued == 0
    review.update()
    assert leads(review) == {"pubmed:2500": "lilacs:7"}


def test_what_came_together_is_led_by_the_preferred_source(review: LivingReview) -> None:
    hold(review, 7)
    review.server.corpus.add(work(2500, TITLE, doi="10.1000/7"))
    review.update()
    assert leads(review) == {"lilacs:7": "pubmed:2500"}


@pytest.mark.slow
def test_a_later_copy_leads_neither_the_first_nor_an_earlier_updates_one(
    review: LivingReview,
) -> None:
    hold(review, 7)
    review.update()
    for pmid in (2500, 2501):
        review.server.corpus.add(work(pmid, TITLE, doi="10.1000/7"))
        review.update()
        assert set(leads(review).values()) == {"lilacs:7"}


@pytest.mark.slow
def test_a_copy_that_joins_two_that_were_apart_leads_neither(review: LivingReview) -> None:
    hold(review, 7)
    review.update()
    review.include("lilacs:7")
    other = work(2600, TITLE, doi="10.1000/7")
    review.server.corpus.add(other)
    review.update()
    assert review.states()["lilacs:7"] == State.INCLUDED
    assert review.states()["pubmed:2600"] == State.DUPLICATE


PUBLISHED = (
    PREFER.replace(
        'title = "Guts and nerves"', 'title = "Guts and nerves"\nreviewer = "Made up 2025"'
    )
    + f"""
[reported.flow]
new_studies = 1
[[reported.works]]
id = "known"
title = "{TITLE}"
year = 2025
doi = "10.1000/7"
"""
)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[LivingReview]:
    """A review whose included work is on its published list only."""
    with EutilsServer(corpus_of(5)) as server:
        review = make_living(tmp_path, server, PUBLISHED)
        review.update()
        assert review.states()["reported:known"] == State.INCLUDED
        yield review


@pytest.mark.slow
def test_a_file_may_bring_the_work_that_only_the_list_had(published: LivingReview) -> None:
    hold(published, 7, doi="")
    published.server.corpus.add(
        work(2500, "Another title of the same invented work.", doi="10.1000/7")
    )
    found = published.update()
    states = published.states()
    assert states["lilacs:7"] == State.INCLUDED
    assert "reported:known" not in states
    assert (found.copies, states["pubmed:2500"]) == ((), State.AWAITING_SCREENING)


@pytest.mark.slow
def test_a_file_with_a_copy_of_what_an_update_found_of_the_listed_work_changes_nothing(
    published: LivingReview,
) -> None:
    published.server.corpus.add(work(2500, TITLE, doi="10.1000/7"))
    published.update()
    hold(published, 7)
    for pmid in (2600, 2601):  # each brings something, so that each is judged
        published.server.corpus.add(work(pmid))
        published.update()
        assert leads(published) == {"pubmed:2500": "reported:known", "lilacs:7": "reported:known"}
        assert published.states()["reported:known"] == State.INCLUDED


PREPRINT = ["PT  - Preprint"]


def alerts(found: UpdateResult, record: str) -> list[Alert]:
    return [notice.alert for notice in found.notices if notice.record == record]


@pytest.mark.slow
@pytest.mark.parametrize("included", [True, False])
def test_a_preprint_whose_record_names_its_article_is_told_of_once(
    review: LivingReview, included: bool
) -> None:
    review.server.corpus.add(work(2700, more=PREPRINT))
    review.update()
    if included:
        review.include("pubmed:2700")
    review.server.corpus.revise(
        "2700", "PT  - Preprint", "PT  - Preprint\nUIN - J Invented. 2026. PMID: 2701"
    )
    found = review.update()
    assert alerts(found, "pubmed:2700") == [Alert.PREPRINT]
    assert review.update().notices == ()


@pytest.mark.slow
@pytest.mark.parametrize("included", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_preprint_whose_article_an_update_brings_is_told_of(
    review: LivingReview, included: bool, named: bool
) -> None:
    title = "Invented probiotics slow the decline of motor neurons in mice with guts of their own."
    people = ["FAU - Almar, Z", "FAU - Benes, Y", "FAU - Cural, X"]
    review.server.corpus.add(
        work(
            2800,
            title,
            doi="10.1101/2025.01.02.631111",
            more=[*PREPRINT, *people, "TA  - bioRxiv", "JT  - bioRxiv"],
        )
    )
    review.update()
    if included:
        review.include("pubmed:2800")
    link = ["UOF - bioRxiv. 2025 Jan 2. PMID: 2800"] if named else []
    review.server.corpus.add(
        work(
            2801,
            title,
            doi="10.1000/article",
            day="2026/01/09",
            more=[*people, "JT  - Journal of Guts", *link],
        )
    )
    found = review.update()
    lines = [notice for notice in found.notices if notice.record == "pubmed:2800"]
    assert [notice.alert for notice in lines] == [Alert.PREPRINT]
    assert "pubmed:2801" in lines[0].evidence
    assert review.states()["pubmed:2800"] == (
        State.INCLUDED if included else State.AWAITING_SCREENING
    )
    assert review.update().notices == ()


def test_an_excluded_preprint_is_not_watched(review: LivingReview) -> None:
    review.server.corpus.add(work(2700, more=PREPRINT))
    review.update()
    review.decide("pubmed:2700", Verdict.EXCLUDE)
    review.server.corpus.revise(
        "2700", "PT  - Preprint", "PT  - Preprint\nUIN - J Invented. 2026. PMID: 2701"
    )
    assert review.update().notices == ()
