"""The reproduction report as Markdown and as JSON. Every figure comes from the Reproduction; nothing is computed here."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reviewkit import __version__
from reviewkit.flow import Count, Flow
from reviewkit.protocol import Protocol, Review
from reviewkit.records import Answer
from reviewkit.reproduction import Reproduction, SourceOutcome, SourceVerdict, WorkOutcome

NOT_REPORTED = "not reported"


def report_json(protocol: Protocol, protocol_sha256: str, made: Reproduction, reported: Flow, rerun: Flow) -> str:
    """The whole reproduction as one JSON document; keys are stable, `null` is "not reported" or "not known"."""
    document = {
        "reviewkit": __version__,
        "review": protocol.review.id,
        "protocol_sha256": protocol_sha256,
        "reproduced": made.reproduced,
        "sources": [_source_json(source) for source in made.sources],
        "flow": {"reported": dataclasses.asdict(reported), "rerun": dataclasses.asdict(rerun)},
        **{
            name: _plain(getattr(made, name))
            for name in ("boxes", "works", "variants", "reporting", "candidates", "open_pairs", "findings")
        },
        "remarks": [remark.text for remark in protocol.remarks],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _source_json(source: SourceOutcome) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(source)
    return {**plain, "rerun": source.rerun, "verdict": source.verdict}


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def report_markdown(protocol: Protocol, protocol_sha256: str, made: Reproduction) -> str:
    """The report that an editor reads: the verdict first, then the evidence."""
    parts: list[Iterable[str]] = [
        [f"# Reproduction report: {_text(protocol.review.title)}", "", _citation(protocol.review), ""],
        _section("Verdict", _bullets(verdict_lines(protocol, made))),
        _section("Sources", _sources(made)),
        _section("Flow: reported beside rerun", _boxes(made)),
        _section("The included works", _works(made)),
        _section("What each reading of the method can return", _readings(protocol, made)),
        _section("Eligibility of the included works", _eligibility(protocol, made)),
        _section("What follows from the evidence", _bullets(made.findings)),
        _section("Eligible by every criterion that a machine can check, and not among the works", _candidates(made)),
        _section("Pairs of records that wait for a person", _pairs(made)),
        _section("Reporting of the search (six PRISMA-S items)", _reporting(made)),
        _section("What was run", _runs(made)),
        _section("Remarks of the protocol's author", _bullets([remark.text for remark in protocol.remarks])),
        [f"reviewkit {__version__}, protocol SHA-256 {protocol_sha256}."],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def verdict_lines(protocol: Protocol, made: Reproduction) -> list[str]:
    """The verdict in sentences, most important first; the terminal prints the same ones."""
    lines = []
    for source in made.sources:
        match source.verdict:
            case SourceVerdict.NOT_RUN:
                lines.append(f"{source.name}: could not be run ({source.why_not}).")
            case SourceVerdict.NOT_COMPARABLE:
                lines.append(
                    f"{source.name}: {source.rerun} records; the review does not report how many it found there."
                )
            case verdict:
                lines.append(f"{source.name}: {verdict}, {source.reported} reported, {source.rerun} in the rerun.")
    if made.stand_in:
        lines.append(
            f"In their place stand {made.stand_in.n} {made.stand_in.label[:1].lower()}{made.stand_in.label[1:]}; "
            "the rerun flow starts from these, and says nothing of what the searches would return."
        )
    found = sum(work.found for work in made.works)
    reported = next((box for box in made.boxes if box.key == "new_studies"), None)
    lines.append(f"{found} of {len(made.works)} included works are among the records of the rerun.")
    if reported and reported.reported is not None:
        identified = protocol.reported.flow.database_results if protocol.reported else None
        lines.append(f"Reported flow: {_count(identified)} → {_count(reported.reported)}.")
    return [line if line.endswith(".") else line + "." for line in lines]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [f"## {title}", "", *body, ""] if body else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = ["| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *body] if body else []


def _text(text: str) -> str:
    """`text` on one line, with what Markdown or HTML would take for markup written out."""
    flat = " ".join(text.split())
    for mark, written in (
        ("\\", "\\\\"),
        ("|", "\\|"),
        ("<", "&lt;"),
        ("*", "\\*"),
        ("_", "\\_"),
        ("`", "\\`"),
        ("[", "\\["),
    ):
        flat = flat.replace(mark, written)
    return flat


def _count(n: Count) -> str:
    return NOT_REPORTED if n is None else str(n)


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {_text(text)}" for text in texts]


def _citation(review: Review) -> str:
    where = " ".join(_text(part) for part in (review.journal, str(review.year or "")) if part)
    issue = f"{review.volume or ''}{f'({review.issue})' if review.issue else ''}"
    tail = ":".join(part for part in (issue, review.pages) if part)
    return f"{_text(', '.join(review.authors))}. {where}{';' + _text(tail) if tail else ''}."


def _sources(made: Reproduction) -> list[str]:
    rows = [
        (
            source.name,
            _count(source.reported),
            str(source.rerun) if source.run else "not run",
            source.verdict,
            source.why_not or "",
        )
        for source in made.sources
    ]
    return _table(["Source", "Reported", "Rerun", "Verdict", "Why"], rows)


def _boxes(made: Reproduction) -> list[str]:
    rows = [(box.label, _count(box.reported), "not run" if box.rerun is None else str(box.rerun)) for box in made.boxes]
    return _table(["Box", "Reported", "Rerun"], rows)


def _works(made: Reproduction) -> list[str]:
    rows = [
        (
            work.reference or "",
            work.title,
            f"yes, by {work.matched_by}: {work.source}" if work.found else "no: enters through the reported list",
        )
        for work in made.works
    ]
    return _table(["Reference", "Work", "Found by the rerun"], rows)


def _readings(protocol: Protocol, made: Reproduction) -> list[str]:
    strategies = [strategy for strategy in protocol.strategies if strategy.blocks]
    rows = [(_short(work), *(_returnable(work, strategy.id) for strategy in strategies)) for work in made.works]
    table = _table(["Work", *(strategy.label for strategy in strategies)], rows)
    counts = [
        f"{variant.label}, {variant.source}: "
        + (f"{variant.count} records" if variant.count is not None else f"could not be run ({variant.why_not})")
        + (f", among them {', '.join(variant.works)}" if variant.works else "")
        + "."
        for variant in made.variants
    ]
    return [*table, "", *_bullets(counts)] if table else []


def _returnable(work: WorkOutcome, strategy: str) -> str:
    answer, evidence = work.returnable.get(strategy, (Answer.UNKNOWN, ""))
    return f"{answer} ({evidence})" if answer is not Answer.YES and evidence else answer


# What stands where a criterion has no check by record.
_NO_CHECK = {"person": "a person must judge", "duplicates": "duplicates are linked, see the flow"}


def _eligibility(protocol: Protocol, made: Reproduction) -> list[str]:
    criteria = list(protocol.criteria)
    rows = []
    for work in made.works:
        told = {check.criterion: f"{check.answer} ({check.evidence})" for check in work.checks}
        rows.append((_short(work), *(told.get(c.id, _NO_CHECK.get(c.check.by, "not checked")) for c in criteria)))
    return _table(["Work", *(f"{criterion.kind}: {criterion.wording}" for criterion in criteria)], rows)


def _short(work: WorkOutcome) -> str:
    return f"{work.reference}: {work.title[:40]}" if work.reference else work.title[:40]


def _candidates(made: Reproduction) -> list[str]:
    return _table(
        ["Record", "Title", "Evidence"], [(item.record, item.title, item.evidence) for item in made.candidates]
    )


def _pairs(made: Reproduction) -> list[str]:
    return _table(["One", "The other", "Why they are not joined by themselves"], made.open_pairs)


def _reporting(made: Reproduction) -> list[str]:
    rows = [(str(item.number), item.item, item.answer, item.evidence) for item in made.reporting]
    return _table(["Item", "What", "Reported", "Evidence"], rows)


def _runs(made: Reproduction) -> Iterator[str]:
    for source in made.sources:
        yield f"### {_text(source.name)}"
        yield ""
        yield "Query as compiled:" if source.query else "No query: reviewkit does not know this source's language."
        if source.query:
            yield from ["", "```text", source.query.replace("```", "` ` `"), "```"]
        yield ""
        if run := source.run:
            yield f"- searched {run.searched_at} at {_text(run.endpoint)}; database build {_text(run.build or 'not stated')}"
            yield f"- {run.count} records by the source's count, {run.received} received, {len(run.missing)} missing"
            yield f"- translated by the database to: {_text(run.translation or 'not stated')}"
            yield from (f"- warning: {_text(warning)}" for warning in run.warnings)
            yield ""
