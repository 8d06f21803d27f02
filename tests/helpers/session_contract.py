"""What every user interface of a screening session must do, in the session's own verbs.

One class per interface inherits the tests.

A driver acts by its interface's input and reads its output; it calls nothing of the session.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.records import Stage, Verdict
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions, name_published_reviewer
from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import NOW, TWO, make_review
from tests.helpers.stores import decision_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One verb of the session, with the number of a reason or how often, and a text."""

    verb: str
    text: str = ""
    number: int | None = None


INCLUDE, MAYBE, SKIP = Act(verb="include"), Act(verb="maybe"), Act(verb="skip")
BACK, FORWARD, HISTORY, SHOW = (
    Act(verb="back"),
    Act(verb="forward"),
    Act(verb="history"),
    Act(verb="show"),
)


def exclude(reason: int | None = None) -> Act:
    return Act(verb="exclude", number=reason)


def undo(times: int = 1) -> Act:
    return Act(verb="undo", number=times)


def note(text: str) -> Act:
    return Act(verb="note", text=text)


def tag(text: str) -> Act:
    return Act(verb="tag", text=text)


def go(record: str) -> Act:
    return Act(verb="go", text=record)


def find(words: str) -> Act:
    return Act(verb="find", text=words)


def narrow(words: str) -> Act:
    """A filter, as it is typed."""
    return Act(verb="filter", text=words)


def highlight(words: str) -> Act:
    return Act(verb="highlight", text=words)


def report(outcome: str, detail: str) -> Act:
    return Act(verb=outcome, text=detail)


def edit(change: str) -> Act:
    """A correction: `title=The right title`."""
    return Act(verb="edit", text=change)


def duplicate(record: str) -> Act:
    return Act(verb="duplicate", text=record)


