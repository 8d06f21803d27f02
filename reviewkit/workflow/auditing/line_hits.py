"""`appendix --hits`: each line of a search counted by its database, and the counts kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewkit.http import Transport
from reviewkit.model.errors import NotCached, RemoteError, UsageError, system_reason
from reviewkit.model.foreign import read_json
from reviewkit.model.text import to_json
from reviewkit.protocol.model import Protocol
from reviewkit.reproduction.line_hits import CountedLine, LineAnswer, LineAnswers, lines_of
from reviewkit.reproduction.outcomes import SourceOutcome
from reviewkit.sources.base import Source
from reviewkit.sources.registry import SOURCES, source_query
from reviewkit.workflow.auditing.asker import Asker
from reviewkit.workflow.files import write_own
from reviewkit.workflow.project import ReviewProject

MOST_REQUESTS = 100
"""NCBI asks that more be sent outside its busy hours."""

Searched = Sequence[tuple[str, str]]
"""The id of a source that can count, and the query that was run there, without parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlan:
    """The queries to count in one source, the whole search first and its clauses last."""

    source: Source
    queries: tuple[str, ...]

    @property
    def seconds(self) -> int:
        """About how long they take at the pace of the service."""
        way = self.source.network
        pace = way.service.per_second if way else 1.0
        return max(1, round(len(self.queries) / pace))


@dataclass(slots=True, kw_only=True)
class AskedLines:
    """All answers that are known, the requests that were sent, and why some have none."""

    answers: dict[tuple[str, str], LineAnswer]
    requests: int = 0
    why_not: list[str] = field(default_factory=list)


def searched_queries(protocol: Protocol, outcomes: Iterable[SourceOutcome]) -> Searched:
    """Return the searches whose lines their source can count."""
    found = []
    for outcome in outcomes:
        source = SOURCES.get(outcome.source)
        way = source.network if source else None
        text = _text_of(protocol, outcome)
        if way and way.count_once and text:
            found.append((outcome.source, text))
    return found


def _text_of(protocol: Protocol, outcome: SourceOutcome) -> str:
    """The query of a run without the parameters that go beside it; empty where they are mixed."""
    ran = outcome.run.query if outcome.run else ""
    compiled = protocol.primary and source_query(protocol, protocol.primary, outcome.source)
    if not ran or not compiled or not compiled.parameters:
        return ran
    return compiled.text if ran in {compiled.text, compiled.written} else ""


def counted_lines(
    protocol: Protocol, searched: Searched, answers: LineAnswers
) -> dict[str, tuple[CountedLine, ...]]:
    """Return the lines of each search with what the database answered."""
    return {
        source: tuple(
            CountedLine(line=line, answer=answers.get((source, line.query)))
            for line in lines_of(protocol, source, query)
        )
        for source, query in searched
    }


def plan_lines(
    protocol: Protocol, searched: Searched, known: LineAnswers, *, most: int, again: bool
) -> list[LinePlan]:
    """Return what is to be asked of each source that can count: at most `most` requests in all."""
    plans = []
    for source_id, query in searched:
        lines = sorted(lines_of(protocol, source_id, query), key=lambda line: line.depth)
        wanted = dict.fromkeys(line.query for line in lines)
        open_ = [one for one in wanted if again or not _is_known(known, source_id, one)]
        chosen = tuple(open_[:most])
        most -= len(chosen)
        if chosen:
            plans.append(LinePlan(source=SOURCES[source_id], queries=chosen))
    return plans


def _is_known(known: LineAnswers, source: str, query: str) -> bool:
    answer = known.get((source, query))
    return answer is not None and answer.count is not None


def ask_lines(
    project: ReviewProject,
    transport: Transport,
    plans: Iterable[LinePlan],
    *,
    started_at: str,
    again: bool,
    progress: Callable[[str, int, int], None],
) -> AskedLines:
    """Ask for the counts, keep them, and return all that are known.

    A source that does not answer is asked no further. Raises UsageError.
    """
    asked = AskedLines(answers=dict(read_line_answers(project)))
    for plan in plans:
        asker = Asker(
            project=project,
            source=plan.source,
            transport=transport,
            started_at=started_at,
            again=again,
        )
        for number, query in enumerate(plan.queries, start=1):
            try:
                asked.answers[plan.source.id, query] = _answer(asker, query)
            except (NotCached, RemoteError) as error:
                asked.why_not.append(f"{plan.source.label}: {error.what}")
                failed = LineAnswer(count=None, asked_on=started_at[:10])
                asked.answers.setdefault((plan.source.id, query), failed)
                break
            progress(plan.source.label, number, len(plan.queries))
        asked.requests += asker.sent

    write_line_answers(project, asked.answers)
    return asked


def _answer(asker: Asker, query: str) -> LineAnswer:
    asker.days.clear()
    counted = asker.ask(query, most=0)
    return LineAnswer(
        count=counted.count, asked_on=max(asker.days, default=""), warnings=counted.warnings
    )


def answers_file(project: ReviewProject) -> Path:
    """Return where the counts of lines are kept."""
    return project.output / "line-hits.json"


def read_line_answers(project: ReviewProject) -> LineAnswers:
    """Return the kept counts; none where none was asked. Raises UsageError for a damaged file."""
    path = answers_file(project)
    try:
        return dict(_answers_in(read_json(path.read_bytes())))
    except FileNotFoundError:
        return {}
    except OSError as error:
        why = system_reason(error)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        why = f"it is not what reviewkit wrote ({error})"
    raise UsageError(
        f"cannot be read: {why}",
        where=str(path),
        hint="remove it; reviewkit appendix --hits makes it again from the cache",
    )


def _answers_in(content: Any) -> Iterator[tuple[tuple[str, str], LineAnswer]]:
    for source, lines in content.items():
        for line in lines:
            count = line["count"]
            answer = LineAnswer(
                count=count if count is None else int(count),
                asked_on=str(line["asked_on"]),
                warnings=tuple(map(str, line["warnings"])),
            )
            yield (str(source), str(line["query"])), answer


def write_line_answers(project: ReviewProject, answers: LineAnswers) -> None:
    """Keep the counts that came. Raises UsageError where the file cannot be written."""
    content: dict[str, list[dict[str, Any]]] = {}
    for (source, query), answer in answers.items():
        if answer.count is None:
            continue
        content.setdefault(source, []).append(
            {
                "query": query,
                "count": answer.count,
                "asked_on": answer.asked_on,
                "warnings": list(answer.warnings),
            }
        )
    if content:
        text = to_json(content, indent=1)
        write_own(answers_file(project), (text + "\n").encode())
