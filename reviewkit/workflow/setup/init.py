"""`init`: write a protocol from a few answers, as a person would, and check it first."""

import difflib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviewkit.model.errors import ReviewkitError, UsageError, system_reason
from reviewkit.model.languages import language_code
from reviewkit.model.records import Role, Stage
from reviewkit.protocol.parse import parse_protocol
from reviewkit.sources.headings import Heading, plain
from reviewkit.sources.registry import SOURCES
from reviewkit.workflow.setup.descriptors import descriptor_toml, short_name, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person answers about a planned review.

    `blocks`: the topics, all of which a record must meet; each with its alternative words. Without
    one the protocol states no search: exports are imported. `reviewers`: who decide on each record.
    `languages`: names or codes of any kind. `headings`: by words, the heading of a topic.
    """

    title: str
    sources: Sequence[str]
    id: str = ""
    blocks: Sequence[Sequence[str]] = ()
    published_from: int | None = None
    published_to: int | None = None
    languages: Sequence[str] = ()
    reviewers: int = 1
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    headings: Mapping[str, Heading] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.id or short_name(self.title)


def exact_heading(words: str, headings: Sequence[Heading]) -> Heading | None:
    """The heading with exactly that name; `None` where none or more than one has it."""
    fitting = [heading for heading in headings if heading.is_called(words)]
    named = [heading for heading in fitting if plain(words) in _names(heading)]

    chosen = named or fitting
    return chosen[0] if len(chosen) == 1 else None


def _names(heading: Heading) -> set[str]:
    return {plain(name) for name in heading.terms.values()}


def write_protocol(answers: Answers, *, where: str) -> str:
    """The protocol's text, checked.

    Raises UsageError for an unknown language or two sources in one name, and ProtocolError for
    answers that make no protocol.
    """
    parts = [
        _head(answers),
        *_sources(answers),
        *_descriptors(answers),
        _strategy(answers),
        _limits(answers),
        _screening(answers),
        *_criteria("inclusion", answers.include),
        *_criteria("exclusion", answers.exclude),
        _LIVING,
    ]

    protocol = "\n\n".join(part for part in parts if part) + "\n"
    parse_protocol(protocol, where=where)
    return protocol


_LIVING = """\
# A review that is kept up to date: reviewkit update, reviewkit schedule.
# [living]
# every = "month"  # day, week, fortnight, month, quarter or year"""


_NO_SEARCH = """\
# No search is stated here: import the exports of the searches that you run yourself."""


def refuse_existing(path: Path) -> None:
    """Raise UsageError where there is a protocol already: it may be somebody's work."""
    if path.exists():
        raise UsageError(
            "is there already", where=str(path), hint="name another --id, or edit that file"
        )


def save_protocol(protocol: str, path: Path) -> None:
    """Write a new protocol file; raises UsageError where there is one."""
    refuse_existing(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(protocol)
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {system_reason(error)}",
            where=str(path),
            hint="name another folder",
        ) from error


# From which likeness on a name is taken for a mistyped one.
_ALMOST = 0.8


def _head(answers: Answers) -> str:
    return (
        "# The protocol of a review. What is not known is left out: "
        "`reviewkit check` names every mistake at once.\n"
        'format = 1\nkind = "own"\n\n'
        f"[review]\nid = {text(answers.name)}\ntitle = {text(answers.title)}"
    )


def _sources(answers: Answers) -> list[str]:
    mistakes = [mistake for mistake in map(several_sources, answers.sources) if mistake]
    if mistakes:
        raise UsageError("; ".join(mistakes), hint="give one each: --source pubmed --source lilacs")

    labels: dict[str, str] = {}
    for typed in answers.sources:
        labels.setdefault(source_id(typed), typed.strip())

    entries = []
    for name, typed in labels.items():
        label, role = typed, Role.DATABASE
        if name in SOURCES:
            label, role = SOURCES[name].label, SOURCES[name].role
        entries.append(f'[[sources]]\nid = {text(name)}\nname = {text(label)}\nrole = "{role}"')

    return entries


def source_id(name: str) -> str:
    """The id of a source that is named by id or by label."""
    known = {source.label.casefold(): source.id for source in SOURCES.values()}
    return known.get(name.strip().casefold(), short_name(name)) or name


def mistyped_sources(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return each name that is almost that of a known source, and which one."""
    found = []
    for name in names:
        near = difflib.get_close_matches(source_id(name), SOURCES, n=1, cutoff=_ALMOST)
        if near and source_id(name) not in SOURCES:
            found.append((name, near[0]))
    return found


def several_sources(name: str) -> str:
    """What is wrong where two known sources are named as one; empty where nothing is.

    One known part is no mistake: a comma may belong to a name, "Cochrane Library, CENTRAL".
    """
    parts = [part.strip() for part in re.split("[,;]", name) if part.strip()]
    if len({source_id(part) for part in parts} & set(SOURCES)) > 1:
        return f"more than one database in one name: {name}"
    return ""


def _descriptors(answers: Answers) -> list[str]:
    """One table for each topic and alternative; with its heading where one was found."""
    entries = []
    for words in dict.fromkeys(itertools.chain.from_iterable(answers.blocks)):
        heading = answers.headings.get(words)
        name = short_name(words)
        if heading:
            entries.append(descriptor_toml(heading, name=name))
        else:
            entries.append(f"[[descriptors]]\nid = {text(name)}\nterm = {text(words)}")

    return entries


def _strategy(answers: Answers) -> str:
    if not answers.blocks:
        return _NO_SEARCH
    blocks = ", ".join(_block(block) for block in answers.blocks)
    return (
        "# field: heading (controlled vocabulary alone), title_abstract, or any.\n"
        '[[strategies]]\nid = "main"\nlabel = "AND of the topics, each by any of its words"\n'
        f'primary = true\nfield = "any"\nblocks = [{blocks}]'
    )


def _block(block: Sequence[str]) -> str:
    return f"[{', '.join(text(short_name(words)) for words in block)}]"


def _limits(answers: Answers) -> str:
    lines = []
    if answers.published_from:
        lines.append(f"published_from = {answers.published_from}")
    if answers.published_to:
        lines.append(f"published_to = {answers.published_to}")
    if answers.languages:
        codes = [text(_language(language)) for language in answers.languages]
        lines.append(f"languages = [{', '.join(codes)}]")

    return "\n".join(["[limits]", *lines]) if lines else ""


def _screening(answers: Answers) -> str:
    if answers.reviewers == 1:
        return ""
    stages = ", ".join(f"{stage} = {answers.reviewers}" for stage in Stage)
    return f"[screening]\nreviewers = {{ {stages} }}  # who must decide before a verdict is final"


def _language(name: str) -> str:
    code = language_code(name)
    if code is None:
        raise UsageError(unknown_language(name), hint="for example por, English, español")
    return code


def unknown_language(name: str) -> str:
    """What is wrong with the name of a language; empty where it is known."""
    return "" if language_code(name) else f"no language that reviewkit knows: {name}"


def _criteria(kind: str, wordings: Sequence[str]) -> list[str]:
    return [
        f'[[criteria]]\nid = "{kind}_{number}"\nkind = "{kind}"\n'
        f'wording = {text(wording)}\ncheck = {{ by = "person" }}'
        for number, wording in enumerate(wordings, 1)
    ]


def blocks_of(topics: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """One block per topic; a bar separates alternative words for it. Empty ones are left out."""
    blocks = []
    for topic in topics:
        words = [word.strip() for word in topic.split("|")]
        block = tuple(word for word in words if word)
        if block:
            blocks.append(block)

    return tuple(blocks)
