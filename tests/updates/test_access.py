"""Access: the best answer of all services decides."""

from reviewkit.sources.open_access import LOOKS_EVERYWHERE, NAMES
from reviewkit.updates.access import Access, AccessAnswer, decide


def test_nothing_asked_is_unknown() -> None:
    assert decide((), LOOKS_EVERYWHERE, NAMES).status is Access.UNKNOWN
    alone = AccessAnswer(service="idconv", status=Access.NOT_FOUND_FREE, evidence="not in PMC")
    assert decide((alone,), LOOKS_EVERYWHERE, NAMES).status is Access.UNKNOWN
