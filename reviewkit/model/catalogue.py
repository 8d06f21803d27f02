"""The catalogue of sentences in one language: a `.po` file of `locale/`, read as it is. Pure.

No file is compiled: a fresh checkout works, and translators' own programs open the same file.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

STORED = "stored"
_SHORT = 12  # letters of a message besides its places
_TELLING = re.compile(r"[^{]+:|.*“")  # begins with words and a colon, or quotes
_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message with its translations: one, or one per plural form; empty where it has none yet.

    `stored` marks a message that is also recognised in a finished English text.
    """

    message: str
    plural: str = ""
    translations: tuple[str, ...] = ()
    stored: bool = False
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """What finished English texts of a message look like; `is_short`: other texts may look so."""

    expression: re.Pattern[str]
    translation: str
    is_short: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of a language by their English message.

    `patterns` are what finished English texts look like, the most particular first, each with the
    translation.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()

    def text(self, message: str, form: int = 0) -> str | None:
        """Return the translation, `None` where there is none."""
        entry = self.entries.get(message)
        if entry is None or form >= len(entry.translations):
            return None
        return entry.translations[form] or None


def read_entries(text: str) -> Iterator[Entry]:
    """Yield the entries of a `.po` file, without its head."""
    for block in re.split(r"\n{2,}", text):
        values, comments = _read_block(block)
        if values.get("msgid"):
            numbered = [name for name in values if name.startswith("msgstr")]
            yield Entry(
                message=values["msgid"],
                plural=values.get("msgid_plural", ""),
                translations=tuple(values[name] for name in sorted(numbered)),
                stored=any(line.startswith("#,") and STORED in line for line in comments),
                places=tuple(line[2:].strip() for line in comments if line.startswith("#:")),
            )


def _read_block(block: str) -> tuple[dict[str, str], list[str]]:
    """Return the values of a block by their keyword, and its comments."""
    values: dict[str, str] = {}
    comments = []
    name = ""
    for line in block.splitlines():
        if line.startswith("#"):
            comments.append(line)
        elif line.startswith('"'):
            values[name] += ast.literal_eval(line)
        elif line:
            name, _, quoted = line.partition(" ")
            values[name] = ast.literal_eval(quoted)

    return values, comments


@cache
def read_catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language; an empty one of a language without a file."""
    path = files(__package__) / "locale" / f"{language}.po"
    if not path.is_file():
        return Catalogue()

    entries = {entry.message: entry for entry in read_entries(path.read_text(encoding="utf-8"))}
    stored = [pair for entry in entries.values() if entry.stored for pair in _forms(entry)]
    stored.sort(key=lambda pair: _literal_length(pair[0]), reverse=True)
    return Catalogue(entries, tuple(_pattern(*pair) for pair in stored))


def _forms(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the English forms of a message that has placeholders, each with its translation."""
    english = (entry.message, entry.plural)
    for message, translation in zip(english, entry.translations, strict=False):
        if translation and "{" in message:
            yield message, translation


def _literal_length(message: str) -> int:
    return len(re.sub(r"\{\w+\}", "", message))


def _pattern(message: str, translation: str) -> Pattern:
    """Return what a text made from the message looks like, its values as named groups."""
    named = _PLACEHOLDER.sub(lambda found: f"(?P<{found[0][2:-2]}>.+?)", re.escape(message))
    is_short = _literal_length(message) < _SHORT and not _TELLING.match(message)
    return Pattern(re.compile(named, re.DOTALL), translation, is_short)
