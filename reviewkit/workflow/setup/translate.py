"""A query of a protocol, a file or a text in another search language."""

from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.query.dialects.languages import LANGUAGES, language_of
from reviewkit.query.translate import Clause, translate
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


def translate_text(text: str, *, to: str, language: str | None = None) -> TranslatedText:
    """The text in the language `to`. Lines are put together first.

    Raises UsageError for a language that is not known, and for a query that cannot be read.
    """
    target = named_language(to)
    linted = lint_text(text, name="the query", language=language)
    strategy = linted.strategy
    if strategy.tree is None or strategy.errors:
        first = strategy.errors[0].reason if strategy.errors else "it is empty"
        raise UsageError(
            f"the query cannot be translated: {first}", hint="reviewkit lint shows each problem"
        )
    found = translate(strategy.tree, strategy.printed, strategy.language, target.id)
    return TranslatedText(
        source=strategy.language.id,
        target=target.id,
        text=found.text,
        clauses=found.clauses,
        has_gaps=found.has_gaps,
    )


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
