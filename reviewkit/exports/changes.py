"""What an update or a comparison of runs found, as text and as Markdown. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewkit.model.text import plural
from reviewkit.updates.changes import Change, ChangeKind, ChangeReason, Difference

_MOST = 20  # records of a kind that the text for a terminal names; Markdown and JSON name all
_HEADS = {ChangeKind.NEW: "New", ChangeKind.GONE: "Gone", ChangeKind.CHANGED: "Changed"}


def difference_text(difference: Difference, *, most: int = _MOST) -> Iterator[str]:
    """Yield the lines of one source: its counts, then the records, `most` of each kind."""
    yield headline(difference)
    for kind, head in _HEADS.items():
        changes = difference.of(kind)
        if not changes:
            continue

        yield f"  {head}"
        yield from (f"    {change_line(change)}" for change in changes[:most])
        if len(changes) > most:
            yield f"    … and {len(changes) - most} more (--json names all)"


def headline(difference: Difference) -> str:
    """One sentence on a source."""
    after, before = difference.after, difference.before
    count, since = "count not known", "the first run"
    if after.count is not None:
        count = plural(after.count, "record")
    if before:
        since = f"since run {before.run} of {before.searched_at[:10]}"
    kinds = ", ".join(f"{len(difference.of(kind))} {kind}" for kind in ChangeKind)
    return f"{difference.name}: {count} on {after.searched_at[:10]}; {kinds} ({since})."


def change_line(change: Change) -> str:
    """A record and why it is listed."""
    name = change.record or f"{change.source}:{change.identifier}"
    title = change.title
    if change.year:
        title = f"{title} ({change.year})"
    return f"{name}  {title}: {_reason(change)}"


def _reason(change: Change) -> str:
    if change.kind is ChangeKind.CHANGED:
        return change.evidence

    if change.why is ChangeReason.NOT_KNOWN:
        return f"why is not known ({change.evidence})"
    return f"{change.why}; {change.evidence}"


def differences_markdown(differences: Sequence[Difference], *, title: str) -> str:
    """A page with one table per source and kind."""
    lines = [f"# {plain(title)}", ""]
    for difference in differences:
        lines += [f"## {plain(difference.name)}", "", plain(headline(difference)), ""]
        lines += changes_markdown(difference.changes)
    return "\n".join(lines).rstrip() + "\n"


def changes_markdown(changes: Iterable[Change]) -> list[str]:
    """The tables of records, new, gone and changed."""
    lines: list[str] = []
    listed = list(changes)
    for kind, head in _HEADS.items():
        rows = [change for change in listed if change.kind is kind]
        if rows:
            lines += [
                f"### {head} ({len(rows)})",
                "",
                "| record | title | year | why |",
                "| --- | --- | --- | --- |",
            ]
            lines += [f"| {' | '.join(_cells(change))} |" for change in rows]
            lines.append("")

    return lines


def _cells(change: Change) -> tuple[str, ...]:
    name = change.record or f"{change.source}:{change.identifier}"
    return tuple(
        plain(text) for text in (name, change.title, str(change.year or ""), _reason(change))
    )


_ACTIVE = re.compile(r"([\\`*_{}\[\]<>#|~@])")


def plain(text: str) -> str:
    """Return text that Markdown leaves as it is: a title breaks no table and links nothing."""
    escaped = _ACTIVE.sub(r"\\\1", " ".join(text.split()))
    # A site of issues links bare addresses and mentions; a joiner in between keeps them text.
    return escaped.replace("://", ":\u2060//").replace("\\@", "@\u2060")
