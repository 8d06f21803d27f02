"""What is fuzzed: every place where reviewkit reads what somebody else wrote.

A target takes bytes. It may end with an answer or with one clear error of reviewkit's own; any
other exception is a find.
"""

import dataclasses
import datetime
import functools
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reviewkit.cache.journal import read_journal
from reviewkit.exports.archive import MANIFEST, METADATA
from reviewkit.exports.write import ExportFormat, write_records
from reviewkit.http import Judge, Request, Response
from reviewkit.http.refusals import refusal_words
from reviewkit.importers import read_file
from reviewkit.importers.detect import Format
from reviewkit.importers.medline import parse_medline
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import PageRef, Role, RunStatus, SearchRun
from reviewkit.prisma.diagram.read_csv import read_csv
from reviewkit.protocol.parse import parse_protocol
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.report.checklist import standard_named
from reviewkit.screening.filters import read_filter
from reviewkit.sources import (
    bvs,
    clinicaltrials,
    crossref,
    decs,
    europepmc_answers,
    eutils,
    mesh,
    open_access,
    openalex,
    openalex_works,
    scopus,
    wos,
)
from reviewkit.sources.bvs_documents import merge_documents, read_document
from reviewkit.sources.europepmc_records import name_of, read_result
from reviewkit.sources.medline_pages import pmids_in
from reviewkit.store.events import event_sha256
from reviewkit.tui.keys import load_keys
from reviewkit.workflow.duplicates.dedupe_files import ResultFiles
from reviewkit.workflow.duplicates.dedupe_paths import ReadOptions, dedupe_paths
from reviewkit.workflow.packaging.verify import verify_package
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.reporting.documents import read_answers
from reviewkit.workflow.screening.decision_file import read_decisions
from reviewkit.workflow.screening.simulate import read_labelled
from reviewkit.workflow.searching.import_files import import_files
from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
from reviewkit.workflow.session.script import read_script, read_text
from reviewkit.workflow.setup.lint import lint_text
from reviewkit.workflow.setup.translate import translate_text
from tests.conftest import PROJECT
from tests.helpers.own_review import own_review, protocol_text, ris
from tests.helpers.packages import read_package, write_package
from tests.importers.test_mutations import check

CORPUS, FINDS = (PROJECT / "tests" / "fuzz" / name for name in ("corpus", "finds"))
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
QUERY = CompiledQuery(source="here", strategy="main", text="dysbiosis AND (als OR mnd)")
PACKED = (Format.XLSX, Format.XLS, Format.ZIP)
# What moves a terminal's cursor or its colours; a tab and a line end are no harm.
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Run = Callable[[bytes], object]


def _text(data: bytes) -> str:
    """The bytes as the command line reads a file: UTF-8 or nothing."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


@functools.cache
def _folder() -> Path:
    """A folder in memory, where there is one, for targets that read a path."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="fuzz", dir=memory if memory.is_dir() else None)
    return Path(folder)


def _in_file(run: Callable[[Path], object], name: str) -> Run:
    def with_file(data: bytes) -> None:
        path = _folder() / name
        path.write_bytes(data)
        run(path)

    return with_file


def _reader(format_: Format) -> Run:
    return lambda data: check(data, format_)


def _decision_lines(data: bytes) -> None:
    """Lines whose hashes are right: what a person with ill will would write."""
    lines = []
    for line in _text(data).split("\n"):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and "kind" in event:
            event.pop("sha256", None)
            event["sha256"] = event_sha256(event)
        lines.append(json.dumps(event))
    if lines:
        read_decisions("\n".join(lines), "ana.jsonl")


def _query(language: str) -> Run:
    targets = sorted(LANGUAGES)

    def read(data: bytes) -> None:
        text = _text(data)
        lint_text(text, name="a query", language=language).as_json()
        target = targets[len(text) % len(targets)]
        translate_text(text, to=target, language=language).as_json()

    return read


