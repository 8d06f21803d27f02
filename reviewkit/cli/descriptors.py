"""`reviewkit descriptors`: headings of DeCS and MeSH for words in any of three languages."""

from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import JsonOption

if TYPE_CHECKING:
    from reviewkit.sources.headings import Heading


def descriptors(
    words: Annotated[
        str,
        typer.Argument(help="A word or phrase, in any of the three languages.", metavar="WORDS"),
    ],
    toml: Annotated[bool, typer.Option("--toml", help="Print entries for a protocol.")] = False,
    json: JsonOption = False,
) -> None:
    """Look up headings: identifiers, names in three languages, entry terms, places in the tree.

    MeSH is asked through Entrez. DeCS needs a key of your own (BVS_API_KEY); without it MeSH alone
    answers, in English.

    Example: reviewkit descriptors "esclerose lateral amiotrófica"
    """
    from reviewkit.cli.asking import open_transport
    from reviewkit.workflow.setup.descriptors import descriptor_toml, look_up

    with open_transport() as (transport, services_with_key):
        lookup = look_up(words, transport, services_with_key=services_with_key)

    if json:
        data_json(lookup.as_json())
        return
    for sentence in lookup.silences():
        talk(sentence)
    if not lookup.headings:
        hint = " MeSH knows English only." if "DeCS" in lookup.why_not else ""
        data(f"No heading for “{words}” in {' and '.join(lookup.answered)}.{hint}")
    show = descriptor_toml if toml else _shown
    for number, heading in enumerate(lookup.headings):
        if number:
            data("")
        data(show(heading))


def _shown(heading: "Heading") -> str:
    lines = [f"{heading.name} ({', '.join(_identifiers(heading))})"]
    for language in ("pt", "es", "en"):
        names = [heading.terms.get(language) or "", *heading.synonyms.get(language, ())]
        if any(names):
            lines.append(f"  {language}    {'; '.join(name for name in names if name)}")
    if heading.trees:
        lines.append(f"  tree  {' '.join(heading.trees)}")
    if heading.note:
        lines.append(f"  note  {heading.note}")

    return "\n".join(lines)


def _identifiers(heading: "Heading") -> list[str]:
    identifiers = []
    if heading.mesh:
        identifiers.append(f"MeSH {heading.mesh}")
    if heading.decs:
        identifiers.append(f"DeCS {heading.decs}")

    return identifiers
