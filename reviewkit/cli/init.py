"""`reviewkit init`: write a protocol from a few questions, or from options alone."""

import dataclasses
import itertools
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
    folder: Annotated[
        Path, typer.Option("--folder", help="Where protocols are kept.", metavar="FOLDER")
    ] = Path("protocols"),
) -> None:
    """Write a protocol from a few questions.

    What an option answers is not asked. In a pipe nothing is asked.

    Example: reviewkit init --title "Gut and ALS" --topic dysbiosis --topic "ALS|motor neuron
    disease"
    """
    from reviewkit.workflow.setup import init
    from reviewkit.workflow.setup.descriptors import short_name

    ask = _Questions(are_asked=sys.stdin.isatty() and sys.stderr.isatty())
    title = ask.one("Title of the review", title)
    if not title.strip():
        raise UsageError(
            "a review needs a title", where="init", hint='reviewkit init --title "…" --topic "…"'
        )
    sources = ask.several(
        "Databases (pubmed, lilacs, europepmc, embase, …)", source, default=SUGGESTED_SOURCES
    )
    blocks = init.blocks_of(
        ask.several("Topics that must all be met (further words for one topic behind |)", topic)
    )
    answers = init.Answers(
        title=title.strip(),
        id=name or short_name(title),
        sources=sources,
        blocks=blocks,
        published_from=published_from,
        published_to=published_to,
        languages=ask.several("Languages (empty for all)", language),
        include=ask.several("Inclusion criteria", include),
        exclude=ask.several("Exclusion criteria", exclude),
    )
    if not no_lookup:
        topics = list(itertools.chain.from_iterable(blocks))
        answers = dataclasses.replace(answers, headings=_headings(topics))
    path = folder / f"{answers.name}.toml"
    init.save_protocol(init.write_protocol(answers, where=str(path)), path)
    data(str(path))
    talk(f"Next: look at it, then reviewkit check {path}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Questions:
    """The questions to the person, on stderr: stdout is for the result.

    An answer that an option gives is not asked for. Without a terminal nothing is asked.
    """

    are_asked: bool

    def one(self, question: str, answer: str | None) -> str:
        """The option's answer, or the person's; empty if there is none."""
        if answer or not self.are_asked:
            return answer or ""
        return _ask(question)

    def several(
        self, question: str, answers: Sequence[str] | None, *, default: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """The same for several answers.

        A person separates them by semicolons, or by commas where there is no semicolon.
        """
        if answers:
            return tuple(answers)
        if not self.are_asked:
            return tuple(default)

        answer = _ask(f"{question}; separate with ;", ", ".join(default))
        parts = answer.split(";" if ";" in answer else ",")
        return tuple(part.strip() for part in parts if part.strip())


def _ask(question: str, default: str = "") -> str:
    shown = f" [{default}]" if default else ""
    sys.stderr.write(f"{question}{shown}: ")
    sys.stderr.flush()
    try:
        return input().strip() or default
    except EOFError as error:
        raise typer.Abort from error


def _headings(topics: Sequence[str]) -> "dict[str, Heading]":
    """By topic, the heading that has exactly its name.

    Without a key or a network the words stay as they are; a message says so.
    """
    from reviewkit.cli.asking import open_transport
    from reviewkit.workflow.setup.descriptors import look_up
    from reviewkit.workflow.setup.init import exact_heading

    headings: dict[str, Heading] = {}
    not_asked: dict[str, str] = {}
    with open_transport() as (transport, services_with_key):
        for words in topics:
            try:
                answer = look_up(words, transport, services_with_key=services_with_key)
            except RemoteError as error:
                talk(f"Headings were not looked up: {error}. The topics stay in your own words.")
                break
            not_asked.update(answer.why_not)
            heading = exact_heading(words, answer.headings)
            if heading is None:
                talk(
                    f"{words}: no heading has this name; reviewkit descriptors shows similar ones."
                )
                continue
            headings[words] = heading
            codes = f"MeSH {heading.mesh or '–'}, DeCS {heading.decs or '–'}"
            talk(f"{words}: {heading.name} ({codes})")
    for vocabulary, reason in not_asked.items():
        talk(f"{vocabulary} was not asked: {reason}.")
    return headings
