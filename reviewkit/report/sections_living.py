"""The report's table on a living review: how far it is searched and decided, and what is due. Pure.

No clock is read here: "overdue" and "retired" are days, so a page stays the same until one of them
comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.model.text import plural
from reviewkit.report.model import Block, Cell, Tone
from reviewkit.report.words import clause, table

NOT_KNOWN = "not known"


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
    return table("State of the living review", ["Living review", "State"], _rows(living))


def _rows(living: LivingState) -> Iterator[tuple[str, str | Cell]]:
    yield "State", Cell(text=_state(living), tone=_TONES.get(living.state, Tone.OPEN))
    yield "Searched through", _searched(living)
    yield "Pending", _pending(living.pending)
    yield "Included through", living.included_through or NOT_KNOWN
    yield "Next update due", _due(living)
    yield "Last update", _last_update(living)
    yield "Last version released", _version(living)


def _state(living: LivingState) -> str:
    match living.state:
        case "active":
            return f"Active: updated every {living.every}"
        case "overdue":
            return f"Overdue since {living.next_due}"
        case "retired":
            return f"Retired on {living.retired}: {living.why_retired or 'not updated any more'}"
        case "interrupted":
            return "An update was interrupted"
        case "never updated":
            return f"Not updated yet; planned every {living.every}"
        case _:
            return "Updated by hand: the protocol does not say how often"


def _searched(living: LivingState) -> str:
    through = living.searched_through
    if not living.unsearched:
        return through or NOT_KNOWN

    never = f"never searched: {', '.join(living.unsearched)}"
    if through is None:
        return never
    return f"{through} ({never})"


def _pending(pending: int | None) -> str:
    if pending is None:
        return NOT_KNOWN
    if pending == 0:
        return "none: every record is decided"
    return f"{plural(pending, 'record')} to be screened or assessed"


def _due(living: LivingState) -> str:
    if living.state == "retired":
        return "none"
    if living.every is None:
        return NOT_KNOWN

    until = clause("; to be retired on {}", living.retired)

    return f"{living.next_due or 'now: it was never searched'}{until}"


def _last_update(living: LivingState) -> str:
    if living.last_update is None:
        return "none yet"

    failed = clause(": {} failed", ", ".join(living.failed))
    return f"{living.last_update}, {living.last_outcome}{failed}"


def _version(living: LivingState) -> str:
    if living.version is None:
        return "none yet"

    through = living.version_searched_through or NOT_KNOWN
    return f"{living.version} on {living.version_released}, searched through {through}"
