"""`checklist` and `appendix`: what a review's database and protocol give for journals' forms."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reviewkit.exports.toml_text import toml_string
from reviewkit.model.choices import not_among
from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import UsageError, system_reason
from reviewkit.model.extras import install_hint
from reviewkit.model.foreign import read_toml
from reviewkit.model.messages import ENGLISH, in_english
from reviewkit.model.version import __version__
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Protocol
from reviewkit.report.appendix import appendix_document
from reviewkit.report.checklist import (
    Answer,
    Standard,
    checklist_document,
)
from reviewkit.report.checklist_evidence import ChecklistFacts, ExcludedReport
from reviewkit.report.model import Document
from reviewkit.reproduction.outcomes import WorkOutcome
from reviewkit.screening.citation import cite_record
from reviewkit.store import Store
from reviewkit.store.decisions import counted_states, states
from reviewkit.store.pairs import count_answered_pairs
from reviewkit.workflow.auditing.line_hits import (
    counted_lines,
    read_line_answers,
    searched_queries,
)
from reviewkit.workflow.duplicates.link import linked_by_these_rules
from reviewkit.workflow.duplicates.link_settings import is_deduplicated
from reviewkit.workflow.files import write_own
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.open_review import read_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.citation_summary import citation_summary
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.screening_summary import screening_summary

Answers = Mapping[str, Answer]


def read_facts(project: ReviewProject, *, now: datetime.datetime) -> ChecklistFacts:
    """Return what is known of a review. Raises UsageError for a database without records."""
    with read_store(project, now=now) as store:
        return facts_of(store, project)


def facts_of(
    store: Store, project: ReviewProject, comparison: Comparison | None = None
) -> ChecklistFacts:
    """Return what an open database and its protocol say of a review, once they are compared."""
    protocol = project.protocol
    comparison = comparison or compare(store, protocol, ())
    made = comparison.reproduction
    searched = searched_queries(protocol, made.sources)

    return ChecklistFacts(
        protocol=protocol,
        protocol_sha256=project.protocol_sha256,
        sources=made.sources,
        reporting=made.reporting,
        flow=comparison.reported if protocol.is_published else comparison.rerun,
        works=made.works,
        excluded=_excluded(store, protocol),
        deduplication=deduplication_lines(store, protocol),
        summary=screening_summary(store, protocol),
        citations=citation_summary(store),
        cited=_cited(store, protocol, made.works),
        lines=counted_lines(protocol, searched, read_line_answers(project)),
        software=f"reviewkit {__version__}",
    )


def _excluded(store: Store, protocol: Protocol) -> tuple[ExcludedReport, ...]:
    """Return the reports excluded at full text: those of the team, or of the published list."""
    if protocol.reported:
        return tuple(
            ExcludedReport(
                citation=report.citation, reason=report.reason or in_english("no reason reported")
            )
            for report in protocol.reported.excluded_reports
        )

    rows = states(store, only=State.REPORT_EXCLUDED)
    told = ((read_merged_record(store, row.record), row.reason) for row in rows)
    return tuple(
        ExcludedReport(
            citation=cite_record(merged.record), reason=reason or in_english("no reason given")
        )
        for merged, reason in told
        if merged
    )


def _cited(store: Store, protocol: Protocol, works: Sequence[WorkOutcome]) -> dict[str, str]:
    """Return each included work as a reference: as the article prints it, or as its records say."""
    if protocol.reported:
        return {work.id: work.reference for work in protocol.reported.works if work.reference}
    merged = {work.work: read_merged_record(store, work.record or work.work) for work in works}
    return {name: cite_record(one.record) for name, one in merged.items() if one}


def deduplication_lines(store: Store, protocol: Protocol) -> tuple[str, ...]:
    """Return by which rules duplicates were linked, and how many; nothing where nobody looked."""
    if not is_deduplicated(store):
        return ()
    settings = protocol.dedupe
    duplicates = sum(row.state is State.DUPLICATE for row in counted_states(store))
    by_people = count_answered_pairs(store)

    rules = in_english("Linked by another version of reviewkit, or under other settings")
    if linked_by_these_rules(store, protocol):
        rules = in_english(
            "{software}: two records are one from a likelihood of {same} on; "
            "from {ask} on a person is asked",
            software=f"reviewkit {__version__}",
            same=settings.same_at,
            ask=settings.ask_at,
        )
    return (
        rules,
        in_english(
            "Records linked as duplicates: {duplicates}; pairs answered by people: {people}",
            duplicates=duplicates,
            people=by_people,
        ),
    )


def build_checklist(
    facts: ChecklistFacts,
    standard: Standard,
    answers: Answers,
    *,
    language: str | None = None,
    format_name: str = "md",
) -> Document:
    """Return a checklist as a document, in a language or the protocol's; for JSON in English.

    Raises UsageError for an unknown language.
    """
    chosen = ENGLISH
    if format_name != "json":
        chosen = document_language(facts.protocol, language)
    return checklist_document(standard, facts, answers, language=chosen)


def build_appendix(facts: ChecklistFacts, *, language: str | None = None) -> Document:
    """Return the appendix on the searches as a document, in a language or the protocol's.

    Raises UsageError for an unknown language.
    """
    return appendix_document(facts, language=document_language(facts.protocol, language))


def document_language(protocol: Protocol, wanted: str | None) -> str:
    """Return the language asked for, or that of the protocol's [diagram] table.

    Raises UsageError for one that has no sentences.
    """
    language = wanted or protocol.diagram.language
    if language not in LANGUAGES:
        raise not_among(f"no language {language!r}", language, LANGUAGES)
    return language


def answers_path(project: ReviewProject, standard: Standard) -> Path:
    """Return where the authors' answers to a checklist are kept."""
    return project.output / f"answers-{standard.name}.toml"


