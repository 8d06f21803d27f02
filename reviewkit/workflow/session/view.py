"""One record as its reviewer may see it: everything that a face shows, and nothing that blinding hides."""

import re
from collections.abc import Sequence
from pathlib import Path

from reviewkit.model.records import Record, Stage, Verdict
from reviewkit.protocol.model import Protocol
from reviewkit.screening.citation import cite_record, links_of
from reviewkit.screening.highlights import find_spans
from reviewkit.screening.models import CriterionView, Others, Progress, RecordView, Span, Term
from reviewkit.screening.queue import Queue, may_see_others
from reviewkit.store import Store, annotations, screening_queries
from reviewkit.store.checks import checks_of
from reviewkit.store.duplicates import copies_of
from reviewkit.workflow.merged_record import filled_record
from reviewkit.workflow.session.session_config import Ranker, SessionConfig

CompiledTerms = Sequence[tuple[Term, re.Pattern[str]]]


def build_view(
    store: Store,
    config: SessionConfig,
    queue: Queue,
    key: str,
    *,
    terms: CompiledTerms,
    ranker: Ranker | None,
    progress: Progress,
) -> RecordView | None:
    """The view of a record; `None` where the database has no such record."""
    whole = filled_record(store, key)
    if whole is None:
        return None
    record = whole.record
    spoken = screening_queries.decisions_on(store, key)
    own = next(
        (d for d, _ in spoken if (d.reviewer, d.stage) == (config.reviewer, config.stage)), None
    )
    others = _others(config, queue, key, spoken, decided=own is not None)
    open_eyes = _may_see(config, queue, key, published=False, decided=own is not None)
    return RecordView(
        record=record,
        stage=config.stage,
        citation=cite_record(record),
        criteria=criteria_of(store, config.protocol, key),
        own=own,
        own_history=tuple(
            reversed(
                screening_queries.decision_history(store, config.reviewer, config.stage, record=key)
            )
        ),
        earlier_stage=_earlier(config, spoken),
        others=others,
        others_hidden=not open_eyes,
        note=annotations.note_of(store, key, config.reviewer),
        tags=annotations.tags_of(store, key, config.reviewer),
        links=links_of(record),
        pdf=_pdf(config.fulltext, key),
        retrieval=annotations.retrieval_of(store, key),
        why=ranker.why(key) if ranker and open_eyes else None,
        pilot=queue.in_pilot(key),
        copies=copies_of(store, key),
        progress=progress,
        highlights=highlight(record, terms),
        filled=whole.filled,
    )


def highlight(record: Record, terms: CompiledTerms) -> dict[str, tuple[Span, ...]]:
    """The spans in the title, the abstract and the keywords as "; "-joined text."""
    texts = {
        "title": record.title,
        "abstract": record.abstract,
        "keywords": "; ".join(record.keywords),
    }
    return {name: find_spans(text, terms) if text else () for name, text in texts.items()}


def criteria_of(store: Store, protocol: Protocol, key: str) -> tuple[CriterionView, ...]:
    """Every criterion of the protocol with what the machine found on a record."""
    checks = checks_of(store, key)
    return tuple(
        CriterionView(
            criterion=criterion.id,
            kind=criterion.kind,
            wording=criterion.wording,
            checked_by=criterion.check.by,
            answer=checks[criterion.id].answer if criterion.id in checks else None,
            evidence=checks[criterion.id].evidence if criterion.id in checks else None,
        )
        for criterion in protocol.criteria
    )


def _may_see(
    config: SessionConfig, queue: Queue, key: str, *, published: bool, decided: bool
) -> bool:
    return may_see_others(
        blind=config.blind,
        published=published,
        decided=decided,
        deciders=queue.deciders(key),
        needed=queue.needs(key),
    )


def _others(
    config: SessionConfig,
    queue: Queue,
    key: str,
    spoken: Sequence[screening_queries.DecisionAndOrigin],
    *,
    decided: bool,
) -> tuple[Others, ...]:
    return tuple(
        Others(decision=decision, published=published)
        for decision, published in spoken
        if (decision.reviewer, decision.stage) != (config.reviewer, config.stage)
        and _visible_stage(config, decision.stage, published=published)
        and _may_see(config, queue, key, published=published, decided=decided)
    )


def _visible_stage(config: SessionConfig, stage: Stage, *, published: bool) -> bool:
    """Of other stages only the published review's word is shown: the stage's own queue tells the rest."""
    return stage is config.stage or published


def _earlier(
    config: SessionConfig, spoken: Sequence[screening_queries.DecisionAndOrigin]
) -> Verdict | None:
    if config.stage is Stage.TITLE_ABSTRACT:
        return None
    mine = [
        d.verdict
        for d, _ in spoken
        if d.reviewer == config.reviewer and d.stage is Stage.TITLE_ABSTRACT
    ]
    return mine[0] if mine else None


def _pdf(folder: Path, key: str) -> str | None:
    path = folder / (re.sub(r"[^A-Za-z0-9._-]", "_", key) + ".pdf")
    return str(path) if path.is_file() else None
