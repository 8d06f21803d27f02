"""Searches of the local E-utilities server: valid runs, every way in which an answer is none, cuts
and resumes.
"""

import dataclasses
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.cache import Cache, Opening, verify
from reviewkit.http import Patience
from reviewkit.model.errors import NotARealAnswer, NotCached, RemoteError
from reviewkit.model.records import Role, RunStatus
from tests.conftest import PROJECT, SHARED
from tests.helpers.retrieval import EMAIL, KEY, SMALL, Sleeper, files_below
from tests.helpers.searching import search
from tests.servers.eutils_corpus import Corpus, made_entry
from tests.servers.eutils_server import EutilsServer, Fault

HEADINGS = (
    '"Dysbiosis"[mh] AND "Amyotrophic Lateral Sclerosis"[mh] AND "Gastrointestinal Microbiome"[mh] '
    "AND 2022/01/01:2025/12/31[dp] AND (por[la] OR eng[la]) AND 1800/01/01:2026/04/10[crdt]"
)


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(Corpus.load(SMALL)) as serving:
        yield serving


def test_a_run_says_what_was_asked_and_what_came(server: EutilsServer, tmp_path: Path) -> None:
    lines: list[tuple[int, int]] = []
    done = search(
        server, tmp_path, HEADINGS, progress=lambda so_far, whole: lines.append((so_far, whole))
    )
    wanted = tuple(str(99_000_000 + number) for number in (1, 2, 3, 4, 5, 10, 13))
    run = done.run
    assert (run.source, run.role, run.status, run.strategy) == (
        "pubmed",
        Role.DATABASE,
        RunStatus.COMPLETE,
        "test",
    )
    assert (run.query, run.endpoint) == (HEADINGS, server.url)
    assert (run.count, run.received, run.identifiers, run.missing) == (7, 7, wanted, ())
    assert (run.build, run.build_records, run.build_updated) == (
        "Build-2026.11.01.00.01",
        20,
        "2026/11/01 00:01",
    )
    assert (run.translation or "").startswith('"Dysbiosis"[MeSH Terms] AND ')
    assert run.warnings == ()
    assert run.searched_at == "2026-11-01T12:00:00+00:00"
    assert tuple(record.pmid for record in done.records) == wanted
    assert lines == [(0, 7), (4, 7), (7, 7)]
    assert [seen.parameters["term"] for seen in server.asked("esearch")] == [HEADINGS, HEADINGS]
    assert {seen.method for seen in server.requests} == {"POST"}
    assert [len(seen.ids) for seen in server.asked("efetch")] == [4, 3]


def test_given_the_cache_a_run_is_the_same_to_the_last_byte(
    server: EutilsServer, tmp_path: Path
) -> None:
    online = search(server, tmp_path)
    before, requests = files_below(tmp_path), len(server.requests)
    server.corpus.delete("99000001")
    assert search(None, tmp_path) == online
    assert search(server, tmp_path) == online
    assert (files_below(tmp_path), len(server.requests)) == (before, requests)
    with pytest.raises(NotCached, match="no search of pubmed"):
        search(None, tmp_path, HEADINGS)
    assert search(server, tmp_path, opening=Opening.FRESH).run.count == len(online.records) - 1


def test_an_unlimited_rate_waits_for_nothing(server: EutilsServer, tmp_path: Path) -> None:
    sleeper = Sleeper()
    search(server, tmp_path, sleeper=sleeper)
    assert sleeper.slept == []


def test_a_list_alone_fetches_no_record(server: EutilsServer, tmp_path: Path) -> None:
    done = search(server, tmp_path, HEADINGS, fetch=False)
    assert (done.run.count, done.run.received, done.run.missing, done.records) == (7, None, (), ())
    assert len(done.run.identifiers) == 7
    assert [seen.endpoint for seen in server.requests] == ["einfo", "esearch"]
    assert search(None, tmp_path, HEADINGS, fetch=False) == done


def test_nothing_found_is_an_answer_when_pubmed_says_so(
    server: EutilsServer, tmp_path: Path
) -> None:
    done = search(server, tmp_path, "99000001[uid] AND spa[la]")
    assert (done.run.count, done.run.received, done.run.identifiers, done.records) == (0, 0, (), ())
    assert search(None, tmp_path, "99000001[uid] AND spa[la]") == done


