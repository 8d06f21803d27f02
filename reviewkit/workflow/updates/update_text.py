"""An update told to a person: the gravest first, then the sources, then what to do next. Text and Markdown."""

from collections.abc import Iterator

from reviewkit.exports.changes import changes_markdown, difference_text, headline, plain
from reviewkit.model.text import plural
from reviewkit.workflow.updates.update_models import Notice, UpdateResult


def update_lines(found: UpdateResult, *, quiet: bool = False) -> Iterator[str]:
    """The lines of an update. A retracted included study comes before everything; `quiet` tells only of news."""
    yield from (_retracted(notice) for notice in found.retracted)
    for source in found.sources:
        if source.failed:
            yield f"{source.name}: failed ({source.failed}); nothing of it is taken for gone."
        elif source.cannot and not quiet:
            yield f"{source.name}: could not be run ({source.cannot})."
        elif source.difference and (source.difference.changes or not quiet):
            yield from difference_text(source.difference)
    if found.watch_failed:
        yield f"Watch: the watched records could not be fetched ({found.watch_failed})."
    if found.notices:
        yield "Watch"
        yield from (f"  {_notice(notice)}" for notice in found.notices)
    if found.copies:
        yield "Copies of records that were there: linked with them; no verdict was taken over"
        yield from (
            f"  {copy.record} is a copy of {copy.lead} ({_state(copy.lead_state)})"
            for copy in found.copies
        )
    if not quiet or found.is_news:
        yield from _what_now(found)


def _what_now(found: UpdateResult) -> Iterator[str]:
    if found.ineligible:
        yield f"{plural(found.ineligible, 'new record')} found ineligible by a machine's check."
    yield f"{plural(found.queued, 'new record')} to be screened, {found.waiting} in all."
    if found.dry_run:
        yield "Nothing was taken in: this was a dry run. reviewkit update does it."
        return
    steps = list(next_steps(found))
    if steps:
        yield "Next"
        yield from (f"  {step}" for step in steps)


def next_steps(found: UpdateResult) -> Iterator[str]:
    """What to do next, as sentences with their commands."""
    if found.retracted:
        yield "Decide on the retracted study again: reviewkit screen --stage full_text"
    if found.questions:
        yield f"{plural(found.questions, 'pair')} with new records to be answered: reviewkit resolve"
    if found.waiting:
        yield f"{plural(found.waiting, 'record')} to be screened: reviewkit screen"
    if found.failures or found.watch_failed:
        yield "Some service failed: run reviewkit update again later; what came is kept"


def _retracted(notice: Notice) -> str:
    return f"RETRACTED and included: {notice.title} ({notice.record}): {notice.evidence}"


def _notice(notice: Notice) -> str:
    return f"{notice.alert}: {notice.title} ({notice.record}, {_state(notice.state)}): {notice.evidence}"


def _state(state: str) -> str:
    return state.replace("_", " ")


def update_markdown(found: UpdateResult, *, title: str) -> str:
    """The same as a page: for an issue, a mail or a file."""
    lines = [f"# {plain(title)}: update of {found.begun_at[:10]}", ""]
    lines += [f"**{plain(_retracted(notice))}**\n" for notice in found.retracted]
    for source in found.sources:
        lines += [f"## {plain(source.name)}", ""]
        if source.difference:
            lines += [
                plain(headline(source.difference)),
                "",
                *changes_markdown(source.difference.changes),
            ]
        else:
            told = (
                f"failed: {source.failed}"
                if source.failed
                else f"could not be run: {source.cannot}"
            )
            lines += [plain(told), ""]
    if found.notices:
        lines += ["## Watch", "", *(f"- {plain(_notice(notice))}" for notice in found.notices), ""]
    if found.copies:
        copies = [
            f"- {plain(c.record)} is a copy of {plain(c.lead)} ({_state(c.lead_state)})"
            for c in found.copies
        ]
        lines += ["## Copies of records that were there", "", *copies, ""]
    lines += [
        "## What now",
        "",
        *(f"- {plain(line.strip())}" for line in _what_now(found) if line != "Next"),
    ]
    return "\n".join(lines).rstrip() + "\n"
