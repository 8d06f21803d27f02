"""What is wrong with the queries of a protocol, a file or a text, and the repaired ones beside."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError, system_reason
from reviewkit.protocol.model import Protocol
from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES, language_of
from reviewkit.query.language import Language
from reviewkit.query.limits import limits_twice
from reviewkit.query.lines import Strategy, read_strategy
from reviewkit.query.lint import lint, mesh_headings, phrases, place_of, repaired
from reviewkit.query.tree import Problem, Severity
from reviewkit.sources.registry import dialect_of, source_query
from reviewkit.workflow.files import with_end
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.setup.vocabulary import Vocabulary

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
    dialect = dialect_of(name)
    why = dialect.cannot_write(None) if dialect else f"no query language {name!r} is known"
    raise not_among(why, name, LANGUAGES)


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
                twice = limits_twice(strategy, source.id, protocol.limits, dialect_of(source.id))
                yield lint_for_source(text, name=name, source=source.id, more=twice)


def lint_for_source(
    text: str, *, name: str, source: str, more: tuple[Problem, ...] = ()
) -> LintedQuery:
    """A query that is meant for a source, with its problems and those that the protocol makes."""
    _refuse_too_long(text, name)
    expected = LANGUAGES.get(source)
    found = language_of(text)
    language = found or expected or DEFAULT
    strategy = read_strategy(text, language)
    problems = [*more, *lint(strategy)]
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
        return with_end(path).read_bytes().decode("utf-8-sig")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """What was asked for and is not there: headings in MeSH, phrases in PubMed's index."""

    headings: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()


def names_to_ask(queries: Collection[LintedQuery]) -> tuple[frozenset[str], Mapping[str, str]]:
    """The MeSH headings and the phrases of these queries; each phrase with its clause."""
    headings: set[str] = set()
    clauses: dict[str, str] = {}
    for query in queries:
        headings.update(mesh_headings(query.strategy))
        clauses |= phrases(query.strategy)
    return frozenset(headings), clauses


def what_is_unknown(queries: Collection[LintedQuery], vocabulary: Vocabulary) -> Unknown:
    """Ask MeSH for each heading and PubMed for each phrase. Raises what a request raises."""
    headings, clauses = names_to_ask(queries)
    lacking = {name.lower() for name in sorted(headings) if not vocabulary.has_heading(name)}
    return Unknown(headings=frozenset(lacking), phrases=vocabulary.unknown_phrases(clauses))


def with_unknown(query: LintedQuery, unknown: Unknown) -> LintedQuery:
    """The query with what is unknown of it among its problems."""
    found = lint(query.strategy, not_headings=unknown.headings, not_phrases=unknown.phrases)
    return replace(query, problems=tuple(dict.fromkeys((*query.problems, *found))))
