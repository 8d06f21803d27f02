"""Time from a key press to the next painted record, and count the bytes, in a real terminal.

usage: python benchmarks/screen_tui.py [--records 10000,100000] [--keys 200] [--size 120x40]
           [--order random] [--tmux]

The real command runs behind a pseudo-terminal (with --tmux inside tmux, itself behind one). A key
is painted when the last byte before 60 ms of silence has arrived. Prints one JSON object for each
size: milliseconds (of the clock, and of the processor, which a busy machine does not change),
bytes, and peak memory in MB, without the ranking's process. A ranked order is measured twice: while
the vectors are made, and when they are cached.
"""

import argparse
import fcntl
import itertools
import json
import os
import pty
import random
import select
import shutil
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from screen import NOW, PROTOCOL

from reviewkit.model.records import Record, Role, RunStatus, SearchRun
from reviewkit.store import Store
from reviewkit.store.checks import set_checks
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.ranking.vector_cache import vector_file

_QUIET = 0.06
_COMMON = [
    *(
        "gut",
        "microbiome",
        "dysbiosis",
        "amyotrophic",
        "lateral",
        "sclerosis",
        "patients",
        "faecal",
        "trial",
        "mice",
    ),
    *(
        "transplantation",
        "controls",
        "bacteria",
        "inflammation",
        "motor",
        "neurons",
        "of",
        "and",
        "in",
        "with",
        "a",
    ),
    *("review", "observational", "study", "results", "methods", "showed", "association"),
]
# Words of a review follow Zipf's law, as in real ones: a few are in every record, tens of thousands
# in hardly any.
_RARE = [
    "".join(letters)
    for letters in itertools.product("bdfklmnprstvz", "aeiou", "bdglmnrst", "aeiou", "nrs")
]
_WEIGHTS = [1 / rank for rank in range(5, 5 + len(_RARE))]
# What reviewers press: mostly exclusions, some inclusions, now and then a look back.
_PRESSED = ("1", "1", "i", "1", "m", "1", "e1", "u", "1", "s")


def make(folder: Path, count: int) -> ReviewProject:
    """A review of `count` records with abstracts of common length, no two alike."""
    chance = random.Random(count)
    path = folder / "many.toml"
    path.write_text(PROTOCOL.replace("title_abstract = 2", "title_abstract = 1"), encoding="utf-8")
    project = open_project(path)

    weights = list(itertools.accumulate(_WEIGHTS))

    def text(words: int) -> str:
        rare = chance.choices(_RARE, cum_weights=weights, k=words * 2 // 3)
        chosen = rare + chance.choices(_COMMON, k=words - len(rare))
        chance.shuffle(chosen)
        return " ".join(chosen)

    records = [
        Record(
            source="pubmed",
            source_id=str(i),
            title=text(14).capitalize(),
            authors=("Silva A", "Souza BC", "Li W"),
            journal="Journal of Made Records",
            year=2000 + i % 25,
            doi=f"10.1000/{i}",
            abstract=f"BACKGROUND: {text(110)}. RESULTS: {text(110)}.",
            keywords=("gut", "nerve"),
        )
        for i in range(count)
    ]
    run = SearchRun(
        source="pubmed",
        role=Role.DATABASE,
        strategy="s",
        query="q",
        searched_at="2026",
        status=RunStatus.COMPLETE,
        count=count,
        received=count,
        identifiers=tuple(record.source_id for record in records),
    )
    with Store(project.database, now=NOW) as store, store.transaction():
        add_protocol(store, project.protocol_sha256, review="many", toml=project.protocol_text)
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)
        set_checks(store, project.protocol, [])
    return project


@contextmanager
def terminal(command: list[str], width: int, height: int) -> Iterator[tuple[int, int]]:
    """A command behind a pseudo-terminal: its process and the terminal's other end."""
    child, end = pty.fork()
    if child == 0:
        os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor"})
        os.execvp(command[0], command)
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    try:
        yield child, end
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os.close(end)


