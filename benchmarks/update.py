"""Time an update without news, over a local server: python benchmarks/update.py [RECORDS].

The records are invented and served without a rate limit, so that the figures are reviewkit's own.
A real service's limit is added (50 requests for 10,000 records). "excluded": all were screened, so
that no record is monitored.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.store.decisions import add_decision
from tests.helpers.command import environment, reaching
from tests.helpers.living import LivingReview, make_living, work
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer

# What Linux counts for a process alone: getrusage also has what its parent held when it was forked.
_CHILD = """
import atexit, re, sys
from pathlib import Path
peak = lambda: re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
atexit.register(lambda: sys.stderr.write("kB " + peak()))
from reviewkit.cli import main
main()
"""


_ABSTRACT = " ".join(
    ["Of the gut microbiome and the nerves of mice and men we know less than we should."] * 40
)


def _corpus(size: int) -> Corpus:
    """Return `size` invented works over 25 years: PubMed lists above 9,999 by create date only."""
    days = (f"{2000 + n % 25}/{1 + n % 12:02}/{1 + n % 28:02}" for n in range(size))
    # As long as a real record: PubMed's are 3 to 5 kB with abstract, addresses and headings.
    return Corpus(
        work(1000 + n, day=day, more=[f"AB  - {_ABSTRACT}"]) for n, day in enumerate(days)
    )


def run(review: LivingReview, label: str) -> None:
    """One update in a process of its own: seconds, and the most memory that it held, in MB."""
    begun = time.monotonic()
    home = review.project.protocol_path.parents[1]
    command = [sys.executable, "-c", _CHILD, "update", "--quiet"]
    done = subprocess.run(
        command,
        cwd=home,
        env=environment(reaching(review.server)),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    memory = int(done.stderr.rsplit("kB ", 1)[-1]) / 1024
    print(f"{label:<28} exit {done.returncode}  {seconds:6.2f} s  {memory:5.0f} MB")


def main() -> None:
    """Measure with as many records as the command line names."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, EutilsServer(_corpus(size)) as server:
        server.corpus.holding("invented")
        review = make_living(Path(folder), server)
        if "--first" in sys.argv:
            run(review, "first")
        else:
            review.update()
        for _ in range(2):
            run(review, "nothing new, all undecided")
        at = review.at.isoformat()
        with review.store() as store, store.transaction():
            for record in review.states():
                decision = Decision(
                    record=record,
                    stage=Stage.TITLE_ABSTRACT,
                    reviewer="ana",
                    verdict=Verdict.EXCLUDE,
                    reason="not on guts",
                    note=None,
                    decided_at=at,
                )
                add_decision(store, decision, protocol=review.project.protocol_sha256)
        for _ in range(2):
            run(review, "nothing new, all excluded")


if __name__ == "__main__":
    main()
