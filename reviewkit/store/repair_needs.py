"""What the rows of a repaired database name: a protocol, a record, a run; by its key where lost."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewkit.store.database import Row, Store, insert_into
from reviewkit.store.events import SOURCE_RENAMING, WITHDRAWAL, Event
from reviewkit.store.exchange import records_named
from reviewkit.store.hashes import RECORD_HASHED

_LISTS = (
    "authors", "collective_authors", "issns", "languages", "headings", "keywords", "types", "links",
    "relations",
)  # fmt: skip


@dataclass(slots=True)
class Needs:
    """Makes sure that what is named is there. What was lost is kept in the three lists.

    `protocols` are texts that are at hand elsewhere, review and text by hash. `contents` is the
    last content that is known of a record besides its own row, `copies` the rows that another copy
    of the database has.
    """

    store: Store
    protocols: Mapping[str, tuple[str, str]]
    contents: Mapping[str, str]
    copies: Mapping[str, Row]
    lost_protocols: list[str] = field(default_factory=list)
    lost_records: list[str] = field(default_factory=list)
    lost_runs: list[str] = field(default_factory=list)

    def of_event(self, event: Event) -> None:
        """Give an event all that it names."""
        self.protocol(str(event["protocol_sha256"]))
        if event.get("before_sha256"):
            self.protocol(str(event["before_sha256"]))
        if event["kind"] == WITHDRAWAL.name:
            self._run_by_hash(str(event["run_sha256"]))
        elif event["kind"] != SOURCE_RENAMING.name:
            for record in records_named(event):
                self.record(str(record))

    def of_value(self, table: str, column: str, value: Any) -> bool:
        """Return whether what a row names is there, or could be kept by its key."""
        if value is None:
            return True
        if table == "protocols":
            self.protocol(str(value))
        elif table == "records":
            self.record(str(value))
        elif (table, column) == ("runs", "run"):
            self._run(value)
        else:
            return self._is_there(table, column, value)
        return True

    def _is_there(self, table: str, column: str, value: Any) -> bool:
        return self.store.first(f"SELECT 1 FROM {table} WHERE {column} = ?", [value]) is not None

    def protocol(self, sha256: str) -> None:
        """Make sure that a version of the protocol is there."""
        if self._is_there("protocols", "protocol_sha256", sha256):
            return
        review, toml = self.protocols.get(sha256, ("", ""))
        if not toml:
            self.lost_protocols.append(sha256)
        insert = insert_into("protocols", ("protocol_sha256", "review", "toml"))
        self.store.insert(insert, [sha256, review, toml])

    def record(self, record: str) -> None:
        """Make sure that a record is there, with the last content that is known."""
        if self._is_there("records", "record", record):
            return
        if record in self.copies:
            self.store.insert(insert_into("records", RECORD_HASHED), self.copies[record])
            return
        source, _, source_id = record.partition(":")
        values: dict[str, Any] = {"source": source, "source_id": source_id, "other": "{}"}
        values |= dict.fromkeys(_LISTS, "[]")
        if record in self.contents:
            values |= json.loads(self.contents[record])

        insert = insert_into("records", ("record", *values))
        self.store.insert(insert, [record, *values.values()])
        self.lost_records.append(record)

    def _run(self, number: int) -> None:
        """Make sure that a run is there: its list stays, and it counts nowhere."""
        if not self._is_there("runs", "run", number):
            self._add_run({"run": number, "run_sha256": f"lost {number}"})

    def _run_by_hash(self, sha256: str) -> None:
        if not self._is_there("runs", "run_sha256", sha256):
            self._add_run({"run_sha256": sha256})

    def _add_run(self, values: dict[str, Any]) -> None:
        protocol = self.store.value("SELECT protocol_sha256 FROM protocols LIMIT 1")
        values |= dict.fromkeys(("source", "strategy", "query", "endpoint", "searched_at"), "")
        values |= {
            "protocol_sha256": protocol,
            "role": "database",
            "counts_in_flow": 0,
            "status": "failed",
            "warnings": "[]",
            "error": "lost in a damaged database",
        }
        self.store.insert(insert_into("runs", [*values]), [*values.values()])
        self.lost_runs.append(str(values.get("run", values["run_sha256"])))
