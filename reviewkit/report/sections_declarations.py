"""The report's section on people and declarations (PRISMA 2020, items 24 to 27). Pure.

Every word of it is the authors', from the protocol. Nothing is said where they say nothing.
"""

from reviewkit.model.messages import mark, tr
from reviewkit.protocol.declarations_part import Person
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, FactList, Section
from reviewkit.report.words import table

_NAMES = {
    "registration": mark("Registration (24a)"),
    "protocol_access": mark("Access to the protocol (24b)"),
    "support": mark("Support (25)"),
    "interests": mark("Competing interests (26)"),
    "materials": mark("Data, code and other materials (27)"),
}
# By checklist and item: the declaration that answers it.
_ITEMS = {
    ("prisma-2020", "24a"): "registration",
    ("prisma-2020", "24b"): "protocol_access",
    ("prisma-2020", "25"): "support",
    ("prisma-2020", "26"): "interests",
    ("prisma-2020", "27"): "materials",
    ("prisma-abstracts", "11"): "support",
    ("prisma-abstracts", "12"): "registration",
}


def declared(protocol: Protocol, standard: str, item: str) -> str:
    """Return what the authors declare on an item of a checklist; an empty text for nothing."""
    if (standard, item) == ("prisma-lsr", "L4"):
        return "; ".join(
            f"{person.name}: {', '.join(person.roles)}" for person in _with_role(protocol)
        )
    name = _ITEMS.get((standard, item), "")
    return getattr(protocol.declarations, name, None) or ""


def _with_role(protocol: Protocol) -> list[Person]:
    return [person for person in protocol.people if person.roles]


def declarations_section(protocol: Protocol) -> Section:
    """Return who did what, and what the authors declare; empty where they say nothing."""
    return Section(
        id="declarations",
        title=tr("People and declarations (PRISMA 2020, items 24 to 27)"),
        blocks=(*_people(protocol), *_declarations(protocol)),
    )


def _people(protocol: Protocol) -> tuple[Block, ...]:
    rows = [
        (
            person.name,
            ", ".join(person.roles) or "–",
            person.affiliation or "–",
            person.orcid or "–",
        )
        for person in protocol.people
    ]
    head = [tr("Person"), tr("Roles"), tr("Affiliation"), "ORCID"]
    return table(tr("People"), head, rows)


def _declarations(protocol: Protocol) -> tuple[Block, ...]:
    declared = protocol.declarations.model_dump(exclude_none=True)
    if not declared:
        return ()
    silent = tr("not stated in the protocol")
    return (
        FactList(
            pairs=tuple((tr(each), declared.get(key, silent)) for key, each in _NAMES.items())
        ),
    )
