"""Every fault in every source, for search, reproduce and update: the right result, or exit code 4
with the right sentence; and the next calm run gives what an undisturbed one does.
"""

import datetime
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from reviewkit.http import Clock, Patience
from tests.helpers.command import reviewkit
from tests.helpers.disturbed import KINDS, Disturbed, Kind, disturbed, protocol_of, small_batches
from tests.helpers.effort import EXHAUSTIVE
from tests.helpers.living import make_living
from tests.helpers.retrieval import Sleeper
from tests.servers.faulty_proxy import LARGEST, SLOW, WIRE, Spoiler, Whole

VERBS = ("search", "reproduce", "update")
SENTENCES: Mapping[str, str] = {
    "429": "too many requests (HTTP 429): API rate limit exceeded",
    "429 without Retry-After": "too many requests (HTTP 429)",
    "500": "HTTP 500",
    "502": "HTTP 502",
    "503": "HTTP 503",
    "200 web page": "web page",
    "400 web page": "HTTP 400",
    "redirect": "points elsewhere (HTTP 302, to login.invalid)",
    "redirect with a page": "points elsewhere (HTTP 307, to an unnamed place)",
    "redirect to itself": "points elsewhere (HTTP 301",
    "202 accepted": "HTTP 202",
    "204 no content": "HTTP 204",
    "206 a part": "HTTP 206",
    "304 not asked for": "HTTP 304",
    "429 for a year": "asks to wait 31536000 s",
    "429 until last year": "too many requests (HTTP 429)",
    "429 until some day": "too many requests (HTTP 429)",
    "a number without end": "answered",
    "a chunk that is cut": "truncated body",
    "said to be packed": "truncated body",
    "no HTTP": "broke the connection off",
    "a header without end": "broke the connection off",
    "no answer": "did not answer in time",
    "headers that drip": "did not answer in time",
    "a body that drips": "did not answer in time",
    "a body without end": "sent more than",
    "a bomb that is packed": "sent more than",
    "a phrase it does not know": "does not know 'invented[ti]' in the query",
    "empty": "empty",
    "truncated": "truncated body",
    "closed": "broke the connection off",
}
"""What a fault that stays is called, whatever the source."""
HOLLOW = "a record without its fields"
LIES = sorted({name for kind in KINDS.values() for name in kind.lies})
STAY = {**WIRE, **SLOW}
WHOLE = tuple(itertools.product((*STAY, *LIES), VERBS, KINDS))
# Each fault with each verb once; the sources take turns. All of them under --exhaustive.
CASES = [
    case
    for number, case in enumerate(WHOLE)
    if EXHAUSTIVE or number % len(KINDS) == number // len(KINDS) % len(KINDS)
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Waiting takes no time; PubMed is asked in small batches."""
    sleeper = Sleeper()

    def clock(now: Callable[[], datetime.datetime]) -> Clock:
        return Clock(
            now=now,
            elapsed=sleeper.elapsed,
            sleep=sleeper.sleep,
            jitter=lambda: 0.5,
        )

    monkeypatch.setattr("reviewkit.http.system_clock", clock)
    with small_batches():
        yield


def run(review: Disturbed, verb: str) -> tuple[int, str]:
    """Run the command; its exit code and all that it says."""
    home = review.review.project.protocol_path.parents[1]
    settings = {
        **review.settings(),
        "SOURCE_DATE_EPOCH": str(int(review.review.at.timestamp())),
        "XDG_CACHE_HOME": str(home / "home"),
    }
    ended = reviewkit(verb, cwd=home, settings=settings)
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


@contextmanager
def impatient(fault: str) -> Iterator[None]:
    """A client that takes little, and gives up soon where nothing else ends the fault."""
    patience = Patience(read_seconds=0.2, total_seconds=0.5)
    if fault in {"a body without end", "a bomb that is packed"}:
        patience = Patience()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reviewkit.http.transport.Patience", lambda: patience)
        patch.setattr("reviewkit.http.transport.LARGEST_BODY", LARGEST)
        yield


def listed(review: Disturbed) -> tuple[object, ...]:
    """The count of the newest search, and the titles of the records that it listed."""
    count, keys = review.newest()
    records = review.records()
    return count, sorted((key, records[key].title, records[key].authors) for key in keys)


def plan_of(kind: Kind, fault: str) -> Callable[[int], Spoiler | None]:
    """A fault of the wire stays. A lie is told once, in the second answer that can hold it."""
    if fault in STAY:
        return lambda number: STAY[fault]
    answers = iter((False, True))

    def lie(whole: Whole, chance: random.Random) -> Whole | None:
        changed = kind.lies[fault](whole, chance)
        return changed if changed != whole and next(answers, False) else whole

    return lambda number: lie


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize(("fault", "verb", "source"), CASES)
def test_every_fault(tmp_path: Path, fault: str, verb: str, source: str) -> None:
    kind = KINDS[source]
    if fault not in {**kind.faults, **SLOW}:
        pytest.skip(f"{kind.source} has no such answer")
    if fault == HOLLOW and verb != "update":
        pytest.skip("nobody knows yet what the record lacks")
    with disturbed(kind, tmp_path / "calm") as calm, disturbed(kind, tmp_path / "faulty") as faulty:
        for review in (calm, faulty):
            if verb == "reproduce":
                home = review.review.project.protocol_path.parents[1]
                text = f"{protocol_of(kind)}\n[reported]\n"
                review.review = make_living(home, review.review.server, text)
            if verb == "update":
                assert run(review, "update")[0] == 0
                kind.change(review.server)
                review.review.at = review.review.at.replace(day=12)
        assert run(calm, verb)[0] == 0

        before = faulty.records() if verb == "update" else {}
        faulty.proxy.chance = random.Random(f"{fault}{verb}{source}")
        faulty.proxy.plan = plan_of(kind, fault)
        with impatient(fault) if fault in SLOW else nullcontext():
            code, printed = run(faulty, verb)
        assert code in {0, 4}, printed
        if code == 0:
            assert listed(faulty) == listed(calm)
        if code == 4:
            assert SENTENCES.get(fault, "") in printed
            assert {key: faulty.records()[key] for key in before} == before

        faulty.proxy.calm()
        code, printed = run(faulty, verb)
        assert code == 0, printed
        assert listed(faulty) == listed(calm)
