"""A command's result as a file or on stdout; its format is the option's, or the file's ending."""

import sys
from collections.abc import Container, Iterable
from pathlib import Path

from reviewkit.cli.console import data_bytes, talk
from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError


def format_of(option: str | None, out: Path | None, *, default: str, usual: str) -> str:
    """Return the format that is asked for: by --format, by the file's ending, or the default.

    The default is for stdout and devices. Raises UsageError for a file whose name has no ending;
    `usual` is the format in the hint.
    """
    if option:
        return option
    if out and out.suffix:
        return out.suffix.lstrip(".").lower()
    if out and (out.is_file() or not out.exists()):
        raise UsageError(
            "the name has no ending that says the format",
            where=str(out),
            hint=f"--out {out}.{usual}, or --format {usual}",
        )
    return default


def list_format(option: str | None, allowed: tuple[str, ...], *, json: bool) -> str:
    """Return the format of a list on stdout: by --format or --json, else the first one allowed.

    Raises UsageError for a format that is not allowed, and where --json contradicts --format.
    """
    if option is not None and option not in allowed:
        raise not_among(f"no format {option!r}", option, allowed, where="--format")
    if json and option not in {None, "json"}:
        raise UsageError(
            f"--json and --format {option} do not go together", hint="leave one of them out"
        )
    if json:
        return "json"
    return option or allowed[0]


def refuse_terminal(
    out: Path | None, format_name: str, binary: Container[str], *, stem: str
) -> None:
    """Raise UsageError where a binary file would go to a terminal.

    `stem` is the file's name in the hint.
    """
    if out is None and format_name in binary and sys.stdout.isatty():
        hint = f"--out {stem}.{format_name}"
        raise UsageError(f"a {format_name} file is not for a terminal", hint=hint)


def deliver(content: bytes | Iterable[bytes], out: Path | None) -> None:
    """Write the content, whole or in pieces, to the file, or to stdout where there is none."""
    from reviewkit.workflow.files import write_output

    if out is None:
        for piece in [content] if isinstance(content, bytes) else content:
            data_bytes(piece)
        return

    write_output(out, content)
    talk(f"{out} written")
