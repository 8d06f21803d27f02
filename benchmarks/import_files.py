"""Time the reading of files beside the libraries that others use, and whole imports of files.

The large files are real exports repeated with changed identifiers and titles, for scale only.
Each reading is a process of its own; the time is the processor's, the best of three. A peer that is
not installed is left out: only pubmed_parser is no dependency of the tests.
Run: python benchmarks/import_files.py [--records 10000] [--format ris ...] [--imports 10000 ...]
"""

import argparse
import gzip
import itertools
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from reviewkit.importers import read_file

SHARED = Path(__file__).parents[2] / "shared" / "data"
RIS = (
    "asreview_embase",
    "asreview_scopus",
    "asreview_webofscience",
    "lilacs_bvs_portal",
    "scielo_search",
)


def ris_blocks() -> list[str]:
    """The real RIS records, one text each, without their ER line."""
    blocks: list[str] = []
    for name in RIS:
        text = (SHARED / "formats" / f"{name}.ris").read_text(encoding="utf-8-sig")
        blocks += [block.strip() for block in re.split(r"(?m)^ER  ?-.*$", text) if "TY  -" in block]
    return blocks


def repeated_ris(count: int) -> Iterator[str]:
    blocks = ris_blocks()
    for number in range(count):
        block = re.sub(
            r"(?m)^((?:DO|AN|ID|U2)  - \S+)", rf"\1.{number}", blocks[number % len(blocks)]
        )
        block = re.sub(r"(?m)^((?:TI|T1)  - .*\S)", rf"\1 {number}", block)
        block = re.sub(r"(?m)^(C[25]  - )\d{5,8}", rf"\g<1>{20_000_000 + number}", block)
        block = re.sub(r"eid=2-s2\.0-(\d+)", rf"eid=2-s2.0-\g<1>{number}", block)
        yield f"{block}\nER  - \n\n"


def repeated_pubmed(count: int) -> Iterator[str]:
    text = gzip.decompress(
        (SHARED / "pubmed" / "xml" / "pubmed_real_corpus.xml.gz").read_bytes()
    ).decode()
    articles = re.findall(r"<PubmedArticle>.*?</PubmedArticle>", text, re.DOTALL)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n'
    for number in range(count):
        article = articles[number % len(articles)]
        yield re.sub(r"(<PMID[^>]*>)\d+", rf"\g<1>{900_000_000 + number}", article, count=1)
    yield "\n</PubmedArticleSet>\n"


def repeated_nbib(count: int) -> Iterator[str]:
    blocks: list[str] = []
    for path in sorted((SHARED / "pubmed" / "nbib").glob("*.nbib")):
        text = path.read_text(encoding="utf-8-sig")
        blocks += [block.strip("\n") for block in re.split(r"\n(?=PMID- )", text)]
    for number in range(count):
        block = re.sub(r"^PMID- \d+", f"PMID- {30_000_000 + number}", blocks[number % len(blocks)])
        yield f"{block}\n\n"


def small_ris(count: int) -> Iterator[str]:
    """Records of nine fields, each a work of its own."""
    for number in range(count):
        yield (
            f"TY  - JOUR\nAU  - Silva, Ana B.\nAU  - Souza, Rui\nTI  - Trial {number} of sleep\n"
            f"PY  - {1990 + number % 35}\nJO  - Sleep\nVL  - {number % 50}\nSP  - {number}\n"
            f"DO  - 10.1000/{number}\nER  - \n\n"
        )


def repeated_bibtex(count: int) -> Iterator[str]:
    text = (SHARED / "formats" / "scopus_malformed.bib").read_text(encoding="utf-8")
    entries = re.findall(r"(?ms)^@.*?^}", text)
    for number in range(count):
        yield (
            re.sub(
                r"eid=2-s2\.0-(\d+)",
                rf"eid=2-s2.0-\g<1>{number}",
                re.sub(r"^(@\w+\{[^,]+)", rf"\g<1>x{number}", entries[number % len(entries)]),
            )
            + "\n\n"
        )


def repeated_csv(count: int) -> Iterator[str]:
    header, *rows = (
        (SHARED / "formats" / "asreview_pubmed.csv").read_text(encoding="utf-8-sig").splitlines()
    )
    yield header + "\n"
    for number in range(count):
        yield re.sub(r'^"\d+"', f'"{30_000_000 + number}"', rows[number % len(rows)]) + "\n"


MADE = {
    "ris": repeated_ris,
    "nbib": repeated_nbib,
    "pubmed-xml": repeated_pubmed,
    "bibtex": repeated_bibtex,
    "csv": repeated_csv,
}