def read_answers(path: Path, standard: Standard) -> dict[str, Answer]:
    """Return the authors' answers by item; none where there is no file yet.

    Raises UsageError for a file that is no TOML, and names every item that the checklist lacks.
    """
    if not path.exists():
        return {}

    try:
        raw = read_toml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot be read: {reason}", where=str(path), hint="mend it") from error

    check_items(raw, standard, where=str(path))
    return {
        item: Answer(text=str(values.get("text", "")), where=str(values.get("where", "")))
        for item, values in raw.items()
        if isinstance(values, dict)
    }


def check_items(items: Mapping[str, object], standard: Standard, *, where: str) -> None:
    """Raises UsageError with every item that the checklist does not have."""
    known = [item.id for item in standard.items]
    unknown = [item for item in items if item not in known]
    if unknown:
        raise UsageError(
            f"{standard.name} has no item {', '.join(unknown)}",
            where=where,
            hint=f"items: {', '.join(known)}",
        )


def write_answers(path: Path, standard: Standard, answers: Answers) -> None:
    """Write the authors' answers, in the order of the items. Raises UsageError."""
    lines = ["# What the authors write in the checklist. reviewkit keeps it between runs.", ""]
    for item in standard.items:
        answer = answers.get(item.id)
        if answer is not None:
            lines += [f'["{item.id}"]', f"text = {toml_string(answer.text)}"]
            lines += [f"where = {toml_string(answer.where)}", ""]
    write_own(path, "\n".join(lines).encode())


def with_answers(
    answers: Answers, standard: Standard, texts: Sequence[str], places: Sequence[str]
) -> dict[str, Answer]:
    """Return the answers with those of the command line ("25=None received") put in.

    Raises UsageError for one without "=", and for every unknown item.
    """
    changed = dict(answers)
    for option, values in (("--answer", texts), ("--where", places)):
        for item, value in map(_split_answer, values):
            check_items({item: value}, standard, where=option)
            before = changed.get(item, Answer())
            fields = {"text": value} if option == "--answer" else {"where": value}
            changed[item] = replace(before, **fields)
    return changed


def _split_answer(value: str) -> tuple[str, str]:
    item, sign, text = value.partition("=")
    if not sign:
        raise UsageError(f"{value!r} has no “=”", hint='--answer "25=No funding was received"')
    return item.strip(), text.strip()


def _markdown(document: Document, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.document import write_document_markdown

    return write_document_markdown(document).encode()


def _html(document: Document, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.document import write_document_html

    return write_document_html(document).encode()


def _json(document: Document, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.document import write_document_json

    return write_document_json(document).encode()


def _pdf(document: Document, now: datetime.datetime) -> bytes:
    from reviewkit.report.writers.document import write_document_pdf

    return write_document_pdf(document, timestamp=int(now.timestamp()))


def _docx(document: Document, now: datetime.datetime) -> bytes:
    try:
        from reviewkit.report.writers.docx import write_document_docx  # python-docx is an extra
    except ModuleNotFoundError as error:
        raise UsageError("docx needs a package of its own", hint=install_hint("docx")) from error

    return write_document_docx(document, created=now)


WRITERS: Mapping[str, Callable[[Document, datetime.datetime], bytes]] = {
    "md": _markdown,
    "html": _html,
    "json": _json,
    "pdf": _pdf,
    "docx": _docx,
}
BINARY = frozenset({"pdf", "docx"})


def write_document(document: Document, *, format_name: str, now: datetime.datetime) -> bytes:
    """Return a document in a format of WRITERS. Raises UsageError for another one."""
    if format_name not in WRITERS:
        raise not_among(f"no format {format_name!r}", format_name, WRITERS)
    return WRITERS[format_name](document, now)