def _answer(judge: Judge, *readers: Callable[[bytes], object]) -> Run:
    """Judge a service's answer; read it where it is found to be one."""

    def read(data: bytes) -> None:
        for status in (200, 404):
            response = Response(
                request=Request(service="here", path="there"),
                status=status,
                headers={},
                body=data,
                received_at="2026-01-02T03:04:05Z",
            )
            if judge(response) is None and status == 200:
                for reader in readers:
                    reader(data)

    return read


def _europepmc(body: bytes) -> None:
    for result in json.loads(body)["resultList"]["result"]:
        name_of(result)
        read_result(result, source="europepmc")


def _bvs(body: bytes) -> None:
    for document in merge_documents(bvs.read_page(body).docs).values():
        read_document(document, source="lilacs")


def _refusal(data: bytes) -> None:
    request = Request(service="here", path="there")
    refusal_words(Response(request=request, status=400, headers={}, body=data, received_at=""))


class _OnePage:
    """Stored pages that all have the same body."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self, ref: PageRef) -> bytes:
        return self.body


def _source(module: Any, judge: Judge) -> Run:
    """A source with pages of JSON: its judge, its list, its records."""

    def records(body: bytes) -> None:
        run = SearchRun(
            source="here", role=Role.DATABASE, strategy="main", query="als", count=1,
            searched_at="2026-01-02T03:04:05Z", status=RunStatus.COMPLETE, received=1,
            identifiers=(), pages=(PageRef(request="", sha256="", retrieved_at=""),),
        )  # fmt: skip
        list(module.records(run, _OnePage(body)))

    read_page = getattr(module, "_read_page", None) or openalex_works._read_page
    return _answer(judge, read_page, records)


def _access(name: str) -> Callable[[bytes], object]:
    read = getattr(open_access, name)
    return lambda body: read(body, at="2026-01-02T03:04:05Z", today="2026-01-02")


SERVICES: Mapping[str, Run] = {
    "service_pubmed_build": _answer(eutils.judge_build, eutils.read_build),
    "service_pubmed_list": _answer(eutils.judge_list((), most=9_999), eutils.read_list),
    "service_pubmed_records": _answer(eutils.judge_records, pmids_in, parse_medline),
    "service_pubmed_set": _answer(eutils.judge_set, eutils.pmids_in_set),
    "service_europepmc": _answer(europepmc_answers.judge_page("als", 0), _europepmc),
    "service_bvs": _answer(bvs.judge_page(bvs.API, QUERY, covered=0), _bvs),
    "service_decs": _answer(decs.judge, lambda body: decs.read_headings(body, "en")),
    "service_mesh_ids": _answer(mesh.judge_ids, mesh.read_ids),
    "service_mesh": _answer(mesh.judge_headings, mesh.read_headings),
    "service_pmc": _answer(open_access.judge_pmc, _access("read_pmc")),
    "service_unpaywall": _answer(open_access.judge_unpaywall, _access("read_unpaywall")),
    "service_access": _answer(
        open_access.judge_europepmc,
        lambda body: open_access.read_europepmc(body, at="2026-01-02T03:04:05Z", pmid="1"),
    ),
    "service_refusal": _refusal,
    "service_crossref": _source(crossref, crossref._judge(None)),
    "service_openalex": _source(openalex, openalex_works.judge_works(None)),
    "service_scopus": _source(scopus, scopus._judge(is_count=False)),
    "service_trials": _source(clinicaltrials, clinicaltrials._judge("als", None)),
    "service_wos": _source(wos, wos._judge),
}


def _labelled(path: Path) -> None:
    read_labelled(path)


def _deduplicated(path: Path) -> None:
    out = path.with_name("clusters.csv")
    dedupe_paths([path], reading=ReadOptions(), into=ResultFiles(clusters=out), say=lambda _: None)


@functools.cache
def _package() -> Mapping[str, bytes]:
    """The files of a small review's package."""
    folder = _folder() / "packed"
    folder.mkdir()
    review = own_review(folder)
    review.load(review.file("works.ris", ris(1, 2)))
    review.done("package", "own.zip", "--licence", "CC0-1.0")
    return read_package(folder / "own.zip")


