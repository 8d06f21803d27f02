"""The ALS rerun says only what happened: each sentence of `reproduction.json` has its event.

An event is a row of the database or a line of the protocol. A sentence that no line of the table
knows fails the test, and so does one whose event is not there.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from tests.helpers.als_corpus import als_corpus
from tests.helpers.command import copy_project, outputs, reaching, reviewkit
from tests.servers.eutils_server import EutilsServer


@dataclass(frozen=True)
class Rerun:
    """A rerun as its files and its database have it."""

    document: dict[str, Any]
    protocol: Protocol
    database: Path

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.database) as connection:
            found = connection.execute(sql, values).fetchall()
        connection.close()
        return found

    def count(self, sql: str, *values: object) -> int:
        return int(self.rows(sql, *values)[0][0])


Proof = Callable[[Rerun, re.Match[str]], bool]


def _search_run(run: Rerun, match: re.Match[str]) -> bool:
    """A complete run of the source, with the number of records that the sentence names."""
    source = match["source"].lower()
    found = run.rows(
        "SELECT count FROM runs WHERE source = ? AND status = 'complete' AND kind <> 'monitor'",
        source,
    )
    return (int(match["n"]),) in found


def _not_run(run: Rerun, match: re.Match[str]) -> bool:
    """No run of the source, and the reason that is stored for it."""
    source = match["source"].lower()
    ran = run.count("SELECT count(*) FROM runs WHERE source = ? AND kind = 'search'", source)
    reasons = [why for (why,) in run.rows("SELECT why_not FROM searches_not_run")]
    return ran == 0 and match["why"] in reasons


def _listed(run: Rerun, match: re.Match[str]) -> bool:
    (stored,) = run.rows("SELECT count FROM runs WHERE role = 'stand_in' AND counts_in_flow = 1")[0]
    return stored == int(match["n"]) and run.count(_SEARCHES) == 0


def _nobody_screened(run: Rerun, _: re.Match[str]) -> bool:
    """Every decision is the replay's; no person has decided."""
    sql = "SELECT count(*) FROM decisions WHERE reviewer NOT IN (SELECT * FROM published_reviewers)"
    return run.count(sql) == 0


def _why_stored(run: Rerun, match: re.Match[str]) -> bool:
    return match["why"] in {why for (why,) in run.rows("SELECT why_not FROM searches_not_run")}


_SEARCHES = "SELECT count(*) FROM flow_runs WHERE role NOT IN ('stand_in', 'reported')"
_RETURNED = """SELECT count(*) FROM works WHERE record IN (
  SELECT record FROM run_records JOIN flow_runs USING (run) WHERE role NOT IN ('stand_in', 'reported'))"""


def _returned(run: Rerun, match: re.Match[str]) -> bool:
    total = run.count("SELECT count(*) FROM works")
    return (run.count(_RETURNED), total) == (int(match["n"]), int(match["all"]))


def _not_returned(run: Rerun, match: re.Match[str]) -> bool:
    total = run.count("SELECT count(*) FROM works")
    return total - run.count(_RETURNED) == int(match["n"])


def _in_list(run: Rerun, match: re.Match[str]) -> bool:
    sql = "SELECT count(*) FROM works WHERE matched_by IS NOT NULL AND record LIKE 'compiled:%'"
    return run.count(sql) == int(match["n"])


def _nothing_searched(run: Rerun, _: re.Match[str]) -> bool:
    return run.count(_SEARCHES) == 0


def _protocol_says(*needles: str) -> Proof:
    """The sentence repeats what the protocol notes of the article."""

    def proof(run: Rerun, match: re.Match[str]) -> bool:
        text = run.protocol.model_dump_json()
        return all(needle in text for needle in needles)

    return proof


def _reported(run: Rerun, match: re.Match[str]) -> bool:
    assert run.protocol.reported is not None
    flow = run.protocol.reported.flow
    return [flow.database_results, flow.new_studies] == [int(match["n"]), int(match["all"])]


def _silent(run: Rerun, _: re.Match[str]) -> bool:
    assert run.protocol.reported is not None
    return run.protocol.reported.sources == {}


