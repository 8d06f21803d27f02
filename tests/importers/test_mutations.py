"""Bytes of real exports changed, cut, doubled: no exception, no silent loss, no empty record.

A few seconds in the suite, a minute in CI; `python -m tests.importers.test_mutations SECONDS` goes on
as long as one likes, prints what it did, and fails where it found anything.
"""

import io
import random
import re
import sys
import time
from pathlib import Path

import pytest

from reviewkit.importers import read_file
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Record
from tests.conftest import PROJECT, SHARED
from tests.helpers.effort import examples

FOLDERS = (
    PROJECT / "tests" / "data" / "dialects",
    PROJECT / "tests" / "fuzz" / "corpus" / "readers",
    *(SHARED / "formats", SHARED.parent / "cases" / "formats", SHARED / "services"),
)
EXPORTS = sorted(
    path
    for folder in FOLDERS
    if folder.is_dir()
    for path in folder.iterdir()
    if path.suffix != ".tsv"
)
TOKENS = [
    b"\n", b"\r\n", b"\r", b"\0", b"{", b"}", b'"', b",", b"#", b"@article{a,", b"ER  - \n", b"TY  - JOUR\n",
    b"\xff", b"\xc3", b"\xef\xbb\xbf", b"<", b">", b"&", b"]]>", b"%0 Book\n", b"PMID- 1\n", b"\t", b"\\", b"[", b"]",
]  # fmt: skip
LARGEST = 12_000  # bytes of an export that are changed: whole records, and fast


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to six pieces cut out, doubled, swapped, or replaced by anything."""
    start = chance.randrange(max(1, len(data) - LARGEST))
    data = data[:2_000] + data[start : start + LARGEST] if len(data) > LARGEST else data
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((0, 1, 1, 2, 8, 60, 400)))
        piece = chance.choice(
            (
                b"",
                data[at:end] * 2,
                chance.choice(TOKENS),
                chance.randbytes(chance.randint(1, 4)),
            )
        )
        data = data[:at] + piece + data[end:]
    return data


def says_something(record: Record) -> bool:
    """Whether it has any field; a row that was cut after its number in the database has that."""
    return not re.fullmatch(r"x[0-9a-f]{16}(#\d+)?", record.source_id) or any(
        value for name, value in vars_of(record).items() if name not in {"source", "source_id"}
    )


def vars_of(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def check(data: bytes, format_: str | None = None) -> tuple[int, int]:
    """Read the bytes; return how many records and problems they gave, or zeros for one error."""
    try:
        parsed = read_file(io.BytesIO(data), source="x", format=format_)
        records = parsed.all()
    except ReviewkitError as error:
        assert str(error)  # noqa: PT017  an error is one of the two right answers
        return 0, 0

    assert all(map(says_something, records)), "an empty record"
    assert len({record.key for record in records}) == len(records)
    return len(records), len(parsed.problems)


@pytest.mark.slow
def test_changed_bytes_of_real_exports_do_no_harm() -> None:
    chance = random.Random(19)
    for _ in range(examples(4)):
        for path in EXPORTS:
            data = mutated(path.read_bytes(), chance)
            try:
                check(data)
            except Exception:
                Path(f"/tmp/mutation_{path.name}").write_bytes(data)
                raise


def main(seconds: float) -> int:
    """Go on for so many seconds of processor time; print what was read, and every failure.

    Return 1 where there is a failure.
    """
    chance, start, files, records = random.Random(), time.process_time(), 0, 0
    failures: dict[str, int] = {}
    slowest = (0.0, "")
    while time.process_time() - start < seconds:
        path = chance.choice(EXPORTS)
        data = mutated(path.read_bytes(), chance)
        began = time.process_time()
        try:
            records += check(data)[0]
        except Exception as error:  # noqa: BLE001  every kind is what is looked for
            name = f"{path.name}: {type(error).__name__}: {str(error)[:100]}"
            if name not in failures:
                (Path("/tmp") / f"mutation_{len(failures)}_{path.name}").write_bytes(data)
            failures[name] = failures.get(name, 0) + 1
        files += 1
        slowest = max(slowest, (time.process_time() - began, path.name))
    sys.stdout.write(f"{files:,} files, {records:,} records, {seconds:.0f} s of processor\n")
    sys.stdout.write(f"slowest: {slowest[0]:.2f} s, {slowest[1]}\n")
    for name, count in failures.items():
        sys.stdout.write(f"FAILED {count} times: {name}\n")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
