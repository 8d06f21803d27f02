"""Whether a report can be had in full and free, from what services answered. Pure.

An error, and a silence, is "unknown": never "paid". What is free today may not have been then, and the other way round.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """What is known of a report, the best first."""

    FREE_LICENSED = "free_licensed"
    FREE_TO_READ = "free_to_read"
    EMBARGOED = "embargoed"
    PREPRINT_ONLY = "preprint_only"
    NOT_FOUND_FREE = "not_found_free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAnswer:
    """One service's answer on one record, and when it came (ISO 8601, UTC).

    `until` is the end of an embargo, `pdf` an address, `failed` whether the service failed to answer at all.
    """

    service: str
    status: Access
    evidence: str
    checked_at: str = ""
    until: str | None = None
    licence: str | None = None
    pdf: str | None = None
    failed: bool = False


_OPEN_LICENCE = re.compile(r"^(?:cc\b|cc0|cc-|public[- ]domain|pd\b|publicdomain)", re.IGNORECASE)


def is_open_licence(licence: str | None) -> bool:
    """Whether a licence lets everybody copy: Creative Commons or public domain."""
    return bool(licence and _OPEN_LICENCE.match(licence.strip()))


def decide(answers: Sequence[AccessAnswer], looks_everywhere: Collection[str]) -> AccessAnswer:
    """The answer that stands for a record: the best that a service gave.

    "Not found free" needs a service of `looks_everywhere` to say so, and none that failed.
    """
    order = tuple(Access)
    found = [a for a in answers if a.status not in {Access.NOT_FOUND_FREE, Access.UNKNOWN}]
    if found:
        return min(found, key=lambda a: (order.index(a.status), a.pdf is None, a.service))
    failed = [a for a in answers if a.failed]
    against = [
        a for a in answers if a.status is Access.NOT_FOUND_FREE and a.service in looks_everywhere
    ]
    if against and not failed:
        return against[0]
    told = (
        "; ".join(f"{a.service}: {a.evidence}" for a in failed or answers) or "no service was asked"
    )
    at = max((a.checked_at for a in answers), default="")
    return AccessAnswer(
        service="", status=Access.UNKNOWN, evidence=told, checked_at=at, failed=bool(failed)
    )
