"""Measure how much of the permitted rate a fetch keeps: the real transport and a local PubMed.

    python benchmarks/pace.py [BATCHES]

So many batches of 200 records (45 by default, 49 at most) are fetched one after the other, without
and with a key. Prints requests per second and the share of what NCBI allows. The local server
answers at once. Requests are sent one after the other: a service that takes longer than a turn sets
the pace.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reviewkit.http import Transport, system_clock
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import pubmed
from reviewkit.sources.services import services_from
from tests.helpers.living import corpus_of
from tests.helpers.retrieval import open_run
from tests.servers.eutils_server import EutilsServer


def measure(server: EutilsServer, folder: Path, allowed: float, **settings: str) -> None:
    """Fetch everything, and print how fast its records came."""
    services = services_from({"REVIEWKIT_EUTILS_URL": server.url, **settings})
    query = CompiledQuery(source="pubmed", strategy="test", text="invented[ti]")
    before = len(server.asked("efetch"))
    with (
        Transport(services, clock=system_clock()) as transport,
        open_run(folder, query.text, transport) as pages,
    ):
        pubmed.search(pages, query)

    fetched = server.asked("efetch")[before:]
    seconds = fetched[-1].at - fetched[0].at
    rate = (len(fetched) - 1) / seconds
    print(
        f"allowed {allowed:g} a second: {len(fetched)} requests for records, "
        f"{rate:.2f} a second, {rate / allowed:.1%}"
    )


def main() -> None:
    """Print the figures without and with a key."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 45
    print(time.strftime("%Y-%m-%d"))
    with tempfile.TemporaryDirectory() as folder, EutilsServer(corpus_of(batches * 200)) as server:
        measure(server, Path(folder) / "a", 3.0)
        measure(server, Path(folder) / "b", 10.0, NCBI_API_KEY="0123456789abcdef0123")


if __name__ == "__main__":
    main()
