"""`reviewkit translate`: a query in another search language, clause by clause."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import JsonOption, chosen_project


def translate(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="PROTOCOL|FILE|-",
            help="A protocol (.toml): its primary strategy; a text file; or - for standard input.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="pubmed, ovid, embase, cochrane, cinahl, scopus, wos, lilacs, europepmc, "
            "clinicaltrials or openalex.",
        ),
    ] = "ovid",
    language: Annotated[
        str | None,
        typer.Option(
            "--language", help="The language it is in.", show_default="recognised by its signs"
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write a query in another language; each clause is exact, wider, narrower or a gap ‹…›.

    Example: echo '"Dysbiosis"[mh] AND gut[tiab]' | reviewkit translate - --to ovid

    Headings of one vocabulary are never guessed in another. Exit code 3 where there is a gap.
    """
    from reviewkit.workflow.setup.translate import translate_text

    text, language = _text_of(what, language)
    translation = translate_text(text, to=to, language=language)
    if json:
        data_json(translation.as_json())
    else:
        data(translation.text)
        for clause in translation.clauses:
            why = f" ({clause.why})" if clause.why else ""
            talk(f"{clause.mark}: {clause.printed}  ->  {clause.written}{why}")
    if translation.has_gaps:
        talk("It has gaps, and cannot be run before a person fills them.")
        raise typer.Exit(3)


def _text_of(what: str | None, language: str | None) -> tuple[str, str | None]:
    from reviewkit.workflow.setup.lint import read_query_file
    from reviewkit.workflow.setup.translate import primary_query

    if what == "-":
        return sys.stdin.read(), language
    if what is None or what.endswith(".toml"):
        text, found = primary_query(chosen_project(Path(what) if what else None))
        return text, language or found
    return read_query_file(Path(what)), language
