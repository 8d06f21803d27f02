"""What can be open on a screen: a choice by one key, a question, a list, a text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.text import Text

Lines = Callable[[int], list[Text]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One key chooses. `lines` gives what there is to choose; `take` gets the key's name."""

    question: str
    lines: Lines
    options: Sequence[str]
    take: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An answer to type; Enter gives it to `take`."""

    question: str
    take: Callable[[str], None]
    value: str = ""
    suggestions: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class Listing:
    """Rows to pick one from; `take` gets its place, from 0."""

    title: str
    row: Callable[[int, int], Text]
    count: int
    take: Callable[[int], None]
    cursor: int = field(default=0)

    def move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, self.count - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A text in place of the record: all keys, say."""

    lines: Lines


Mode = Choice | Question | Listing | TextView
