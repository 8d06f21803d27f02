"""By hand, for an hour: commands killed at random, and four processes on one database.

    python -m tests.helpers.strain kills 300 14     (times, and the seed)
    python -m tests.helpers.strain processes 20     (minutes)

Every kill is followed by a look at the whole database, and every backup by a look at the copy: no
event that was there may be gone, and `doctor` may find nothing. The last line is a JSON object.
"""

import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reviewkit.store import Store
from reviewkit.store.verification import database_faults
from tests.helpers.forked import Ended, Forks
from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris
from tests.helpers.stores import NOW

_WORDS = ("walking", "sleep", "diet", "singing", "cycling", "cold", "light", "noise", "touch")
_PEOPLE = ("nurses", "miners", "pilots", "cooks", "farmers", "dancers", "welders", "tailors")
_AT = {"SOURCE_DATE_EPOCH": "1776000000"}


@dataclass
class Strained:
    """A review under strain, and what was seen."""

    review: OwnReview
    chance: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    files: int = 100

    def records(self, number: int) -> list[str]:
        """So many keys of records, at random."""
        keys = self.review.query("SELECT record FROM records ORDER BY record")
        return [key for (key,) in self.chance.sample(keys, number)]

    def new_file(self) -> Path:
        """An export with some works that are new, and some that are there."""
        self.files += 3
        text = ris(*range(self.files - 3, self.files), self.chance.randrange(60))
        return self.review.file(f"more{self.files}.ris", text)

    def script(self) -> Path:
        """A file of decisions on three records."""
        verdicts = self.chance.choices(("include", "exclude", "maybe"), k=3)
        lines = [
            f"{key},{verdict},{'not on the topic' if verdict == 'exclude' else ''}"
            for key, verdict in zip(self.records(3), verdicts, strict=True)
        ]
        name = f"script{self.chance.randrange(10**9)}.csv"
        return self.review.file(name, "\n".join(["record,verdict,reason", *lines, ""]))

    def backups(self) -> list[Path]:
        """The backups beside the database."""
        return sorted(self.review.database.parent.glob("review.db.*.backup"))

    def look(self, path: Path, what: str) -> set[str]:
        """Check a database whole; return the name of every event in it."""
        with Store(path, now=NOW, read_only=True) as store:
            self.lost += [f"{what}: {fault}" for fault in database_faults(store)]
            return {name for (name,) in store.rows("SELECT event_sha256 FROM event_chain")}

    def look_at_backups(self, forks: Forks) -> None:
        """Restore every backup elsewhere and check what came of it; take the backup away."""
        for path in self.backups():
            place = self.review.folder / "restored" / "review.db"
            done = forks.run("restore", path, "--yes", "--db", place, cwd=self.review.folder)
            if done.returncode:
                self.lost.append(f"{path.name}: {done.stderr}")
            else:
                self.look(place, path.name)
                shutil.rmtree(place.parent)
            self.counts["backups restored"] += 1
            path.unlink()


def commands(strained: Strained) -> dict[str, list[str | Path]]:
    """One command of each verb that writes, and some that only tell, with arguments at random."""
    chance = strained.chance
    who, word = chance.choice(("ana", "rui")), chance.choice((*_WORDS, *_PEOPLE))
    one, two = strained.records(2)
    as_who: tuple[str | Path, ...] = ("-r", who, "--yes")
    database = strained.review.database
    return {
        "import": ["import", strained.new_file(), "--source", "scopus"],
        "dedupe": ["dedupe"],
        "decide": ["decide", "--where", word, "--include", *as_who],
        "decide back": ["decide", "--undo", *as_who],
        "screen": ["screen", "--decisions", strained.script(), *as_who],
        "record edit": ["record", "edit", one, "--volume", str(chance.randrange(99)), *as_who],
        "dedupe link": ["dedupe", "link", one, two, *as_who],
        "dedupe split": ["dedupe", "split", one, two, *as_who],
        "study link": ["study", "link", one, two, *as_who],
        "assign": [
            "assign",
            "ana",
            "rui",
            "--by",
            who,
            "--yes",
            "--seed",
            str(chance.random())[2:],
        ],
        "amend": ["amend", "a reason", *as_who],
        "amend back": ["amend", "--undo", *as_who],
        "undo": ["undo", "import", "1", "--with-decisions", *as_who],
        "undo back": ["undo", "back", "1", *as_who],
        "release": ["release", f"v{chance.randrange(10**9)}"],
        "decisions import": ["decisions", "import", database.with_name("kept.jsonl")],
        "backup": ["backup"],
        "repeated backup": ["backup"],
        "export": ["export", "--format", "ris"],
        "report": ["report", "--format", "md"],
        "prisma": ["prisma", "--format", "svg", "--out", database.with_name("flow.svg")],
    }


