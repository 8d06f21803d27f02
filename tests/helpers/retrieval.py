"""What the tests of transport, cache and PubMed share: a clock whose sleeping takes no time,
services on loopback.
"""

import datetime
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Clock, Patience, Service, Transport
from reviewkit.sources.services import services_from

KEY = "0123456789abcdefKEY&/ü"
EMAIL = "reviewer+tests@example.org"
SMALL = Path(__file__).parents[1] / "data" / "small_corpus.nbib"
STARTED = "2026-11-01T12:00:00+00:00"


@dataclass
class Sleeper:
    """Time that passes by itself and jumps when somebody sleeps; `slept` notes how long."""

    slept: list[float] = field(default_factory=list)
    still: bool = False
    """Nothing but sleeping takes time."""

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def elapsed(self) -> float:
        return sum(self.slept) + (0.0 if self.still else time.monotonic())

    def clock(self) -> Clock:
        return Clock(now=self.now, elapsed=self.elapsed, sleep=self.sleep, jitter=lambda: 1.0)

    def now(self) -> datetime.datetime:
        """Stands still, so that two runs can be compared to the last byte."""
        return datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)


def services_at(url: str, **more: str) -> Mapping[str, Service]:
    """E-utilities at `url`, at any rate, with a key and an e-mail."""
    values = {"REVIEWKIT_EUTILS_URL": url, "REVIEWKIT_EUTILS_RATE": "unlimited"}
    return services_from({**values, "NCBI_API_KEY": KEY, "NCBI_EMAIL": EMAIL, **more})


def transport_to(
    url: str, *, sleeper: Sleeper | None = None, patience: Patience | None = None, **more: str
) -> Transport:
    return Transport(
        services_at(url, **more),
        clock=(sleeper or Sleeper()).clock(),
        patience=patience or Patience(read_seconds=5.0),
    )


def open_run(
    root: Path,
    query: str,
    transport: Transport | None,
    *,
    opening: Opening = Opening.LATEST,
    started_at: str = STARTED,
) -> RunPages:
    """The pages of a search named "test"."""
    key = RunKey(source="pubmed", strategy="test", query=query)
    endpoint = transport.endpoint("eutils") if transport else ""
    return Cache(root).open_run(
        key, opening=opening, started_at=started_at, transport=transport, endpoint=endpoint
    )


def files_below(root: Path) -> dict[str, bytes]:
    """Every file below a folder, locks left out."""
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def most_in_a_second(times: Sequence[float]) -> int:
    """The most of these times that lie within any one second."""
    ordered = sorted(times)
    return max(
        sum(first <= later < first + 1.0 for later in ordered[at:])
        for at, first in enumerate(ordered)
    )
