"""Time a PubMed search, and its memory: the real command against the local E-utilities server.

    python benchmarks/search.py [SIZE] [FILE.nbib ...]

SIZE records (5,000 by default) are made by repeating those of the files, or the invented ones of
the tests, with other PMIDs. Prints wall seconds and peak memory of the whole command: a first
search, and a second one from its cache.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer

PROTOCOL = """format = 1
review = { id = "large", title = "A search of everything" }
sources = [{ id = "pubmed", name = "PubMed", role = "database" }]
[[strategies]]
id = "all"
label = "all"
origin = "published"
queries = { pubmed = "1500:3000[dp]" }
"""


def main(size: int, files: list[Path]) -> None:
    """Print the figures."""
    corpus = Corpus.load(*(files or [PROJECT / "tests" / "data" / "small_corpus.nbib"]))
    corpus.repeat_to(size)
    with tempfile.TemporaryDirectory() as folder, EutilsServer(corpus) as server:
        protocol = Path(folder) / "large.toml"
        protocol.write_text(PROTOCOL, encoding="utf-8")
        settings = {"REVIEWKIT_EUTILS_URL": server.url, "REVIEWKIT_EUTILS_RATE": "unlimited"}
        for label, arguments in (
            ("first search", ["search"]),
            ("from its cache", ["search", "--offline"]),
        ):
            seconds = run([*arguments, str(protocol)], settings)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{label}: {size} records in {seconds:.1f} s, peak memory so far {peak:.0f} MB")


def run(arguments: list[str], settings: dict[str, str]) -> float:
    """Wall seconds of the command."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "reviewkit", *arguments],
        env={**os.environ, **settings, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, [Path(name) for name in sys.argv[2:]])
