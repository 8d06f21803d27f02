"""The report's table on a living review: how far it is searched and decided, and what is due. Pure.

No clock is read here: "overdue" and "retired" are days, so a page stays the same until one of them
comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.model.messages import day, mark, tr, tr_n
from reviewkit.report.model import Block, Cell, Tone
from reviewkit.report.words import clause, table

NOT_KNOWN = mark("not known")
_TIMES = {
    "day": mark("day"),
    "week": mark("week"),
    "fortnight": mark("fortnight"),
    "month": mark("month"),
    "quarter": mark("quarter"),
    "year": mark("year"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingState:
    """The state of a living review; days are ISO 8601, `None` is "not known" or "none yet".

    `state` is active, overdue, interrupted, retired, never updated or not scheduled, as of `on`.
    `every` is how often it is to be updated. `failed` and `unsearched` are names of sources.
    `pending` counts the records that need a decision.
    """

    state: str
    on: str | None
    every: str | None
    searched_through: str | None
    unsearched: tuple[str, ...]
    pending: int | None
    included_through: str | None
    next_due: str | None
    retired: str | None
    why_retired: str | None
    last_update: str | None
    last_outcome: str | None
    failed: tuple[str, ...]
    version: str | None
    version_released: str | None
    version_searched_through: str | None


_TONES = {"active": Tone.GOOD, "overdue": Tone.BAD, "interrupted": Tone.CLOSE}


def living_table(living: LivingState | None) -> tuple[Block, ...]:
    """Return the table of the first page; nothing for a review that is not a living one."""
    if living is None:
        return ()
    head = [tr("Living review"), tr("State")]
    return table(tr("State of the living review"), head, _rows(living))


def _rows(living: LivingState) -> Iterator[tuple[str, str | Cell]]:
    yield tr("State"), Cell(text=_state(living), tone=_TONES.get(living.state, Tone.OPEN))
    yield tr("Searched through"), _searched(living)
    yield tr("Pending"), _pending(living.pending)
    yield tr("Included through"), day(living.included_through or tr(NOT_KNOWN))
    yield tr("Next update due"), _due(living)
    yield tr("Last update"), _last_update(living)
    yield tr("Last version released"), _version(living)


def _state(living: LivingState) -> str:
    match living.state:
        case "active":
            return tr("Active: updated every {time}", time=time_words(living.every))
        case "overdue":
            return tr("Overdue since {day}", day=day(living.next_due or ""))
        case "retired":
            why = living.why_retired or tr("not updated any more")
            return tr("Retired on {day}: {why}", day=day(living.retired or ""), why=why)
        case "interrupted":
            return tr("An update was interrupted")
        case "never updated":
            return tr("Not updated yet; planned every {time}", time=time_words(living.every))
        case _:
            return tr("Updated by hand: the protocol does not say how often")


def time_words(every: str | None) -> str:
    """Return how often a review is updated: "week" for "every week"."""
    return tr(_TIMES.get(every or "", every or ""))


def _searched(living: LivingState) -> str:
    through = living.searched_through
    if not living.unsearched:
        return day(through or tr(NOT_KNOWN))

    never = tr("never searched: {sources}", sources=", ".join(living.unsearched))
    if through is None:
        return never
    return f"{day(through)} ({never})"


def _pending(pending: int | None) -> str:
    if pending is None:
        return tr(NOT_KNOWN)
    if pending == 0:
        return tr("none: every record is decided")
    return tr_n(
        pending,
        "{n} record to be screened or assessed",
        "{n} records to be screened or assessed",
    )


def _due(living: LivingState) -> str:
    if living.state == "retired":
        return tr("none")
    if living.every is None:
        return tr(NOT_KNOWN)

    until = clause(mark("; to be retired on {value}"), day(living.retired or ""))

    return day(living.next_due or tr("now: it was never searched")) + until


def _last_update(living: LivingState) -> str:
    if living.last_update is None:
        return tr("none yet")

    failed = clause(mark(": {value} failed"), ", ".join(living.failed))
    return f"{day(living.last_update)}, {tr(living.last_outcome or '')}{failed}"


def _version(living: LivingState) -> str:
    if living.version is None:
        return tr("none yet")

    return tr(
        "{version} on {day}, searched through {through}",
        version=living.version,
        day=day(living.version_released or ""),
        through=day(living.version_searched_through or tr(NOT_KNOWN)),
    )