def _not_matched(run: Rerun, match: re.Match[str]) -> bool:
    """A record of an included work is stored that lacks the term, and the protocol asks for it."""
    rows = run.rows("SELECT headings FROM records JOIN works USING (record)")
    terms = match["term"].split(", ")
    lacking = [all(term not in (headings or "") for term in terms) for (headings,) in rows]
    queries = run.protocol.model_dump_json().casefold()
    return any(lacking) and all(term.casefold() in queries for term in terms)


def _fields_not_seen(run: Rerun, match: re.Match[str]) -> bool:
    """A work is known from a record without headings or without an abstract, or from none."""
    queries = run.protocol.model_dump_json().casefold()
    gaps = run.count(
        "SELECT count(*) FROM works JOIN records USING (record) "
        "WHERE coalesce(abstract, '') = '' OR headings = '[]'"
    )
    return gaps > 0 and all(term.casefold() in queries for term in match["term"].split(", "))


def _criteria_by(way: str) -> Proof:
    return lambda run, _: any(criterion.check.by == way for criterion in run.protocol.criteria)


def _titles(run: Rerun, match: re.Match[str]) -> bool:
    assert run.protocol.reported is not None
    term = match["term"].casefold()
    abbreviation = {"amyotrophic lateral sclerosis": "ALS"}.get(term, term)
    silent = [
        work
        for work in run.protocol.reported.works
        if term not in work.title.casefold() and abbreviation not in work.title
    ]
    return len(silent) == int(match["n"])


def _later(run: Rerun, match: re.Match[str]) -> bool:
    day = run.protocol.limits.as_of
    sql = "SELECT count(*) FROM records WHERE source = 'pubmed' AND created > ?"
    return day is not None and run.count(sql, day.isoformat()) == int(match["n"])


def _notices(run: Rerun, match: re.Match[str]) -> bool:
    """As many works with a MEDLINE record as have a status."""
    assert run.protocol.reported is not None
    known = sum(
        run.count("SELECT count(*) FROM records WHERE source = 'pubmed' AND pmid = ?", work.pmid)
        for work in run.protocol.reported.works
    )
    return known == int(match["known"] or 0)


def _decided_by_partition(run: Rerun, match: re.Match[str]) -> bool:
    """A list behind a box is as long as its heading says; the partition counts the same."""
    removed = "('duplicate', 'ineligible_by_machine')"
    counts = {
        "Records identified from": "SELECT count(*) FROM record_states WHERE role <> 'reported'",
        "Records removed before screening": (
            f"SELECT count(*) FROM record_states WHERE state IN {removed}"
        ),
        "Left to be screened": (
            f"SELECT count(*) FROM record_states WHERE state NOT IN {removed} AND role <> 'reported'"
        ),
        "Works that the review includes": "SELECT count(*) FROM works",
    }
    return run.count(counts[match["box"]]) == int(match["n"])


def _pairs(run: Rerun, match: re.Match[str]) -> bool:
    return run.count("SELECT count(*) FROM pairs WHERE outcome = 'ask'") > 0


_ANSWERS = {
    "met": ("inclusion", "yes"),
    "not met": ("inclusion", "no"),
    # A criterion of exclusion that is met by a record is written as what it was checked for.
    "excluded": ("exclusion", "no"),
    "not excluded": ("exclusion", "yes"),
    "not known": (None, "unknown"),
}


def _checked(run: Rerun, match: re.Match[str]) -> bool:
    """A check of a record whose evidence is the text before the answer, and its own answer."""
    kind, answer = _ANSWERS[match["answer"]]
    asked = {c.id for c in run.protocol.criteria if kind in {None, c.kind}}
    found = run.rows(
        "SELECT criterion FROM checks WHERE evidence = ? AND answer = ?", match["evidence"], answer
    )
    return any(criterion in asked for (criterion,) in found)


def _evidence(run: Rerun, match: re.Match[str]) -> bool:
    """Checks of a record, one for each part of the text."""
    sql = "SELECT count(*) FROM checks WHERE evidence = ?"
    return all(run.count(sql, part) for part in match["evidence"].split("; "))


