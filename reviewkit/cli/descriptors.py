"""`reviewkit descriptors`: headings of DeCS and MeSH for words in Portuguese, Spanish or English."""

from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import JsonOption

if TYPE_CHECKING:
    from reviewkit.sources.headings import Heading


def descriptors(
    words: Annotated[str, typer.Argument(help="A word or phrase, in any of the three languages.")],
    toml: Annotated[bool, typer.Option("--toml", help="Print entries for a protocol.")] = False,
    json: JsonOption = False,
) -> None:
    """Look headings up: identifiers, names in Portuguese, Spanish and English, entry terms, places
    in the tree.

    Example: reviewkit descriptors "esclerose lateral amiotrófica"

    MeSH is asked through Entrez. DeCS needs a key of your own (BVS_API_KEY); without it MeSH alone
    answers, in English.
    """
    from reviewkit.cli.asking import open_transport
    from reviewkit.workflow.setup.descriptors import descriptor_toml, look_up

    with open_transport() as (transport, keyed):
        found = look_up(words, transport, keyed=keyed)
    if json:
        data_json(found.as_json())
        return
    for name, why in found.why_not.items():
        talk(f"{name} was not asked: {why}.")
    if not found.headings:
        data(
            f"No heading for “{words}”."
            + (" MeSH knows English only." if "DeCS" in found.why_not else "")
        )
    for number, heading in enumerate(found.headings):
        data(("\n" if number else "") + (descriptor_toml(heading) if toml else _shown(heading)))


def _shown(heading: "Heading") -> str:
    identifiers = [
        f"MeSH {heading.mesh}" if heading.mesh else "",
        f"DeCS {heading.decs}" if heading.decs else "",
    ]
    lines = [f"{heading.name} ({', '.join(part for part in identifiers if part)})"]
    for language in ("pt", "es", "en"):
        names = [heading.terms.get(language) or "", *heading.synonyms.get(language, ())]
        if any(names):
            lines.append(f"  {language}    {'; '.join(name for name in names if name)}")
    lines += [f"  tree  {' '.join(heading.trees)}"] if heading.trees else []
    lines += [f"  note  {heading.note}"] if heading.note else []
    return "\n".join(lines)
