"""Fifty kinds of damage to a review's database, each with what `doctor` has to say of it."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris
from tests.helpers.stores import take_newest_step_back

_WAL_HEADER, _FRAME_HEADER = 32, 24


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A kind of damage. `words` are in what `doctor` prints.

    `lost` names how many events cannot come back by `repair`; `None`: it refuses, and changes
    nothing. With `exit_code` 0 `doctor` names it and finds nothing lost.
    """

    do: Callable[[Path], object]
    words: str
    lost: int | None = 0
    exit_code: int = 3


def make_rich_review(folder: Path) -> OwnReview:
    """A review with every kind of event that two people leave."""
    review = own_review(folder, protocol_text(needed=(2, 1)))
    review.load(review.file("scopus.ris", ris(*range(1, 41))))
    review.load(review.file("embase.ris", ris(*range(30, 50))), source="embase")
    review.done("dedupe")
    ana, rui = ("-r", "ana", "--yes"), ("-r", "rui", "--yes")
    for words in ("diet", "singing", "cycling", "cold"):
        review.done("decide", "--where", words, "--include", *ana)
        review.done("decide", "--where", words, "--include", *rui)
    for person in (ana, rui):
        review.done("decide", "--where", "light", "--exclude", "1", *person)
    one, two, three = [key for key in keys(review) if key.startswith("scopus")][:3]
    lines = f'{{"verdict": "note", "record": "{one}", "text": "read twice"}}\n'
    lines += f'{{"verdict": "tag", "record": "{two}", "text": "key paper"}}\n'
    review.done("screen", "--decisions", review.file("notes.jsonl", lines), *ana)
    review.done("record", "edit", three, "--volume", "99", *ana)
    review.done("dedupe", "split", one, two, *ana)
    review.done("study", "link", one, two, "--name", "A trial", *ana)
    review.done("assign", "ana", "rui", "--by", "ana", "--yes")
    review.done("amend", "a reason", "--requeue", "all-excluded", *ana)
    review.done("undo", "import", "2", "--with-decisions", *ana)
    review.done("undo", "back", "2", *ana)
    review.done("release", "v1")
    return review


def keys(review: OwnReview) -> list[str]:
    """The keys of the records, in order."""
    return [key for (key,) in review.query("SELECT record FROM records ORDER BY record")]


def events(database: Path) -> set[str]:
    """The name of every event in a database."""
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT event_sha256 FROM event_chain")}


def run(sql: str) -> Callable[[Path], object]:
    """Change a database as any program can that does not know reviewkit."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            # As most builds of SQLite have it: what is deleted stays on its page.
            db.execute("PRAGMA secure_delete = OFF")
            db.execute(sql)

    return change


def behind(*statements: str) -> Callable[[Path], object]:
    """Change rows behind the triggers' back, and put the triggers back."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("PRAGMA secure_delete = OFF")
            triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            guards = db.execute(triggers).fetchall()
            for name, _ in guards:
                db.execute(f"DROP TRIGGER {name}")
            for sql in statements:
                db.execute(sql)
            for _, guard in guards:
                db.execute(guard)

    return change


def schema(sql: str) -> Callable[[Path], object]:
    """Change the schema's own table."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("PRAGMA writable_schema = ON")
            db.execute(sql)

    return change


def page_of(path: Path, name: str) -> int:
    """The number of the first page of a table or index."""
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = db.execute(sql, [name]).fetchone()
    return int(page)


def overwrite_page(
    name: str, value: int, *, at: int = 0, length: int = 4096
) -> Callable[[Path], object]:
    """Write one byte over (a part of) the first page of a table or index."""

    def change(path: Path) -> None:
        start = (page_of(path, name) - 1) * 4096 + at
        write_at(path, start, bytes([value]) * length)

    return change


def write_at(path: Path, start: int, content: bytes) -> None:
    """Write some bytes into a file."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


