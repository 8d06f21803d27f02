"""Print: data to stdout, talk to stderr. Colour only on a terminal that wants it."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import IO

from reviewkit.model.text import on_one_line, printable, to_json

AFTER_RECORDS_CAME = "Next: reviewkit dedupe links the copies."


def talk(text: str) -> None:
    """A line for the person, on stderr."""
    sys.stderr.write(text + "\n")


def data(text: str) -> None:
    """A result for a person, on stdout."""
    sys.stdout.write(printable(text) + "\n")


def data_json(value: object) -> None:
    """A result as one JSON object, on stdout."""
    data_text(to_json(value, indent=2) + "\n")


def data_line(value: object) -> None:
    """A result as one line of ASCII JSON, on stdout at once: nothing in it can break the line."""
    data_text(json.dumps(value) + "\n")
    sys.stdout.flush()


def data_text(text: str) -> None:
    """A result for a program, on stdout, as it is."""
    sys.stdout.write(text)


def data_bytes(content: bytes) -> None:
    """A file, on stdout."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


def show_error(what: str, *, hint: str = "", paste: str = "", details: Iterable[str] = ()) -> None:
    """Show an error: what and where, then every detail, then what to do next.

    A detail may have further lines, and so may what is to be pasted. Elsewhere a line break is one
    of a value that somebody typed, and is shown as a sign.
    """
    talk(f"{paint('error:', '31;1', sys.stderr)} {on_one_line(what)}")
    for detail in details:
        first, *others = detail.split("\n")
        talk(f"  - {on_one_line(first)}")
        for line in others:
            talk(f"  {on_one_line(line)}")
    if hint:
        talk(f"{paint('next:', '36', sys.stderr)} {on_one_line(hint)}")
    if paste:
        talk(printable(paste))


def show_changes(sentences: Iterable[str]) -> None:
    """Show what changed in the protocol since decisions were made, where something did."""
    lines = [*sentences]
    if lines:
        data("\nChanged in the protocol since decisions were made")
    for line in lines:
        data(f"  {line}")


def paint(text: str, code: str, stream: IO[str]) -> str:
    """The text in colour on a terminal, unless NO_COLOR or TERM=dumb is set."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def ascii_only() -> bool:
    """Whether stdout cannot show box-drawing characters: its encoding is not UTF."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return not encoding.startswith("utf")


def answers() -> Iterator[str]:
    """The lines of standard input, with a prompt before each where a person types them."""
    asks = sys.stdin.isatty()
    while True:
        if asks:
            sys.stdout.write("> ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line


def wants_full_screen(*, plain: bool, keys: str | None) -> bool:
    """Whether to show the full screen. Raises UsageError for an unknown preset of keys."""
    if keys is not None:
        from reviewkit.tui.keys import load_keys

        load_keys(preset=keys)
    return not plain and full_screen_can_run()


def full_screen_can_run() -> bool:
    """A terminal on both sides that can place its cursor."""
    return (
        sys.stdin.isatty()
        and sys.stdout.isatty()
        and os.environ.get("TERM", "dumb") not in {"dumb", ""}
    )
