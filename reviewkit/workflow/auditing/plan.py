"""The grid of an audit: databases, readings with their queries, and the reported numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, product
from operator import attrgetter

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import in_english
from reviewkit.model.records import Role
from reviewkit.protocol.model import ByAccess, Origin, Protocol, ProtocolSource, Strategy
from reviewkit.protocol.reported import Reported
from reviewkit.query.dialects.languages import language_for
from reviewkit.query.printed_forms import AS_PRINTED, PrintedText, printed_texts
from reviewkit.query.readings import (
    Concepts,
    Form,
    MethodForm,
    PrintedForm,
    Reading,
    ReadingWriter,
    concepts_of,
    method_forms,
    readings_of,
)
from reviewkit.reproduction.audit import Choice, Question
from reviewkit.sources.base import Export, NetworkSearch, Source
from reviewkit.sources.registry import SOURCES


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedDatabase:
    """A database of the review, and what was read of its printed query, by form.

    `unreadable` are forms that cannot be asked as they stand.
    """

    source: Source
    label: str
    printed: Mapping[Form, PrintedText]
    unreadable: tuple[PrintedText, ...] = ()

    @property
    def id(self) -> str:
        return self.source.id

    @property
    def way(self) -> NetworkSearch | None:
        """How it is asked for counts; `None` where it cannot be."""
        way = self.source.network
        return way if way and way.count_once else None

    @property
    def writer(self) -> ReadingWriter | None:
        dialect = self.source.dialect
        return dialect.readings if dialect else None

    def query(self, reading: Reading, concepts: Concepts, protocol: Protocol) -> str | None:
        """The query of a reading; `None` where it has none, or where a limit would stand twice."""
        body = self._body(reading, concepts)
        if self.writer is None:
            is_bare = reading.as_of is None and not reading.limits.names
            return body if is_bare else None
        lacks_filter = reading.limits.free_full_text and not self.writer.free_full_text
        if body is None or lacks_filter:
            return None

        return self.writer.query(body, reading, protocol.limits)

    def _body(self, reading: Reading, concepts: Concepts) -> str | None:
        form = reading.form
        if isinstance(form, MethodForm):
            can_write = self.writer is not None and form.field in self.writer.terms
            return self.writer.body(form, concepts) if self.writer and can_write else None
        text = self.printed.get(form)
        if text is None or text.holds.names & reading.limits.names:
            return None
        is_alone = reading.as_of is None and not reading.limits.names

        return text.text if is_alone else f"({text.text})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The grid of readings with their queries. `counts` are printed with queries."""

    protocol: Protocol
    concepts: Concepts
    databases: tuple[AuditedDatabase, ...]
    readings: tuple[Reading, ...]
    queries: Mapping[tuple[str, Reading], str]
    counts: Mapping[Question, int]
    choices: tuple[Choice, ...]

    @property
    def labels(self) -> dict[str, str]:
        """The name of each database of the review."""
        return {one.id: source_of(one).label for one in _databases_of(self.protocol)}

    @property
    def paces(self) -> dict[str, float]:
        """The requests a second of each database that can be asked."""
        ways = {one.id: one.way for one in self.databases}
        return {name: way.service.per_second for name, way in ways.items() if way}

    @property
    def questions(self) -> dict[str, list[str]]:
        """The different queries of each database."""
        found: dict[str, dict[str, None]] = {one.id: {} for one in self.databases}
        for (database, _), query in self.queries.items():
            found[database][query] = None
        return {database: list(queries) for database, queries in found.items()}

    @property
    def headings(self) -> list[str]:
        """The terms that are looked for as headings."""
        return [one.term for one in chain.from_iterable(self.concepts.blocks)]


def plan_of(protocol: Protocol) -> Plan:
    """The grid of readings.

    Raises UsageError for a review of one's own, and where there is nothing to read.
    """
    _refuse_own(protocol)
    databases = [_database(protocol, one) for one in _databases_of(protocol)]
    is_printed = any(map(attrgetter("printed"), databases))
    concepts = Concepts() if is_printed else concepts_of(protocol)
    readings = readings_of(
        _forms(databases, concepts),
        protocol.limits,
        free_full_text=_wants_free_text(protocol),
        is_limited=_is_limited(protocol),
    )

    pairs = product(databases, readings)
    written = [(one, reading, one.query(reading, concepts, protocol)) for one, reading in pairs]
    queries = {(one.id, reading): query for one, reading, query in written if query is not None}
    if not queries:
        raise _nothing_to_read(protocol)

    used_ids, used_readings = map(set, zip(*queries, strict=True))
    used = tuple(database for database in databases if database.id in used_ids)
    return Plan(
        protocol=protocol,
        concepts=concepts,
        databases=used,
        readings=tuple(filter(used_readings.__contains__, readings)),
        queries=queries,
        counts=dict(_printed_counts(used)),
        choices=tuple(_choices(protocol, [one.id for one in used])),
    )


