"""What has changed between two versions of a protocol, as far as decisions are about it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import STAGE_WORDS, Stage
from reviewkit.protocol.model import Criterion, Protocol


class ChangeKind(StrEnum):
    """What is different now."""

    REASON_GONE = "reason gone"
    REASON_NEW = "new reason"
    REASON_REWORDED = "reason reworded"
    ORDER = "order of reasons changed"
    CRITERION_GONE = "criterion gone"
    CRITERION_NEW = "new criterion"
    CRITERION_REWORDED = "criterion reworded"
    CRITERION_CHANGED = "criterion changed"
    REVIEWERS = "reviewers needed changed"


_SENTENCES = {
    ChangeKind.REASON_GONE: mark("reason gone: {what}"),
    ChangeKind.REASON_NEW: mark("new reason: {what}"),
    ChangeKind.REASON_REWORDED: mark("reason reworded: {what}"),
    ChangeKind.ORDER: mark("order of reasons changed: {what}"),
    ChangeKind.CRITERION_GONE: mark("criterion gone: {what}"),
    ChangeKind.CRITERION_NEW: mark("new criterion: {what}"),
    ChangeKind.CRITERION_REWORDED: mark("criterion reworded: {what}"),
    ChangeKind.CRITERION_CHANGED: mark("criterion changed: {what}"),
    ChangeKind.REVIEWERS: mark("reviewers needed changed: {what}"),
}
# A decision made under one version means something else under the other.
_ABOUT_DECISIONS = frozenset(
    {
        ChangeKind.REASON_GONE,
        ChangeKind.REASON_NEW,
        ChangeKind.REASON_REWORDED,
        ChangeKind.REVIEWERS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolChange:
    """One change: its kind, what it is about, and what is there now, where that is different.

    `stage` is the only one that it concerns; `None`: both.
    """

    kind: ChangeKind
    what: str
    now: str | None = None
    stage: Stage | None = None

    @property
    def sentence(self) -> str:
        what = self.what
        if self.now is not None:
            what = f"{self.what} → {self.now}"
        return in_english(_SENTENCES[self.kind], what=what)

    @property
    def concerns_decisions(self) -> bool:
        """Whether a decision made under one version means something else under the other."""
        return self.kind in _ABOUT_DECISIONS


def changes_between(old: Protocol, new: Protocol) -> tuple[ProtocolChange, ...]:
    """Return what changed in reasons, criteria and reviewers needed; nothing for a comment."""
    reworded = _reworded(old, new)
    reasons = (*_reason_changes(old, new, reworded), *_order_changes(old, new, reworded))
    named = {change.what for change in reasons} | {change.now for change in reasons}
    criteria = (
        change
        for change in _criterion_changes(old.criteria, new.criteria)
        if not named.intersection({change.what, f"not: {change.what}"})
    )
    return (*reasons, *criteria, *_reviewer_changes(old, new))


def _reworded(old: Protocol, new: Protocol) -> dict[str, str]:
    """Return by earlier wording the present one, of criteria and of the reasons they give."""
    now = {criterion.id: criterion.wording for criterion in new.criteria}
    pairs = [(c.wording, now[c.id]) for c in old.criteria if now.get(c.id, c.wording) != c.wording]
    return {**dict(pairs), **{f"not: {was}": f"not: {words}" for was, words in pairs}}


def _reason_changes(
    old: Protocol, new: Protocol, reworded: Mapping[str, str]
) -> Iterator[ProtocolChange]:
    before, after = old.exclusion_reasons, new.exclusion_reasons
    renamed = {reworded[reason] for reason in before if reworded.get(reason) in after}

    for reason in before:
        if reason in after:
            continue
        if reworded.get(reason) in after:
            yield ProtocolChange(kind=ChangeKind.REASON_REWORDED, what=reason, now=reworded[reason])
        else:
            yield ProtocolChange(kind=ChangeKind.REASON_GONE, what=reason)

    for reason in after:
        if reason not in before and reason not in renamed:
            yield ProtocolChange(kind=ChangeKind.REASON_NEW, what=reason)


def _order_changes(
    old: Protocol, new: Protocol, reworded: Mapping[str, str]
) -> Iterator[ProtocolChange]:
    after = new.exclusion_reasons
    kept = [
        name for reason in old.exclusion_reasons if (name := reworded.get(reason, reason)) in after
    ]
    in_order = [reason for reason in after if reason in kept]
    if kept != in_order:
        yield ProtocolChange(kind=ChangeKind.ORDER, what="; ".join(kept), now="; ".join(in_order))


def _criterion_changes(
    old: Sequence[Criterion], new: Sequence[Criterion]
) -> Iterator[ProtocolChange]:
    before, after = _by_id(old), _by_id(new)
    wordings_before = {criterion.wording for criterion in old}
    wordings_after = {criterion.wording for criterion in new}

    for name, criterion in before.items():
        if name in after:
            yield from _changes_of(criterion, after[name])
        elif criterion.wording not in wordings_after:
            yield ProtocolChange(kind=ChangeKind.CRITERION_GONE, what=criterion.wording)

    for name, criterion in after.items():
        if name not in before and criterion.wording not in wordings_before:
            yield ProtocolChange(kind=ChangeKind.CRITERION_NEW, what=criterion.wording)


def _by_id(criteria: Sequence[Criterion]) -> dict[str, Criterion]:
    return {criterion.id: criterion for criterion in criteria}


def _changes_of(was: Criterion, now: Criterion) -> Iterator[ProtocolChange]:
    if was.wording != now.wording:
        yield ProtocolChange(kind=ChangeKind.CRITERION_REWORDED, what=was.wording, now=now.wording)
    if was.kind is not now.kind:
        yield ProtocolChange(
            kind=ChangeKind.CRITERION_CHANGED,
            what=now.wording,
            now=in_english("{was} is now {now}", was=was.kind, now=now.kind),
        )
    if was.check != now.check:
        yield ProtocolChange(
            kind=ChangeKind.CRITERION_CHANGED,
            what=now.wording,
            now=in_english("checked by {by}, as the protocol says now", by=now.check.by),
        )


def _reviewer_changes(old: Protocol, new: Protocol) -> Iterator[ProtocolChange]:
    before, after = old.screening.reviewers, new.screening.reviewers
    stages = (
        (Stage.TITLE_ABSTRACT, before.title_abstract, after.title_abstract),
        (Stage.FULL_TEXT, before.full_text, after.full_text),
    )
    for stage, was, now in stages:
        if was != now:
            yield ProtocolChange(
                kind=ChangeKind.REVIEWERS,
                what=in_english("{stage}, {n} each", stage=STAGE_WORDS[stage], n=was),
                now=in_english("{n} each", n=now),
                stage=stage,
            )
