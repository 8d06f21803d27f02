"""What is wrong in a protocol, before its line is known. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class FixKind(StrEnum):
    """What the text of a fix stands for: a value, a key, a whole line, or a line to add.

    COMMENT makes a comment of the line.
    """

    VALUE = "value"
    KEY = "key"
    LINE = "line"
    ADD = "add"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Fix:
    """What would be right, as TOML. `old`: the name in the line that `text` replaces.

    `is_example`: what was meant cannot be told; the text shows the form.
    """

    kind: FixKind
    text: str
    old: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake. `path` names it to people; `at` is the path of its line where that differs."""

    path: str
    found: str
    wanted: str
    fix: Fix | None = None
    at: str = ""
