"""An update never empties a good record, and never believes a count that falls steeply."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from reviewkit.store.records import record_by_key
from tests.helpers.command import reaching, reviewkit
from tests.helpers.living import LivingReview, corpus_of, make_living, work
from tests.servers.eutils_corpus import Corpus, Entry
from tests.servers.eutils_server import EutilsServer

ABSTRACT = "AB  - We looked at guts. We found nerves."


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    corpus = corpus_of(12)
    corpus.add(work(2000, more=[ABSTRACT]))
    with EutilsServer(corpus) as serving:
        yield serving


@pytest.fixture
def review(tmp_path: Path, server: EutilsServer) -> LivingReview:
    living = make_living(tmp_path, server)
    living.update()
    return living


def without_abstract(entry: Entry) -> Entry:
    return replace(entry, text=entry.text.replace(f"{ABSTRACT}\n", ""))


def abstract_of(review: LivingReview) -> str | None:
    with review.store() as store:
        record = record_by_key(store, "pubmed:2000")
    assert record
    return record.abstract


def asked_alone(server: EutilsServer) -> int:
    return sum(seen.ids == ("2000",) for seen in server.asked("efetch"))


def test_a_record_that_lost_a_field_is_asked_for_alone(
    review: LivingReview, server: EutilsServer
) -> None:
    good = server.corpus.get("2000")
    assert good
    server.on("efetch", 1, lambda corpus: corpus.add(without_abstract(good)))
    server.on("efetch", 2, lambda corpus: corpus.add(good))
    found = review.update()
    assert asked_alone(server) == 1
    assert abstract_of(review)
    assert [change.kind for change in found.changes] == []


@pytest.mark.slow
def test_a_field_that_the_service_took_away_is_believed_when_it_says_so_twice(
    review: LivingReview, server: EutilsServer
) -> None:
    good = server.corpus.get("2000")
    assert good
    server.corpus.add(without_abstract(good))
    found = review.update()
    assert asked_alone(server) == 1
    assert abstract_of(review) is None
    assert [change.fields for change in found.changes] == [("abstract",)]
    review.update()
    assert asked_alone(server) == 1, "what is stored is not doubted again"


@pytest.mark.slow
def test_answers_that_always_differ_change_nothing(
    review: LivingReview, server: EutilsServer
) -> None:
    good = server.corpus.get("2000")
    assert good

    def worse(number: int) -> Entry:
        poor = without_abstract(good)
        return replace(poor, text=poor.text.replace("LA  - eng", f"LA  - eng\nSTAT- {number}"))

    def worsen(number: int, corpus: Corpus) -> None:
        corpus.add(worse(number))

    for number in range(1, 30):
        server.on("efetch", number, partial(worsen, number))
    found = review.update()
    (failed,) = found.failures
    assert "sent record 2000 in several forms" in (failed.failed or "")
    assert abstract_of(review)
    server.on("efetch", range(1, 30), lambda corpus: corpus.add(good))
    assert review.update().failures == ()


@pytest.mark.slow
def test_a_line_that_is_not_utf8_is_asked_for_again_and_else_named(
    review: LivingReview, server: EutilsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tests.servers.eutils_server as module

    whole = module.answer

    def in_another_encoding(server: EutilsServer, seen: module.Seen, form: str) -> module._Answer:
        reply = whole(server, seen, form)
        return replace(reply, body=reply.body.replace("Naïve".encode(), "Naïve".encode("cp1252")))

    monkeypatch.setattr(module, "answer", in_another_encoding)
    server.corpus.add(work(3000, "Invented study. Naïve guts of mice"))
    review.update()
    with review.store() as store:
        record = record_by_key(store, "pubmed:3000")
    assert record
    assert record.title == "Invented study. Naïve guts of mice"
    assert sum(seen.ids == ("3000",) for seen in server.asked("efetch")) == 1
    (line,) = [line for line in review.said if "UTF-8" in line]
    assert line.startswith("PubMed: line ")
    assert "of PMID 3000 is not UTF-8; read as Windows-1252" in line


def hide(corpus: Corpus) -> None:
    for entry in corpus:
        corpus.revise(entry.pmid, "TI  - Invented", "TI  - Hidden")
    corpus.add(work(9000, "Hidden. The word invented stays known"))


@pytest.mark.slow
def test_a_count_that_falls_to_nothing_is_an_alarm(
    review: LivingReview, server: EutilsServer
) -> None:
    shown = list(server.corpus)
    hide(server.corpus)
    server.corpus.delete("9000")
    server.corpus.add(work(9001, "Other", more=["OT  - invented"]))
    found = review.update()
    (failed,) = found.failures
    fell, _, advice = (failed.failed or "").partition("; ")
    assert fell == "counted 0 records where the same search counted 13 before"
    assert advice.endswith("run again with --accept-fall")
    assert found.changes == ()
    server.corpus.add(*shown)
    assert review.update().failures == ()


@pytest.mark.slow
def test_a_fall_is_accepted_where_a_person_says_so(
    review: LivingReview, server: EutilsServer, tmp_path: Path
) -> None:
    server.corpus.delete(*sorted(server.corpus.pmids - {"1000", "1001"}))
    settings = {**reaching(server), "SOURCE_DATE_EPOCH": str(int(review.at.timestamp()))}
    alarm = reviewkit("update", cwd=tmp_path, settings=settings)
    assert alarm.returncode == 4
    assert "counted 2 records where the same search counted 13 before" in alarm.stdout
    accepted = reviewkit("update", "--accept-fall", cwd=tmp_path, settings=settings)
    assert accepted.returncode == 0, accepted.stderr
    assert "NCBI_EMAIL" in accepted.stderr
    assert accepted.stderr.count("NCBI_EMAIL") == 1
    again = reviewkit("update", cwd=tmp_path, settings=settings)
    assert again.returncode == 0, "what was accepted is what the next one is held against"


@pytest.mark.slow
def test_a_fall_that_passes_is_only_told(review: LivingReview, server: EutilsServer) -> None:
    shown = list(server.corpus)
    server.on("esearch", 1, hide)
    server.on("esearch", 2, lambda corpus: None)
    server.on("esearch", 3, lambda corpus: corpus.add(*shown))
    found = review.update()
    assert found.failures == ()
    assert any("before; asking again" in line for line in review.said)


@pytest.mark.slow
def test_batches_shrink_where_answers_do_not_come_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tests.servers.eutils_server as module

    whole = module.answer

    def cut_where_long(server: EutilsServer, seen: module.Seen, form: str) -> module._Answer:
        reply = whole(server, seen, form)
        if len(seen.ids) > 20:
            return replace(reply, body=reply.body[: len(reply.body) // 2], promised=len(reply.body))
        return reply

    with EutilsServer(corpus_of(60)) as server:
        monkeypatch.setattr(module, "answer", cut_where_long)
        review = make_living(tmp_path, server)
        found = review.update()
        assert found.failures == ()
        assert len(review.states()) == 60
        assert {len(seen.ids) for seen in server.asked("efetch")} == {60, 15}
        monkeypatch.setattr(module, "answer", whole)
        again = review.update()
    assert [change.kind for change in again.changes] == []