def _unread(run: Rerun, match: re.Match[str]) -> bool:
    """No record from a service that states notices is there of some work."""
    assert run.protocol.reported is not None
    known = {pmid for (pmid,) in run.rows("SELECT pmid FROM records WHERE source = 'pubmed'")}
    return any(work.pmid not in known for work in run.protocol.reported.works)


def _read(run: Rerun, match: re.Match[str]) -> bool:
    return run.count("SELECT count(*) FROM records WHERE record = ?", match["record"]) == 1


def _read_any(run: Rerun, _: re.Match[str]) -> bool:
    return run.count("SELECT count(*) FROM records WHERE source = 'pubmed'") > 0


def _unsaid(run: Rerun, _: re.Match[str]) -> bool:
    assert run.protocol.reported is not None
    return run.protocol.reported.methods.multi_database is None


def _partial(run: Rerun, _: re.Match[str]) -> bool:
    """At least one source of the protocol has no search in the flow."""
    return run.count("SELECT count(DISTINCT source) FROM searches_not_run") > 0


def _matched_by(run: Rerun, match: re.Match[str]) -> bool:
    return run.count("SELECT count(*) FROM works WHERE matched_by = ?", match["by"]) > 0


def _not_audited(run: Rerun, match: re.Match[str]) -> bool:
    """The cache holds no answer to a reading, and the sentence names as many as were asked."""
    home = run.database.parents[2]
    asked = [*home.glob("cache/als_dysbiosis/runs/*_audit-*")]
    return int(match.groupdict().get("n", 0)) == len(asked) == 0


def _shared(run: Rerun, match: re.Match[str]) -> bool:
    reported = run.protocol.reported
    assert reported is not None
    return not reported.sources and reported.flow.database_results == int(match["n"])


def _no_number(run: Rerun, match: re.Match[str]) -> bool:
    assert run.protocol.reported is not None
    works = [work.id for work in run.protocol.reported.works if work.pmid is None]
    return match["works"].split(", ") == works


def _as_many_listed(run: Rerun, match: re.Match[str]) -> bool:
    (stored,) = run.rows("SELECT count FROM runs WHERE role = 'stand_in'")[0]
    return bool(stored == int(match["n"]))


def _reading(run: Rerun, match: re.Match[str]) -> bool:
    """A reading joins descriptors of the protocol, with its limits and its day."""
    terms = {descriptor.term for descriptor in run.protocol.descriptors}
    day = run.protocol.limits.as_of
    return set(re.split(" AND | OR ", match["terms"])) <= terms and str(day) == match["day"]


def _cannot(run: Rerun, match: re.Match[str]) -> bool:
    """Each of these included works has a record that lacks a descriptor among its headings."""
    assert run.protocol.reported is not None
    works = {f"reference {work.reference}": work.id for work in run.protocol.reported.works}
    terms = [descriptor.term for descriptor in run.protocol.descriptors]
    sql = "SELECT headings FROM records WHERE record = 'compiled:' || ?"
    headings = [run.rows(sql, works[name])[0][0] for name in match[0].split("; ")]
    return all(any(term not in listed for term in terms) for listed in headings)


def _was_run(run: Rerun, match: re.Match[str]) -> bool:
    sql = "SELECT count(*) FROM search_runs WHERE source = ? AND status = 'complete'"
    return run.count(sql, match["source"].lower()) > 0


def _true(_: Rerun, __: re.Match[str]) -> bool:
    """A sentence that explains a word and claims no event."""
    return True


