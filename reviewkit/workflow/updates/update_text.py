"""An update as text and as Markdown: the gravest first, then the sources, then what to do next."""

from collections.abc import Iterator

from reviewkit.exports.changes import changes_markdown, difference_text, headline, plain
from reviewkit.model.text import plural
from reviewkit.workflow.updates.update_models import (
    CitationNews,
    Copy,
    Notice,
    SourceUpdate,
    UpdateResult,
)


def update_lines(result: UpdateResult, *, quiet: bool = False) -> Iterator[str]:
    """The lines of an update, retracted included studies before everything.

    With `quiet`, news only.
    """
    yield from (_retracted_line(notice) for notice in result.retracted)
    for source in result.sources:
        yield from _source_lines(source, quiet=quiet)
    yield from _citation_lines(result.citations, quiet=quiet)
    if result.monitor_failed:
        yield f"Monitor: the monitored records could not be fetched ({result.monitor_failed})."

    if result.notices:
        yield "Monitor"
        yield from (f"  {_notice_line(notice)}" for notice in result.notices)
    if result.copies:
        yield "Duplicates of earlier records: linked with them; no decision was copied"
        yield from (f"  {_copy_line(copy)}" for copy in result.copies)
    if not (quiet and result.is_quiet):
        yield from _what_now(result)


def _source_lines(source: SourceUpdate, *, quiet: bool) -> Iterator[str]:
    if source.failed:
        yield f"{source.name}: {_failure(source.failed)}; none of its records counts as gone."
    elif source.cannot and not quiet:
        yield f"{source.name}: could not be run ({source.cannot})."
    elif source.difference and (source.difference.changes or not quiet):
        yield from difference_text(source.difference)
    if source.left_out:
        yield _left_out_line(source)


def _failure(why: str) -> str:
    """That a source failed, and why; some reasons say that they are failures."""
    return why if why.startswith("failed ") else f"failed ({why})"


def _left_out_line(source: SourceUpdate) -> str:
    count = plural(len(source.left_out), "listed record")
    named = ", ".join(source.left_out)
    return f"{source.name}: {count} did not come: {named}; the next update asks again."


def _citation_lines(news: CitationNews | None, *, quiet: bool = False) -> Iterator[str]:
    """The citation search of an update: what failed, what is new, or that nobody was asked."""
    if news is None:
        return
    yield from (f"Citation searching: failed. {failure}" for failure in news.failures)
    if news.asked and (news.new or not quiet):
        seeds, new = plural(news.seeds, "included record"), plural(len(news.new), "new record")
        yield f"Citation searching: {new}, from {seeds} ({'; '.join(news.asked)})."
        yield from (f"  + {work.title} ({work.record})" for work in news.new)
    elif not (news.asked or news.failures or quiet):
        yield f"Citation searching: nobody was asked; {_why_not_asked(news)}."


def _why_not_asked(news: CitationNews) -> str:
    if not news.seeds:
        return "no record is included yet"
    return "no included record has an identifier that an index takes"


def _what_now(result: UpdateResult) -> Iterator[str]:
    if result.ineligible:
        yield f"{plural(result.ineligible, 'new record')} found ineligible by a machine's check."
    yield f"{plural(result.queued, 'new record')} to be screened, {result.waiting} in all."
    if result.dry_run:
        yield "Nothing was stored: this was a dry run. reviewkit update does it."
        return

    steps = list(next_steps(result))
    if steps:
        yield "Next"
        yield from (f"  {step}" for step in steps)


def next_steps(result: UpdateResult) -> Iterator[str]:
    """What to do next, as sentences with their commands."""
    if result.retracted:
        yield "Decide on the retracted study again: reviewkit screen --stage full_text"
    if result.questions:
        pairs = plural(result.questions, "pair")
        yield f"{pairs} with new records to be answered: reviewkit dedupe review"
    if result.waiting > result.conflicts:
        records = plural(result.waiting - result.conflicts, "record")
        yield f"{records} to be screened: reviewkit screen"
    if result.conflicts:
        conflicts = plural(result.conflicts, "conflict waits", "conflicts wait")
        yield f"{conflicts} at title and abstract: reviewkit resolve"
    if result.is_nothing_searched:
        yield "No source could be searched: run the searches yourself, and import what you export"
    if result.failures or result.monitor_failed or result.citations_failed:
        yield "Some service failed, as said above: run reviewkit update again; the rest is kept"


def _retracted_line(notice: Notice) -> str:
    return f"RETRACTED and included: {notice.title} ({notice.record}): {notice.evidence}"


def _notice_line(notice: Notice) -> str:
    record = f"{notice.record}, {_words(notice.state)}"
    return f"{notice.alert}: {notice.title} ({record}): {notice.evidence}"


def _copy_line(copy: Copy) -> str:
    return f"{copy.record} is a duplicate of {copy.lead} ({_words(copy.lead_state)})"


def _words(state: str) -> str:
    return state.replace("_", " ")


def update_markdown(result: UpdateResult, *, title: str) -> str:
    """The same as a page in Markdown: for an issue, a mail or a file."""
    lines = [f"# {plain(title)}: update of {result.begun_at[:10]}", ""]
    lines += [f"**{plain(_retracted_line(notice))}**\n" for notice in result.retracted]

    for source in result.sources:
        lines += _source_markdown(source)

    cited = [line.removeprefix("  + ") for line in _citation_lines(result.citations)]
    lines += _list_markdown("Citation searching", cited)
    lines += _list_markdown("Monitor", [_notice_line(notice) for notice in result.notices])
    lines += _list_markdown(
        "Duplicates of earlier records", [_copy_line(copy) for copy in result.copies]
    )

    steps = [line.strip() for line in _what_now(result) if line != "Next"]
    lines += _list_markdown("What now", steps)
    return "\n".join(lines).rstrip() + "\n"


def _source_markdown(source: SourceUpdate) -> list[str]:
    lines = [f"## {plain(source.name)}", ""]
    if source.difference:
        changes = changes_markdown(source.difference.changes)
        if source.left_out:
            lines += [plain(_left_out_line(source)), ""]
        return [*lines, plain(headline(source.difference)), "", *changes]

    if source.failed:
        return [*lines, plain(_failure(source.failed)), ""]
    return [*lines, plain(f"could not be run: {source.cannot}"), ""]


def _list_markdown(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    return [f"## {title}", "", *(f"- {plain(line)}" for line in lines), ""]