TRANSIENT = {
    Fault.TOO_MANY,
    Fault.TOO_MANY_NO_HINT,
    Fault.SERVER_ERROR,
    Fault.TRUNCATED,
    Fault.HANG,
    Fault.HTML,
    Fault.EMPTY,
    Fault.RESET,
}


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ["einfo", "esearch", "efetch"])
@pytest.mark.parametrize(
    "fault", sorted(TRANSIENT | {Fault.BAD_GATEWAY_IN_BAND, Fault.TIMEOUT_400, Fault.CUT})
)
def test_a_passing_fault_changes_nothing(
    server: EutilsServer, tmp_path: Path, endpoint: str, fault: Fault
) -> None:
    undisturbed = search(server, tmp_path / "a")
    server.on(endpoint, 1, fault)
    disturbed = search(server, tmp_path / "b", patience=Patience(read_seconds=0.3))
    assert disturbed.records == undisturbed.records
    assert disturbed.run.identifiers == undisturbed.run.identifiers
    assert disturbed.run.missing == ()
    if fault is not Fault.CUT:
        assert files_below(tmp_path / "a") == files_below(tmp_path / "b"), (
            "and no trace of it is stored"
        )


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ["einfo", "esearch", "efetch"])
@pytest.mark.parametrize(
    "fault", sorted({*TRANSIENT, Fault.BAD_GATEWAY_IN_BAND, Fault.TIMEOUT_400, Fault.BOMB})
)
def test_a_lasting_fault_is_a_failure_with_its_own_words(
    server: EutilsServer, tmp_path: Path, endpoint: str, fault: Fault
) -> None:
    server.on(endpoint, range(1, 40), fault)
    with pytest.raises(RemoteError, match=WORDS[fault]) as raised:
        search(server, tmp_path, patience=Patience(read_seconds=0.1, tries=2))
    assert raised.value.exit_code == 4
    stored = b"".join(
        body for name, body in files_below(tmp_path).items() if name.startswith("pages")
    )
    assert b"maintenance" not in stored
    assert b"ERROR" not in stored
    assert [run.complete for run in Cache(tmp_path).runs()] == [False]
    server.requests.clear()
    server._scripts.clear()
    assert search(server, tmp_path).run.received == 20, "and the run goes on from there"


WORDS = {
    Fault.TOO_MANY: "too many requests",
    Fault.TOO_MANY_NO_HINT: "too many requests",
    Fault.SERVER_ERROR: "HTTP 500",
    Fault.TRUNCATED: "truncated",
    Fault.HANG: "in time",
    Fault.HTML: "web page",
    Fault.EMPTY: "empty",
    Fault.RESET: "broke the connection",
    Fault.BAD_GATEWAY_IN_BAND: "502 Proxy Error|<eSearchResult>",
    Fault.TIMEOUT_400: "Timeout",
    Fault.BOMB: "entities",
}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            '"psittacine flight"[tiab]',
            r"does not know '\"psittacine flight\"'.*QuotedPhraseNotFound",
        ),
        ("qzxwvunonsenseterm", "QuotedPhraseNotFound"),
        ("dysbiosis[nosuchfield]", "does not know the field 'nosuchfield'.*FieldNotFound"),
        ("((dysbiosis", "Search Backend failed"),
        ("   ", "nothing todo"),
    ],
)
def test_a_query_that_pubmed_does_not_take_is_never_0_hits(
    server: EutilsServer, tmp_path: Path, query: str, message: str
) -> None:
    with pytest.raises(NotARealAnswer, match=message):
        search(server, tmp_path, query)
    assert len(server.asked("esearch")) == (5 if query == "((dysbiosis" else 1)


def test_an_acknowledged_phrase_may_be_unknown(server: EutilsServer, tmp_path: Path) -> None:
    query = '"psittacine flight"[tiab] OR dysbiosis[mh]'
    done = search(server, tmp_path, query, acknowledged=("Psittacine flight",))
    assert done.run.count == 10
    assert done.run.warnings == ('QuotedPhraseNotFound: "psittacine flight"',)
    with pytest.raises(NotARealAnswer, match="psittacine"):
        search(None, tmp_path, query)