# Names of PRISMA's boxes and of PRISMA-S's items, which say nothing of this review.
_NAMES = "|".join(
    (
        "Database and platform named",
        "Date of each search",
        "Full strategy for each database",
        "Total records per source",
        "Records identified from databases",
        "Records marked as ineligible by automation tools",
        "Records removed for other reasons",
        "Studies included in review",
    )
)
# Each sentence, and the event that proves it.
PROOFS: tuple[tuple[str, Proof], ...] = (
    (r"(?P<source>\w+): could not be run \((?P<why>.+)\)\.", _not_run),
    (r"The search of (?P<source>\w+): (?P<why>.+)\.", _not_run),
    (r"Not run: (?P<why>.+)\.", _why_stored),
    (r".+, (?P<source>\w+): could not be run \((?P<why>.+)\)\.", _why_stored),
    (r".+, (?P<source>\w+): (?P<n>\d+) records?(, among them .+)?\.", _search_run),
    (
        r"(?P<source>\w+): (?P<n>\d+) records; the review does not report how many it found there\.",
        lambda run, m: _search_run(run, m) and _silent(run, m),
    ),
    (
        r"(?P<n>\d+) records in the rerun; the review does not report how many it found here\.",
        lambda run, m: (int(m["n"]),) in run.rows("SELECT count FROM runs") and _silent(run, m),
    ),
    (r"The count of \w+: run, but the review does not report its own\.", _silent),
    (r"In their place: (?P<n>\d+) works compiled by hand, not a database search; the rerun flow starts from these and does not show what the searches would return\.", _listed),
    (r"What the searches would return: .+\((?P<n>\d+)\) stand in for them, and do not show it\.", _listed),
    (r"Whether a search returns the \d+ included works is not known\.", _nothing_searched),
    (r"Could not be reproduced: none of 2 searches was run\.", _nothing_searched),
    (r"The flow as reported beside the rerun; no source searched\.", _nothing_searched),
    (r"(?P<n>\d+) of \d+ are in the list compiled by hand; that says nothing about the searches\.", _in_list),
    (r"(?P<n>\d+) of (?P<all>\d+) included works returned by the searches that were run\.", _returned),
    (r"(?P<n>\d+) of (?P<all>\d+) included works returned\. Partly reproduced: .+", _returned),
    (r"The other (?P<n>\d+) are taken from the list that the review publishes; no search returned them\.", _not_returned),
    (r"(?P<n>\d+) of \d+ included studies are not returned by the searches that could be run\.", _not_returned),
    (r"The selection is not repeated: nobody has screened (the records of this rerun|these records for this rerun\. Which of them the review saw, and why it left them out, is not reported)\.", _nobody_screened),
    (r"The selection: not repeated\. The protocol has the review's included works, and no list of the records that it found\.", _nobody_screened),
    (r"Nobody has screened these records\.", _nobody_screened),
    (r"The judgement of people on .+: not repeated; who judged is not noted in the protocol\.", _nobody_screened),
    (r"Reported flow: (?P<n>\d+) → (?P<all>\d+)\.", _reported),
    (r"19 articles found in PubMed and LILACS together; whether before or after limits and duplicates is not reported\.", _protocol_says("19 articles found")),
    (r"The article prints an incidence of .+", _protocol_says("three cases per thousand")),
    (r"Boxes that the review does not report, so that nothing can be compared: .+", _silent),
    (r"Retractions .+: (?:(?P<known>\d+) no notice in its record(?:, )?)?(?:\d+ not known)?\.", _notices),
    (r"“.+” cannot return .+ \(not in the fields searched: (?P<term>.+)\)\.", _not_matched),
    (r"No strategy of .+ \(not in the fields searched: (?P<term>.+)\)\.", _not_matched),
    (r"(?P<n>\d+) of \d+ included works do(?:es)? not name “(?P<term>.+?)” in (?:its|their) title: .+", _titles),
    (r"Taken as the day of the search: 2026-04-10 \(.+\)\.", _protocol_says("2026-04-10")),
    (r"Of the rerun's records, added or given .+ after that day: (?P<n>\d+)\.", _later),
    (r"The flow as reported beside the rerun; PubMed searched \d{4}-\d\d-\d\d\.", lambda r, m: r.count(_SEARCHES) == 1),
    (r"No query is published; this is a reading of the method: .+", lambda r, m: {s.origin for s in r.protocol.strategies} == {"reading"}),
    (r"“Not known” is not “no”\.", _true),
    (r"As its list says\.", _protocol_says('"works":[{')),
    (r"(?P<box>[A-Z][a-z ]+): (?P<n>\d+) records?", _decided_by_partition),
    (r"not comparable: not every source was searched", _partial),
    (r"\d+ \(not comparable: not every source was searched\)", _partial),
    (r"(?P<evidence>.+): (?P<answer>met|not met|not excluded|excluded|not known)", _checked),
    (r"(?P<evidence>published \d{4}.*; in .+)", _evidence),
    (r"no record of a service that states notices", _unread),
    (r"publication types and links of (?P<record>\S+)", _read),
    (r"no notice in its record", _read_any),
    (r"no search could be run; recognised by (?P<by>.+) in: Works compiled by hand, not a database search", _matched_by),
    (r"PubMed, recognised by (?P<by>.+)", _matched_by),
    (r"not matched by the query \(not in the fields searched: (?P<term>.+?)\); LILACS could not be run; taken from the list that the review publishes", _not_matched),
    (r"unexplained: the protocol gives no identifier, .+; LILACS could not be run; taken from the list that the review publishes", _partial),
    (r"no: not in the fields searched: (?P<term>.+)", _not_matched),
    (r"unknown: not seen, in fields not seen whole: (?P<term>.+)", _fields_not_seen),
    (r"could not be run|no reported count to compare with", _partial),
    (r"PubMed, LILACS; platforms given: 0", lambda r, m: {s.platform for s in r.protocol.sources} == {None}),
    (r"(counts|strategies printed|counts given) for 0 of 2( sources)?", _silent),
    (r"nothing is stated of one platform searched as several", _unsaid),
    (r"published 2022 to 2025; languages: por, eng; stated as eligibility, not as limits of the search", _protocol_says('"origin":"reading"')),
    (r"the day the article was received: .+", _protocol_says("the day the article was received")),
    (r"methods; the works are references 3 to 7", _protocol_says("the works are references 3 to 7")),
    (r".+ \((?P<record>compiled:\w+)\)", _read),
    (r"much agrees, but not enough to be sure", _pairs),
    (r"a person must judge", _criteria_by("person")),
    (r"duplicates are linked, see the flow", _criteria_by("duplicates")),
    (r"Reported: (?P<n>\d+), PubMed \+ LILACS together\.", _shared),
    (r"400 readings of the method; asked: (?P<n>\d+) of PubMed; 0 of LILACS\.", _not_audited),
    (r"Not all could be asked: nothing was sent, and the cache lacks an answer; .+", _not_audited),
    (r"Not asked, and open: 400 readings\.", _not_audited),
    (r"Shown is the reading that fits best of each kind; .+", _true),
    (r"Not looked for, no PMID is known: (?P<works>.+)\.", _no_number),
    (r"Of (?P<n>\d+) records at hand \(.+; not the database\), each reading returns .+", _as_many_listed),
    (r"(?P<terms>.+); .+; dates, languages; as of (?P<day>\S+); PubMed", _reading),
    (r"reference \d; reference \d", _cannot),
    # The names of PRISMA's boxes and of PRISMA-S's items.
    (_NAMES, _true),
    (r"Records identified from (?P<source>\w+)", _was_run),
    (r"These works were compiled by hand because no search of this review could be run; they are not the result of a database search\.", _nothing_searched),
)  # fmt: skip


