"""Measure how much of the permitted rate a fetch keeps: the real transport and a local PubMed.

    python benchmarks/pace.py [BATCHES]

So many batches of 200 records (45 by default, 49 at most) are fetched, without and with a key, from
a server that answers at once, and from one that takes longer than a turn. Prints requests per
second, the share of what NCBI allows, and the most that arrived within any second.
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
from tests.helpers.retrieval import most_in_a_second, open_run
from tests.servers.eutils_server import EutilsServer


def measure(server: EutilsServer, folder: Path, allowed: int, **settings: str) -> None:
    """Fetch everything, and print how fast its records came."""
    services = services_from({"REVIEWKIT_EUTILS_URL": server.url, **settings})
    query = CompiledQuery(source="pubmed", strategy="test", text="invented[ti]")
    before = len(server.asked("efetch"))
    with (
        Transport(services, clock=system_clock()) as transport,
        open_run(folder, query.text, transport) as pages,
    ):
        pubmed.search(pages, query)

    times = sorted(seen.at for seen in server.asked("efetch")[before:])
    rate = (len(times) - 1) / (times[-1] - times[0])
    print(
        f"allowed {allowed} a second, an answer takes {server.seconds:g} s: {len(times)} requests "
        f"for records, {rate:.2f} a second, {rate / allowed:.1%}; "
        f"at most {most_in_a_second(times)} within a second"
    )


def main() -> None:
    """Print the figures without and with a key."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 45
    print(time.strftime("%Y-%m-%d"))
    with tempfile.TemporaryDirectory() as folder, EutilsServer(corpus_of(batches * 200)) as server:
        for name, seconds in (("a", 0.0), ("b", 1.0), ("c", 2.0)):
            server.seconds = seconds
            measure(server, Path(folder) / name, 3)
        for name, seconds in (("d", 0.0), ("e", 0.4), ("f", 0.8)):
            server.seconds = seconds
            measure(server, Path(folder) / name, 10, NCBI_API_KEY="0123456789abcdef0123")


if __name__ == "__main__":
    main()