def test_ids_that_vanish_are_listed_as_missing(server: EutilsServer, tmp_path: Path) -> None:
    server.on("efetch", 2, lambda corpus: corpus.delete("99000006", "99000007"))
    done = search(server, tmp_path)
    assert done.run.missing == ("99000006", "99000007")
    assert (done.run.count, done.run.received) == (20, 18)
    assert len(done.records) == 18
    assert any("count moved from 20 to 18" in warning for warning in done.run.warnings)
    assert search(None, tmp_path) == done


def test_a_whole_batch_that_vanished_is_told_from_an_empty_answer(
    server: EutilsServer, tmp_path: Path
) -> None:
    server.on("efetch", 1, lambda corpus: corpus.delete("99000001"))
    done = search(server, tmp_path, "99000001[uid]")
    assert (done.run.missing, done.run.received, done.records) == (("99000001",), 0, ())
    assert [seen.parameters["retmode"] for seen in server.asked("efetch")] == ["text"] * 4 + ["xml"]
    assert search(None, tmp_path, "99000001[uid]") == done


def test_an_empty_text_for_records_that_are_there_is_no_answer(
    server: EutilsServer, tmp_path: Path
) -> None:
    server.on("efetch", range(1, 5), Fault.EMPTY)
    with pytest.raises(NotARealAnswer, match="empty text for records that it has"):
        search(server, tmp_path, "99000001[uid]")
    assert search(server, tmp_path, "99000001[uid]").run.received == 1, "nothing of it was stored"


def test_a_record_that_was_left_out_once_is_asked_for_again(
    server: EutilsServer, tmp_path: Path
) -> None:
    entry = server.corpus.get("99000003")
    assert entry is not None
    server.on("efetch", 1, lambda corpus: corpus.delete("99000003"))
    server.on("efetch", 2, lambda corpus: corpus.add(entry))
    done = search(server, tmp_path)
    assert server.asked("efetch")[1].ids == ("99000003", "99000004"), (
        "and for the last one, which may be cut"
    )
    assert done.run.missing == ()
    assert [record.pmid for record in done.records] == list(done.run.identifiers), (
        "in order nonetheless"
    )


def test_records_that_nobody_asked_for_are_not_taken(server: EutilsServer, tmp_path: Path) -> None:
    server.corpus.revise("99000002", "PMID- 99000002", "PMID- 88000002")
    server.corpus.add(
        dataclasses.replace(
            server.corpus.get("88000002") or made_entry(1, created=None), pmid="99000002"
        )
    )
    with pytest.raises(NotARealAnswer, match=r"not asked for \(88000002\)"):
        search(server, tmp_path, "99000002[uid]")


def test_a_page_that_was_refused_is_asked_for_again_and_kept_as_evidence(
    server: EutilsServer, tmp_path: Path
) -> None:
    good = server.corpus.get("99000002")
    assert good is not None
    foreign = good.revised("PMID- 99000002", "PMID- 88000002")
    server.corpus.add(dataclasses.replace(foreign, pmid="99000002"))
    with pytest.raises(NotARealAnswer, match="not asked for"):
        search(server, tmp_path, "99000002[uid]")
    (journal,) = tmp_path.rglob("journal.jsonl")
    assert '"refused"' in journal.read_text(encoding="utf-8")
    assert verify(Cache(tmp_path)) == ()

    server.corpus.add(good)
    calm = search(server, tmp_path, "99000002[uid]")
    assert [record.pmid for record in calm.records] == ["99000002"]
    assert verify(Cache(tmp_path)) == ()


def test_a_single_record_that_ends_at_a_line_is_not_whole(
    server: EutilsServer, tmp_path: Path
) -> None:
    entry = server.corpus.get("99000002")
    assert entry is not None
    head = entry.text[: entry.text.index("\n", entry.text.index("TI  -"))]
    server.corpus.add(dataclasses.replace(entry, text=head))
    with pytest.raises(NotARealAnswer, match="cut its last record off"):
        search(server, tmp_path, "99000002[uid]")
    server.corpus.add(entry)
    (record,) = search(server, tmp_path, "99000002[uid]").records
    assert record.pmid == "99000002"
    assert record.abstract or record.title


