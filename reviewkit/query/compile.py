"""Strategies, descriptors and limits to the exact query of each source. Pure.

A query that the protocol gives as printed is kept byte for byte. Limits are added behind it, never
inside.
"""

from dataclasses import dataclass

from reviewkit.protocol.model import Limits, Origin, Protocol, Strategy
from reviewkit.query.dialects.base import Dialect, Parameters
from reviewkit.query.dialects.languages import LANGUAGES, language_of
from reviewkit.query.lines import read_strategy

EVERY_PHRASE = "*"
"""Acknowledges every phrase that a service does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuery:
    """A query as it is sent: its text, and the parameters that some services take beside it.

    `acknowledged` are phrases that the service may not know; EVERY_PHRASE stands for all.
    """

    source: str
    strategy: str
    text: str
    parameters: Parameters = ()
    acknowledged: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The whole query on one line: what makes two searches the same search."""
        return " & ".join([self.text, *(f"{name}={value}" for name, value in self.parameters)])


def compile_query(
    protocol: Protocol, strategy: Strategy, source: str, dialect: Dialect | None
) -> CompiledQuery | None:
    """The query of `strategy` for the source with this id; `None` where it cannot be written.

    Without a dialect there is a query only where the protocol gives one as printed. It gets no
    limits.
    """
    body = _printed(strategy, source)
    if body is None and strategy.blocks and dialect and not dialect.cannot_write(strategy.field):
        body = _write_blocks(protocol, strategy, dialect)
    if body is None:
        return None
    if dialect is None:
        return CompiledQuery(
            source=source, strategy=strategy.id, text=body, acknowledged=acknowledged(strategy)
        )

    limits = Limits()
    if strategy.limits:
        limits = protocol.limits
    clauses = dialect.limit_clauses(limits)
    if strategy.queries and clauses:
        body = f"({body})"

    return CompiledQuery(
        source=source,
        strategy=strategy.id,
        text=" AND ".join([body, *clauses]),
        parameters=(
            *dialect.limit_parameters(limits),
            *_wanted_synonyms(protocol, source, dialect),
        ),
        acknowledged=acknowledged(strategy),
    )


def _wanted_synonyms(protocol: Protocol, source: str, dialect: Dialect) -> Parameters:
    """What makes the service add synonyms, where the protocol wants them."""
    wanted = any(one.id == source and one.synonyms for one in protocol.sources)
    return dialect.synonyms if wanted else ()


def acknowledged(strategy: Strategy) -> tuple[str, ...]:
    """The phrases that the service may not know: what was published is rerun as it was printed."""
    if strategy.origin is Origin.PUBLISHED:
        return (*strategy.acknowledge, EVERY_PHRASE)
    return strategy.acknowledge


def _printed(strategy: Strategy, source: str) -> str | None:
    """The query as printed; its lines put together where the protocol names that form."""
    printed = strategy.queries.get(source)
    if printed is None or not strategy.expand:
        return printed
    language = LANGUAGES.get(source) or language_of(printed)
    expansion = read_strategy(printed, language).expansion if language else None
    return expansion or printed


def _write_blocks(protocol: Protocol, strategy: Strategy, dialect: Dialect) -> str:
    descriptors = {descriptor.id: descriptor for descriptor in protocol.descriptors}
    blocks = []
    for block in strategy.blocks:
        terms = [dialect.write_term(descriptors[name], strategy.field) for name in block]
        blocks.append(_join_terms(terms))

    return " AND ".join(blocks)


def _join_terms(terms: list[str]) -> str:
    if len(terms) == 1:
        return terms[0]
    return f"({' OR '.join(terms)})"