def make_review(folder: Path) -> OwnReview:
    """A review that two people screen, with 60 records and decisions of both."""
    review = own_review(folder, protocol_text(needed=(2, 1)))
    review.load(review.file("scopus.ris", ris(*range(60))))
    review.done("dedupe")
    for who in ("ana", "rui"):
        review.done("decide", "--where", "diet", "--include", "-r", who, "--yes")
    kept = review.database.with_name("kept.jsonl")
    kept.write_text(review.done("decisions", "export"), encoding="utf-8")
    return review


def kill_commands(folder: Path, times: int, *, seed: int = 14) -> Strained:
    """Kill so many commands, each at a random step of it or a random moment."""
    strained = Strained(review=make_review(folder), chance=random.Random(seed))
    chance, events = strained.chance, set[str]()
    usual: dict[str, Ended] = {}

    with Forks(_AT) as forks:
        while strained.counts["killed"] < times:
            name, arguments = chance.choice(sorted(commands(strained).items()))
            calm = usual.get(name)
            moment: float | None = None
            step: int | None = None
            if calm and chance.random() < 0.5:
                step = chance.randint(1, max(1, calm.steps))
            elif calm:
                moment = chance.uniform(0, calm.seconds)

            ended = forks.run(*arguments, cwd=folder, after_steps=step, after_seconds=moment)
            if not ended.killed:
                usual[name] = ended
            strained.counts["killed"] += ended.killed
            strained.counts[f"{name} {ended.returncode}"] += 1
            if "Traceback" in ended.stderr or "mistake in reviewkit" in ended.stderr:
                strained.lost.append(f"{name}: {ended.stderr}")

            now = strained.look(strained.review.database, name)
            strained.lost += [f"{name}: {event} is gone" for event in events - now]
            events = now
            if chance.random() < 0.3:
                forks.run("backup", cwd=folder)
            strained.look_at_backups(forks)
    return strained


def _work(strained: Strained, names: tuple[str, ...], until: float, seed: int) -> None:
    """One process: its commands, one after the other, until the time is over."""
    own = Strained(review=strained.review, chance=random.Random(seed), files=1000 * seed)

    with Forks(_AT) as forks:
        while time.monotonic() < until:
            name = own.chance.choice(names)
            ended = forks.run(*commands(own)[name], cwd=strained.review.folder)
            kind = str(ended.returncode)
            if ended.returncode == 1 and ("in use" in ended.stderr or "held by" in ended.stderr):
                kind = "busy"
            strained.counts[f"{name} {kind}"] += 1
            if kind == "1" or "Traceback" in ended.stderr:
                strained.lost.append(f"{name}: {ended.stderr}")
            if name == "backup":
                strained.look_at_backups(forks)


def run_processes(folder: Path, seconds: float) -> Strained:
    """Four processes on one database: two people, a librarian, and one who backs up and reads."""
    strained = Strained(review=make_review(folder), chance=random.Random(14))
    people = ("decide", "decide back", "screen", "study link")
    roles: tuple[tuple[str, ...], ...] = (
        people,
        (*people, "record edit", "dedupe link", "dedupe split"),
        ("import", "dedupe", "assign", "amend", "amend back", "release", "decisions import"),
        ("backup", "export", "report", "prisma"),
    )
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_work, args=(strained, names, until, number))
        for number, names in enumerate(roles, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    strained.look(strained.review.database, "the end")
    return strained


def main() -> None:
    """Run one of the two; exit code 1 where anything was lost."""
    kind, amount, seed = sys.argv[1], float(sys.argv[2]), int((*sys.argv, "14")[3])
    folder, begun = Path(tempfile.mkdtemp(prefix="strain")), time.monotonic()
    kinds: dict[str, Callable[[], Strained]] = {
        "kills": lambda: kill_commands(folder, int(amount), seed=seed),
        "processes": lambda: run_processes(folder, amount * 60),
    }
    strained = kinds[kind]()

    events = strained.review.query("SELECT count(*) FROM event_chain")[0][0]
    values = {
        "kind": kind,
        "amount": amount,
        "seconds": round(time.monotonic() - begun),
        "events": events,
        "counts": dict(sorted(strained.counts.items())),
        "lost": strained.lost,
    }
    sys.stdout.write(json.dumps(values) + "\n")
    if strained.lost:
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
