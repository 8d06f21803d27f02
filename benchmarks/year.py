"""Run a year of 52 weekly updates on 5,000 records, and compare it with one run at its end.

usage: python benchmarks/year.py [RECORDS [WEEKS [faults]]]

The corpus changes every week as the real one does (tests/helpers/year.py). Exit code 1 if the two
databases differ by more than the history, or the history differs from what was served. With
`faults`, a third of the requests of the weekly review gets a wrong answer of some kind; the one
run at the end gets none.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.helpers.disturbed import KINDS, schedule
from tests.helpers.living import make_living
from tests.helpers.year import TWO_SOURCES, WEEKS, Year, differences, run_once, year_corpus
from tests.servers.eutils_server import EutilsServer
from tests.servers.faulty_proxy import FaultyProxy


def main() -> int:
    """Run the year and compare."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    weeks = int(sys.argv[2]) if len(sys.argv) > 2 else WEEKS
    chance = random.Random(1)
    with (
        tempfile.TemporaryDirectory() as folder,
        EutilsServer(year_corpus(size, chance)) as server,
        FaultyProxy(server.url) as proxy,
    ):
        year = Year(make_living(Path(folder) / "weekly", server, TWO_SOURCES), chance)
        if sys.argv[3:] == ["faults"]:
            proxy.plan = schedule(KINDS["pubmed"], seed=1)
            year.review.url = proxy.url
        begun, cpu = time.monotonic(), time.process_time()
        for week in range(weeks):
            year.week(week)
            if week in {0, 1, weeks - 1}:
                print(f"after week {week + 1:>2}: {time.monotonic() - begun:6.1f} s")
        print(
            f"{weeks} updates, the screening and the server: "
            f"{time.process_time() - cpu:.1f} s of processor time"
        )
        print(f"{year.tries} updates were begun, {len(proxy.arrivals):,} requests by the proxy")
        once = make_living(Path(folder) / "once", server, TWO_SOURCES)
        run_once(year, once)
        found = list(differences(year, once))
        print("\n".join(found[:20]) if found else "equal: one run at the end, plus the history")
        with year.review.store() as store:
            for table in (
                "run_records",
                "records",
                "record_versions",
                "duplicates",
                "decisions",
            ):
                rows = store.rows("SELECT 1 FROM " + table)  # noqa: S608  names from here
                print(f"{table:<16} {len(rows):>9,}")
        print(f"database         {year.review.project.database.stat().st_size / 1e6:>7.1f} MB")
    print(
        "memory, server included: "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
