"""Conflicts between reviewers, settled line by line."""

from collections.abc import Callable, Iterator

from reviewkit.cli.plain_record import decision_words
from reviewkit.cli.plain_session import (
    PlainKey,
    PlainSession,
    criterion_line,
    link_line,
    write_line,
)
from reviewkit.model.messages import tr
from reviewkit.model.records import STAGE_WORDS
from reviewkit.workflow.session.conflicts import ConflictSession, ConflictView


class PlainConflicts(PlainSession[ConflictView]):
    """The plain interface of a session over conflicts."""

    def __init__(self, session: ConflictSession, write: Callable[[str], None] = write_line) -> None:
        self._conflicts = session
        super().__init__(session, write, reasons=session.reasons)

    def own_keys(self) -> Iterator[PlainKey]:
        yield PlainKey(key="i", arguments=tr("[why]"), words=tr("include"), run=self._include)
        words = tr("exclude, for the reason of that number")
        yield PlainKey(key="e", arguments=tr("[number] [why]"), words=words, run=self._exclude)

    def title(self) -> str:
        return tr("Conflicts, settled by {reviewer}.", reviewer=self._conflicts.reviewer)

    def view_lines(self, view: ConflictView) -> Iterator[str]:
        yield tr("Conflict at {text}: {key}", text=tr(STAGE_WORDS[view.stage]), key=view.record.key)
        yield view.citation
        yield tr("Abstract: {text}", text=view.record.abstract or tr("none in the record"))
        yield from map(criterion_line, view.criteria)
        yield from map(link_line, view.links)
        for decision in view.decisions:
            yield f"{decision.reviewer}: {decision_words(decision)}"
        for name, note in view.notes:
            yield tr("Note of {name}: {note}", name=name, note=note)

    def nothing_left(self) -> str:
        return tr("No conflict waits.")

    def _include(self, why: str) -> None:
        self.step(self._conflicts.include(why or None))

    def _exclude(self, argument: str) -> None:
        number, why = self.reason_and_text(argument)
        self.step(self._conflicts.exclude(number, why))
