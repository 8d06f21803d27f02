"""`reviewkit init`: a protocol from a few questions, or from options alone."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, talk
from reviewkit.model.errors import RemoteError, UsageError
from reviewkit.sources.suggested import SUGGESTED_SOURCES

if TYPE_CHECKING:
    from reviewkit.sources.headings import Heading

_SUGGESTED = ", ".join(SUGGESTED_SOURCES)


def init(
    title: Annotated[
        str | None, typer.Option("--title", help="The review's title.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", help="A short name.", show_default="from the title")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help="A database; give one each.", show_default=_SUGGESTED),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(
            "--topic",
            help="A topic, further words for it behind bars; give one each.",
            show_default=False,
        ),
    ] = None,
    published_from: Annotated[
        int | None, typer.Option("--from", help="First year.", show_default=False)
    ] = None,
    published_to: Annotated[
        int | None, typer.Option("--to", help="Last year.", show_default=False)
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option("--language", help="A language; give one each.", show_default=False),
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option(
            "--include", help="An inclusion criterion; give one each.", show_default=False
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", help="An exclusion criterion; give one each.", show_default=False
        ),
    ] = None,
    no_lookup: Annotated[
        bool, typer.Option("--no-lookup", help="Do not look topics up in MeSH and DeCS.")
    ] = False,
    folder: Annotated[Path, typer.Option("--folder", help="Where protocols are kept.")] = Path(
        "protocols"
    ),
) -> None:
    """Write a protocol from a few questions. What an option says is not asked; in a pipe nothing is.

    Example: reviewkit init --title "Gut and ALS" --topic "dysbiosis" --topic "amyotrophic lateral sclerosis|ALS"
    """
    from reviewkit.workflow.setup import init
    from reviewkit.workflow.setup.descriptors import short_name

    asks = sys.stdin.isatty() and sys.stderr.isatty()
    title = title or (_ask("Title of the review") if asks else "")
    if not title.strip():
        raise UsageError(
            "a review needs a title", where="init", hint='reviewkit init --title "…" --topic "…"'
        )
    if asks:
        source = source or _several("Databases (pubmed, lilacs, europepmc, embase, …)", _SUGGESTED)
        topic = topic or _several(
            "Topics that must all be met (further words for one topic behind |)", ""
        )
        language = language or _several("Languages (empty for all)", "")
        include = include or _several("Inclusion criteria", "")
        exclude = exclude or _several("Exclusion criteria", "")
    blocks = init.blocks_of(topic or ())
    answers = init.Answers(
        title=title.strip(),
        id=name or short_name(title),
        sources=tuple(source or SUGGESTED_SOURCES),
        blocks=blocks,
        published_from=published_from,
        published_to=published_to,
        languages=tuple(language or ()),
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        found={} if no_lookup else _headings([words for block in blocks for words in block]),
    )
    path = folder / f"{answers.name}.toml"
    init.save_protocol(init.write_protocol(answers, where=str(path)), path)
    data(str(path))
    talk(f"Next: look at it, then reviewkit check {path}")


def _headings(topics: Sequence[str]) -> "dict[str, Heading]":
    """The heading of each topic that names one; without key or network the words stand as they are, and it is said."""
    from reviewkit.cli.asking import open_transport
    from reviewkit.workflow.setup.descriptors import look_up
    from reviewkit.workflow.setup.init import exact_heading

    found: dict[str, Heading] = {}
    told: dict[str, str] = {}
    with open_transport() as (transport, keyed):
        for words in topics:
            try:
                answer = look_up(words, transport, keyed=keyed)
            except RemoteError as error:
                talk(f"Headings were not looked up: {error}. The topics stand in your own words.")
                break
            told.update(answer.why_not)
            heading = exact_heading(words, answer.headings)
            if heading:
                found[words] = heading
                talk(
                    f"{words}: {heading.name} (MeSH {heading.mesh or '–'}, DeCS {heading.decs or '–'})"
                )
            else:
                talk(f"{words}: no heading is called so; reviewkit descriptors shows what is near.")
    for vocabulary, why in told.items():
        talk(f"{vocabulary} was not asked: {why}.")
    return found


def _ask(question: str, default: str = "") -> str:
    """The answer to a question asked on stderr: stdout is for the result."""
    sys.stderr.write(f"{question}{f' [{default}]' if default else ''}: ")
    sys.stderr.flush()
    try:
        return input().strip() or default
    except EOFError as error:
        raise typer.Abort from error


def _several(question: str, default: str) -> list[str]:
    """Answers separated by semicolons, or by commas where there is no semicolon."""
    told = _ask(f"{question}; separate with ;", default)
    parts = told.split(";") if ";" in told else told.split(",")
    return [part.strip() for part in parts if part.strip()]
