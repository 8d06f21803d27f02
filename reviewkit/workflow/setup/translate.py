"""A query of a protocol, a file or a text in another search language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.query.dialects.languages import LANGUAGES, language_of
from reviewkit.query.dialects.writers import WRITERS
from reviewkit.query.lines import Strategy
from reviewkit.query.translate import Clause, translate
from reviewkit.query.tree import Kind, terms
from reviewkit.sources.registry import source_query
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.setup.lint import lint_text, named_language


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedText:
    """The query in the other language, and what became of each clause."""

    source: str
    target: str
    text: str
    clauses: tuple[Clause, ...]
    has_gaps: bool

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        clauses = [
            {"printed": c.printed, "written": c.written, "mark": c.mark, "why": c.why}
            for c in self.clauses
        ]
        return {
            "from": self.source,
            "to": self.target,
            "text": self.text,
            "has_gaps": self.has_gaps,
            "clauses": clauses,
        }


def translate_text(
    text: str,
    *,
    to: str,
    language: str | None = None,
    names: Mapping[str, tuple[str, ...]] | None = None,
) -> TranslatedText:
    """The text in the language `to`. Lines are put together first. `names` come from DeCS.

    Raises UsageError for a language that is not known, and for a query that cannot be read.
    """
    target = named_language(to)
    strategy = _readable(text, language)
    if strategy.tree is None:
        raise UsageError("the query is empty", hint="give a query")
    found = translate(strategy.tree, strategy.printed, strategy.language, target.id, names)
    return TranslatedText(
        source=strategy.language.id,
        target=target.id,
        text=found.text,
        clauses=found.clauses,
        has_gaps=found.has_gaps,
    )


def _readable(text: str, language: str | None) -> Strategy:
    strategy = lint_text(text, name="the query", language=language).strategy
    if strategy.tree is None or strategy.errors:
        first = strategy.errors[0].reason if strategy.errors else "it is empty"
        raise UsageError(
            f"the query cannot be translated: {first}", hint="reviewkit lint shows each problem"
        )
    return strategy


def takes_names(to: str) -> bool:
    """Whether a query in this language gains from DeCS's names in other languages."""
    return to in WRITERS and WRITERS[to].takes_names


def terms_to_name(text: str, *, language: str | None = None) -> tuple[str, ...]:
    """The headings and plain words of a query that DeCS may have names for, each once.

    Raises UsageError as `translate_text`.
    """
    strategy = _readable(text, language)
    if strategy.tree is None:
        return ()
    found = [
        term.text
        for term in terms(strategy.tree)
        if term.kind in {Kind.HEADING, Kind.WORDS} and not set("*?#$") & set(term.text)
    ]
    return tuple(dict.fromkeys(name.lower() for name in found))


def primary_query(project: ReviewProject) -> tuple[str, str]:
    """The primary strategy's query in the first source that has one, and its language.

    Raises UsageError where there is none.
    """
    protocol = project.protocol
    for source in protocol.sources:
        query = source_query(protocol, protocol.primary, source.id) if protocol.primary else None
        language = LANGUAGES.get(source.id) or (language_of(query.text) if query else None)
        if query and language:
            return query.text, language.id
    raise UsageError(
        "the protocol has no query in a language that is known",
        where=str(project.protocol_path),
        hint="name a file with the query, or - for standard input",
    )