def replace_bytes(old: bytes, new: bytes) -> Callable[[Path], object]:
    """Replace some bytes wherever they stand in the file."""

    def change(path: Path) -> None:
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new))

    return change


def every_tenth_page(path: Path) -> None:
    """Write over a part of every tenth page."""
    for start in range(8192, path.stat().st_size, 40960):
        write_at(path, start, b"\xa5" * 600)


def cut_to(share: float) -> Callable[[Path], object]:
    """Leave so much of the file."""

    def change(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return change


def with_log(spoil: Callable[[Path], object]) -> Callable[[Path], object]:
    """Leave a log as a process that died leaves it, then spoil it."""

    def change(path: Path) -> None:
        log = path.with_name("review.db-wal")
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        for name in ("li", "mia", "noa"):
            writer.execute("INSERT INTO reviewers VALUES (?, '2026')", [name])
        kept = log.read_bytes()
        writer.close()
        log.write_bytes(kept)
        spoil(log)

    return change


def second_copy(path: Path) -> None:
    """As a service that synchronises folders makes it."""
    shutil.copy2(path, path.with_name("review (Ana's conflicted copy 2026-11-01).db"))


def other_review(path: Path) -> None:
    """Another review's database under this one's name."""
    folder = path.parent / "theirs"
    folder.mkdir()
    theirs = own_review(folder, protocol_text().replace('"own"', '"theirs"'))
    theirs.load(theirs.file("a.ris", ris(1)))
    shutil.copy2(folder / "reviews" / "theirs" / "review.db", path)
    shutil.rmtree(folder)


def foreign_database(path: Path) -> None:
    """A database of another program."""
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE places (name TEXT)")
        db.executemany("INSERT INTO places VALUES (?)", [("x" * 50,)] * 99)


def older_with_damage(path: Path) -> None:
    """A database of an earlier version, with a decision changed."""
    take_newest_step_back(path)
    behind("UPDATE decisions SET verdict = 'exclude' WHERE decision = 1")(path)


NEWER = "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('reviewkit', 'm999')"
ONE_MORE = (
    "INSERT INTO decisions SELECT 9999, 'x', record, stage, 'eve', verdict, reason, note, "
    "decided_at, protocol_sha256, step, undoes FROM decisions WHERE decision = 1"
)

DAMAGE: dict[str, Damage] = {
    # rows
    "verdicts flipped": Damage(
        do=behind("UPDATE decisions SET verdict = 'exclude' WHERE decision % 2 = 1"),
        words="rows were changed outside of reviewkit",
    ),
    "a decision of another person": Damage(
        do=behind("UPDATE decisions SET reviewer = 'rui' WHERE decision = 1"),
        words="decisions: 1 row was changed outside of reviewkit",
    ),
    "a note rewritten": Damage(
        do=behind("UPDATE notes SET text = 'never'"),
        words="notes: 1 row was changed outside of reviewkit",
        lost=1,
    ),
    "a decision deleted": Damage(
        do=behind("DELETE FROM decisions WHERE decision IN (2, 3, 5)"),
        words="decisions: 3 rows are gone",
    ),
    "the newest decisions deleted": Damage(
        do=behind("DELETE FROM decisions WHERE decision > 30"),
        words="decisions: the chain names",
        lost=26,
    ),
    "a decision put in": Damage(
        do=behind(ONE_MORE), words="decisions: 1 event was put in outside of reviewkit"
    ),
    "a batch deleted": Damage(
        do=behind("DELETE FROM batches WHERE batch = 1"), words="batches: 1 row is gone", lost=1
    ),
    "list of a batch changed": Damage(
        do=behind("DELETE FROM batch_decisions WHERE rowid = 1"),
        words="batches: 1 row was changed outside of reviewkit",
        lost=1,
    ),
    "a link of the chain deleted": Damage(
        do=behind("DELETE FROM event_chain WHERE position = 4"),
        words="event_chain: 1 link is gone before link 5",
    ),
    "the head forged": Damage(
        do=behind("UPDATE event_chain_head SET link_sha256 = 'x'"),
        words="its end is not the stored head",
    ),
    "the chain rewritten": Damage(
        do=behind("UPDATE event_chain SET link_sha256 = 'x' WHERE position = 3"),
        words="event_chain: link 3 does not follow",
    ),
    "the chain emptied": Damage(
        do=behind("DELETE FROM event_chain"), words="put in outside of reviewkit"
    ),
    "rows of a list deleted": Damage(
        do=behind("DELETE FROM run_records WHERE position % 10 = 3"),
        words="run_records: run 1 lacks 4 rows of its list",
    ),
    "the end of a list deleted": Damage(
        do=behind("DELETE FROM run_records WHERE run = 1 AND position > 37"),
        words="runs: run 1, its pages or its list were changed",
    ),
    "a run deleted": Damage(
        do=behind("DELETE FROM run_hashes WHERE run = 1", "DELETE FROM runs WHERE run = 1"),
        words="what is not there",
    ),
    "a run's date changed": Damage(
        do=behind("UPDATE runs SET searched_at = '2020-01-01T00:00:00Z' WHERE run = 1"),
        words="runs: run 1, its pages or its list were changed",
    ),
    "a record deleted": Damage(
        do=behind("DELETE FROM records WHERE record LIKE '%w7'"), words="what is not there"
    ),
    "a title changed": Damage(
        do=behind("UPDATE records SET title = 'Forged' WHERE record LIKE '%w7'"),
        words="records: 1 row was changed outside of reviewkit",
    ),
    "a record put in": Damage(
        do=behind(
            "INSERT INTO records SELECT 'scopus:doi:10.5555/w999', source, 'doi:10.5555/w999', "
            + ", ".join(
                f'"{name}"'
                for name in [
                    "title",
                    "original_title",
                    "authors",
                    "collective_authors",
                    "journal",
                    "journal_abbreviation",
                    "issns",
                    "year",
                    "published",
                    "published_online",
                    "created",
                    "volume",
                    "issue",
                    "pages",
                    "doi",
                    "pmid",
                    "pmcid",
                    "accession",
                    "languages",
                    "abstract",
                    "headings",
                    "keywords",
                    "types",
                    "links",
                    "relations",
                    "other",
                ]
            )
            + " FROM records LIMIT 1"
        ),
        words="records: 1 row was changed outside of reviewkit",
    ),
    "a protocol's text changed": Damage(
        do=behind("UPDATE protocols SET toml = toml || '#'"), words="protocols: the text of"
    ),
    "a pair with a record that is not there": Damage(
        do=behind("INSERT INTO duplicates VALUES ('scopus:doi:10.5555/w1', 'nobody')"),
        words="duplicates: 1 row names what is not there",
    ),
    "words of records lost": Damage(
        do=behind("DELETE FROM records_fts_docsize WHERE id < 4"),
        words="records_fts: 3 records are not searched for words",
    ),
    # the rules of the file
    "a trigger dropped": Damage(
        do=run("DROP TRIGGER decisions_are_kept"),
        words="the trigger decisions_are_kept is missing",
    ),
    "a trigger weakened": Damage(
        do=schema(
            "UPDATE sqlite_master SET sql = replace(sql, 'RAISE(ABORT', 'RAISE(IGNORE') "
            "WHERE name = 'notes_stay'"
        ),
        words="",
    ),
    "a foreign trigger": Damage(
        do=run("CREATE TRIGGER spy AFTER INSERT ON notes BEGIN SELECT 1; END"),
        words="the trigger spy is not one of reviewkit's",
    ),
    "a view dropped": Damage(do=run("DROP VIEW included"), words="the view included is missing"),
    "a view changed": Damage(
        do=schema(
            "UPDATE sqlite_master SET sql = replace(sql, '''included''', '''excluded''') "
            "WHERE name = 'included'"
        ),
        words="the view included was changed",
    ),
    "an index dropped": Damage(
        do=run("DROP INDEX study_links_chain"), words="study_links_chain is missing"
    ),
    "a foreign table": Damage(
        do=run("CREATE TABLE spy (x)"), words="the table spy is not one of reviewkit's"
    ),
    "a table of events dropped": Damage(do=run("DROP TABLE tags"), words="tags"),
    "the table of decisions dropped": Damage(
        do=run("DROP TABLE decisions"), words="no such table: main.decisions"
    ),
    "the tables of records dropped": Damage(do=run("DROP TABLE records"), words="records"),
    "the schema's text broken": Damage(
        do=schema(
            "UPDATE sqlite_master SET sql = 'CREATE VIEW x AS SELEC' WHERE name = 'verdicts'"
        ),
        words="malformed",
    ),
    "the schema emptied": Damage(
        do=schema("DELETE FROM sqlite_master"), words="has lost its tables"
    ),
    # pages and bytes
    "the first page of decisions zero": Damage(
        do=overwrite_page("decisions", 0), words="decisions"
    ),
    "the first page of records zero": Damage(do=overwrite_page("records", 0), words="records"),
    "a page of an index zero": Damage(do=overwrite_page("decisions_chain", 0), words="malformed"),
    "the last half of a page of notes": Damage(
        do=overwrite_page("notes", 0xFF, at=3800, length=250), words="notes", lost=1
    ),
    "the pointers of a page": Damage(
        do=overwrite_page("event_chain", 0xFF, at=8, length=40), words="event_chain"
    ),
    "every tenth page": Damage(do=every_tenth_page, words="review.db", lost=3),
    "a byte in a title": Damage(
        do=replace_bytes(b"Effects of diet", b"Effects of d\xffet"), words="records"
    ),
    "a byte in a verdict": Damage(
        do=replace_bytes(b"anainclude", b"anainclud\x00"), words="decisions"
    ),
    "the first bytes": Damage(
        do=lambda path: write_at(path, 0, b"\x00" * 16), words="not a SQLite database"
    ),
    "the whole first page": Damage(
        do=lambda path: write_at(path, 0, b"\x00" * 4096), words="not a SQLite database"
    ),
    "the size of pages": Damage(do=lambda path: write_at(path, 16, b"\x02\x00"), words="review.db"),
    # the file
    "empty": Damage(do=lambda path: path.write_bytes(b""), words="is empty", lost=None),
    "a few bytes left": Damage(
        do=lambda path: path.write_bytes(b"SQL"), words="not a SQLite database", lost=None
    ),
    "rubbish": Damage(
        do=lambda path: path.write_bytes(b"x" * 9999), words="not a SQLite database", lost=None
    ),
    "cut off in the middle": Damage(do=cut_to(0.5), words="malformed", lost=69),
    "the last page cut off": Damage(do=cut_to(0.999), words="review.db"),
    "only the schema left": Damage(do=cut_to(0.03), words="malformed", lost=None),
    "another review's": Damage(do=other_review, words="theirs", lost=None, exit_code=2),
    "another program's": Damage(do=foreign_database, words="of another program", lost=None),
    "newer": Damage(do=run(NEWER), words="was written by a newer reviewkit", lost=None),
    "older, with a decision changed": Damage(
        do=older_with_damage, words="decisions: 1 row was changed"
    ),
    # beside it
    "a conflicting copy": Damage(
        do=second_copy, words="conflicted copy 2026-11-01).db is a second database"
    ),
    "a log with another's frames": Damage(
        do=with_log(lambda log: write_at(log, _WAL_HEADER + _FRAME_HEADER + 100, b"\xff" * 64)),
        words="review.db-wal",
    ),
    "the head of the log": Damage(
        do=with_log(lambda log: write_at(log, 0, b"\x00" * 32)), words="review.db-wal"
    ),
    "a log cut off": Damage(
        do=with_log(lambda log: log.write_bytes(log.read_bytes()[:-1000])),
        words="review.db-wal",
        exit_code=0,
    ),
}