_TEXTS = {"items", "text", "figure", "note", "heading"}


def sentences(value: Any, key: str = "") -> Iterator[str]:
    """Every sentence of the report: headline, lists, paragraphs, captions, notes, cells."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in {"pairs", "head"} and "listing" not in value:
                yield from sentences(item, name)
        if "listing" in value:
            yield from (value["listing"]["heading"], value["listing"]["note"])
    elif isinstance(value, list):
        for item in value:
            yield from sentences(item, key)
    elif isinstance(value, str) and key in _TEXTS and len(value.split()) > 3:
        yield value


def sentences_of(rerun: Rerun) -> set[str]:
    """The sentences of a rerun, without queries and the words of the article itself."""
    flow = rerun.document["flow"]["rerun"]["footnotes"]
    queries = {source["query"] for source in rerun.document["sources"]}
    runs = [source["run"] for source in rerun.document["sources"] if source["run"]]
    queries |= {run["translation"] for run in runs}
    titles = {work["title"].rstrip(".") for work in rerun.document["works"]}
    titles |= {item["title"].rstrip(".") for item in rerun.document["candidates"]}

    found = {*sentences(rerun.document["report"]), *flow} - queries - {""}
    return {text for text in found if not _is_title(text, titles)}


def _is_title(text: str, titles: set[str]) -> bool:
    """Whether a cell is a work's title, cut or with its year and reference number."""
    bare = re.sub(r"^\d+: | \(\d{4}\)$| …$", "", text)
    bare = re.sub(r" …$", "", bare).rstrip(".")
    return any(title.startswith(bare) for title in titles)


