"""What the three sessions share, and how large a class may grow."""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.cli.plain_conflicts import PlainConflicts
from reviewkit.cli.plain_pairs import PlainPairs
from reviewkit.cli.plain_screening import PlainScreening
from reviewkit.cli.plain_session import PlainSession
from reviewkit.model.errors import UsageError
from reviewkit.tui.actions import ACTIONS, ScreenKind
from reviewkit.tui.conflicts_screen import ConflictsScreen
from reviewkit.tui.keys import Keys
from reviewkit.tui.pairs_screen import PairsScreen
from reviewkit.tui.review_screen import ReviewScreen
from reviewkit.tui.screening_screen import ScreeningScreen
from reviewkit.workflow.session.base import Session, Step
from reviewkit.workflow.session.conflicts import ConflictSession, open_conflicts
from reviewkit.workflow.session.pairs import PairSession, open_pairs_session
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.conflicts import in_conflict
from tests.helpers.pairs import review_with_pairs
from tests.helpers.screening_review import make_review, session_of, ticking

MOST_PUBLIC_METHODS = 20


def open_screening(folder: Path) -> ScreeningSession:
    return session_of(make_review(folder, count=3))


def open_conflict(folder: Path) -> ConflictSession:
    return open_conflicts(in_conflict(folder), "eva", clock=ticking())


def open_pairs(folder: Path) -> PairSession:
    return open_pairs_session(review_with_pairs(folder), "ana", clock=ticking())


OPENERS = [open_screening, open_conflict, open_pairs]
sessions = pytest.mark.parametrize("opener", OPENERS, ids=["screening", "conflicts", "pairs"])


@pytest.mark.slow
@sessions
def test_skip_and_undo_return_a_step_and_bring_the_item_back(
    tmp_path: Path, opener: Callable[[Path], Session[object]]
) -> None:
    with opener(tmp_path) as session:
        first = session.view
        left = session.progress.left
        skipped = session.skip()
        assert isinstance(skipped, Step)
        assert skipped.message.startswith("Skipped")
        assert skipped.view == session.view != first
        assert session.progress.left == left

        undone = session.undo()
        assert undone.view == session.view == first
        assert undone.message.startswith("Back to the ")
        with pytest.raises(UsageError, match="nothing to undo"):
            session.undo()


@pytest.mark.slow
@sessions
def test_plain_lines_have_the_same_prompts_counts_and_help(
    tmp_path: Path, opener: Callable[[Path], Session[object]]
) -> None:
    with opener(tmp_path) as session:
        lines: list[str] = []
        plain = plain_of(session, lines.append)
        plain.run(["?", "what", "u", f"{plain.SKIP_KEY}\n", "a", "q"])

    assert "Type ? and Enter for all keys." in lines
    assert "No key is called what. ? shows all keys." in lines
    assert any(line.startswith("Not done: there is nothing to undo") for line in lines)
    assert lines[-1].startswith("0 of 3 done, 3 left")
    assert sum(line.startswith("0 of 3 done, 3 left") for line in lines) == 4
    helped = [" ".join(line.split()) for line in lines]
    for key in (f"{plain.SKIP_KEY} skip for now", "u [times] undo", "a show it again"):
        assert key in helped
    assert "q quit; everything is stored already" in helped


def plain_of(session: Session[object], write: Callable[[str], None]) -> PlainSession[Any]:
    match session:
        case ScreeningSession():
            return PlainScreening(session, write)
        case ConflictSession():
            return PlainConflicts(session, write)
        case PairSession():
            return PlainPairs(session, write)
    raise AssertionError(session)


@pytest.mark.slow
@sessions
def test_every_action_of_a_screen_has_its_function(
    tmp_path: Path, opener: Callable[[Path], Session[object]]
) -> None:
    with opener(tmp_path) as session:
        screen = screen_of(session)
        for action in ACTIONS[screen.KIND]:
            assert callable(screen._handlers[action.name]), action.name
        known = {action.name for action in ACTIONS[screen.KIND]}
        # The conflicts' screen shares the functions that open and copy; it has no key for one.
        spare = {"open_link"} if screen.KIND is ScreenKind.RESOLVE else set()
        assert set(screen.handlers()) - known == spare


def screen_of(session: Session[object]) -> ReviewScreen:
    match session:
        case ScreeningSession():
            return ScreeningScreen(session, Keys())
        case ConflictSession():
            return ConflictsScreen(session, Keys())
        case PairSession():
            return PairsScreen(session, Keys())
    raise AssertionError(session)


def test_a_conflict_that_was_settled_meanwhile_is_not_settled_again(tmp_path: Path) -> None:
    project = in_conflict(tmp_path)
    with (
        open_conflicts(project, "eva", clock=ticking()) as eva,
        open_conflicts(project, "rui", clock=ticking()) as rui,
    ):
        assert rui.view is not None
        record = rui.view.record.key
        eva.include()
        step = rui.include()
        assert step.message.startswith(f"{record} is no longer in conflict")
        assert step.view is not None
        assert step.view.record.key != record
        assert rui.progress.done == 0
        with pytest.raises(UsageError, match="nothing to undo"):
            rui.undo()


def test_the_session_classes_share_one_base() -> None:
    for session in (ScreeningSession, ConflictSession, PairSession):
        assert issubclass(session, Session)
        assert not inspect.isabstract(session)


def classes(project: Path) -> Iterator[tuple[str, ast.ClassDef]]:
    for path in (project / "reviewkit").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield f"{path.relative_to(project)}: {node.name}", node


@pytest.mark.slow
def test_no_class_has_more_than_20_public_methods(project: Path) -> None:
    too_many = {}
    for name, node in classes(project):
        methods = {
            item.name
            for item in node.body
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
            and not item.name.startswith("_")
        }
        if len(methods) > MOST_PUBLIC_METHODS:
            too_many[name] = len(methods)
    assert too_many == {}
