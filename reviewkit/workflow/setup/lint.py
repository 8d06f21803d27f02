"""What is wrong with the queries of a protocol, a file or a text, and the repaired ones beside."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewkit.http import Transport
from reviewkit.model.errors import UsageError, system_reason
from reviewkit.protocol.model import Protocol
from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES, language_of
from reviewkit.query.language import Language
from reviewkit.query.lines import Strategy, read_strategy
from reviewkit.query.lint import lint, mesh_headings, place_of, repaired
from reviewkit.query.tree import Problem, Severity
from reviewkit.sources import mesh
from reviewkit.sources.headings import plain
from reviewkit.sources.registry import source_query
from reviewkit.workflow.project import ReviewProject

LONGEST_QUERY = 100_000
"""Characters; the longest printed strategies have some ten thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedQuery:
    """A query with its problems. `name` says where it comes from."""

    name: str
    strategy: Strategy
    problems: tuple[Problem, ...]

    @property
    def repaired(self) -> str | None:
        """The text with its repairs; `None` where nothing can be repaired."""
        text = repaired(self.strategy.printed, self.problems)
        if text == self.strategy.printed:
            return None
        return text

    @property
    def has_errors(self) -> bool:
        return any(one.severity is Severity.ERROR for one in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "name": self.name,
            "language": self.strategy.language.id,
            "text": self.strategy.printed,
            "expansion": self.strategy.expansion,
            "repaired": self.repaired,
            "problems": [self._problem_json(one) for one in self.problems],
        }

    def _problem_json(self, one: Problem) -> dict[str, Any]:
        place = place_of(self.strategy.printed, one.span[0])
        return {
            "code": one.code,
            "severity": one.severity,
            "line": place.line,
            "column": place.column,
            "start": one.span[0],
            "end": one.span[1],
            "found": self.strategy.printed[slice(*one.span)],
            "reason": one.reason,
            "source": one.source,
            "repair": one.repair,
        }


def named_language(name: str) -> Language:
    """The language with that id. Raises UsageError that lists them all."""
    if name in LANGUAGES:
        return LANGUAGES[name]
    raise UsageError(
        f"no query language {name!r} is known", hint=f"name one of: {', '.join(LANGUAGES)}"
    )


def lint_text(
    text: str, *, name: str, language: str | None = None, not_headings: Collection[str] = ()
) -> LintedQuery:
    """A text with its problems. Its language is recognised where none is named.

    Raises UsageError for a text without words, and for a language that is not known.
    """
    if not text.strip():
        raise UsageError("there is no query in it", where=name, hint="give a query")
    _refuse_too_long(text, name)
    chosen = named_language(language) if language else language_of(text) or DEFAULT
    strategy = read_strategy(text, chosen)
    return LintedQuery(
        name=name, strategy=strategy, problems=lint(strategy, not_headings=not_headings)
    )


def _refuse_too_long(text: str, name: str) -> None:
    if len(text) > LONGEST_QUERY:
        raise UsageError(
            f"has {len(text):,} characters; a query has at most {LONGEST_QUERY:,}",
            where=name,
            hint="give the query alone",
        )


def lint_protocol(project: ReviewProject) -> tuple[LintedQuery, ...]:
    """Every query that the protocol prints, and those that are compiled, each text once.

    A query in another language than its source's is an error of its own.
    """
    return tuple(_queries(project.protocol))


def _queries(protocol: Protocol) -> Iterator[LintedQuery]:
    for strategy in protocol.strategies:
        for source in protocol.sources:
            printed = strategy.queries.get(source.id)
            query = source_query(protocol, strategy, source.id)
            text = printed or (query.text if query else None)
            if text is not None:
                name = f"strategies.{strategy.id}.queries.{source.id}"
                yield lint_for_source(text, name=name, source=source.id)


def lint_for_source(text: str, *, name: str, source: str) -> LintedQuery:
    """A query that is meant for a source, with its problems."""
    _refuse_too_long(text, name)
    expected = LANGUAGES.get(source)
    found = language_of(text)
    language = found or expected or DEFAULT
    strategy = read_strategy(text, language)
    problems = list(lint(strategy))
    if expected and found and found is not expected:
        problems.insert(0, _other_language(text, found, expected))
    return LintedQuery(name=name, strategy=strategy, problems=tuple(problems))


def _other_language(text: str, found: Language, expected: Language) -> Problem:
    return Problem(
        code="other_language",
        severity=Severity.ERROR,
        span=(0, len(text)),
        reason=f"this is the language of {found.label}, which {expected.label} does not read; "
        f"see: reviewkit translate --to {expected.id}",
        source="the signs of the languages in the text",
    )


def read_query_file(path: Path) -> str:
    """A file's text as it is. Raises UsageError where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"cannot be read: {system_reason(error)}", where=str(path), hint="name a file, or -"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"byte {error.start} is not UTF-8", where=str(path), hint="save it as UTF-8 text"
        ) from error


def write_repaired(query: LintedQuery, path: Path) -> Path | None:
    """Write the repaired query into a file beside; `None` where nothing is repaired.

    Raises UsageError where the file is there with another content.
    """
    text = query.repaired
    if text is None:
        return None
    try:
        if path.exists() and path.read_bytes() != text.encode():
            raise UsageError("is there already", where=str(path), hint="remove or rename it first")
        path.write_bytes(text.encode())
    except OSError as error:
        raise UsageError(
            f"cannot be written: {system_reason(error)}", where=str(path), hint="choose a folder"
        ) from error

    return path


def unknown_headings(queries: Collection[LintedQuery], transport: Transport) -> frozenset[str]:
    """The headings, in lower case, that MeSH does not have by this name or an entry term.

    Each is asked for once. Raises what the transport raises.
    """
    names: dict[str, None] = {}
    for query in queries:
        names |= dict.fromkeys(mesh_headings(query.strategy))
    return frozenset(name.lower() for name in names if not _is_heading(name, transport))


def with_unknown_headings(query: LintedQuery, missing: Collection[str]) -> LintedQuery:
    """The query with these headings among its problems."""
    found = lint(query.strategy, not_headings=missing)
    return replace(query, problems=tuple(dict.fromkeys((*query.problems, *found))))


def _is_heading(name: str, transport: Transport) -> bool:
    answer = transport.send(mesh.ask_ids(name), judge=mesh.judge_ids)
    ids = mesh.read_ids(answer.body)
    if not ids:
        return False
    shown = transport.send(mesh.ask_headings(list(ids)), judge=mesh.judge_headings)
    return any(one.is_called(plain(name)) for one in mesh.read_headings(shown.body))