def _forged_package(data: bytes) -> None:
    """A package with one file replaced, its hashes made right: the first line names the file."""
    name, _, content = data.partition(b"\n")
    contents = {**_package()}
    file = next((known for known in contents if known.encode() == name.strip()), METADATA)
    contents[file] = content
    del contents[MANIFEST]
    path = write_package(_folder() / "forged.zip", contents)
    verify_package(path, now=NOW)


def _answers(path: Path) -> None:
    read_answers(path, standard_named("prisma-2020"))


@functools.cache
def _project() -> ReviewProject:
    """A review with an empty database, made once."""
    protocol = _folder() / "own.toml"
    protocol.write_text(protocol_text(), encoding="utf-8")
    project = open_project(protocol, database=_folder() / "review.db")
    file = InputFile(name="none", content=io.BytesIO(ris(1).encode()))
    import_files(project, [file], ImportOptions(source="embase"), now=lambda: NOW)
    return project


def _imported(data: bytes) -> None:
    """Import into a review: records in = new + known + updated, every refusal is named."""
    project = _project()
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        here = Path(folder)
        shutil.copy(project.database, here)
        project = dataclasses.replace(project, cache=here / "cache", database=here / "review.db")
        file = InputFile(name="export", content=io.BytesIO(data))
        options = ImportOptions(source="scopus", force=True)
        (part,) = import_files(project, [file], options, now=lambda: NOW)
        assert part.records == part.new + part.same + len(part.updated), part.sentence()
        assert len(part.refused) <= len(part.problems)


def _converted(data: bytes) -> None:
    """Read, and write in every format: no text holds a raw control character."""
    records = read_file(io.BytesIO(data), source="here").all()
    for format_ in ExportFormat:
        written = b"".join(write_records(format_, records))
        if format_ is not ExportFormat.XLSX:
            raw = CONTROLS.search(written)
            assert raw is None, (format_, raw)


TARGETS: Mapping[str, Run] = {
    **{f"reader_{name.replace('-', '_')}": _reader(name) for name in Format if name not in PACKED},
    **{f"query_{name}": _query(name) for name in LANGUAGES},
    **SERVICES,
    "reader": check,
    "import": _imported,
    "convert": _converted,
    "decisions": lambda data: read_decisions(_text(data), "ana.jsonl"),
    "decisions_forged": _decision_lines,
    "script": _in_file(lambda path: read_script(read_text(path), where=str(path)), "script"),
    "protocol": lambda data: parse_protocol(_text(data), where="protocol.toml"),
    "keys": _in_file(load_keys, "config.toml"),
    "flow_csv": lambda data: read_csv(_text(data)),
    "labelled": _in_file(_labelled, "labelled.csv"),
    "dedupe": _in_file(_deduplicated, "works.csv"),
    "package": _in_file(lambda path: verify_package(path, now=NOW), "package.zip"),
    "package_forged": _forged_package,
    "checklist": _in_file(_answers, "answers.toml"),
    "journal": _in_file(read_journal, "journal.jsonl"),
    "filter": lambda data: read_filter(_text(data)),
}


def run(name: str, data: bytes) -> None:
    """Give the bytes to a target; what it raises is a find."""
    try:
        TARGETS[name](data)
    except ReviewkitError as error:
        if not str(error):
            raise AssertionError("an error without a word") from error


def seeds(name: str) -> list[bytes]:
    """The corpus of a target, and what once broke it."""
    folders = (CORPUS / corpus_of(name), FINDS / name)
    paths = (path for folder in folders for path in sorted(folder.glob("*")))
    return [path.read_bytes() for path in paths]


def corpus_of(name: str) -> str:
    """The folder of a target's corpus: targets of one kind share one."""
    if name in {"reader", "import", "convert"} or name.startswith("reader_"):
        return "readers"
    return name.partition("_")[0] if name.startswith("query_") else name
