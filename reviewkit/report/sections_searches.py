"""The report's section on the searches: query, count, dates and hashes of each run. Pure."""

import hashlib
import re
from collections.abc import Iterator

from reviewkit.model.messages import day, mark, recognise, tr, tr_n
from reviewkit.model.records import Role, RunKind, SearchRun
from reviewkit.protocol.model import Origin, Protocol, SearchField, Strategy
from reviewkit.report.model import Block, Code, FactList, Paragraph, Section
from reviewkit.report.words import bullets, clause, count, records
from reviewkit.reproduction.outcomes import NOT_SEARCHED, Reproduction, SourceOutcome

_FIELDS = {
    SearchField.HEADING: mark(", as headings"),
    SearchField.TITLE_ABSTRACT: mark(", in title or abstract"),
}
_NOT_STATED = mark("not stated")
_SEARCHED_BEFORE = mark("Searched before on {day}: {records}.")
_ALSO_SEARCHED = mark("Also searched on {day}: {records}.")

# How the request of an imported file begins.
_IMPORT = "import "


def runs_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return per source: the query as published, compiled,
    sent and translated; counts and hashes.
    """
    parts = tuple(
        Section(id=f"run-{position}", title=source.name, blocks=tuple(_source(protocol, source)))
        for position, source in enumerate(reproduction.sources, 1)
        # Searches of indexes of citations have a section of their own.
        if not (source.role is Role.CITATIONS and source.run and source.run.endpoint)
    )
    title = tr("What was run") if protocol.is_published else tr("What was searched")

    return Section(id="runs", title=title, parts=parts)


def other_searches(source: SourceOutcome) -> Iterator[Block]:
    """Yield a sentence for each search of a source besides the newest one."""
    last = source.run.searched_at if source.run else ""
    for other, counted in source.earlier:
        # What was searched first may have been imported last.
        is_before = other <= last[:10]
        sentence = _SEARCHED_BEFORE if is_before else _ALSO_SEARCHED
        text = tr(sentence, day=day(other), records=records(counted, _NOT_STATED))
        yield Paragraph(text=text)


def _source(protocol: Protocol, source: SourceOutcome) -> Iterator[Block]:
    if protocol.primary and protocol.is_published:
        yield _published(protocol.primary, source)

    yield from other_searches(source)
    if source.query:
        yield Code(label=tr("Query as compiled"), text=source.query)
    elif protocol.is_published:
        yield Paragraph(
            text=tr(
                "No query: reviewkit does not know this source's language, "
                "and the protocol prints none."
            )
        )
    else:
        yield Paragraph(text=tr("The protocol gives no query of this source."))

    if source.run is None:
        yield Paragraph(text=_not_run(protocol, source))
    else:
        yield from _run(source, source.run)


def _not_run(protocol: Protocol, source: SourceOutcome) -> str:
    if protocol.is_published or source.why_not != NOT_SEARCHED:
        return tr("Not run: {why}.", why=recognise(source.why_not or ""))
    return tr("Not searched yet.")


def _published(strategy: Strategy, source: SourceOutcome) -> Block:
    """Return the query as the review prints it, or the strategy in words."""
    where = clause(" ({value})", strategy.where)
    if strategy.origin is not Origin.PUBLISHED:
        text = tr(
            "No query is published; this is a reading of the method{where}: {strategy}.",
            where=where,
            strategy=strategy.label,
        )
        return Paragraph(text=text)

    printed = strategy.queries.get(source.source)
    if printed:
        return Code(label=tr("Query as published{where}", where=where), text=printed)

    field = _FIELDS.get(strategy.field, "") if strategy.field else ""
    text = f"{strategy.label}{tr(field)}"

    return Paragraph(text=tr("As published{where}: {strategy}.", where=where, strategy=text))


def _run(source: SourceOutcome, run: SearchRun) -> Iterator[Block]:
    files = _imported_files(run)
    if run.query and not source.is_as_compiled:
        yield Code(label=_label_of_other_query(run, files), text=run.query)
    if run.translation:
        yield Code(label=tr("As translated by the database"), text=run.translation)
    yield FactList(pairs=_facts_of(run, files))
    yield from bullets(_warning(warning, is_import=bool(files)) for warning in run.warnings)


# How a database says that it does not know a phrase of the query, or passes over a word.
_UNKNOWN = re.compile(r"(?:Quoted)?PhraseNotFound: (?P<phrase>.+)")
_IGNORED = re.compile(r"PhraseIgnored: (?P<phrase>.+)")


def _warning(warning: str, *, is_import: bool) -> str:
    """A warning in words; a phrase that was acknowledged is named as such."""
    if is_import:
        return f"{tr('Note on the import')}: {warning}"
    if match := _UNKNOWN.fullmatch(warning):
        return tr(
            "The database does not know {phrase}; acknowledged, so the search went on.",
            phrase=match["phrase"],
        )
    if match := _IGNORED.fullmatch(warning):
        return tr("The database passed over {phrase}; acknowledged.", phrase=match["phrase"])

    return f"{tr('Warning of the database')}: {warning}"


def _imported_files(run: SearchRun) -> tuple[str, ...]:
    """The names of the files that were imported as the search; none where a service answered."""
    requests = [page.request for page in run.pages]
    if run.endpoint or not all(request.startswith(_IMPORT) for request in requests):
        return ()
    return tuple(request.removeprefix(_IMPORT) for request in requests)


def _facts_of(run: SearchRun, files: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if files:
        return _import_facts(run, files)
    if run.is_stated_empty:
        return _empty_facts(run)
    return _facts(run)


def _empty_facts(run: SearchRun) -> tuple[tuple[str, str], ...]:
    return (
        (tr("Searched"), day(run.searched_at)),
        (tr("Count"), tr("the search found 0 records, as a person recorded; there is no file")),
        *_hashes(run),
    )


def _import_facts(run: SearchRun, files: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    counted = tr(
        "{records} in the files, each counted once", records=records(run.count, _NOT_STATED)
    )
    return (
        (tr("Searched"), day(run.searched_at)),
        (tr("Files imported"), ", ".join(files)),
        (tr("Count"), counted),
        *_hashes(run),
        (tr("Files kept"), tr("{n}, each under its own SHA-256", n=len(files))),
    )


def _label_of_other_query(run: SearchRun, files: tuple[str, ...]) -> str:
    if run.is_stated_empty:
        return tr("Query as typed in the database; stated when the search was recorded")
    if files:
        return tr("Query as typed in the database; stated when its file was imported")
    # An update leaves out the day that bounds the review's own search.
    if run.kind is RunKind.UPDATE:
        return tr("Query as sent; by the update")
    return tr("Query as sent; the protocol has changed since")


def _facts(run: SearchRun) -> tuple[tuple[str, str], ...]:
    translation = tr("as above") if run.translation else tr("not stated by the database")
    counted = tr(
        "{n} by the source; received: {records}",
        n=count(run.count, _NOT_STATED),
        records=records(run.received, mark("none")),
    )
    kept = tr_n(
        len(run.pages),
        "{n} page, under its own SHA-256",
        "{n} pages, each under its own SHA-256",
    )

    return (
        (tr("Searched"), day(run.searched_at)),
        (tr("Service"), run.endpoint or tr(_NOT_STATED)),
        (tr("Database build"), _build(run)),
        (tr("Translation"), translation),
        (tr("Count"), counted),
        (tr("Without a record"), ", ".join(run.missing) or tr("none")),
        *_hashes(run),
        (tr("Raw answers kept"), kept),
    )


def _hashes(run: SearchRun) -> tuple[tuple[str, str], ...]:
    listed = tr_n(
        len(run.identifiers),
        "{sha256} ({n} identifier, one a line)",
        "{sha256} ({n} identifiers, one a line)",
        sha256=_sha256(_one_a_line(run)),
    )
    query = _sha256(run.query) if run.query else tr("the query is not known")
    return ((tr("SHA-256 of the query"), query), (tr("SHA-256 of the list"), listed))


def _build(run: SearchRun) -> str:
    build = run.build or tr(_NOT_STATED)
    if not run.build_updated:
        return build
    return tr("{build}, updated {day}", build=build, day=day(run.build_updated))


def _one_a_line(run: SearchRun) -> str:
    return "\n".join(run.identifiers)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
