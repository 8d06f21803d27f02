"""Which lines of the boxes are left out: those that are hidden by name, and optional ones with 0.

A line whose count adds to a sum is never hidden where it is not 0: the picture would not add up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reviewkit.model.diagram_keys import LINES
from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.shapes import BoxEntry, Content
from reviewkit.prisma.diagram.wrap import NBSP

# "Reports of ..." stand beside the studies and add to nothing.
_BESIDE = frozenset({"previous_reports", "new_reports", "total_reports", "total_reports_ma"})
_NAMED_SOURCES = ("website_results", "organisation_results", "citations_results")


def without_hidden(
    boxes: Iterable[Content], options: DiagramOptions, labels: Mapping[str, str]
) -> tuple[Content, ...]:
    """Return the boxes without hidden lines; a box without any line is left out.

    Raise UsageError for a name of no such line, or for a line with a count that others need.
    """
    zeros = () if isinstance(options.show_zero, bool) else options.show_zero
    _refuse_unknown((*options.hide, *zeros))
    kept = []
    for box in boxes:
        entries = tuple(
            entry for entry in box.entries if not _is_hidden(_named(entry, labels), options)
        )
        if entries:
            kept.append(replace(box, entries=entries))
    return tuple(kept)


def _refuse_unknown(names: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(LINES))
    if unknown:
        raise UsageError(
            f"no line that can be hidden: {', '.join(unknown)}", hint=f"lines: {', '.join(LINES)}"
        )


def _named(entry: BoxEntry, labels: Mapping[str, str]) -> BoxEntry:
    """Return the line of a source that the template names under that name."""
    if entry.key != "other_sources":
        return entry

    label = entry.text.rsplit(f"{NBSP}(", maxsplit=1)[0]
    key = next((name for name in _NAMED_SOURCES if labels[name] == label), entry.key)
    return replace(entry, key=key)


def _is_hidden(entry: BoxEntry, options: DiagramOptions) -> bool:
    if entry.key in options.hide:
        _refuse_counted(entry)
        return True
    return entry.key in LINES and _is_zero(entry) and not _shows_zero(entry, options)


def _refuse_counted(entry: BoxEntry) -> None:
    counted = [n for n in entry.counts if n]
    if counted and entry.key not in _BESIDE:
        raise UsageError(
            f"{entry.key} is {counted[0]:,}: a line with a count cannot be hidden",
            hint="the boxes would not add up without it",
        )


def _is_zero(entry: BoxEntry) -> bool:
    return bool(entry.counts) and all(n == 0 for n in entry.counts)


def _shows_zero(entry: BoxEntry, options: DiagramOptions) -> bool:
    if isinstance(options.show_zero, bool):
        return options.show_zero
    return entry.key in options.show_zero
