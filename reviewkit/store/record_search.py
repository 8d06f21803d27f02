"""Find records by words, by identifier, by tag, source and year; read their texts for ranking."""

import json
from collections.abc import Iterable, Iterator, Mapping

from reviewkit.model.identifiers import doi_in, doi_key, pmcid_in, pmid_in
from reviewkit.model.records import Record, Verdict
from reviewkit.screening.models import RecordSummary
from reviewkit.store.database import Store


def search_words(store: Store, words: str, limit: int = -1) -> list[str]:
    """Records whose title or abstract has all of the words (each also as a beginning), the best match first.

    A copy is found as the record that it is decided with; here and in the two below.
    """
    query = _words_query(words)
    if not query:
        return []
    rows = store.rows(
        "SELECT coalesce(lead, records.record) AS record FROM records_fts "
        "JOIN records ON records.rowid = records_fts.rowid LEFT JOIN duplicates USING (record) "
        "WHERE records_fts MATCH ? GROUP BY 1 ORDER BY min(records_fts.rank) LIMIT ?",
        [query, limit],
    )
    return [row["record"] for row in rows]


def find_named(store: Store, text: str) -> list[str]:
    """Return the records whose key, identifier in their source, DOI, PMID or PMCID the text is.

    A DOI or a PMID may be bare, behind its label, or the address of its resolver.
    """
    name = text.strip()
    if not any(character.isdigit() for character in name):
        return []

    rows = store.rows(
        "SELECT DISTINCT coalesce(lead, record) AS record "
        "FROM records LEFT JOIN duplicates USING (record) "
        "WHERE record = ? OR source_id = ? OR pmid = ? OR pmcid = ? OR lower(doi) = ? ORDER BY 1",
        [name, name, pmid_in(name), pmcid_in(name), doi_key(doi_in(name)) or None],
    )
    return [row["record"] for row in rows]


def matching(store: Store, words: str) -> frozenset[str]:
    """The records that `search` finds, all of them and in no order: ranking 100,000 takes a second."""
    query = _words_query(words)
    rows = store.tuples(
        "SELECT DISTINCT coalesce(lead, record) FROM records LEFT JOIN duplicates USING (record) "
        "WHERE records.rowid IN (SELECT rowid FROM records_fts WHERE records_fts MATCH ?)",
        [query],
    )
    return frozenset(record for (record,) in rows)


def _words_query(words: str) -> str:
    return " ".join('"' + word.replace('"', '""') + '"*' for word in words.split())


def select_records(
    store: Store,
    *,
    reviewer: str,
    tag: str,
    source: str,
    year_from: int | None,
    year_to: int | None,
) -> frozenset[str]:
    """The records that have a reviewer's tag, come from a source, and are of certain years; empty parts ask nothing."""
    rows = store.rows(
        "SELECT record FROM records WHERE (? = '' OR source = ?) AND (? IS NULL OR year >= ?) "
        "AND (? IS NULL OR year <= ?) AND (? = '' OR record IN "
        "(SELECT record FROM current_tags WHERE tag = ? AND reviewer = ?))",
        [source, source, year_from, year_from, year_to, year_to, tag, tag, reviewer],
    )
    return frozenset(row["record"] for row in rows)


def list_hits(
    store: Store, records: Iterable[str], own: Mapping[str, Verdict]
) -> tuple[RecordSummary, ...]:
    """One line per record, in the order given."""
    found = []
    for record in records:
        rows = store.rows(
            "SELECT coalesce(title, '') AS title, year FROM records WHERE record = ?", [record]
        )
        found += [
            RecordSummary(
                record=record, title=row["title"], year=row["year"], verdict=own.get(record)
            )
            for row in rows
        ]
    return tuple(found)


def ranking_texts(store: Store) -> Iterator[Record]:
    """Every record of the flow with the fields that ranking reads, and no others, one at a time."""
    rows = store.each(
        # A record without an abstract is known by that of a copy.
        "SELECT source, source_id, title, original_title, coalesce(abstract, (SELECT copy.abstract FROM duplicates "
        "JOIN records AS copy ON copy.record = duplicates.record WHERE duplicates.lead = records.record "
        "AND copy.abstract IS NOT NULL ORDER BY copy.record LIMIT 1)), keywords, headings FROM records "
        "WHERE record IN (SELECT record FROM flow_records) ORDER BY record"
    )
    for source, source_id, title, original, abstract, keywords, headings in rows:
        yield Record(
            source=source,
            source_id=source_id,
            title=title,
            original_title=original,
            abstract=abstract,
            keywords=tuple(json.loads(keywords)),
            headings=tuple(json.loads(headings)),
        )
