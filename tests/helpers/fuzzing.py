"""Fuzz every target, guided by coverage: `python -m tests.helpers.fuzzing SECONDS [TARGET...]`.

The seconds are of processor, in all. Each target runs in a process of its own with atheris (the
extra `fuzz`). What was learnt stays in `build/fuzz/corpus`; each kind of find is in
`build/fuzz/finds/TARGET` once, with its traceback beside.
"""

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

BUILD = Path("build/fuzz")
SLOW = 2.0  # seconds of processor for one input
LONGEST = 4096  # bytes of one input


def main(seconds: float, names: list[str]) -> int:
    """Give each target its share; return 1 where there is a find."""
    from tests.helpers.fuzz_targets import TARGETS

    names = names or list(TARGETS)
    for name in names:
        command = [
            sys.executable,
            "-m",
            "tests.helpers.fuzzing",
            "--guided",
            name,
            str(seconds / len(names)),
        ]
        subprocess.run(command, check=False)
    found = sorted((BUILD / "finds").rglob("*.txt"))
    for path in found:
        last = path.read_text(encoding="utf-8").splitlines()[-1]
        sys.stdout.write(f"{path.parent.name}: {last}\n")
    return int(bool(found))


def guided(name: str, seconds: float) -> None:
    """Fuzz one target in this process until its seconds are over."""
    import atheris

    with atheris.instrument_imports(include=["reviewkit", "tomllib"]):
        from tests.helpers import fuzz_targets as targets

    corpus = BUILD / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.seeds(name)):
        (corpus / f"seed_{number}").write_bytes(seed)

    watch = _Watch(name, seconds)

    def one(data: bytes) -> None:
        watch.run(lambda: targets.run(name, data), data)

    arguments = [sys.argv[0], str(corpus), f"-max_len={LONGEST}", "-timeout=120", "-verbosity=0"]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


class _Watch:
    """Counts runs and notes finds; a find does not stop the others."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name, self.seconds = name, seconds
        self.start, self.runs, self.slowest = time.process_time(), 0, 0.0
        self.kinds: set[str] = set()

    def run(self, work: Callable[[], object], data: bytes) -> None:
        began = time.process_time()
        try:
            work()
        except Exception as error:  # noqa: BLE001  every kind is what is looked for
            self._note(_kind(error), traceback.format_exc(), data)
        now = time.process_time()
        self.runs += 1
        self.slowest = max(self.slowest, now - began)
        if now - began > SLOW:
            self._note("slow", f"{now - began:.1f} s for {len(data)} bytes\n", data)
        if now - self.start > self.seconds:
            self._end()

    def _note(self, kind: str, text: str, data: bytes) -> None:
        if kind in self.kinds:
            return
        self.kinds.add(kind)
        folder = BUILD / "finds" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / kind
        path.write_bytes(data)
        path.with_name(f"{kind}.txt").write_text(text, encoding="utf-8", errors="replace")

    def _end(self) -> None:
        sys.stdout.write(
            f"{self.name}: {self.runs:,} inputs in {self.seconds:.0f} s of processor, "
            f"slowest {self.slowest:.2f} s, {len(self.kinds)} kinds of find\n"
        )
        sys.stdout.flush()
        os._exit(0)  # atheris has no other way to stop


def _kind(error: Exception) -> str:
    """A name for a find: the exception, and the last place in reviewkit."""
    places = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in places if "/reviewkit/" in frame.filename] or places
    return f"{type(error).__name__}-{Path(ours[-1].filename).stem}-{ours[-1].lineno}"


if __name__ == "__main__":
    if sys.argv[1] == "--guided":
        guided(sys.argv[2], float(sys.argv[3]))
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
