"""The four official PRISMA 2020 templates: their boxes' arrows and the headings over their columns.

Source: Page MJ et al. BMJ 2021;372:n71. Keys are those of the PRISMA2020 R package.
"""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.choices import not_among
from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.wording import Words


class Template(StrEnum):
    """For a new review or an update, of databases and registers alone or of other methods too."""

    NEW = "new"
    NEW_OTHER = "new-other"
    UPDATED = "updated"
    UPDATED_OTHER = "updated-other"

    @property
    def updated(self) -> bool:
        return self in {Template.UPDATED, Template.UPDATED_OTHER}

    @property
    def other(self) -> bool:
        return self in {Template.NEW_OTHER, Template.UPDATED_OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and the columns that it spans."""

    key: str
    text: str
    columns: tuple[str, ...]


_ARROWS = (
    ("box2", "box3"),
    ("box2", "box4"),
    ("box4", "box5"),
    ("box4", "box6"),
    ("box6", "box7"),
    ("box6", "box8"),
    ("box8", "box9"),
    ("box8", "box10"),
)
_OTHER_ARROWS = (
    ("box11", "box12"),
    ("box12", "box13"),
    ("box12", "box14"),
    ("box14", "box15"),
    ("box14", "box10"),
)
_UPDATE_ARROWS = (("box1", "box16"), ("box10", "box16"))


def choose_template(name: str, flows: tuple[Flow, ...]) -> Template:
    """Return the template called `name`; "auto" is the smallest with a box for every count of the
    flows.

    Raise UsageError for another name.
    """
    if name == "auto":
        base = "updated" if any(flow.updated for flow in flows) else "new"
        suffix = "-other" if any(flow.has_other_arm for flow in flows) else ""
        return Template(base + suffix)

    if name not in set(Template):
        raise not_among(f"no template called {name!r}", name, ("auto", *Template))
    return Template(name)


def columns(template: Template) -> tuple[str, ...]:
    """Return the names of the template's columns, from left to right."""
    names = ["main", "side"]
    if template.updated:
        names.insert(0, "previous")
    if template.other:
        names += ["other", "other_side"]
    return tuple(names)


def headings(template: Template, words: Words) -> tuple[Heading, ...]:
    """Return the headings over the columns, from left to right."""
    version = "updated" if template.updated else "new"
    main = Heading(key="newstud", text=words.label(f"header_{version}"), columns=("main", "side"))
    previous = Heading(key="prevstud", text=words.label("header_previous"), columns=("previous",))
    other = Heading(
        key="othstud",
        text=words.label(f"header_other_{version}"),
        columns=("other", "other_side"),
    )

    shown = [main]
    if template.updated:
        shown.insert(0, previous)
    if template.other:
        shown.append(other)

    return tuple(shown)


def arrows(template: Template, boxes: Container[str]) -> tuple[tuple[str, str], ...]:
    """Return the arrows between these boxes as pairs of their keys. None begins at a heading.

    The box of a meta-analysis (box17) comes last; no official template has one.
    """
    shown = list(_ARROWS)
    if template.other:
        shown += _OTHER_ARROWS
    if template.updated:
        shown += _UPDATE_ARROWS
    shown.append(("box16" if template.updated else "box10", "box17"))
    return tuple(pair for pair in shown if pair[0] in boxes and pair[1] in boxes)
