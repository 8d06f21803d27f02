"""ClinicalTrials.gov over a local server: every trial once, by its number, and whole or not at
all.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewkit.model.errors import NotARealAnswer, RemoteError, ReviewkitError, UsageError
from reviewkit.model.records import Record, RelationKind, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import clinicaltrials
from reviewkit.sources.object_records import read_shaped
from tests.conftest import SHARED
from tests.helpers.listed import run_listed
from tests.servers.clinicaltrials_server import ClinicalTrialsServer, study
from tests.servers.http_server import Answered, ReceivedRequest

QUERY = CompiledQuery(source="clinicaltrials", strategy="s", text='"dysbiosis"')
SERVICES = SHARED / "services"


def run(
    root: Path, server: ClinicalTrialsServer, query: CompiledQuery = QUERY, *, fetch: bool = True
) -> tuple[SearchRun, tuple[Record, ...]]:
    settings = {"REVIEWKIT_CLINICALTRIALS_URL": server.url}
    return run_listed(root, settings, query, fetch=fetch)


def lists_asked(server: ClinicalTrialsServer) -> int:
    return sum(asked.path == "studies" for asked in server.asked)


@pytest.mark.slow
@pytest.mark.parametrize("at_most", [1000, 7])
def test_every_trial_comes_once_by_token(tmp_path: Path, at_most: int) -> None:
    with ClinicalTrialsServer(map(study, range(1, 131)), at_most=at_most) as server:
        found, records = run(tmp_path, server)
    assert (found.count, found.received, found.warnings) == (130, 130, ())
    assert [record.source_id for record in records] == list(found.identifiers)
    assert len(set(found.identifiers)) == 130
    assert found.build == "2026-10-31T09:00:05"
    lists = [asked for asked in server.asked if asked.path == "studies"]
    same = [[pair for pair in asked.pairs if pair[0] != "pageToken"] for asked in lists]
    assert all(pairs == same[0] for pairs in same)
    assert {asked.get("query.term") for asked in lists} == {QUERY.text}


def test_offline_the_same_run_comes_from_the_cache(tmp_path: Path) -> None:
    with ClinicalTrialsServer(map(study, range(1, 10)), at_most=4) as server:
        first = run(tmp_path, server)
        asked = len(server.asked)
        assert run_listed(tmp_path, None, QUERY) == first
        assert len(server.asked) == asked


def test_the_list_alone_asks_for_numbers(tmp_path: Path) -> None:
    with ClinicalTrialsServer(map(study, range(1, 4))) as server:
        found, _ = run(tmp_path, server, fetch=False)
    assert (found.count, found.received, len(found.identifiers)) == (3, None, 3)
    assert server.asked[1].get("fields") == "NCTId"


def test_a_real_zero_is_a_zero(tmp_path: Path) -> None:
    query = CompiledQuery(source="clinicaltrials", strategy="s", text='"nowhere"')
    with ClinicalTrialsServer([study(1)]) as server:
        assert run(tmp_path, server, query)[0].count == 0


def test_a_trial_that_comes_twice_is_no_two(tmp_path: Path) -> None:
    with ClinicalTrialsServer([study(1), study(2), study(1)]) as server:
        with pytest.raises(NotARealAnswer, match="named 2 different records where it counted 3"):
            run(tmp_path, server)
        server.studies = [study(1), study(2), study(3)]
        found, records = run(tmp_path, server)
    assert (found.count, len(records)) == (3, 3)


def test_an_expired_token_begins_the_list_anew(tmp_path: Path) -> None:
    class Expiring(ClinicalTrialsServer):
        def take(self, asked: ReceivedRequest) -> Answered:
            if len(self.asked) == 3:
                self.expired = {asked.get("pageToken")}
                self.stamp = "2026-11-01T09:00:05"
            return super().take(asked)

    with Expiring(map(study, range(1, 21)), at_most=8) as server:
        first = run(tmp_path, server)
        assert (first[0].count, len(first[1])) == (20, 20)
        assert run_listed(tmp_path, None, QUERY) == first


def test_data_loaded_anew_on_the_way_are_read_again(tmp_path: Path) -> None:
    class Moving(ClinicalTrialsServer):
        def take(self, asked: ReceivedRequest) -> Answered:
            if len(self.asked) == 3:
                self.stamp = "2026-11-01T09:00:05"
                self.studies = [*self.studies[1:], study(99)]
            return super().take(asked)

    with Moving(map(study, range(1, 21)), at_most=8) as server:
        found, records = run(tmp_path, server)
    assert "NCT00000099" in found.identifiers
    assert "NCT00000001" not in {record.source_id for record in records}
    assert (found.build, lists_asked(server)) == ("2026-11-01T09:00:05", 6)


def test_a_register_without_a_version_is_read_all_the_same(tmp_path: Path) -> None:
    with ClinicalTrialsServer([study(1)]) as server:
        server.has_version = False
        first = run(tmp_path, server)
        assert (first[0].count, first[0].build) == (1, None)
        assert run_listed(tmp_path, None, QUERY) == first


@pytest.mark.parametrize("text", ["NCT00000001", "NCT00000001 OR NCT00000002", "(NCT00000001)"])
def test_numbers_alone_are_refused(tmp_path: Path, text: str) -> None:
    query = CompiledQuery(source="clinicaltrials", strategy="s", text=text)
    with ClinicalTrialsServer([study(1)]) as server, pytest.raises(UsageError, match="every limit"):
        run(tmp_path, server, query)


def body(**values: object) -> Answered:
    return Answered(200, json.dumps(values).encode())


NO_ANSWERS: Mapping[str, tuple[Answered, type[ReviewkitError], str]] = {
    "page": (Answered(200, b"<html>maintenance</html>", "text/html"), NotARealAnswer, "web page"),
    "empty body": (Answered(200, b""), NotARealAnswer, "empty body"),
    "cut off": (Answered(200, b'{"studies":[{"prot'), NotARealAnswer, "cut off"),
    "truncated": (Answered(200, b'{"stu', promised=900), RemoteError, "truncated"),
    "no count": (body(studies=[]), NotARealAnswer, "without a count"),
    "no list": (body(totalCount=0), NotARealAnswer, "without a list"),
    "empty list": (body(totalCount=3, studies=[]), NotARealAnswer, "sent none"),
    "no number": (body(totalCount=1, studies=[{"x": 1}]), NotARealAnswer, "without its number"),
    "refused": (
        Answered(400, b"Invalid prefix in parameter name: queri.term", "text/plain"),
        RemoteError,
        "Invalid prefix in parameter name",
    ),
    "bad gateway": (Answered(502, b"<html>502</html>", "text/html"), RemoteError, "HTTP 502"),
    "too many": (Answered(429, b""), RemoteError, "429"),
    "moved": (
        Answered(302, b"", headers={"Location": "https://x.example/"}),
        RemoteError,
        "points",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", NO_ANSWERS)
def test_what_is_no_answer_is_an_error_and_never_zero(tmp_path: Path, case: str) -> None:
    answer, error, words = NO_ANSWERS[case]
    with ClinicalTrialsServer([study(1)]) as server:
        server.on(range(2, 30), answer)
        with pytest.raises(error, match=words) as raised:
            run(tmp_path, server)
        server.clear()
        assert run(tmp_path, server)[0].count == 1
    assert raised.value.exit_code == 4
    assert raised.value.hint


def test_flapping_is_waited_out(tmp_path: Path) -> None:
    with ClinicalTrialsServer(map(study, range(1, 21)), at_most=8) as server:
        server.on(1, Answered(503, b"", headers={"Retry-After": "1"}))
        server.on(3, Answered(429, b"", headers={"Retry-After": "2"}))
        server.on(5, Answered(200, b"{"))
        found, records = run(tmp_path, server)
    assert (found.received, len(records)) == (20, 20)


@pytest.mark.skipif(not SERVICES.is_dir(), reason="needs ../shared/data/services")
def test_a_real_trial_with_its_numbers_status_and_dates() -> None:
    text = json.loads((SERVICES / "ctgov_v2_study_NCT03275402.json").read_text(encoding="utf-8"))
    record = read_shaped(
        text, clinicaltrials.SHAPE, source="clinicaltrials", source_id="NCT03275402"
    )
    assert record.accession == "NCT03275402"
    assert record.collective_authors == ("Y-mAbs Therapeutics",)
    assert (record.published, record.year) == ("2017-09-07", 2017)
    assert record.other["status"] == ("TERMINATED",)
    assert record.other["start_date"] == ("2018-12-11 (actual)",)
    assert record.other["condition"][0] == "Neuroblastoma"
    assert record.other["intervention"] == ("Biological: 131I-omburtamab",)
    assert {one.kind for one in record.relations} == {RelationKind.RELATED_TO}
    assert "contactsLocationsModule" not in record.other


@pytest.mark.skipif(not SERVICES.is_dir(), reason="needs ../shared/data/services")
def test_a_date_keeps_its_precision() -> None:
    text = json.loads((SERVICES / "ctgov_v2_study_NCT01987596.json").read_text(encoding="utf-8"))
    record = read_shaped(
        text, clinicaltrials.SHAPE, source="clinicaltrials", source_id="NCT01987596"
    )
    assert record.other["start_date"] == ("2013-08",)
    assert record.other["secondary_number"][1] == "NCI-2013-02001"