def read(out: Path, protocol: Path) -> Rerun:
    return Rerun(
        document=json.loads((out / "reproduction.json").read_text(encoding="utf-8")),
        protocol=parse_protocol(protocol.read_text(encoding="utf-8"), where="als"),
        database=out / "review.db",
    )


@pytest.fixture(scope="module", params=["offline", "served"])
def rerun(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rerun:
    home = tmp_path_factory.mktemp(request.param)
    protocol = copy_project(home)
    if request.param == "offline":
        assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    else:
        with EutilsServer(als_corpus()) as server:
            assert reviewkit("reproduce", protocol, settings=reaching(server)).returncode == 0
    return read(outputs(home), protocol)


def unproven(rerun: Rerun, sentences: set[str]) -> list[str]:
    """The sentences that no line of the table knows, or whose event is not there."""
    found = []
    for sentence in sorted(sentences):
        matches = [(re.fullmatch(pattern, sentence), proof) for pattern, proof in PROOFS]
        if not any(match and proof(rerun, match) for match, proof in matches):
            found.append(sentence)
    return found


@pytest.mark.slow
def test_every_sentence_has_its_event(rerun: Rerun) -> None:
    assert unproven(rerun, sentences_of(rerun)) == []


FALSE = (
    "Records excluded by a human",
    "Records screened by two reviewers",
    "Studies that both lists include",
    "5 of 5 included works agree.",
    "5 of 5 included works returned by the searches that were run.",
    "The other 1 are taken from the list that the review publishes; no search returned them.",
    "The selection is not repeated: nobody has screened all but the 58 that a human excluded.",
    "The other 3 are taken from the list that the review publishes; the authors saw them.",
    "LILACS: 4 records; the review does not report how many it found there.",
    "PubMed: 99 records; the review does not report how many it found there.",
    "PubMed: could not be run (the service was down).",
    "Records removed before screening: 7 records",
    "in English: not met",
    "in English: excluded",
    "no: not in the fields searched: Parkinson Disease",
    "unknown: not seen, in fields not seen whole: Parkinson Disease",
    "Reported flow: 19 → 6.",
    "Retractions and errata of the included works: 5 no notice in its record, 0 not known.",
)


@pytest.mark.slow
@pytest.mark.parametrize("sentence", FALSE)
def test_a_false_sentence_has_no_event(rerun: Rerun, sentence: str) -> None:
    assert unproven(rerun, {sentence}) == [sentence]


def test_no_word_says_that_a_person_or_a_database_decided(rerun: Rerun) -> None:
    text = " ".join(sentences_of(rerun)).casefold()
    for word in ("by a human", "a human", "was excluded", "were excluded", "included agree"):
        assert word not in text
    flow = rerun.document["flow"]["rerun"]
    assert all(flow[box] is None for box in flow["not_repeated"])


def test_the_sum_of_two_databases_of_which_one_was_run_is_compared_with_nothing(
    rerun: Rerun,
) -> None:
    boxes = {box["key"]: box for box in rerun.document["boxes"]}
    assert boxes["database_results"]["silence"].startswith("not comparable")
    assert boxes["new_studies"]["silence"] == "not repeated"


@pytest.mark.slow
def test_report_uses_the_words_of_reproduce(rerun: Rerun) -> None:
    protocol = rerun.database.parents[2] / "protocols" / "als_dysbiosis.toml"
    done = reviewkit("report", "-p", protocol, "--format", "json")
    again = json.loads(done.stdout)
    for part in ("report", "sources", "works", "boxes", "findings", "variants"):
        assert again[part] == rerun.document[part]


def test_what_was_proved_offline_stays_proved(rerun: Rerun) -> None:
    findings = " ".join(rerun.document["findings"])
    assert "No strategy of this protocol can return the included work reference 7" in findings
    works = {work["work"]: work for work in rerun.document["works"]}
    assert works["matheson2023"]["returnable"]["headings"][0] == "no"