def test_records_that_the_text_leaves_out_are_asked_for_again(
    server: EutilsServer, tmp_path: Path
) -> None:
    whole = search(server, tmp_path / "a")
    server.left_out = {"99000002", "99000003"}
    with pytest.raises(NotARealAnswer, match="left out 2 records that it has: 99000002, 99000003"):
        search(server, tmp_path / "b")
    server.left_out = set()
    assert search(server, tmp_path / "b").records == whole.records


@pytest.mark.slow
@pytest.mark.parametrize("stop_after", [0, 1, 2, 3, 4])
def test_a_run_cut_off_anywhere_ends_as_an_undisturbed_one(
    server: EutilsServer, tmp_path: Path, stop_after: int
) -> None:
    undisturbed = search(server, tmp_path / "a")
    server.requests.clear()

    def stop(so_far: int, whole: int) -> None:
        if so_far >= 4 * stop_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(server, tmp_path / "b", progress=stop)
    fetched = {one for seen in server.asked("efetch") for one in seen.ids}
    server.requests.clear()
    assert search(server, tmp_path / "b") == undisturbed
    assert not fetched & {one for seen in server.asked("efetch") for one in seen.ids}
    assert [seen.endpoint for seen in server.requests if seen.endpoint != "efetch"] == [
        "esearch"
    ], "the closing count"
    assert files_below(tmp_path / "a") == files_below(tmp_path / "b")


KILLED = """
    import sys
    from pathlib import Path
    from tests.helpers.searching import search
    from types import SimpleNamespace
    search(SimpleNamespace(url=sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("endpoint", ["esearch", "efetch"])
def test_a_killed_process_costs_the_page_in_hand(
    server: EutilsServer, tmp_path: Path, endpoint: str, nth: int
) -> None:
    undisturbed = search(server, tmp_path / "a")
    server.requests.clear()
    nth = min(nth, 2) if endpoint == "esearch" else nth
    reached, release = threading.Event(), threading.Event()

    def hold(corpus: Corpus) -> None:
        reached.set()
        release.wait(20)

    server.on(endpoint, nth, hold)
    arguments = [sys.executable, "-c", textwrap.dedent(KILLED), server.url, str(tmp_path / "b")]
    process = subprocess.Popen(arguments, cwd=PROJECT)
    assert reached.wait(20)
    process.send_signal(signal.SIGKILL)
    process.wait()
    release.set()
    before = [(seen.endpoint, seen.ids) for seen in server.requests]
    server.requests.clear()
    assert search(server, tmp_path / "b") == undisturbed
    after = [(seen.endpoint, seen.ids) for seen in server.requests]
    assert [one for one in after if one in before[:-1] and one[1]] == []
    assert files_below(tmp_path / "a") == files_below(tmp_path / "b")
    assert verify(Cache(tmp_path / "b")) == ()


def test_no_secret_is_ever_stored(server: EutilsServer, tmp_path: Path) -> None:
    server.on("einfo", 1, Fault.ECHO)
    server.on("esearch", 1, Fault.ECHO)
    server.on("efetch", 1, Fault.TOO_MANY)
    done = search(server, tmp_path)
    assert server.requests[0].parameters["api_key"] == KEY
    spelled = [
        spelling.lower()
        for spelling in (KEY, EMAIL, "0123456789abcdef", "reviewer%2Btests", "reviewer+tests")
    ]
    stored = b"\n".join([*files_below(tmp_path).values(), repr(done).encode()]).lower()
    assert b"[redacted]" in stored
    assert not [spelling for spelling in spelled if spelling.encode() in stored]


@pytest.mark.slow
@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real .nbib files are not at hand (../shared/data)"
)
def test_real_records_come_through(tmp_path: Path) -> None:
    corpus = Corpus.load(*sorted((SHARED / "pubmed" / "nbib").iterdir()))
    query = "eng[la] OR fre[la] OR ger[la] OR ice[la] OR por[la]"
    with EutilsServer(corpus) as server:
        done = search(server, tmp_path, query, batch=200)
    assert done.run.received == done.run.count == len(done.records) == len(corpus)
    assert done.run.missing == ()
