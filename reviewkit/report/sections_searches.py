"""The report's section on the searches: query, count, dates and hashes of each run. Pure."""

import hashlib
from collections.abc import Iterator

from reviewkit.model.records import RunKind, SearchRun
from reviewkit.model.text import plural
from reviewkit.protocol.model import Origin, Protocol, SearchField, Strategy
from reviewkit.report.model import Block, Code, FactList, Paragraph, Section
from reviewkit.report.words import bullets, clause, count, number
from reviewkit.reproduction.outcomes import NOT_SEARCHED, Reproduction, SourceOutcome

_FIELDS = {
    SearchField.HEADING: ", as headings",
    SearchField.TITLE_ABSTRACT: ", in title or abstract",
}

# How the request of an imported file begins.
_IMPORT = "import "


def runs_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return per source: the query as published, compiled,
    sent and translated; counts and hashes.
    """
    parts = tuple(
        Section(id=f"run-{position}", title=source.name, blocks=tuple(_source(protocol, source)))
        for position, source in enumerate(reproduction.sources, 1)
    )
    title = "What was run" if protocol.is_published else "What was searched"
    return Section(id="runs", title=title, parts=parts)


def _source(protocol: Protocol, source: SourceOutcome) -> Iterator[Block]:
    if protocol.primary and protocol.is_published:
        yield _published(protocol.primary, source)

    for day, counted in source.earlier:
        yield Paragraph(text=f"Searched before on {day}: {count(counted, 'not stated')} records.")
    if source.query:
        yield Code(label="Query as compiled", text=source.query)
    elif protocol.is_published:
        yield Paragraph(
            text="No query: reviewkit does not know this source's language, "
            "and the protocol prints none."
        )
    else:
        yield Paragraph(text="The protocol gives no query of this source.")

    if source.run is None:
        yield Paragraph(text=_not_run(protocol, source))
    else:
        yield from _run(source.run, source.query)


def _not_run(protocol: Protocol, source: SourceOutcome) -> str:
    if protocol.is_published or source.why_not != NOT_SEARCHED:
        return f"Not run: {source.why_not}."
    return "Not searched yet."


def _published(strategy: Strategy, source: SourceOutcome) -> Block:
    """Return the query as the review prints it, or the strategy in words."""
    where = clause(" ({})", strategy.where)
    if strategy.origin is not Origin.PUBLISHED:
        return Paragraph(
            text=f"No query is published; this is a reading of the method{where}: {strategy.label}."
        )

    printed = strategy.queries.get(source.source)
    if printed:
        return Code(label=f"Query as published{where}", text=printed)

    field = _FIELDS.get(strategy.field, "") if strategy.field else ""

    return Paragraph(text=f"As published{where}: {strategy.label}{field}.")


def _run(run: SearchRun, compiled: str | None) -> Iterator[Block]:
    if run.query and run.query != compiled:
        yield Code(label=f"Query as sent; {_why_other_query(run)}", text=run.query)
    if run.translation:
        yield Code(label="As translated by the database", text=run.translation)
    files = _imported_files(run)
    yield FactList(pairs=_import_facts(run, files) if files else _facts(run))
    of_whom = "Note on the import" if files else "Warning of the database"
    yield from bullets(f"{of_whom}: {warning}" for warning in run.warnings)


def _imported_files(run: SearchRun) -> tuple[str, ...]:
    """The names of the files that were imported as the search; none where a service answered."""
    requests = [page.request for page in run.pages]
    if run.endpoint or not all(request.startswith(_IMPORT) for request in requests):
        return ()
    return tuple(request.removeprefix(_IMPORT) for request in requests)


def _import_facts(run: SearchRun, files: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    identifiers = plural(len(run.identifiers), "identifier")
    return (
        ("Searched", run.searched_at),
        ("Files imported", ", ".join(files)),
        ("Count", f"{count(run.count, 'not stated')} records in the files, each counted once"),
        ("SHA-256 of the query", _sha256(run.query) if run.query else "the query is not known"),
        ("SHA-256 of the list", f"{_sha256(_one_a_line(run))} ({identifiers}, one a line)"),
        ("Files kept", f"{number(len(files))}, each under its own SHA-256"),
    )


def _why_other_query(run: SearchRun) -> str:
    # An update leaves out the day that bounds the review's own search.
    if run.kind is RunKind.UPDATE:
        return "by the update"
    return "the protocol has changed since"


def _facts(run: SearchRun) -> tuple[tuple[str, str], ...]:
    by_source, received = count(run.count, "not stated"), count(run.received, "none")
    identifiers = plural(len(run.identifiers), "identifier")

    return (
        ("Searched", run.searched_at),
        ("Service", run.endpoint or "not stated"),
        ("Database build", _build(run)),
        ("Translation", "as above" if run.translation else "not stated by the database"),
        ("Count", f"{by_source} by the source; {received} records received"),
        ("Without a record", ", ".join(run.missing) or "none"),
        ("SHA-256 of the query", _sha256(run.query) if run.query else "the query is not known"),
        ("SHA-256 of the list", f"{_sha256(_one_a_line(run))} ({identifiers}, one a line)"),
        ("Raw answers kept", f"{number(len(run.pages))} pages, each under its own SHA-256"),
    )


def _build(run: SearchRun) -> str:
    build = run.build or "not stated"
    if run.build_updated:
        build += f", updated {run.build_updated}"
    return build


def _one_a_line(run: SearchRun) -> str:
    return "\n".join(run.identifiers)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
