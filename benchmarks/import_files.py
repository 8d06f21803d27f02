"""Time the reading of RIS, PubMed XML, BibTeX and CSV files; print records a second and memory.

The large files are real exports repeated with changed identifiers, for scale only.
Run: python benchmarks/import_files.py [--records 100000] [--format ris ...]
"""

import argparse
import gzip
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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


def repeated_bibtex(count: int) -> Iterator[str]:
    text = (SHARED / "formats" / "scopus_malformed.bib").read_text(encoding="utf-8")
    entries = re.findall(r"(?ms)^@.*?^}", text)
    for number in range(count):
        yield (
            re.sub(
                r"eid=2-s2\.0-(\d+)", rf"eid=2-s2.0-\g<1>{number}", entries[number % len(entries)]
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
    "pubmed-xml": repeated_pubmed,
    "bibtex": repeated_bibtex,
    "csv": repeated_csv,
}


def peak_memory() -> float:
    """Return the peak memory in MB; ru_maxrss may be the parent's on Linux, so /proc is first."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: Path) -> None:
    """Reads one file in this process, record by record, and prints what it took."""
    start, worked = time.perf_counter(), time.process_time()
    parsed = read_file(path, source="benchmark")
    count = sum(1 for _ in parsed.records)
    took, worked = time.perf_counter() - start, time.process_time() - worked
    peak = peak_memory()
    size = path.stat().st_size / 1e6
    print(
        f"{parsed.format:11} {count:8,} records {size:8.1f} MB {took:7.1f} s "
        f"{count / took:9,.0f} records/s "
        f"({worked:.1f} s of processor) "
        f"{peak:6.0f} MB peak, {len(parsed.problems)} problems"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--records", type=int, default=100_000, help="of RIS; a tenth of it for the others"
    )
    parser.add_argument("--format", nargs="*", default=list(MADE), choices=list(MADE))
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        measure(asked.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.format:
            path = Path(folder) / name
            count = asked.records if name == "ris" else asked.records // 10
            with path.open("w", encoding="utf-8") as file:
                file.writelines(MADE[name](count))
            # A process of its own, so that the peak is this file's.
            subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)
            path.unlink()


if __name__ == "__main__":
    main()
