"""The queue of a large stage, kept in a file beside the database: the next session opens at once.

The file can be deleted: it is only a copy. It is written whole or not at all, and checked before
use. It is used where the stage still consists of the same records under the same rules, and its
events are the first of the database's: what was decided since is then read record by record.
Otherwise the stage is read whole, as for a small review.
"""

import hashlib
import json
from array import array
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reviewkit.cache.disk import write_whole
from reviewkit.model.records import Stage, Verdict
from reviewkit.model.version import __version__
from reviewkit.screening.models import Order
from reviewkit.screening.rules import RecordRules
from reviewkit.screening.standings import Standing, Standings
from reviewkit.store import Store, stage_marks
from reviewkit.store.chain import ChainHead
from reviewkit.store.stage_marks import QueueMark
from reviewkit.workflow.open_review import reviewers_needed
from reviewkit.workflow.session.session_config import SessionConfig

# With fewer records than this, reading the stage whole takes no noticeable time.
_WORTH_KEEPING = 20_000
# More records than this are read faster together than one by one.
_MOST_SINCE = 5_000
_MAGIC = b"reviewkit queue 1\n"


def queue_file(database: Path, stage: Stage) -> Path:
    """Return the path of the queue of a database's stage."""
    return database.with_name(f"{database.name}.{stage}.queue")


def is_large(store: Store) -> bool:
    """Return whether reading a stage whole takes a time that a person notices."""
    return stage_marks.most_records(store) >= _WORTH_KEEPING


def is_worth_keeping(store: Store, config: SessionConfig) -> bool:
    """Return whether a session's queue is kept.

    Full text is not: which records it has follows from every decision on titles and abstracts.
    """
    if config.stage is Stage.FULL_TEXT or not store.can_write:
        return False
    return is_large(store)


def keep_queue(
    store: Store, config: SessionConfig, standings: Standings, mark: QueueMark, *, began: str | None
) -> None:
    """Write the file, or replace it, in one step. Where that is not possible, nothing is lost.

    `began` is what `pilot_began` gave before the stage was read.
    """
    order = "\n".join(standings.order)
    if order.count("\n") >= len(standings.order):
        return  # a key with a line break in it

    head = {
        "of": _made_from(store, config),
        "token": mark.token,
        "chain": [mark.chain.events, mark.chain.head],
        "seen": mark.seen,
        "began": began,
        "kinds": [_packed(kind) for kind in standings.kinds],
    }
    encoded, numbers = json.dumps(head).encode(), standings.numbers.tobytes()
    sizes = b"".join(len(part).to_bytes(8, "little") for part in (encoded, numbers))
    parts = (sizes, encoded, numbers, order.encode())

    check = hashlib.sha256()
    for part in parts:
        check.update(part)
    with suppress(OSError):
        write_whole(queue_file(store.path, config.stage), _MAGIC, *parts, check.digest())


def read_kept_queue(
    store: Store, config: SessionConfig
) -> tuple[Standings, str | None, list[str]] | None:
    """Return where each record stood, `began` as it was kept, and which got a decision since.

    `None` where there is no whole file of this stage and order, or more has changed since.
    """
    try:
        raw = memoryview(queue_file(store.path, config.stage).read_bytes())
    except OSError:
        return None

    body = raw[len(_MAGIC) : -32]
    if raw[: len(_MAGIC)] != _MAGIC or hashlib.sha256(body).digest() != raw[-32:]:
        return None

    head_end = 16 + int.from_bytes(body[:8], "little")
    numbers_end = head_end + int.from_bytes(body[8:16], "little")
    head = json.loads(bytes(body[16:head_end]))
    if head["of"] != _made_from(store, config):
        return None

    since = _touched_since(store, config, head)
    if since is None:
        return None

    order = str(body[numbers_end:], "utf-8").split("\n")
    numbers = array("I")
    numbers.frombytes(body[head_end:numbers_end])
    standings = Standings(order, map(_unpacked, head["kinds"]), numbers)
    return (standings, head["began"], since) if {*order}.issuperset(since) else None


def _touched_since(store: Store, config: SessionConfig, head: dict[str, Any]) -> list[str] | None:
    """Return the records with decisions since the file; `None` where that is not all."""
    events, end = head["chain"]
    chain = ChainHead(events=events, head=end)
    mark = QueueMark(token=head["token"], chain=chain, seen=tuple(head["seen"]))
    if not stage_marks.is_before(store, mark):
        return None

    since = stage_marks.records_touched_since(store, config.stage, mark.seen, limit=_MOST_SINCE + 1)
    # A decision brings back what a machine took out; an early one can change the pilot.
    if len(since) > _MOST_SINCE or stage_marks.removed_by_machine(store, since):
        return None

    first = head["began"] and stage_marks.first_decision_at(store, after=mark.seen[0])
    return None if first and first < head["began"] else since


def _made_from(store: Store, config: SessionConfig) -> list[Any]:
    """Return what the file depends on beside the database's own rows."""
    pilot = config.protocol.screening.pilot

    order = Order.RANDOM if config.order is Order.RANKED else config.order
    needed = reviewers_needed(config.protocol)[config.stage]
    return [
        __version__,
        config.stage,
        order,
        config.seed,
        needed,
        pilot and [pilot.size, pilot.seed],
    ]


def pilot_began(store: Store, config: SessionConfig) -> str | None:
    """Return the time on which the pilot's records depend; `None` without a pilot."""
    if config.protocol.screening.pilot is None:
        return None
    # Before the first decision, any is early.
    return stage_marks.first_decision_at(store) or "9999"


def _packed(standing: Standing) -> list[Any]:
    rules = {**asdict(standing.rules), "assigned": sorted(standing.rules.assigned)}
    return [rules, standing.decided, standing.settled]


def _unpacked(packed: list[Any]) -> Standing:
    rules, decided, settled = packed
    return Standing(
        rules=RecordRules(**{**rules, "assigned": frozenset(rules["assigned"])}),
        decided=tuple((reviewer, Verdict(verdict)) for reviewer, verdict in decided),
        settled=settled,
    )