def not_duplicate(record: str) -> Act:
    return Act(verb="not_duplicate", text=record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an interface showed after one act: the key of the record in view, the own verdict on it.

    `text` is everything that came, `stored` what another connection saw committed at that moment.
    """

    text: str
    record: str | None
    own: str | None
    done: int
    left: int
    stored: int


def key(number: int) -> str:
    return f"pubmed:{number:05}"


def rows(project: ReviewProject, sql: str) -> list[tuple[Any, ...]]:
    """What another connection sees committed."""
    with sqlite3.connect(project.database) as other:
        found = other.execute(sql).fetchall()
    other.close()
    return found


def decisions(project: ReviewProject, reviewer: str = "ana") -> list[tuple[Any, ...]]:
    sql = (
        "SELECT record, verdict, reason FROM decisions "
        f"WHERE reviewer = '{reviewer}' ORDER BY decision"
    )
    return rows(project, sql)


class SessionContract(ABC):
    """The tests. A subclass says how its interface takes acts and gives answers."""

    @abstractmethod
    def play(
        self,
        project: ReviewProject,
        *acts: Act,
        reviewer: str = "ana",
        stage: Stage = Stage.TITLE_ABSTRACT,
    ) -> list[Answer]:
        """Play a session whole: return the opening's answer, then one per act. Records come by id.

        An act that is refused is the last one of its session.
        """

    @abstractmethod
    def kill(self, project: ReviewProject, *acts: Act, shows: int) -> int:
        """Play, and kill -9 when `shows` decisions are shown; return how many were in the end."""

    # What is put right by hand.

    def test_a_corrected_field_is_shown_with_what_the_source_gave_and_can_be_undone(
        self, tmp_path: Path
    ) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(project, edit("title=A right title"), edit("year=1999"), undo())
        assert [answer.record for answer in played] == [key(0)] * 4
        assert "A right title" in played[1].text
        assert "Title 0 on mice" in " ".join(played[1].text.split())

        stored = rows(project, f"SELECT title, year FROM records WHERE record = '{key(0)}'")
        assert stored == [("A right title", 2000)]
        events = rows(project, "SELECT field, value, reviewer FROM corrections ORDER BY correction")
        assert events == [
            ("title", '"A right title"', "ana"),
            ("year", "1999", "ana"),
            ("year", None, "ana"),
        ]

    def test_a_duplicate_is_screened_once_until_somebody_says_that_it_is_none(
        self, tmp_path: Path
    ) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(project, duplicate(key(3)), not_duplicate(key(3)), undo(), undo())
        assert [answer.left for answer in played] == [4, 3, 4, 3, 4]
        assert [answer.record for answer in played] == [key(0)] * 5
        answers = rows(project, "SELECT answer FROM pair_decisions ORDER BY pair_decision")
        assert [answer for (answer,) in answers] == ["same", "different", "same", "withdrawn"]

    def test_a_duplicate_of_an_unknown_record_is_refused(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(project, duplicate("pubmed:99999"))
        assert rows(project, "SELECT count(*) FROM pair_decisions") == [(0,)]
        assert "99999" in played[-1].text

    # One key each.

    def test_each_verdict_is_stored_and_the_next_record_is_shown(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=8)
        played = self.play(project, INCLUDE, exclude(2), MAYBE, exclude(1), exclude())
        assert [answer.record for answer in played] == [key(number) for number in range(6)]
        assert [(answer.done, answer.left) for answer in played] == [(n, 8 - n) for n in range(6)]
        assert decisions(project) == [
            (key(0), "include", None),
            (key(1), "exclude", "in animals only"),
            (key(2), "maybe", None),
            (key(3), "exclude", "not on guts"),
            (key(4), "exclude", None),
        ]

    def test_a_decision_is_committed_before_the_next_record_is_shown(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=8)
        played = self.play(project, INCLUDE, exclude(1), note("n"), MAYBE, undo())
        assert all(
            answer.stored >= wanted
            for answer, wanted in zip(played, (0, 1, 2, 2, 3, 4), strict=True)
        )

    def test_a_reason_that_is_none_is_refused_and_nothing_is_stored(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        assert "there is no reason 9" in self.play(project, exclude(9))[-1].text
        assert decisions(project) == []

    def test_maybe_is_stored_and_comes_back_under_its_filter(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(project, MAYBE, INCLUDE, narrow("only:maybe"), INCLUDE)
        assert (played[3].record, played[3].own) == (key(0), "maybe")
        assert [row[:2] for row in decisions(project)][-1] == (key(0), "include")

    def test_what_is_skipped_comes_again_when_the_others_are_done(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=3)
        played = self.play(project, SKIP, INCLUDE, INCLUDE, INCLUDE)
        assert [answer.record for answer in played] == [key(0), key(1), key(2), key(0), None]
        assert len(decisions(project)) == 3

    def test_a_note_is_shown_and_an_empty_one_removes_it(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=3)
        played = self.play(project, note("read it again"), SHOW, note(""))
        assert "read it again" in played[2].text
        assert rows(project, "SELECT * FROM current_notes") == []
        self.play(project, note("kept"))
        played = self.play(project, SHOW)
        assert "kept" in played[0].text
        assert played[0].record == key(0)
        assert decisions(project) == []

    def test_a_tag_is_shown_and_its_records_can_be_filtered(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(
            project, go(key(2)), tag("key paper"), SHOW, go(key(0)), narrow('tag:"key paper"')
        )
        assert "key paper" in played[3].text
        assert played[-1].record == key(2)
        assert [
            row[1:3] for row in rows(project, "SELECT record, reviewer, tag FROM current_tags")
        ] == [("ana", "key paper")]

    # Going back, and changing one's mind.

    def test_back_and_forward_change_nothing(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(project, INCLUDE, BACK, FORWARD)
        assert [(answer.record, answer.own) for answer in played[1:]] == [
            (key(1), None),
            (key(0), "include"),
            (key(1), None),
        ]
        assert len(decisions(project)) == 1
        assert "no record came before" in self.play(project, BACK)[-1].text

    def test_a_decision_after_going_back_takes_the_place_of_the_first(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        played = self.play(project, INCLUDE, BACK, exclude(1), HISTORY)
        assert (played[3].record, played[3].done) == (key(1), 1)
        assert played[4].text.count(key(0)) >= 2
        assert rows(project, "SELECT verdict FROM current_decisions") == [("exclude",)]

    def test_undo_takes_back_decisions_notes_tags_and_skips_in_turn(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=6)
        played = self.play(
            project,
            INCLUDE,
            note("here"),
            tag("t"),
            SKIP,
            exclude(1),
            undo(),
            undo(),
            undo(),
            undo(),
            undo(),
        )
        assert [answer.record for answer in played[6:]] == [key(2), key(1), key(1), key(1), key(0)]
        assert played[-1].own is None
        assert played[-1].done == 0
        assert (
            rows(project, "SELECT * FROM current_notes")
            == rows(project, "SELECT * FROM current_tags")
            == []
        )
        assert [row[1] for row in decisions(project)] == [
            "include",
            "exclude",
            "withdrawn",
            "withdrawn",
        ]

    def test_undo_goes_any_number_of_steps_and_into_earlier_sessions(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=6)
        self.play(project, INCLUDE, exclude(2), MAYBE)
        played = self.play(project, go(key(0)), exclude(1), undo(3))
        assert (played[-1].record, played[-1].own) == (key(1), None)
        assert rows(project, "SELECT record, verdict FROM current_decisions") == [
            (key(0), "include")
        ]
        assert len(decisions(project)) == 7
        assert self.play(project, undo())[-1].record == key(0)
        assert "nothing to undo" in self.play(project, undo())[-1].text

    def test_an_earlier_decision_is_found_seen_and_changed(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=8)
        self.play(project, *[INCLUDE] * 5)
        played = self.play(project, find("number 4"), go(key(4)), exclude(2), go(key(4)))
        assert "Title 4 on mice" in played[1].text
        assert (played[2].record, played[2].own) == (key(4), "include")
        assert played[3].record == key(5)
        assert (played[4].own, played[4].done) == ("exclude", 5)

    def test_a_filter_leaves_what_it_says_and_is_kept_where_another_leaves_nothing(
        self, tmp_path: Path
    ) -> None:
        project = make_review(tmp_path, count=9)
        played = self.play(project, narrow("mice year:2004-"), INCLUDE, INCLUDE, INCLUDE)
        assert [answer.record for answer in played[1:]] == [key(4), key(6), key(8), None]
        assert "no record matches this filter" in self.play(project, narrow("only:maybe"))[-1].text
        assert "is no filter" in self.play(project, narrow("only:nothing"))[-1].text
        assert self.play(project, narrow("only:included"))[-1].record == key(4)

    def test_a_record_is_found_by_words_by_key_and_by_doi(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=9)
        for words in ("microb number 7", key(7), "https://doi.org/10.1000/7"):
            assert "Title 7 on the gut" in self.play(project, find(words))[-1].text

    def test_a_term_of_ones_own_is_kept(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=3)
        assert "Highlighting 'nerv*'" in self.play(project, highlight("nerv*"))[-1].text
        assert rows(project, "SELECT text, kind FROM reviewer_terms") == [("nerv*", "own")]

    # Who may see what.

    def test_a_blind_reviewer_sees_nothing_of_the_other_before_both_have_decided(
        self, tmp_path: Path
    ) -> None:
        project = make_review(tmp_path, count=4, screening=TWO)
        self.play(project, note("a secret thought"), exclude(2), INCLUDE, reviewer="rui")
        played = self.play(project, SHOW, tag("mine"), SKIP, BACK, HISTORY)
        for answer in played:
            assert "rui" not in answer.text
            assert "secret" not in answer.text
            assert (answer.done, answer.left) == (0, 4)
        played = self.play(project, INCLUDE, go(key(0)))
        assert "rui" not in played[1].text
        assert "rui" in played[2].text

    def test_the_published_decisions_show_only_after_ones_own(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=3)
        published = [
            decision_of(
                key(number), Verdict.EXCLUDE, who="the published review", reason="elsewhere"
            )
            for number in range(3)
        ]
        with Store(project.database, now=NOW) as store, store.transaction():
            name_published_reviewer(store, "the published review")
            add_decisions(store, published, protocol=project.protocol_sha256)
        played = self.play(project, INCLUDE, go(key(0)))
        assert "elsewhere" not in played[0].text + played[1].text
        assert "elsewhere" in played[2].text
        assert (played[1].done, played[1].left) == (1, 2)

    def test_pilot_records_come_first_and_say_so(self, tmp_path: Path) -> None:
        project = make_review(
            tmp_path, count=9, screening="[screening.pilot]\nsize = 3\nseed = 3\n"
        )
        for reviewer in ("ana", "rui"):
            played = self.play(project, *[INCLUDE] * 3, reviewer=reviewer)
            assert ["pilot" in self.about(answer) for answer in played] == [True, True, True, False]
        assert len(rows(project, "SELECT DISTINCT record FROM decisions")) == 3

    @staticmethod
    def about(answer: Answer) -> str:
        """What is told of the record in view."""
        return answer.text.replace('"pilot": false', "")

    # Two stages.

    def test_full_text_has_what_was_included_and_needs_a_reason(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=4)
        assert "at full text" in self.play(project, report("retrieved", "here"))[-1].text
        self.play(project, INCLUDE, exclude(1), INCLUDE)
        full: dict[str, Any] = {"stage": Stage.FULL_TEXT}
        opened = self.play(project, SHOW, **full)
        assert (opened[0].record, opened[0].left) == (key(0), 2)
        assert "reason" in self.play(project, exclude(), **full)[-1].text
        assert decisions(project)[3:] == []
        played = self.play(project, report("sought", "asked the library"), SHOW, exclude(2), **full)
        assert "asked the library" in played[2].text
        assert played[3].record == key(2)
        played = self.play(
            project, report("not_retrieved", "no copy anywhere"), SHOW, undo(), SHOW, **full
        )
        assert "no copy anywhere" in played[2].text
        assert "no copy anywhere" not in played[4].text
        self.play(project, report("not_retrieved", "no copy anywhere"), **full)
        states = dict(rows(project, "SELECT record, state FROM record_states"))
        assert [states[key(number)] for number in range(4)] == [
            "report_excluded",
            "record_excluded",
            "not_retrieved",
            "awaiting_screening",
        ]

    # Leaving, and being left.

    def test_a_session_goes_on_where_the_last_one_was_left(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=6)
        left = self.play(project, INCLUDE, note("mine"), exclude(1), tag("key"))[-1]
        opened = self.play(project, BACK)[0]
        assert (
            (opened.record, opened.done, opened.left)
            == (left.record, left.done, left.left)
            == (key(2), 2, 4)
        )

    def test_nothing_left_is_said_and_undo_leads_back(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=1)
        played = self.play(project, INCLUDE, undo())
        assert "othing is left" in played[1].text or '"view": null' in played[1].text
        assert (played[2].record, played[2].left) == (key(0), 1)

    @pytest.mark.slow
    def test_kill_leaves_each_decision_whole_or_absent(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=60)
        # Half of the records for each kill: a slow look at the screen leaves the second its own.
        acts = [INCLUDE, exclude(2)] * 15
        for number in (3, 10):
            before = decisions(project)
            shown = self.kill(project, *acts, shows=number)
            made = decisions(project)[len(before) :]
            assert decisions(project)[: len(before)] == before
            # What was shown as made is there; whatever is there is a whole decision.
            assert number <= shown <= len(made)
            assert {row[1:] for row in made} <= {("include", None), ("exclude", "in animals only")}
            assert max(Counter(row[0] for row in decisions(project)).values()) == 1
            assert rows(project, "PRAGMA integrity_check") == [("ok",)]
        assert self.play(project, SHOW)[0].done == len(decisions(project))

    # What records hold.

    def test_a_hostile_record_steers_nothing(self, tmp_path: Path) -> None:
        project = make_review(tmp_path, count=2)
        with Store(project.database, now=NOW) as store, store.transaction():
            values = [("\x1b]0;owned\x07\x1b[2JTitle 0 on mice \u202eesrever \x9b5m", key(0))]
            store.write("UPDATE records SET title = ? WHERE record = ?", values)
        for answer in self.play(project, INCLUDE, BACK):
            assert not [c for c in answer.text if c != "\n" and not c.isprintable()]
