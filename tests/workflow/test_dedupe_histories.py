"""Random histories of import, dedupe, answers, undo and decisions lose no record, no decision."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.exports.write import write_records
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.workflow.duplicates.dedupe import run_dedupe, undo_pair
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.status import read_status
from reviewkit.workflow.searching.import_files import import_files
from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
from reviewkit.workflow.session.pairs import open_pairs_session
from tests.helpers.corruption import SIBLINGS, copy_of, siblings_of
from tests.helpers.effort import examples
from tests.helpers.screening_review import make_review, session_of, ticking

LILACS = (
    '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n'
    '[[strategies]]\nid = "words"\nlabel = "words of titles"\norigin = "published"\nqueries = { pubmed = "sailors[ti]" }\n'
)
TEAM = "[screening]\nreviewers = { title_abstract = 2, full_text = 1 }\n"
APPENDED = ("decisions", "pair_decisions", "runs", "run_records")
THINGS = ("music", "walking", "salt", "sleep", "massage", "reading")


def article(number: int) -> Record:
    """Return an article with everything that a good database gives."""
    thing, page = THINGS[number % len(THINGS)], 100 + 20 * number
    return Record(
        source="t",
        source_id=str(number),
        title=f"Effects of {thing} on the well-being of old sailors in ward {number}",
        authors=(f"Okonkwo, Ada{number}", "Lindqvist, Bo", "Haddad, Carl"),
        journal="Journal of Clinical Nursing",
        year=2000 + number,
        volume=str(10 + number),
        issue="2",
        pages=f"{page}-{page + 9}",
        doi=f"10.1000/made.{number}",
        abstract=f"We studied {thing} in ward {number} of a hospital by the sea for a year. " * 4,
    )


class History:
    """A review in which anything may happen; it keeps what must never be lost."""

    def __init__(self, project: ReviewProject, chance: random.Random) -> None:
        self.project, self.chance, self.clock = project, chance, ticking()
        self.kept: dict[str, list[Any]] = {}
        self.records: set[str] = set()
        self.files = 0

    def step(self) -> None:
        steps: tuple[Callable[[], object], ...] = (
            self.import_file, self.dedupe, self.dedupe, self.answer, self.answer, self.undo,
            self.decide, self.decide,
        )  # fmt: skip
        # What cannot be done changes nothing, as is checked below.
        with suppress(UsageError):
            self.chance.choice(steps)()
        self.check()

    def import_file(self) -> None:
        """Some works, some as another database prints them, some that only look like them."""
        works = [article(self.chance.randrange(6)) for _ in range(3)]
        copies = [copy_of(work, self.chance, habits=2)[0] for work in works[:2]]
        kind = self.chance.choice(sorted(SIBLINGS))
        bare = replace(
            works[2], year=2020, volume=None, issue=None, pages=None, doi=None, abstract=None
        )
        named = [*works, *copies, bare, *siblings_of(works[0], kind, self.chance)]

        self.files += 1
        given = [replace(r, source_id=f"{self.files}-{n}") for n, r in enumerate(named)]
        path = self.project.database.parent / f"{self.files}.ris"
        path.write_bytes(b"".join(write_records("ris", given)))
        source = self.chance.choice(("pubmed", "lilacs"))
        files = [InputFile(name=path.name, content=path)]
        import_files(self.project, files, ImportOptions(source=source), now=self.clock)

    def dedupe(self) -> None:
        run_dedupe(self.project, dry_run=False, now=self.clock())
        again = run_dedupe(self.project, dry_run=False, now=self.clock())
        assert again.changes == 0

    def answer(self) -> None:
        acts = ("same", "different", "same_group", "different_group", "different_kind", "undo")
        with open_pairs_session(self.project, "ana", clock=self.clock) as session:
            getattr(session, self.chance.choice(acts))()

    def undo(self) -> None:
        pairs = self.rows("SELECT record, lead FROM duplicates ORDER BY record")
        if pairs:
            one, two = self.chance.choice(pairs)
            undo_pair(self.project, one, two, "ben", now=self.clock())

    def decide(self) -> None:
        with session_of(self.project, self.chance.choice(("ana", "ben"))) as session:
            acts: tuple[Callable[[], object], ...] = (
                session.include, lambda: session.exclude(1), session.maybe, session.undo
            )  # fmt: skip
            for _ in range(2):
                self.chance.choice(acts)()

    def check(self) -> None:
        for table in APPENDED:
            rows = self.rows(f"SELECT * FROM {table} ORDER BY 1, 2")  # names above
            before = self.kept.get(table, [])
            assert set(before) <= set(rows), f"{table} lost or changed a row"
            self.kept[table] = rows

        records = {key for (key,) in self.rows("SELECT record FROM records")}
        assert records >= self.records
        self.records = records
        stated = self.rows("SELECT record, count(*) FROM record_states GROUP BY record")
        assert stated == self.rows("SELECT record, 1 FROM flow_records ORDER BY record")
        leads = dict(self.rows("SELECT record, lead FROM duplicates"))
        assert not set(leads.values()) & leads.keys()
        self.check_numbers()

    def check_numbers(self) -> None:
        if not self.records:
            return
        for stage in read_status(self.project, now=self.clock()).stages:
            numbers = (stage.included, stage.excluded, stage.undecided, stage.not_retrieved)
            assert min(numbers) >= 0
            assert stage.included + stage.excluded + stage.undecided <= stage.records

    def rows(self, sql: str) -> list[Any]:
        with sqlite3.connect(self.project.database) as other:
            found = other.execute(sql).fetchall()
        other.close()
        return found


def histories(seed: int) -> Iterator[History]:
    with TemporaryDirectory() as folder:
        project = make_review(Path(folder), count=0, screening=TEAM + LILACS)
        history = History(project, random.Random(seed))
        history.import_file()
        yield history


@pytest.mark.slow
@settings(max_examples=examples(10, factor=100), deadline=None)
@given(seed=st.integers(0, 2**40))
def test_no_history_loses_a_record_or_a_decision(seed: int) -> None:
    for history in histories(seed):
        for _ in range(10):
            history.step()