def until_quiet(end: int, *, first: float, quiet: float = _QUIET) -> tuple[bytes, float]:
    """Return what arrives until silence, and when its last byte arrived.

    `first` is how long to wait for the first byte.
    """
    got, last, wait = b"", time.perf_counter(), first
    while select.select([end], [], [], wait)[0]:
        try:
            got += os.read(end, 1 << 16)
        except OSError:  # how Linux says that the program has ended
            break
        last = time.perf_counter()
        wait = quiet
    return got, last


def wait_for(end: int, words: bytes, began: float) -> float:
    """Seconds until `words` stand on the screen."""
    got = b""
    while words not in got:
        if not select.select([end], [], [], 60)[0]:
            raise SystemExit(f"nothing came after {got[-300:]!r}")
        got += os.read(end, 1 << 16)
    return time.perf_counter() - began


def measure(project: ReviewProject, given: argparse.Namespace) -> dict[str, float]:
    width, height = map(int, given.size.split("x"))
    command = [
        str(Path(sys.executable).parent / "reviewkit"),
        "screen",
        "--reviewer",
        "ana",
        "--order",
        given.order,
    ]
    command += ["--protocol", str(project.protocol_path), "--db", str(project.database)]
    if given.tmux:
        # The processor time of tmux's client alone would mean nothing.
        command = [
            shutil.which("tmux") or "tmux",
            "-L",
            f"bench{os.getpid()}",
            "-f",
            "/dev/null",
            "new",
            *command,
        ]
    began = time.perf_counter()
    with terminal(command, width, height) as (child, end):
        opened = wait_for(end, b"BACKGROUND", began)
        until_quiet(end, first=1, quiet=0.5)
        cpu = processor_ms(child)
        waits, sizes = [], []
        for number in range(given.keys):
            start = time.perf_counter()
            os.write(end, _PRESSED[number % len(_PRESSED)].encode())
            got, last = until_quiet(end, first=2)
            waits.append((last - start) * 1000)
            sizes.append(len(got))
        memory = 0.0 if given.tmux else peak_memory(child)
        # The words of a first session are counted to the end, so that the next one finds them.
        words = vector_file(project.database)
        while given.order == "ranked" and children(child) and not words.exists():
            time.sleep(0.1)
        beside = sum(peak_memory(process) for process in children(child))
        cpu_keys = (processor_ms(child) - cpu) / given.keys
        os.write(end, b"q")
        until_quiet(end, first=2, quiet=0.5)
    waits.sort()
    return {
        "open_ms": round(opened * 1000),
        "open_cpu_ms": round(cpu),
        "key_cpu_ms": round(cpu_keys, 1),
        "key_median_ms": round(statistics.median(waits), 1),
        "key_p95_ms": round(waits[int(len(waits) * 0.95)], 1),
        "key_max_ms": round(waits[-1], 1),
        "bytes_median": round(statistics.median(sizes)),
        "bytes_max": max(sizes),
        "memory_mb": round(memory),
        "ranking_memory_mb": round(beside),
    }


def peak_memory(process: int) -> float:
    """The most memory a process has had, in MB, as Linux counts it; 0 elsewhere."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def children(process: int) -> list[int]:
    """The processes that a process has started, as Linux counts them; none elsewhere."""
    path = Path(f"/proc/{process}/task/{process}/children")
    return (
        [int(child) for child in path.read_text(encoding="ascii").split()] if path.exists() else []
    )


def processor_ms(process: int) -> float:
    """The processor time a process has used, in milliseconds, as Linux counts it; 0 elsewhere."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", default="10000,100000")
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--order", default="random")
    parser.add_argument("--tmux", action="store_true")
    given = parser.parse_args()
    for count in map(int, given.records.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            project = make(Path(folder), count)
            for words in (
                ("to be counted", "counted") if given.order == "ranked" else ("not needed",)
            ):
                figures = measure(project, given)
                values = {
                    "records": count,
                    "size": given.size,
                    "order": given.order,
                    "words": words,
                }
                print(json.dumps({**values, **figures}), flush=True)


if __name__ == "__main__":
    main()
