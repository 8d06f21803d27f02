"""`reviewkit init`: write a protocol from a few questions, or from options alone."""

import dataclasses
import itertools
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, talk
from reviewkit.model.errors import RemoteError, UsageError

if TYPE_CHECKING:
    from reviewkit.sources.headings import Heading
    from reviewkit.workflow.setup.init import Answers

# More digits are no year, and Python refuses to read thousands of them.
_LONGEST = 6
_YES = frozenset({"", "y", "yes", "s", "sim", "sí", "si"})
_NO = frozenset({"n", "no", "não", "nao"})
_LINE = 'reviewkit init --title "My review" --source pubmed --source embase'


def init(
    title: Annotated[
        str | None, typer.Option("--title", help="The review's title.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", help="A short name.", show_default="from the title")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help="A database; give one each.", show_default=False),
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
    reviewers: Annotated[
        int | None,
        typer.Option("--reviewers", min=1, help="Who decide on each record.", show_default="1"),
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

    Example: reviewkit init --title "Gut and ALS" --source pubmed --exclude "Not a trial"
    """
    from reviewkit.workflow.setup import init
    from reviewkit.workflow.setup.descriptors import short_name

    ask = _Questions(are_asked=sys.stdin.isatty() and sys.stderr.isatty())
    if name:
        init.refuse_existing(folder / f"{name}.toml")
    title = ask.one("Title of the review", title)
    if not title.strip():
        raise UsageError("a review needs a title", where="init", hint=_LINE)
    path = folder / f"{name or short_name(title)}.toml"
    init.refuse_existing(path)

    given = _Given(
        sources=source,
        topics=topic,
        published_from=published_from,
        published_to=published_to,
        languages=language,
        reviewers=reviewers,
        include=include,
        exclude=exclude,
    )
    answers = _answers(ask, title.strip(), path.stem, given)
    if answers.blocks and not no_lookup:
        topics = list(itertools.chain.from_iterable(answers.blocks))
        answers = dataclasses.replace(answers, headings=_headings(topics))
    for typed, known in init.mistyped_sources(answers.sources):
        talk(f"{typed} is taken as a name of your own. If you mean {known}, correct it.")
    protocol = init.write_protocol(answers, where=str(path))
    ask.agreement(protocol, path)
    init.save_protocol(protocol, path)
    data(str(path))
    named = f" --protocol {path}" if len([*folder.glob("*.toml")]) > 1 else ""
    search = f"reviewkit search{named}, or " if answers.blocks else ""
    source_id = init.source_id(answers.sources[0])
    talk(f"Next: {search}reviewkit import FILE --source {source_id}{named}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the options answer; `None` where there was no option."""

    sources: list[str] | None
    topics: list[str] | None
    published_from: int | None
    published_to: int | None
    languages: list[str] | None
    reviewers: int | None
    include: list[str] | None
    exclude: list[str] | None


def _answers(ask: "_Questions", title: str, name: str, given: _Given) -> "Answers":
    from reviewkit.workflow.setup.init import Answers, blocks_of, several_sources, unknown_language

    sources = ask.several(
        "Databases, for example pubmed; lilacs; embase",
        given.sources,
        wrong=several_sources,
        needed="A review needs a database: name the first one that you search.",
    )
    if not sources:
        raise UsageError("a review needs a database", where="init", hint=_LINE)
    topics = ask.several(
        "Topics that a record must all meet, with | before another word for the same; "
        "empty if you only import exports",
        given.topics,
    )
    first = ask.number("First year; empty for any", given.published_from)
    return Answers(
        title=title,
        id=name,
        sources=sources,
        blocks=blocks_of(topics),
        published_from=first,
        published_to=ask.number("Last year; empty for any", given.published_to, least=first or 0),
        languages=ask.several(
            "Languages; empty for all", given.languages, wrong=unknown_language, between="[,;]"
        ),
        reviewers=ask.number("Reviewers for each record", given.reviewers, default=1, least=1) or 1,
        include=ask.several("Inclusion criteria", given.include),
        exclude=ask.several("Exclusion criteria: the reasons to exclude", given.exclude),
    )


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
        self,
        question: str,
        answers: Sequence[str] | None,
        *,
        wrong: Callable[[str], str] = lambda answer: "",
        needed: str = "",
        between: str = ";",
    ) -> tuple[str, ...]:
        """The same for several answers, which a person separates by semicolons: a comma belongs to
        an answer, unless `between` allows it. `wrong` says what is wrong with one; then all are
        asked for again. `needed` is said where nothing is typed, though an answer is needed.
        """
        if answers:
            return tuple(answers)
        if not self.are_asked:
            return ()

        while True:
            typed = _ask(f"{question} (separate with ;)")
            parts = tuple(part.strip() for part in re.split(between, typed) if part.strip())
            mistakes = "; ".join(filter(None, map(wrong, parts)))
            if not parts:
                mistakes = needed
            if not mistakes:
                return parts
            talk(mistakes)

    def number(
        self, question: str, answer: int | None, *, default: int | None = None, least: int = 0
    ) -> int | None:
        """The same for a whole number; what is none, or too small, is asked for again."""
        if answer is not None or not self.are_asked:
            return default if answer is None else answer

        while True:
            typed = _ask(question, "" if default is None else str(default))
            if not typed:
                return None
            if typed.isdecimal() and len(typed) < _LONGEST and int(typed) >= least:
                return int(typed)
            talk(f"{typed}: a whole number from {least} on is needed.")

    def agreement(self, protocol: str, path: Path) -> None:
        """Show a person what will be written; raises Abort where it shall not be."""
        if not self.are_asked:
            return
        talk(protocol)
        answer = _ask(f"Write this to {path}? Y/n").casefold()
        while answer not in {*_YES, *_NO}:
            answer = _ask("Please type y or n").casefold()
        if answer in _NO:
            talk("Nothing was written.")
            raise typer.Abort


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
    silences: dict[str, None] = {}
    with open_transport() as (transport, services_with_key):
        for words in topics:
            try:
                answer = look_up(words, transport, services_with_key=services_with_key)
            except RemoteError as error:
                talk(f"Headings were not looked up: {error}. The topics stay in your own words.")
                break
            silences |= dict.fromkeys(answer.silences())
            heading = exact_heading(words, answer.headings)
            if heading is None:
                talk(
                    f"{words}: no heading has this name; reviewkit descriptors shows similar ones."
                )
                continue
            headings[words] = heading
            codes = f"MeSH {heading.mesh or '–'}, DeCS {heading.decs or '–'}"
            talk(f"{words}: {heading.name} ({codes})")
    for sentence in silences:
        talk(sentence)
    return headings
