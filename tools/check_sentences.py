"""Check that a reader whose first language is another understands every sentence at once.

    python tools/check_sentences.py            what is wrong, one a line; then exit code 1
    python tools/check_sentences.py --missing  also what the catalogues do not translate

Read are: help texts, error messages and their hints, the catalogue of the report and the screens,
and the documents. A sentence has at most 25 words, none of `words_to_avoid.txt`, and no "(s)".
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typer.main

from reviewkit.cli import app
from reviewkit.model import errors
from tools.update_catalogue import LANGUAGES, messages, missing

PROJECT = Path(__file__).parents[1]
MOST_WORDS = 25
ERRORS = frozenset(
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.ReviewkitError)
)
DOCUMENTS = ("*.md", "docs/**/*.md")
# The words of others, generated pages, and lists that are no running text.
NOT_READ = frozenset({"CHANGELOG.md", "CODE_OF_CONDUCT.md", "LICENSE.md"})
_END = re.compile(r"(?<=[.!?])[\"”)]?\s+(?=[A-Z“\"(`])|\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+\.)\s)")
_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9][\w'’.-]*")
_PLURAL = re.compile(r"\w\((?:s|es|ies)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence and where it stands."""

    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with a sentence."""

    sentence: Sentence
    what: str

    def __str__(self) -> str:
        return f"{self.sentence.where}: {self.what}: {self.sentence.text}"


def help_texts() -> Iterator[Sentence]:
    """Yield the sentences of every command and option."""
    yield from _command(typer.main.get_command(app), "reviewkit")


def _command(command: Any, name: str) -> Iterator[Sentence]:
    text = re.sub(r"(?ms)^\s*Examples?:.*\Z", "", command.help or "")
    yield from sentences(text, f"help of {name}")
    for parameter in command.params:
        words = getattr(parameter, "help", "") or ""
        yield from sentences(words, f"help of {name} {parameter.opts[0]}")
    for part_name, part in getattr(command, "commands", {}).items():
        yield from _command(part, f"{name} {part_name}")


def error_messages(package: Path = PROJECT / "reviewkit") -> Iterator[Sentence]:
    """Yield what error classes are called with: the message, and the hint."""
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                where = f"{path.relative_to(package.parent)}:{node.lineno}"
                texts = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "hint")]
                for text in texts:
                    yield from sentences(literal(text), where)


def literal(node: ast.expr) -> str:
    """Return a string of the code, with "{}" for each value in it; empty for another expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return ""


def catalogue() -> Iterator[Sentence]:
    """Yield the English sentences of the catalogue."""
    for entry in messages().values():
        for text in (entry.message, entry.plural):
            yield from sentences(text, entry.places[0])


def documents(project: Path = PROJECT) -> Iterator[Sentence]:
    """Yield the sentences of the documents, without code, pictures and tables."""
    for pattern in DOCUMENTS:
        for path in sorted(project.glob(pattern)):
            if path.name not in NOT_READ:
                text = path.read_text(encoding="utf-8")
                yield from sentences(prose(text), str(path.relative_to(project)))


def prose(markdown: str) -> str:
    """Return the running text of a Markdown page; a link is its words."""
    text = re.sub(r"(?ms)^```.*?^```\s*$|<!--.*?-->", "", markdown)
    text = re.sub(r"(?m)^\s*\|.*$|^#+ .*$", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"`[^`]*`", "`code`", text)


def sentences(text: str, where: str) -> Iterator[Sentence]:
    """Yield the sentences of a text; a list's items and paragraphs are sentences of their own."""
    for part in _END.split(text):
        flat = " ".join(part.split())
        if flat:
            yield Sentence(where=where, text=flat)


def complaints(found: Sentence) -> Iterator[Complaint]:
    """Yield what is wrong with a sentence."""
    n = len(_WORD.findall(re.sub(r"\{\w*\}|`[^`]*`", "it", found.text)))
    if n > MOST_WORDS:
        yield Complaint(sentence=found, what=f"{n} words")
    if _PLURAL.search(found.text):
        yield Complaint(sentence=found, what="singular and plural in one")
    for expression, words, instead in words_to_avoid():
        if expression.search(found.text):
            yield Complaint(sentence=found, what=f"“{words}”: write {instead}")


@cache
def words_to_avoid() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return the words of `words_to_avoid.txt`, each with what to write instead."""
    listed = []
    for line in (PROJECT / "tools" / "words_to_avoid.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            words, _, instead = (part.strip() for part in line.partition("|"))
            form = re.escape(words).replace(r"\*", r"\w*")
            end = "" if words.endswith(".") else r"\b"
            listed.append((re.compile(rf"\b{form}{end}", re.IGNORECASE), words, instead))
    return tuple(listed)


def all_complaints() -> Iterator[Complaint]:
    """Yield what is wrong with every sentence that a user can meet."""
    for source in (help_texts, error_messages, catalogue, documents):
        for found in source():
            yield from complaints(found)


def main() -> int:
    wrong = [str(complaint) for complaint in all_complaints()]
    if "--missing" in sys.argv:
        wrong += [f"{language}: {text}" for language in LANGUAGES for text in missing(language)]
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