def _is_limited(protocol: Protocol) -> bool:
    """Whether the primary strategy is stated with the protocol's limits."""
    return protocol.primary is None or protocol.primary.limits


def _wants_free_text(protocol: Protocol) -> bool:
    return any(isinstance(one.check, ByAccess) for one in protocol.criteria)


def _refuse_own(protocol: Protocol) -> None:
    if not protocol.is_published:
        raise UsageError(
            "is a review of one's own: it reports no number to set readings beside",
            hint="measure its search by works that it must find: reviewkit audit --seed PMID",
        )


def _nothing_to_read(protocol: Protocol) -> UsageError:
    if protocol.descriptors:
        return UsageError(
            "no source of this protocol can be asked for the counts of readings",
            hint="the audit asks PubMed, LILACS and Europe PMC; add one to [[sources]]",
        )
    return UsageError(
        "the protocol has neither descriptors nor a printed query that can be read",
        hint="add [[descriptors]] or a query; reviewkit lint says what is wrong with one",
    )


def _databases_of(protocol: Protocol) -> list[ProtocolSource]:
    return [one for one in protocol.sources if one.role is Role.DATABASE]


def source_of(stated: ProtocolSource) -> Source:
    """The source of a protocol's entry; one that nobody asks where it is not known."""
    return SOURCES.get(stated.id) or Source(
        id=stated.id, label=stated.name, export=Export(choose="")
    )


def _database(protocol: Protocol, stated: ProtocolSource) -> AuditedDatabase:
    source = source_of(stated)
    writer = source.dialect.readings if source.dialect else None
    words = writer.words if writer else ""
    texts = list(_printed(protocol, source.id, words))
    printed: dict[Form, PrintedText] = {}
    printed.update({one.form: one for one in texts if not one.wrong})
    unreadable = tuple(one for one in texts if one.wrong)

    return AuditedDatabase(
        source=source, label=source.label, printed=printed, unreadable=unreadable
    )


def _printed(protocol: Protocol, source: str, words: str) -> Iterator[PrintedText]:
    """The printed query of the primary strategy in its readings, then those of the others."""
    primary = protocol.primary
    if primary is None or not primary.queries:
        return
    seen: set[str] = set()
    for strategy in (primary, *protocol.variants):
        for one in _texts_of(strategy, source, words, is_primary=strategy is primary):
            if one.text not in seen:
                yield one
            seen.add(one.text)


def _texts_of(
    strategy: Strategy, source: str, words: str, *, is_primary: bool
) -> Iterator[PrintedText]:
    text = strategy.queries.get(source)
    if text is None:
        return
    texts = printed_texts(text, language_for(source, text), words=words)
    name = in_english("the protocol's strategy “{name}”", name=strategy.label)
    for one in texts if is_primary else texts[:1]:
        is_stated = one.form == AS_PRINTED and strategy.origin is not Origin.PUBLISHED
        is_other = not is_primary or is_stated
        yield replace(one, form=PrintedForm(name=name)) if is_other else one


def _forms(databases: list[AuditedDatabase], concepts: Concepts) -> list[Form]:
    """The forms of printed queries, and those of the concepts for databases without one."""
    printed: dict[Form, None] = {}
    for one in databases:
        printed.update(dict.fromkeys(one.printed))

    return [*printed, *method_forms(concepts)]


def _printed_counts(databases: Iterable[AuditedDatabase]) -> Iterator[tuple[Question, int]]:
    """The counts that are printed with queries of databases that are not asked."""
    for one in databases:
        for text in one.printed.values():
            if text.count is not None and one.way is None:
                yield (one.id, text.text), text.count


def _choices(protocol: Protocol, databases: list[str]) -> Iterator[Choice]:
    """Each database with its own reported number; else each alone and all with the total."""
    reported = protocol.reported or Reported()
    own = {one: reported.sources[one] for one in databases if one in reported.sources}
    if own:
        yield from (Choice(databases=(one,), count=count) for one, count in own.items())
        return
    total = reported.flow.database_results
    everything = tuple(one.id for one in _databases_of(protocol))
    yield from (Choice(databases=(one,), count=total) for one in databases)
    if len(everything) > 1 and total is not None:
        yield Choice(databases=everything, count=total)
