"""`init`: a protocol out of a few answers, as a person would write it, checked before it is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviewkit.importers.languages import language_code
from reviewkit.model.errors import ReviewkitError, UsageError, system_reason
from reviewkit.protocol.model import parse_protocol
from reviewkit.sources.headings import Heading, plain
from reviewkit.sources.registry import SOURCES
from reviewkit.sources.suggested import SUGGESTED_SOURCES
from reviewkit.workflow.setup.descriptors import descriptor_toml, short_name, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person says of a planned review. `blocks` are the topics that all must be met; in each block further words
    for the same topic. Languages are names or codes of any kind.
    """

    title: str
    id: str = ""
    sources: Sequence[str] = SUGGESTED_SOURCES[:1]
    blocks: Sequence[Sequence[str]] = ()
    published_from: int | None = None
    published_to: int | None = None
    languages: Sequence[str] = ()
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    found: Mapping[str, Heading] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.id or short_name(self.title)


def exact_heading(words: str, headings: Sequence[Heading]) -> Heading | None:
    """The heading that is called so; `None` where none or more than one is: nothing is guessed."""
    fitting = [heading for heading in headings if heading.is_called(words)]
    named = [
        heading
        for heading in fitting
        if plain(words) in {plain(name) for name in heading.terms.values()}
    ]
    chosen = named or fitting
    return chosen[0] if len(chosen) == 1 else None


def write_protocol(answers: Answers, *, where: str) -> str:
    """The protocol's text. Raises UsageError without a topic or for an unknown language, ProtocolError for answers
    that make no protocol.
    """
    if not answers.blocks:
        hint = 'for example --topic "dysbiosis" --topic "amyotrophic lateral sclerosis|motor neuron disease"'
        raise UsageError("a search needs a topic", where="init", hint=hint)
    parts = [
        _head(answers),
        *_sources(answers),
        *_descriptors(answers),
        _strategy(answers),
        _limits(answers),
    ]
    parts += [
        _criterion(answers, words, "inclusion", n) for n, words in enumerate(answers.include, 1)
    ]
    parts += [
        _criterion(answers, words, "exclusion", n) for n, words in enumerate(answers.exclude, 1)
    ]
    parts.append(_LIVING)
    written = "\n\n".join(part for part in parts if part) + "\n"
    parse_protocol(written, where=where)
    return written


_LIVING = """\
# A review that is kept up to date: reviewkit update, reviewkit schedule.
# [living]
# every = "month"  # day, week, fortnight, month, quarter or year"""


def save_protocol(written: str, path: Path) -> None:
    """Write a new protocol. Raises UsageError where there is one already: it may be somebody's work."""
    if path.exists():
        raise UsageError(
            "is there already", where=str(path), hint="name another --id, or edit that file"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(written)
    except OSError as error:
        reason = system_reason(error)
        raise ReviewkitError(
            f"cannot be written: {reason}", where=str(path), hint="name another folder"
        ) from error


def _head(answers: Answers) -> str:
    return (
        "# The protocol of a review. What is not known is left out: `reviewkit check` names every mistake at once.\n"
        f"format = 1\n\n[review]\nid = {text(answers.name)}\ntitle = {text(answers.title)}"
    )


def _sources(answers: Answers) -> list[str]:
    entries = []
    for name in dict.fromkeys(_source_id(name) or name for name in answers.sources):
        label = SOURCES[name].label if name in SOURCES else name
        entries.append(f'[[sources]]\nid = {text(name)}\nname = {text(label)}\nrole = "database"')
    return entries


def _source_id(name: str) -> str:
    known = {source.label.casefold(): source.id for source in SOURCES.values()}
    return known.get(name.strip().casefold(), short_name(name))


def _descriptors(answers: Answers) -> list[str]:
    entries = []
    for words in dict.fromkeys(words for block in answers.blocks for words in block):
        heading = answers.found.get(words)
        bare = f"[[descriptors]]\nid = {text(short_name(words))}\nterm = {text(words)}"
        entries.append(descriptor_toml(heading, name=short_name(words)) if heading else bare)
    return entries


def _strategy(answers: Answers) -> str:
    blocks = ", ".join(
        f"[{', '.join(text(short_name(words)) for words in block)}]" for block in answers.blocks
    )
    return (
        "# field: heading (controlled vocabulary alone), title_abstract, or any.\n"
        '[[strategies]]\nid = "main"\nlabel = "AND of the topics, each by any of its words"\norigin = "reading"\n'
        f'primary = true\nfield = "any"\nblocks = [{blocks}]'
    )


def _limits(answers: Answers) -> str:
    lines = []
    if answers.published_from:
        lines.append(f"published_from = {answers.published_from}")
    if answers.published_to:
        lines.append(f"published_to = {answers.published_to}")
    if answers.languages:
        lines.append(
            f"languages = [{', '.join(text(_language(told)) for told in answers.languages)}]"
        )
    return "\n".join(["[limits]", *lines]) if lines else ""


def _language(told: str) -> str:
    code = language_code(told)
    if code is None:
        raise UsageError(
            f"no language that reviewkit knows: {told}", hint="for example por, English, español"
        )
    return code


def _criterion(answers: Answers, words: str, kind: str, number: int) -> str:
    head = f'[[criteria]]\nid = "{kind}_{number}"\nkind = "{kind}"'
    return f'{head}\nwording = {text(words)}\ncheck = {{ by = "person" }}'


def blocks_of(told: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """One block per text; a bar separates further words for the same topic."""
    split = (tuple(word.strip() for word in re.split(r"\|", one) if word.strip()) for one in told)
    return tuple(block for block in split if block)