def rispy_count(path: Path) -> int:
    rispy = import_module("rispy")  # a reading loads its own reader only

    with path.open(encoding="utf-8") as file:
        return len(rispy.load(file))


def biopython_count(path: Path) -> int:
    medline = import_module("Bio.Medline")

    with path.open(encoding="utf-8") as file:
        return sum(1 for _ in medline.parse(file))


def bibtexparser_count(path: Path) -> int:
    bibtexparser = import_module("bibtexparser")

    return len(bibtexparser.parse_file(str(path)).entries)


def pubmed_parser_count(path: Path) -> int:
    pubmed_parser = import_module("pubmed_parser")

    packed = path.with_suffix(".gz")  # it reads gzip files only
    if not packed.exists():
        with path.open("rb") as file, gzip.open(packed, "wb", compresslevel=1) as out:
            shutil.copyfileobj(file, out)
    return sum(1 for _ in pubmed_parser.parse_medline_xml(str(packed)))


def own_count(path: Path) -> int:
    return sum(1 for _ in read_file(path, source="benchmark").records)


PEERS: dict[str, Callable[[Path], int]] = {
    "ris": rispy_count,
    "nbib": biopython_count,
    "pubmed-xml": pubmed_parser_count,
    "bibtex": bibtexparser_count,
}
TOLD = {"ris": 1.3, "nbib": 1.3, "bibtex": 1.3, "pubmed-xml": 1.0}


def peak_memory() -> float:
    """Return the peak memory in MB; ru_maxrss may be the parent's on Linux, so /proc is first."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: Path, count: Callable[[Path], int]) -> None:
    """Reads one file three times in this process; prints records, seconds and MB."""
    best = float("inf")
    records = count(path)  # loads what the reader needs, and packs what it wants packed
    for _ in range(3):
        start = time.process_time()
        records = count(path)
        best = min(best, time.process_time() - start)
    print(records, f"{best:.3f}", f"{peak_memory():.0f}")


def measured(path: Path, name: str, reader: str) -> tuple[int, float, float] | None:
    """Return records, seconds of processor and MB; None where the reader is not installed."""
    command = [sys.executable, __file__, "--read", str(path), "--format", name, "--reader", reader]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    records, seconds, megabytes = done.stdout.split()[-3:]
    return int(records), float(seconds), float(megabytes)


def compare(path: Path, name: str) -> None:
    own = measured(path, name, "own")
    if own is None:
        print(f"{name:11} could not be read")
        return
    line = f"{name:11} {own[0]:8,} records {own[1]:6.2f} s of processor, {own[2]:4.0f} MB"
    peer = measured(path, name, "peer") if name in PEERS else None
    if peer is not None:
        line += f"; {PEERS[name].__name__.removesuffix('_count')} {peer[1]:.2f} s: "
        line += f"{own[1] / peer[1]:.2f} times (goal {TOLD[name]})"
    print(line, flush=True)


def whole_import(folder: Path, count: int, kind: str) -> None:
    """Imports small or real RIS records through the command, and prints what it took."""
    path = folder / f"{kind}.ris"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(small_ris(count) if kind == "small" else repeated_ris(count))
    review = folder / f"review-{kind}-{count}"
    review.mkdir()

    command = [sys.executable, "-m", "reviewkit"]
    init = [*command, "init", "--title", "Sleep", "--source", "pubmed"]
    subprocess.run(init, cwd=review, check=True, capture_output=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = [*command, "import", str(path), "--source", "pubmed", "--date", "2026-04-10"]
    subprocess.run(done, cwd=review, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"import {kind:5}{count:9,} records {seconds:6.1f} s, {after.ru_maxrss / 1024:4.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--format", nargs="*", default=list(MADE), choices=list(MADE))
    parser.add_argument("--imports", nargs="*", type=int, default=[10_000], help="of RIS records")
    parser.add_argument("--kinds", nargs="*", default=["small", "real"], choices=["small", "real"])
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--reader", default="own", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        name = asked.format[0]
        measure(asked.read, own_count if asked.reader == "own" else PEERS[name])
        return

    with tempfile.TemporaryDirectory() as folder:
        # First: the memory of a process that is started counts as its own.
        for count, kind in itertools.product(asked.imports, asked.kinds):
            whole_import(Path(folder), count, kind)
        for name in asked.format:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8") as file:
                file.writelines(MADE[name](asked.records))
            compare(path, name)


if __name__ == "__main__":
    main()
