"""The decisions that another screening tool's export states: ASReview, Rayyan, Covidence.

It reads what `other` keeps and decides nothing. Whether these become decisions of the review is the
importer's choice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.model.records import Record, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedVerdict:
    """A verdict that an export states: who gave it, as far as the file says, and why."""

    tool: str
    verdict: Verdict
    reviewer: str | None = None
    reason: str | None = None


_WORDS = {
    "included": Verdict.INCLUDE, "include": Verdict.INCLUDE, "relevant": Verdict.INCLUDE,
    "1": Verdict.INCLUDE,
    "excluded": Verdict.EXCLUDE, "exclude": Verdict.EXCLUDE, "irrelevant": Verdict.EXCLUDE,
    "0": Verdict.EXCLUDE,
    "maybe": Verdict.MAYBE,
}  # fmt: skip
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{([^{}]*)\}")
_ONE = re.compile(r'"([^"]*)"\s*=>\s*"(\w+)"')
_RAYYAN_REASON = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|\n]+)")
_ASREVIEW = re.compile(r"ASReview_(relevant|irrelevant)\b")
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;\n]+)")
_LABEL_COLUMNS = ("asreview_label", "label_included", "included")


def noted_verdicts(record: Record) -> tuple[NotedVerdict, ...]:
    """The verdicts that the record's notes, tags and label columns state, in order, each once."""
    return tuple(dict.fromkeys((*_rayyan(record), *_asreview(record), *_covidence(record))))


def _notes(record: Record) -> Iterator[str]:
    for tag in ("N1", "notes", "Notes", "KW", "asreview_note"):
        yield from record.other.get(tag, ())
    yield from record.keywords


def _rayyan(record: Record) -> Iterator[NotedVerdict]:
    notes = [note for note in _notes(record) if "RAYYAN-" in note]
    reason = next(
        (match[1].strip() for note in notes if (match := _RAYYAN_REASON.search(note))), None
    )
    for note in notes:
        for decisions in _RAYYAN.findall(note):
            for reviewer, word in _ONE.findall(decisions):
                if verdict := _WORDS.get(word.casefold()):
                    yield NotedVerdict(
                        tool="rayyan",
                        verdict=verdict,
                        reviewer=reviewer or None,
                        reason=_reason(verdict, reason),
                    )


def _reason(verdict: Verdict, stated: str | None) -> str | None:
    """Return the stated reason where it is one: only an exclusion has a reason."""
    if verdict is Verdict.EXCLUDE:
        return stated
    return None


def _asreview(record: Record) -> Iterator[NotedVerdict]:
    for note in _notes(record):
        if "ASReview_" not in note:
            continue
        for word in _ASREVIEW.findall(note):
            yield NotedVerdict(tool="asreview", verdict=_WORDS[word])

    for column in _LABEL_COLUMNS:
        for label in record.other.get(column, ()):
            if verdict := _WORDS.get(label.strip().casefold().removesuffix(".0")):
                stated = next(iter(record.other.get("exclusion_reason", ())), None)
                yield NotedVerdict(
                    tool="asreview", verdict=verdict, reason=_reason(verdict, stated)
                )


def _covidence(record: Record) -> Iterator[NotedVerdict]:
    for note in record.other.get("Notes", ()):
        if match := _COVIDENCE_REASON.search(note):
            yield NotedVerdict(tool="covidence", verdict=Verdict.EXCLUDE, reason=match[1].strip())
