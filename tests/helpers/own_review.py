"""A review of one's own in a folder: its protocol, made-up files, and the command run on it."""

import json
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.helpers.command import reviewkit

CASES = SHARED.parent / "cases"
PROTOCOL = """format = 1
[review]
id = "own"
title = "A review of our own"
{sources}
[[descriptors]]
id = "topic"
term = "topic"
[[strategies]]
id = "main"
label = "Topic"
origin = "reading"
primary = true
field = "any"
blocks = [["topic"]]
[[criteria]]
id = "theme"
kind = "inclusion"
wording = "on the topic"
check = {{ by = "person" }}
[[criteria]]
id = "off_theme"
kind = "exclusion"
wording = "not on the topic"
check = {{ by = "person" }}
[[criteria]]
id = "animals"
kind = "exclusion"
wording = "in animals only"
check = {{ by = "person" }}
{screening}"""
DATE = "1776000000"  # 2026-04-12


def protocol_text(
    sources: Iterable[str] = ("scopus", "embase"), *, needed: tuple[int, int] = (1, 1)
) -> str:
    """The protocol with these sources; `needed` reviewers at title and abstract, and full text."""
    listed = "\n".join(
        f'[[sources]]\nid = "{source}"\nname = "{source.capitalize()}"\nrole = "database"'
        for source in sources
    )
    title_abstract, full_text = needed
    screening = (
        "[screening]\n"
        f"reviewers = {{ title_abstract = {title_abstract}, full_text = {full_text} }}\n"
    )
    return PROTOCOL.format(sources=listed, screening=screening)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReview:
    """A folder with one protocol."""

    folder: Path
    clock: str = DATE
    name: str = "own"

    @property
    def protocol(self) -> Path:
        return self.folder / "protocols" / f"{self.name}.toml"

    @property
    def database(self) -> Path:
        return self.folder / "reviews" / self.name / "review.db"

    def write_protocol(self, text: str) -> None:
        self.protocol.parent.mkdir(exist_ok=True)
        self.protocol.write_text(text, encoding="utf-8")

    def run(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command in the folder, on a fixed day."""
        settings = {"SOURCE_DATE_EPOCH": self.clock}
        return reviewkit(*arguments, cwd=self.folder, settings=settings, stdin=stdin)

    def done(self, *arguments: str | Path) -> str:
        """Run the command, which has to succeed; what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *arguments: str | Path) -> Any:
        """Run the command with --json; its object."""
        return json.loads(self.done(*arguments, "--json"))

    def load(self, *files: Path, source: str = "scopus", more: Sequence[str] = ()) -> Any:
        """Import files; the JSON of the first."""
        return self.json("import", *files, "--source", source, *more)["files"][0]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.database) as connection:
            rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    def flow(self) -> dict[str, Any]:
        """The counts of the flow that `prisma` draws."""
        document: dict[str, Any] = json.loads(self.done("prisma", "--format", "json"))
        return document

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def own_review(folder: Path, text: str | None = None) -> OwnReview:
    """A review in a new folder, with the usual protocol or another one."""
    review = OwnReview(folder=folder)
    review.write_protocol(protocol_text() if text is None else text)
    return review


def case(path: str) -> Path:
    """A case file; the test is skipped where the folder of cases is absent."""
    if not (CASES / path).exists():
        pytest.skip(f"the case {path} is not at hand")
    return CASES / path


def ris(*numbers: int, doi: bool = True, words: str = "") -> str:
    """Made-up works as a RIS file: the same number is the same work."""
    return "\n".join(_entry(number, doi=doi, words=words) for number in numbers)


_TOPICS = ("walking", "sleep", "diet", "singing", "cycling", "cold", "light", "noise", "touch")
_PEOPLE = ("nurses", "miners", "pilots", "cooks", "farmers", "dancers", "welders", "tailors")


def title_of(number: int) -> str:
    """The title of a made-up work; different for each number."""
    topic, people = _TOPICS[number % 9], _PEOPLE[number // 9 % 8]
    return f"Effects of {topic} on the health of {people}: trial {number * 37 % 1009}"


def _entry(number: int, *, doi: bool, words: str) -> str:
    lines = [
        "TY  - JOUR",
        f"TI  - {title_of(number)}{words}",
        f"AU  - Person{number}, A",
        f"PY  - {2000 + number % 25}",
        f"JO  - Journal {number % 7}",
        f"VL  - {number + 1}",
        f"SP  - {number * 10 + 1}",
        f"AB  - What was found in study {number}.",
    ]
    if doi:
        lines.append(f"DO  - 10.5555/w{number}")
    return "\n".join([*lines, "ER  - ", ""])
