"""`reviewkit convert`: export files of any format into one of another, without a review."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data_bytes, data_json, talk
from reviewkit.cli.options import JsonOption
from reviewkit.cli.reading import EncodingOption, FormatOption, MapOption, column_mapping
from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from reviewkit.workflow.reporting.convert import Conversion, ReadPart

_MOST_LINES = 20


def convert(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files to read, then the file to write; - is standard input or output.",
            metavar="IN... OUT",
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", help="ris, bibtex, nbib, …", show_default="by the ending of OUT"),
    ] = None,
    format_: FormatOption = None,
    columns: MapOption = None,
    encoding: EncodingOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing if a part of a file is lost.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Take a file whose titles, years or authors are empty.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every problem, not one line per kind.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Convert export files into another format, and name what is lost.

    No review is needed. Several files become one.

    Example: reviewkit convert scopus.csv embase.ris all.ris
    """
    # Half a second of imports (the parsers, the writers): only when the command runs.
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.reporting import convert as work

    *inputs, out = files
    to_stdout = str(out) == "-"
    _refuse_wrong_files(inputs, out)
    wanted = work.format_for(None if to_stdout else out, to)
    options = work.ConvertOptions(
        format=format_,
        encoding=encoding,
        mapping=column_mapping(columns),
        strict=strict,
        force=force,
    )
    sources = [
        (("standard input", sys.stdin.buffer) if str(path) == "-" else (str(path), path))
        for path in inputs
    ]
    done = work.convert(sources, wanted, options)
    if to_stdout:
        if json:
            raise UsageError("is for reports; the records go to standard output", where="--json")
        data_bytes(done.content)
    else:
        write_output(out, done.content)
    if json:
        data_json(done.as_json())
    else:
        _tell(done, out, verbose=verbose)


def _refuse_wrong_files(inputs: list[Path], out: Path) -> None:
    from reviewkit.workflow.files import named_place

    if not inputs:
        raise UsageError(
            "there is nothing to convert",
            where=str(out),
            hint="name the files to read, then the file to write: convert in.ris out.bib",
        )
    if str(out) != "-" and out.resolve() in {path.resolve() for path in inputs}:
        raise UsageError("is read and cannot be written too", where=str(out), hint="another name")
    if str(out) != "-":
        named_place(out)


def _tell_part(part: "ReadPart", *, verbose: bool) -> None:
    kind = part.format
    if part.dialect not in {"", part.format}:
        kind = f"{part.format}, {part.dialect}"
    talk(f"{part.name}: {kind}, {part.encoding}, {plural(part.records, 'record')}.")
    for line in part.problems if verbose else part.summary[:_MOST_LINES]:
        talk(f"  {line}")


def _tell(done: "Conversion", out: Path, *, verbose: bool) -> None:
    for part in done.parts:
        _tell_part(part, verbose=verbose)

    target = "standard output" if str(out) == "-" else str(out)
    talk(f"{plural(done.records, 'record')} as {done.format} to {target}.")
    if not done.losses:
        is_whole = not any(part.damage for part in done.parts)
        talk("Nothing is lost." if is_whole else "Of what could be read, nothing is lost.")
        return

    talk(f"What {done.format} does not carry, or carries otherwise:")
    losses = list(done.losses.items())
    for name, count in losses if verbose else losses[:_MOST_LINES]:
        talk(f"  {name} ({plural(count, 'record')})")
    if len(losses) > _MOST_LINES and not verbose:
        talk(f"  … and {len(losses) - _MOST_LINES} more; --verbose shows them all")
