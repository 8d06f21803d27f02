"""Whether the full text of a report is free, from the answers of services. Pure.

An error or no answer is "unknown", never "paid". What is free today may not have been free then,
and the other way round.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """The access to a report, the best first."""

    FREE_LICENSED = "free_licensed"
    FREE_TO_READ = "free_to_read"
    EMBARGOED = "embargoed"
    PREPRINT_ONLY = "preprint_only"
    NOT_FOUND_FREE = "not_found_free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAnswer:
    """One service's answer on one record, and when it was received (ISO 8601, UTC).

    `until` is the end of an embargo, `pdf` an address.
    `failed` is true where the service did not answer at all.
    """

    service: str
    status: Access
    evidence: str
    checked_at: str = ""
    until: str | None = None
    licence: str | None = None
    pdf: str | None = None
    failed: bool = False


_ORDER = tuple(Access)
_NEGATIVE = frozenset({Access.NOT_FOUND_FREE, Access.UNKNOWN})
_OPEN_LICENCE = re.compile(r"^(?:cc\b|cc0|cc-|public[- ]domain|pd\b|publicdomain)", re.IGNORECASE)


def is_open_licence(licence: str | None) -> bool:
    """Return whether a licence lets everybody copy: Creative Commons or public domain."""
    return bool(licence and _OPEN_LICENCE.match(licence.strip()))


def decide(
    answers: Sequence[AccessAnswer], looks_everywhere: Collection[str], names: Mapping[str, str]
) -> AccessAnswer:
    """Return the answer for a record: the best that a service gave.

    `names` are what people call the services.
    "Not found free" needs a service of `looks_everywhere` to say so, and none that failed.
    """
    positive = [answer for answer in answers if answer.status not in _NEGATIVE]
    if positive:
        return min(positive, key=_rank)

    failed = [answer for answer in answers if answer.failed]
    if failed:
        return _unknown(failed, answers, names)

    conclusive = (answer for answer in answers if _is_conclusive(answer, looks_everywhere))

    return next(conclusive, None) or _unknown(answers, answers, names)


def _is_conclusive(answer: AccessAnswer, looks_everywhere: Collection[str]) -> bool:
    return answer.status is Access.NOT_FOUND_FREE and answer.service in looks_everywhere


def _unknown(
    reasons: Sequence[AccessAnswer], answers: Sequence[AccessAnswer], names: Mapping[str, str]
) -> AccessAnswer:
    evidence = "; ".join(f"{names[answer.service]}: {answer.evidence}" for answer in reasons)
    return AccessAnswer(
        service="",
        status=Access.UNKNOWN,
        evidence=evidence or "no service was asked",
        checked_at=max((answer.checked_at for answer in answers), default=""),
        failed=any(answer.failed for answer in reasons),
    )


def _rank(answer: AccessAnswer) -> tuple[int, bool, str]:
    """Return a key that sorts the best answer first; of equal ones, one with a PDF."""
    return _ORDER.index(answer.status), answer.pdf is None, answer.service
