"""Find records by words, by identifier, by tag, source and year; read their texts for ranking.

A copy is returned as its lead record: the one that decisions are made on.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from reviewkit.dedupe.merge import merge
from reviewkit.model.identifiers import doi_in, doi_key, pmcid_in, pmid_in
from reviewkit.model.records import Record, Verdict
from reviewkit.screening.models import RecordSummary
from reviewkit.store.corrections import corrections_by_record
from reviewkit.store.database import Row, Store


def search_words(store: Store, words: str, limit: int = -1) -> list[str]:
    """Return records whose title or abstract has all of the words, the best match first.

    Each word may also be the beginning of one.
    """
    query = _words_query(words)
    if not query:
        return []

    rows = store.rows(
        "SELECT coalesce(lead, records.record) FROM records_fts "
        "JOIN records ON records.rowid = records_fts.rowid LEFT JOIN duplicates USING (record) "
        "WHERE records_fts MATCH ? GROUP BY 1 ORDER BY min(records_fts.rank) LIMIT ?",
        [query, limit],
    )
    return [record for (record,) in rows]


def find_named(store: Store, text: str) -> list[str]:
    """Return the records whose key, identifier in their source, DOI, PMID or PMCID the text is.

    A DOI or a PMID may be bare, behind its label, or the address of its resolver.
    """
    name = text.strip()
    if not any(character.isdigit() for character in name):
        return []

    rows = store.rows(
        "SELECT DISTINCT coalesce(lead, record) "
        "FROM records LEFT JOIN duplicates USING (record) "
        "WHERE record = ? OR source_id = ? OR pmid = ? OR pmcid = ? OR lower(doi) = ? ORDER BY 1",
        [name, name, pmid_in(name), pmcid_in(name), doi_key(doi_in(name)) or None],
    )
    return [record for (record,) in rows]


def keys_beginning(store: Store, text: str, *, limit: int) -> list[str]:
    """Return the first `limit` keys of records that begin with a text, in their order."""
    rows = store.rows(
        "SELECT record FROM records WHERE substr(record, 1, length(?)) = ? ORDER BY record LIMIT ?",
        [text, text, limit],
    )
    return [record for (record,) in rows]


def matching(store: Store, words: str) -> frozenset[str]:
    """Return all records that `search_words` finds, in no order: ranking 100,000 takes a second."""
    rows = store.rows(
        "SELECT DISTINCT coalesce(lead, record) FROM records LEFT JOIN duplicates USING (record) "
        "WHERE records.rowid IN (SELECT rowid FROM records_fts WHERE records_fts MATCH ?)",
        [_words_query(words)],
    )
    return frozenset(record for (record,) in rows)


def _words_query(words: str) -> str:
    quoted = (word.replace('"', '""') for word in words.split())
    return " ".join(f'"{word}"*' for word in quoted)


def select_records(
    store: Store,
    *,
    reviewer: str,
    tag: str,
    source: str,
    year_from: int | None,
    year_to: int | None,
) -> frozenset[str]:
    """Return the records with a reviewer's tag, from a source, of certain years.

    Empty parts select all.
    """
    rows = store.rows(
        "SELECT record FROM records WHERE (? = '' OR source = ?) AND (? IS NULL OR year >= ?) "
        "AND (? IS NULL OR year <= ?) AND (? = '' OR record IN "
        "(SELECT record FROM current_tags WHERE tag = ? AND reviewer = ?))",
        [source, source, year_from, year_from, year_to, year_to, tag, tag, reviewer],
    )
    return frozenset(record for (record,) in rows)


def list_hits(
    store: Store, records: Iterable[str], own: Mapping[str, Verdict | None]
) -> tuple[RecordSummary, ...]:
    """Return one line for each record, in their order, with the reviewer's `own` verdicts."""
    summaries = []

    for record in records:
        row = store.first(
            "SELECT coalesce(title, ''), year FROM records WHERE record = ?", [record]
        )
        if row:
            title, year = row
            verdict = own.get(record)
            summaries.append(RecordSummary(record=record, title=title, year=year, verdict=verdict))
    return tuple(summaries)


_TEXTS = "source, source_id, title, original_title, abstract, keywords, headings"


def ranking_texts(store: Store) -> Iterator[Record]:
    """Yield every record of the flow with only the fields that ranking reads, by key.

    Each field is from the copy that has it best, as reviewers see it.
    """
    rows = store.each(
        f"SELECT {_TEXTS} FROM records "
        "WHERE record IN (SELECT record FROM flow_records) ORDER BY record"
    )
    copies = store.each(
        f"SELECT duplicates.lead, {_TEXTS} FROM duplicates JOIN records USING (record) "
        "ORDER BY duplicates.lead, record"
    )
    corrected = corrections_by_record(store)
    by_lead = groupby(copies, key=lambda row: row[0])
    lead, led = next(by_lead, (None, iter(())))

    for record in map(_text_of, rows):
        while lead is not None and lead < record.key:
            lead, led = next(by_lead, (None, iter(())))
        if lead != record.key:
            yield record
            continue

        chosen = {correction.field for correction in corrected.get(record.key, ())}
        yield merge(record, [_text_of(row[1:]) for row in led], chosen=chosen).record


def _text_of(row: Row) -> Record:
    source, source_id, title, original, abstract, keywords, headings = row
    return Record(
        source=source,
        source_id=source_id,
        title=title,
        original_title=original,
        abstract=abstract,
        keywords=tuple(json.loads(keywords)),
        headings=tuple(json.loads(headings)),
    )
