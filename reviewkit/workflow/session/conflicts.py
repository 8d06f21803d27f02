"""`resolve`: conflicts between reviewers, one after another, settled with a name and a reason."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import mark, tr
from reviewkit.model.records import Decision, Record, Stage, Verdict
from reviewkit.screening.citation import cite_record, links_of
from reviewkit.screening.models import CriterionView, Link, SessionProgress
from reviewkit.store import Store, annotations, reviewer_queries
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.open_review import open_as, read_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.base import Session, Step
from reviewkit.workflow.session.view import criteria_of

Conflict = tuple[str, Stage]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """A record on which reviewers differ: everybody's decision and note, side by side."""

    record: Record
    stage: Stage
    citation: str
    links: tuple[Link, ...]
    criteria: tuple[CriterionView, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[tuple[str, str], ...]

    @property
    def conflict(self) -> Conflict:
        return self.record.key, self.stage


ConflictStep = Step[ConflictView]


class ConflictSession(Session[ConflictView]):
    """Final decisions on conflicts. `open_conflicts` makes one."""

    NOTHING_IN_VIEW = (mark("no conflict waits"), mark("undo opens the latest one again"))

    def __init__(
        self,
        store: Store,
        project: ReviewProject,
        reviewer: str,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        super().__init__(store, review=project.protocol.review.title, reviewer=reviewer)
        self._project = project
        self._clock = clock
        self.reasons = project.protocol.exclusion_reasons
        self._skipped: list[Conflict] = []
        # What undo brought back is shown before all others.
        self._brought_back: Conflict | None = None
        self._settled = 0
        self._open: list[Conflict] = []
        self._view: ConflictView | None = None
        self._read()

    @property
    def view(self) -> ConflictView | None:
        """The conflict to settle next; `None` when none is open."""
        return self._view

    @property
    def progress(self) -> SessionProgress:
        """How many conflicts were settled in this session, and how many are open."""
        return SessionProgress(done=self._settled, left=len(self._open))

    def include(self, why: str | None = None) -> ConflictStep:
        return self._settle(Verdict.INCLUDE, None, why)

    def exclude(self, reason: int | None = None, why: str | None = None) -> ConflictStep:
        """`reason` is a number from 1.

        At full text it is needed, unless the reviewers who exclude named the same reason.
        """
        if reason is not None:
            self.check_reason(reason)

        view = self.require_view()
        named = {d.reason for d in view.decisions if d.verdict is Verdict.EXCLUDE}
        wording = None
        if reason is not None:
            wording = self.reasons[reason - 1]
        elif len(named) == 1:
            wording = named.pop()

        if wording is None and view.stage is Stage.FULL_TEXT and self.reasons:
            raise UsageError(
                tr("at full text an exclusion needs its reason"), hint=tr("give its number")
            )
        return self._settle(Verdict.EXCLUDE, wording, why)

    def check_reason(self, reason: int) -> None:
        """Raises UsageError for a number that no reason has."""
        if not 1 <= reason <= len(self.reasons):
            raise UsageError(
                tr("there is no reason {reason}", reason=reason),
                hint=tr("reasons go from 1 to {n}", n=len(self.reasons)),
            )

    def skip(self) -> ConflictStep:
        view = self.require_view()
        current, before = view.conflict, self._skipped
        self._skipped = [*(c for c in before if c != current), current]
        self._brought_back = None
        self._read()

        def unskip() -> ConflictStep:
            self._skipped, self._brought_back = before, current
            self._read()
            return self._step(
                tr("Back to the conflict that was skipped: {key}.", key=view.record.key)
            )

        self._undo_actions.append(unskip)
        return self._step(tr("Skipped: it comes again after the others."))

    def _undo_earlier(self) -> ConflictStep:
        earlier = reviewer_queries.last_settled(self._store, self.reviewer)
        if earlier is None:
            raise UsageError(tr(self.NOTHING_TO_UNDO))
        return self._open_again(earlier)

    def _open_again(self, conflict: Conflict) -> ConflictStep:
        self._add(conflict, Verdict.WITHDRAWN, None, None)
        self._brought_back, self._settled = conflict, max(0, self._settled - 1)
        self._read()
        return self._step(tr("Open again: {text}.", text=conflict[0]))

    def _settle(self, verdict: Verdict, reason: str | None, why: str | None) -> ConflictStep:
        conflict = self.require_view().conflict
        if conflict not in reviewer_queries.conflicts(self._store):
            self._read()
            return self._step(
                tr(
                    "{text} is no longer in conflict: somebody settled it, or changed a decision. "
                    "Nothing was stored.",
                    text=conflict[0],
                )
            )

        self._add(conflict, verdict, reason, why)
        self._undo_actions.append(lambda: self._open_again(conflict))
        self._brought_back, self._settled = None, self._settled + 1
        self._read()

        words = str(verdict)
        if reason:
            words += f" ({reason})"
        return self._step(tr("Settled: {words}.", words=words))

    def _read(self) -> None:
        """Read the open conflicts again, since others may settle too, and show the first.

        What undo brought back comes first, what was skipped last.
        """
        self._open = sorted(reviewer_queries.conflicts(self._store), key=self._place)
        self._view = None
        if self._open:
            self._view = self._build_view(*self._open[0])

    def _place(self, conflict: Conflict) -> int:
        if conflict == self._brought_back:
            return -1
        if conflict not in self._skipped:
            return 0
        return self._skipped.index(conflict) + 1

    def _build_view(self, key: str, stage: Stage) -> ConflictView | None:
        merged = read_merged_record(self._store, key)
        if merged is None:
            return None

        record = merged.record
        return ConflictView(
            record=record,
            stage=stage,
            citation=cite_record(record),
            links=links_of(record),
            criteria=criteria_of(self._store, self._project.protocol, key),
            decisions=tuple(reviewer_queries.team_decisions(self._store, key, stage)),
            notes=annotations.notes_on(self._store, key),
        )

    def _add(
        self, conflict: Conflict, verdict: Verdict, reason: str | None, why: str | None
    ) -> None:
        record, stage = conflict
        values = {
            "record": record,
            "stage": stage,
            "settled_by": self.reviewer,
            "verdict": verdict,
            "reason": reason,
            "why": why,
            "settled_at": timestamp(self._clock()),
        }

        with self._store.transaction():
            reviewer_queries.add_resolution(
                self._store, values, protocol=self._project.protocol_sha256
            )


def open_conflicts(
    project: ReviewProject, reviewer: str, *, clock: Callable[[], datetime.datetime]
) -> ConflictSession:
    """Open a review's conflicts for one reviewer: one of those who differ, or a third person.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name, store = open_as(project, reviewer, now=clock())
    try:
        return ConflictSession(store, project, name, clock)
    except BaseException:
        store.close()
        raise


def list_conflicts(project: ReviewProject, *, now: datetime.datetime) -> list[dict[str, object]]:
    """Return every open conflict with everybody's decision, ready for JSON."""
    with read_store(project, now=now) as store:
        conflicts = reviewer_queries.conflicts(store)
        return [_conflict_row(store, record, stage) for record, stage in conflicts]


def _conflict_row(store: Store, record: str, stage: Stage) -> dict[str, object]:
    decisions = [
        {"reviewer": d.reviewer, "verdict": d.verdict, "reason": d.reason, "note": d.note}
        for d in reviewer_queries.team_decisions(store, record, stage)
    ]
    return {"record": record, "stage": stage, "decisions": decisions}
