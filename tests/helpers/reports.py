"""Reports for the tests: reviews whose every text is hostile, and reports of generated flows."""

from dataclasses import replace
from pathlib import Path

from reviewkit.model.flow import Flow
from reviewkit.model.records import (
    Decision,
    Relation,
    RelationKind,
    Role,
    Stage,
    Verdict,
)
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.report.build import Material, build_report
from reviewkit.report.model import Report
from reviewkit.reproduction.flows import compare_flows
from reviewkit.reproduction.outcomes import Reproduction, SourceOutcome
from reviewkit.reproduction.reporting_items import judge_reporting
from reviewkit.sources.registry import source_query
from reviewkit.store import Store
from reviewkit.store.checks import set_checks
from reviewkit.store.decisions import add_decisions
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject, open_project
from tests.helpers.flows import NASTY
from tests.helpers.screening_review import NOW, PROTOCOL, make_records, run_of
from tests.helpers.stores import decision_of

SHOWN = tuple(text for text in NASTY if "\ud800" not in text)
"""The hostile texts that SQLite and TOML can hold: a lone surrogate is no text."""


def toml(text: str) -> str:
    """A TOML string of any text."""
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in written) + '"'
    )


def hostile_review(folder: Path, texts: tuple[str, ...] = SHOWN) -> ReviewProject:
    """A review of which title, source, criterion, label, records, reasons and links are what a
    person might paste.
    """
    mark = '<b>"bold"</b> #let x = 1; `code` $m$ [a](javascript:alert(1)) <script>alert(2)</script>'
    text = (
        PROTOCOL.replace(
            'title = "Guts and nerves"', f"title = {toml(mark)}\nauthors = [{toml(mark)}]"
        )
        .replace('name = "PubMed"', f"name = {toml(mark)}")
        .replace('wording = "on guts"', f"wording = {toml(mark)}")
    )
    text += (
        f"\n[diagram.labels]\nrecords_screened = {toml(mark)}\n[[remarks]]\ntext = {toml(mark)}\n"
    )
    (folder / "protocols").mkdir(parents=True)
    path = folder / "protocols" / "guts.toml"
    path.write_text(text, encoding="utf-8")
    project = open_project(path)
    made = make_records(len(texts))
    records = [
        replace(
            record,
            title=text,
            authors=(text,),
            journal=text,
            doi=f"10.1000/{text}",
            types=("Retracted Publication",) if number % 2 else (),
            relations=(Relation(kind=RelationKind.HAS_ERRATUM, target=text),),
        )
        for number, (record, text) in enumerate(zip(made, texts, strict=True))
    ]
    with Store(project.database, now=NOW) as store, store.transaction():
        add_protocol(store, project.protocol_sha256, review="guts", toml=project.protocol_text)
        run = replace(run_of(records), query=mark, translation=mark, warnings=texts, endpoint=mark)
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)
        set_checks(store, project.protocol, [])
        add_decisions(store, decisions(texts), protocol=project.protocol_sha256)
    return project


def decisions(texts: tuple[str, ...]) -> list[Decision]:
    """The first six included, all others excluded at full text, each for its own text."""
    found = []
    for number, text in enumerate(texts):
        for stage in Stage:
            out = stage is Stage.FULL_TEXT and number >= 6
            verdict, reason = (Verdict.EXCLUDE, text) if out else (Verdict.INCLUDE, None)
            key = f"pubmed:{number:05}"
            found.append(decision_of(key, verdict, stage, reason=reason, at="2026-11-01"))
    return found


def protocol(reported: bool = True) -> Protocol:
    return parse_protocol(
        PROTOCOL + ("\n[reported.flow]\nnew_studies = 5\n" if reported else ""), where="p.toml"
    )


EMPTY = Reproduction(
    sources=(),
    stand_in=None,
    variants=(),
    boxes=(),
    differences=(),
    works=(),
    reporting=(),
    candidates=(),
    open_pairs=(),
    findings=(),
)


def report_of_flows(reported: Flow, rerun: Flow, *, published: bool = True) -> Report:
    """The report of two flows and nothing else."""
    made_protocol = protocol(published)
    made = replace(
        EMPTY, boxes=compare_flows(reported, rerun), reporting=judge_reporting(made_protocol)
    )
    picture = lay_out(reported, compared=rerun) if published else lay_out(rerun)
    return build_report(
        Material(
            protocol=made_protocol,
            protocol_sha256="0" * 64,
            reproduction=made,
            reported=reported,
            rerun=rerun,
            layout=picture,
        )
    )


STRATEGY = """
[[strategies]]
id = "s"
label = "gut as a heading"
origin = "reading"
field = "heading"
blocks = [["gut"]]
[[criteria]]
id = "period"
kind = "inclusion"
wording = "from 2020 on"
check = { by = "date", from = 2020 }
"""
DATED = parse_protocol(
    f"{PROTOCOL}{STRATEGY}[reported]\nsearch_date = 2024-06-15\n[reported.flow]\nnew_studies = 1\n",
    where="p",
)


def source_of(protocol: Protocol, query: str | None = None) -> SourceOutcome:
    compiled = source_query(protocol, protocol.strategies[0], "pubmed")
    run = replace(
        run_of(()),
        query=query or (compiled.text if compiled else ""),
        endpoint="https://eutils.example/",
        translation="gut[All Fields]",
    )
    return SourceOutcome(
        source="pubmed",
        name="PubMed",
        role=Role.DATABASE,
        query=compiled.text if compiled else None,
        reported=7,
        run=run,
        why_not=None,
    )
