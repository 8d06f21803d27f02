"""`reviewkit lint`: what is wrong with a query, with places, reasons and repairs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import JsonOption

if TYPE_CHECKING:
    from reviewkit.workflow.setup.lint import LintedQuery

_SHOWN = 70


def lint(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="PROTOCOL|FILE|-",
            help="A protocol (.toml), a text file, or - for standard input; by default the only "
            "protocol.",
            show_default=False,
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language", help="The language of the query.", show_default="recognised by its signs"
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the repaired query beside, in a file of its own.")
    ] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask MeSH for each heading, and PubMed for each phrase.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Name what is wrong with a query: code, place, reason, source, repair. Nothing is changed.

    Exit code 3 where a query cannot be sent as it is.

    Example: echo 'gu*[tiab] AND “als”[tiab]' | reviewkit lint -
    """
    queries = _queries(what, language)
    if ask:
        queries = _with_names_asked(queries)
    else:
        _say_not_asked(queries)
    if fix:
        _write_repaired(queries, what)
    if json:
        data_json({"queries": [query.as_json() for query in queries]})
    elif not (fix and what == "-"):
        for query in queries:
            show_query(query)
    if any(query.has_errors for query in queries):
        raise typer.Exit(3)


def _queries(what: str | None, language: str | None) -> "list[LintedQuery]":
    from reviewkit.cli.options import chosen_project
    from reviewkit.workflow.setup.lint import lint_protocol, lint_text, read_query_file

    if what == "-":
        return [lint_text(sys.stdin.read(), name="standard input", language=language)]
    if what is None or what.endswith(".toml"):
        found = list(lint_protocol(chosen_project(Path(what) if what else None)))
        if not found:
            talk("The protocol states no query, so there is nothing to look at.")
        return found

    return [lint_text(read_query_file(Path(what)), name=what, language=language)]


def _with_names_asked(queries: "list[LintedQuery]") -> "list[LintedQuery]":
    """The queries with what MeSH and PubMed's index do not have among their problems."""
    from reviewkit.cli.asking import open_vocabulary
    from reviewkit.workflow.setup.lint import what_is_unknown, with_unknown

    with open_vocabulary() as (vocabulary, _):
        unknown = what_is_unknown(queries, vocabulary)
    return [with_unknown(query, unknown) for query in queries]


def _say_not_asked(queries: "list[LintedQuery]") -> None:
    from reviewkit.model.text import plural
    from reviewkit.workflow.setup.lint import names_to_ask

    headings, clauses = names_to_ask(queries)
    if headings or clauses:
        names = f"{plural(len(headings), 'heading')} and {plural(len(clauses), 'phrase')}"
        talk(f"Whether MeSH and PubMed have {names} is not known; --ask asks.")


def _write_repaired(queries: "list[LintedQuery]", what: str | None) -> None:
    from reviewkit.workflow.setup.lint import write_repaired

    for query in queries:
        if what == "-":
            data(query.repaired or query.strategy.printed.rstrip("\n"))
            continue
        base = Path(what or query.name)
        path = base.with_name(f"{base.stem}.fixed{base.suffix or '.txt'}")
        if what is None or what.endswith(".toml"):
            path = Path(f"{query.name}.fixed.txt")
        written = write_repaired(query, path)
        talk(f"{written} written." if written else f"{query.name}: nothing to repair.")


def show_query(query: "LintedQuery") -> None:
    """Print a query's problems, and its lines put into one query."""
    from reviewkit.model.text import plural
    from reviewkit.query.lint import place_of

    text = query.strategy.printed
    data(
        f"{query.name} ({query.strategy.language.label}): {plural(len(query.problems), 'problem')}"
    )
    for one in query.problems:
        place = place_of(text, one.span[0])
        data(f"  {place.line}:{place.column}  {one.severity}  {one.code}: {one.reason}")
        found = " ".join(text[slice(*one.span)].split())
        if found:
            data(f"      at      {found[:_SHOWN]}{'…' if len(found) > _SHOWN else ''}")
        if one.repair is not None:
            data(f"      repair  {one.repair!r}")
        if one.source:
            data(f"      source  {one.source}")
    if query.strategy.expansion is not None:
        data(f"  lines put in: {query.strategy.expansion}")
