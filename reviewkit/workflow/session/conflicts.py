"""`resolve`: conflicts between reviewers, one after another, settled with a name and a reason. It knows no face."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Decision, Record, Stage, Verdict
from reviewkit.screening.citation import cite_record, links_of
from reviewkit.screening.models import CriterionView, Link
from reviewkit.store import Store, annotations, reviewer_queries
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.merged_record import filled_record
from reviewkit.workflow.open_review import open_as, open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.view import criteria_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """A record on which reviewers differ: everybody's decision and note side by side, and how many wait."""

    record: Record
    stage: Stage
    citation: str
    links: tuple[Link, ...]
    criteria: tuple[CriterionView, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[tuple[str, str], ...]
    left: int


class ConflictSession:
    """What a face works with. Each settling is committed before the next conflict is shown.

    An action that cannot be done raises UsageError with the reason and changes nothing.
    """

    def __init__(
        self,
        store: Store,
        project: ReviewProject,
        reviewer: str,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self._store = store
        self._place = project
        self._clock = clock
        self.reviewer = reviewer
        self.reasons = project.protocol.exclusion_reasons
        self._skipped: list[tuple[str, Stage]] = []
        self._undo: list[Callable[[], str]] = []
        # What undo has brought back, to be shown before all others.
        self._back: tuple[str, Stage] | None = None
        self.settled = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.close()

    def conflicts(self) -> list[tuple[str, Stage]]:
        """Every conflict that waits, as record and stage: what undo brought back first, what was skipped last."""

        def project(conflict: tuple[str, Stage]) -> int:
            if conflict == self._back:
                return -1
            return self._skipped.index(conflict) + 1 if conflict in self._skipped else 0

        return sorted(reviewer_queries.conflicts(self._store), key=project)

    @property
    def view(self) -> ConflictView | None:
        """The conflict to settle next; `None` when none waits."""
        waiting = self.conflicts()
        return self.look(*waiting[0], left=len(waiting)) if waiting else None

    def look(self, key: str, stage: Stage, *, left: int) -> ConflictView | None:
        whole = filled_record(self._store, key)
        if whole is None:
            return None
        record = whole.record
        return ConflictView(
            record=record,
            stage=stage,
            citation=cite_record(record),
            links=links_of(record),
            criteria=criteria_of(self._store, self._place.protocol, key),
            decisions=tuple(reviewer_queries.team_decisions(self._store, key, stage)),
            notes=annotations.notes_on(self._store, key),
            left=left,
        )

    def include(self, why: str | None = None) -> str:
        return self._settle(Verdict.INCLUDE, None, why)

    def exclude(self, reason: int | None = None, why: str | None = None) -> str:
        """`reason` by its number from 1; at full text it is needed, unless the reviewers named the same one."""
        if reason is not None and not 1 <= reason <= len(self.reasons):
            raise UsageError(
                f"there is no reason {reason}", hint=f"reasons go from 1 to {len(self.reasons)}"
            )
        view = self._in_view()
        given = {d.reason for d in view.decisions if d.verdict is Verdict.EXCLUDE}
        wording = self.reasons[reason - 1] if reason else given.pop() if len(given) == 1 else None
        if wording is None and view.stage is Stage.FULL_TEXT and self.reasons:
            raise UsageError("at full text an exclusion needs its reason", hint="give its number")
        return self._settle(Verdict.EXCLUDE, wording, why)

    def skip(self) -> str:
        """Show the next conflict; this one comes again after the others. Nothing is stored."""
        view = self._in_view()
        here, before = (view.record.key, view.stage), self._skipped
        self._skipped, self._back = [c for c in before if c != here] + [here], None

        def unskip() -> str:
            self._skipped, self._back = before, here
            return f"Back to the conflict that was skipped: {view.record.key}."

        self._undo.append(unskip)
        return "Skipped: it comes again after the others."

    def undo(self) -> str:
        """Take back the latest step of this session, a settling or a skip, or else this person's latest settling.

        The conflict comes into view again; the history keeps both.
        """
        if self._undo:
            said = self._undo[-1]()
            self._undo.pop()
            return said
        earlier = reviewer_queries.last_settled(self._store, self.reviewer)
        if earlier is None:
            raise UsageError("there is nothing to undo")
        return self._open_again(*earlier)

    def _open_again(self, record: str, stage: Stage) -> str:
        self._add(record, stage, Verdict.WITHDRAWN, None, None)
        self._back, self.settled = (record, stage), max(0, self.settled - 1)
        return f"Open again: {record}."

    def _settle(self, verdict: Verdict, reason: str | None, why: str | None) -> str:
        view = self._in_view()
        self._add(view.record.key, view.stage, verdict, reason, why)
        self._undo.append(lambda: self._open_again(view.record.key, view.stage))
        self._back, self.settled = None, self.settled + 1
        return f"Settled: {verdict}{f' ({reason})' if reason else ''}."

    def _in_view(self) -> ConflictView:
        view = self.view
        if view is None:
            raise UsageError("no conflict waits")
        return view

    def _add(
        self, record: str, stage: Stage, verdict: Verdict, reason: str | None, why: str | None
    ) -> None:
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
                self._store, values, protocol=self._place.protocol_sha256
            )


def open_conflicts(
    project: ReviewProject, reviewer: str, *, clock: Callable[[], datetime.datetime]
) -> ConflictSession:
    """The conflicts of a review, to be settled in a reviewer's name: one of the pair, or a third person.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name, store = open_as(project, reviewer, now=clock())
    try:
        return ConflictSession(store, project, name, clock)
    except BaseException:
        store.close()
        raise


def list_conflicts(project: ReviewProject, *, now: datetime.datetime) -> list[dict[str, object]]:
    """Every conflict with everybody's decision, ready for JSON."""
    with open_store(project, now=now) as store:
        return [
            {
                "record": record,
                "stage": stage,
                "decisions": [
                    {
                        "reviewer": d.reviewer,
                        "verdict": d.verdict,
                        "reason": d.reason,
                        "note": d.note,
                    }
                    for d in reviewer_queries.team_decisions(store, record, stage)
                ],
            }
            for record, stage in reviewer_queries.conflicts(store)
        ]
