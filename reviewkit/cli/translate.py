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
    ask: Annotated[
        bool,
        typer.Option(
            "--ask",
            help="For LILACS: ask DeCS for each term's names in Portuguese, Spanish and English.",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Write a query in another language; each clause is exact, wider, narrower or a gap ‹…›.

    Headings of one vocabulary are never guessed in another. Exit code 3 where there is a gap.

    Example: echo '"Dysbiosis"[mh] AND gut[tiab]' | reviewkit translate - --to ovid
    """
    from reviewkit.workflow.setup.translate import takes_names, translate_text

    text, language = _text_of(what, language)
    names = _names_of_decs(text, language) if ask and takes_names(to) else {}
    translation = translate_text(text, to=to, language=language, names=names)
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


def _names_of_decs(text: str, language: str | None) -> dict[str, tuple[str, ...]]:
    """What DeCS calls each term; nothing, and that it was not asked, without a key."""
    from reviewkit.cli.asking import open_vocabulary
    from reviewkit.sources import decs
    from reviewkit.workflow.setup.descriptors import NO_KEY
    from reviewkit.workflow.setup.translate import terms_to_name

    terms = terms_to_name(text, language=language)
    with open_vocabulary() as (vocabulary, services_with_key):
        if decs.SERVICE not in services_with_key:
            talk(f"DeCS was not asked: {NO_KEY}. No term has names in other languages.")
            return {}
        found = {term: vocabulary.decs_names(term) for term in terms}

    lacking = [term for term, names in found.items() if not names]
    if lacking:
        talk(f"DeCS has no heading called: {'; '.join(lacking)}.")
    return {term: names for term, names in found.items() if names}


def _text_of(what: str | None, language: str | None) -> tuple[str, str | None]:
    from reviewkit.workflow.setup.lint import read_query_file
    from reviewkit.workflow.setup.translate import primary_query

    if what == "-":
        return sys.stdin.read(), language
    if what is None or what.endswith(".toml"):
        text, found = primary_query(chosen_project(Path(what) if what else None))
        return text, language or found

    return read_query_file(Path(what)), language
