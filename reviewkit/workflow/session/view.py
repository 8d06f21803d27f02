"""One record as its reviewer may see it, without what blinding hides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewkit.model.record_fields import value_words
from reviewkit.model.records import Decision, Record, Stage, Verdict
from reviewkit.protocol.model import Protocol
from reviewkit.screening.citation import cite_record, links_of
from reviewkit.screening.highlights import find_spans
from reviewkit.screening.models import (
    CorrectedField,
    CriterionView,
    OtherDecision,
    RecordView,
    Span,
    Term,
)
from reviewkit.screening.queue import may_see_others
from reviewkit.store import Store, annotations, screening_queries
from reviewkit.store.checks import checks_of
from reviewkit.store.corrections import current_corrections, value_of
from reviewkit.store.duplicates import copies_of
from reviewkit.store.studies import studies_of
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.session.session_config import SessionConfig
from reviewkit.workflow.session.session_store import SessionStore

CompiledTerms = Sequence[tuple[Term, re.Pattern[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blinding:
    """Whether this reviewer may see others' decisions on one record."""

    blind: bool
    decided: bool
    deciders: int
    needed: int

    def may_see(self, *, published: bool) -> bool:
        return may_see_others(
            blind=self.blind,
            published=published,
            decided=self.decided,
            deciders=self.deciders,
            needed=self.needed,
        )


def build_view(session_store: SessionStore, key: str, *, terms: CompiledTerms) -> RecordView | None:
    """Return the view of a record; `None` where the database has no such record."""
    store, config, queue = session_store.store, session_store.config, session_store.queue
    merged = read_merged_record(store, key)
    if merged is None:
        return None

    record = merged.record
    decisions = screening_queries.decisions_on(store, key)
    own = _own_decision(config, decisions)
    history = screening_queries.decision_history(store, config.reviewer, config.stage, record=key)
    blinding = _Blinding(
        blind=config.blind,
        decided=own is not None,
        deciders=queue.deciders(key),
        needed=queue.needs(key),
    )
    colleagues_visible = blinding.may_see(published=False)
    return RecordView(
        record=record,
        stage=config.stage,
        citation=cite_record(record),
        criteria=criteria_of(store, config.protocol, key),
        own=own,
        own_history=tuple(reversed(history)),
        earlier_stage=_earlier_verdict(config, decisions),
        others=_visible_decisions(config, decisions, blinding),
        others_hidden=not colleagues_visible,
        note=annotations.note_of(store, key, config.reviewer),
        tags=annotations.tags_of(store, key, config.reviewer),
        links=links_of(record),
        pdf=_find_pdf(config.fulltext, key),
        retrieval=annotations.retrieval_of(store, key),
        why=_ranking_words(session_store, key, visible=colleagues_visible),
        pilot=queue.in_pilot(key),
        copies=copies_of(store, key),
        progress=session_store.progress,
        highlights=highlight(record, terms),
        filled=merged.filled,
        corrections=_corrections(store, key),
        studies=studies_of(store, key),
    )


def _corrections(store: Store, key: str) -> tuple[CorrectedField, ...]:
    return tuple(
        CorrectedField(
            field=each.field,
            source_value=value_words(value_of(each.source_value)),
            why=each.why,
            reviewer=each.reviewer,
            at=each.corrected_at,
        )
        for each in current_corrections(store, key).values()
    )


def highlight(record: Record, terms: CompiledTerms) -> dict[str, tuple[Span, ...]]:
    """Return the spans by field: title, abstract, and the keywords as "; "-joined text."""
    texts = {
        "title": record.title or "",
        "abstract": record.abstract or "",
        "keywords": "; ".join(record.keywords),
    }
    return {name: find_spans(text, terms) for name, text in texts.items()}


def criteria_of(store: Store, protocol: Protocol, key: str) -> tuple[CriterionView, ...]:
    """Return every criterion of the protocol with what the machine found on a record."""
    checks = checks_of(store, key)
    views = []
    for criterion in protocol.criteria:
        view = CriterionView(
            criterion=criterion.id,
            kind=criterion.kind,
            wording=criterion.wording,
            checked_by=criterion.check.by,
            answer=None,
            evidence=None,
        )
        if check := checks.get(criterion.id):
            view = replace(view, answer=check.answer, evidence=check.evidence)

        views.append(view)
    return tuple(views)


def _own_decision(
    config: SessionConfig, decisions: Sequence[screening_queries.DecisionAndOrigin]
) -> Decision | None:
    for decision, _ in decisions:
        if (decision.reviewer, decision.stage) == (config.reviewer, config.stage):
            return decision
    return None


def _visible_decisions(
    config: SessionConfig,
    decisions: Sequence[screening_queries.DecisionAndOrigin],
    blinding: _Blinding,
) -> tuple[OtherDecision, ...]:
    """Return the others' decisions that may be shown.

    Of the other stage only the published review's are shown; a colleague's belong to that
    stage's own queue.
    """
    visible = []
    for decision, published in decisions:
        own = (decision.reviewer, decision.stage) == (config.reviewer, config.stage)
        in_stage = decision.stage is config.stage or published
        if not own and in_stage and blinding.may_see(published=published):
            visible.append(OtherDecision(decision=decision, published=published))
    return tuple(visible)


def _earlier_verdict(
    config: SessionConfig, decisions: Sequence[screening_queries.DecisionAndOrigin]
) -> Verdict | None:
    """Return the reviewer's own verdict on title and abstract, at full text."""
    if config.stage is Stage.TITLE_ABSTRACT:
        return None

    for decision, _ in decisions:
        if decision.reviewer == config.reviewer and decision.stage is Stage.TITLE_ABSTRACT:
            return decision.verdict
    return None


def _ranking_words(
    session_store: SessionStore, key: str, *, visible: bool
) -> tuple[tuple[str, float], ...] | None:
    if session_store.ranker is None or not visible:
        return None
    return session_store.ranker.why(key)


def _find_pdf(folder: Path, key: str) -> str | None:
    path = folder / (re.sub(r"[^A-Za-z0-9._-]", "_", key) + ".pdf")
    if not path.is_file():
        return None
    return str(path)
