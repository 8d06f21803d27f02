"""`package`: a review as one archive that another machine can check, without abstracts."""

import datetime
import json
import platform
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from reviewkit.exports.archive import MANIFEST, METADATA, entry_of, manifest_of, write_archive
from reviewkit.exports.crate import Crate, write_crate
from reviewkit.model.errors import UsageError
from reviewkit.model.text import printable, to_json
from reviewkit.model.version import __version__
from reviewkit.report.checklist import STANDARDS, standard_named
from reviewkit.sources.registry import SOURCES, withheld_sources
from reviewkit.store import Store
from reviewkit.store.tables import columns_of, newest_time, rows_of, sources_in, table_names
from reviewkit.workflow.auditing.line_hits import answers_file
from reviewkit.workflow.files import write_output
from reviewkit.workflow.open_review import read_store
from reviewkit.workflow.packaging.results import LINE_HITS, make_results, time_of
from reviewkit.workflow.packaging.spool import Spool, pieces_of_file
from reviewkit.workflow.packaging.steps import authors_of, reviewers_of, steps_of
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.documents import answers_path

TABLES = "tables"
SETTINGS = "package.json"
_DESCRIPTIONS = {
    "protocol": "The protocol of the review, as reviewkit reads it.",
    TABLES: "The review's database, a file for each table: searches, records, decisions, studies.",
    "counts": "The counts of the PRISMA flow, and the state of each record.",
    "figures": "The flow diagram.",
    "checklists": "PRISMA checklists with their evidence, and the authors' answers.",
}
_README = """# {title}

A review packed by reviewkit {version}. To check it on any machine that has it, without a network:

    reviewkit verify FILE.zip

Install it from its own repository, or from the wheel that its makers give out. The package
of that name on the public index is another program.

- `protocol/`: the review's protocol: sources, queries, criteria, and what was reported.
- `tables/`: the review's database, one JSON line for each row: searches with their queries and
  lists of identifiers, records, duplicates, decisions, studies. {abstracts}
- `counts/`, `figures/`, `checklists/`, `appendix.md`, `report.html`: what follows from them.
- `manifest-sha256.txt`: the SHA-256 of every file (`sha256sum -c manifest-sha256.txt`).

Raw answers of the databases are not in the package: `tables/run_pages.jsonl` has the SHA-256
of each.
Names of reviewers are in it; their notes, tags and highlight terms are not.

Licence: {licence}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOptions:
    """What the maker of a package says: its licence, and whether abstracts may go out."""

    licence: str
    abstracts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was written: where, how many files and bytes, and the archive's SHA-256."""

    path: Path
    files: int
    size: int
    sha256: str


def pack_review(
    project: ReviewProject, out: Path, options: PackageOptions, *, now: datetime.datetime
) -> Packed:
    """Write the package of a review; the same review gives the same bytes.

    Raises UsageError without a licence or records.
    """
    if not options.licence.strip():
        raise UsageError(
            "the licence of the package is not named",
            hint='--licence "CC BY 4.0", or --licence "all rights reserved"',
        )

    with tempfile.TemporaryDirectory() as folder:
        spool, whole = Spool(Path(folder)), Path(folder) / "archive"
        with read_store(project, now=now) as store:
            store.hold_states()
            _fill(spool, store, project, options)
        with whole.open("wb") as target:
            write_archive(spool.entries, target)

        archive = entry_of(partial(pieces_of_file, whole))
        write_output(out, archive.pieces())
    return Packed(path=out, files=len(spool.entries), size=archive.size, sha256=archive.sha256)


def _fill(spool: Spool, store: Store, project: ReviewProject, options: PackageOptions) -> None:
    """Put every file of the package into the spool; its metadata and manifest come last."""
    protocol, at = project.protocol, newest_time(store)
    spool.add(f"protocol/{protocol.review.id}.toml", project.protocol_text.encode())
    for table in table_names(store):
        lines = _table(store, table, abstracts=options.abstracts)
        head = next(lines, None)
        if head is not None:
            spool.add(f"{TABLES}/{table}.jsonl", chain([head], lines))
    for name in STANDARDS:
        answers = answers_path(project, standard_named(name))
        if answers.exists():
            spool.add(f"checklists/{answers.name}", answers.read_bytes())

    hits = answers_file(project)
    if hits.exists():
        spool.add(LINE_HITS, hits.read_bytes())

    for name, content in make_results(store, project, now=time_of(at), has_abstracts=True):
        spool.add(name, content)
    withheld = _withheld(store, options)
    spool.add(SETTINGS, _settings(project, has_abstracts=options.abstracts and not withheld))
    spool.add("README.md", _readme(project, options, withheld))
    crate = _crate(store, project, options, at)
    spool.add(METADATA, write_crate(crate, spool.entries))
    spool.add(MANIFEST, manifest_of(spool.entries))


def _crate(store: Store, project: ReviewProject, options: PackageOptions, at: str) -> Crate:
    """Return what the package says of itself: of the review, its people and its steps."""
    protocol = project.protocol
    authors = authors_of(protocol)
    reviewers = reviewers_of(store, protocol, authors)
    return Crate(
        name=protocol.review.title,
        description=f"The systematic review “{protocol.review.title}” with its data and counts.",
        published=at[:10] or "1980-01-01",
        licence=options.licence.strip(),
        version=__version__,
        doi=protocol.review.doi,
        descriptions=_DESCRIPTIONS,
        support=protocol.declarations.support,
        authors=authors,
        reviewers=tuple(reviewers.values()),
        steps=tuple(steps_of(store, protocol, reviewers, drawn=time_of(at).isoformat())),
    )


def _table(store: Store, table: str, *, abstracts: bool) -> Iterator[bytes]:
    """Yield a table as JSON lines, its columns first; nothing where it has no rows."""
    has_rows = False
    for row in rows_of(store, table, abstracts=abstracts, withheld=withheld_sources()):
        if not has_rows:
            yield _line(columns_of(store, table))
            has_rows = True
        yield _line(row)


def _line(values: Sequence[object]) -> bytes:
    return (to_json(values) + "\n").encode()


def _withheld(store: Store, options: PackageOptions) -> tuple[str, ...]:
    """Return the sources whose abstracts were asked for and stay here: their terms forbid it."""
    if not options.abstracts:
        return ()
    return tuple(SOURCES[name].label for name in sources_in(store) if name in withheld_sources())


def _settings(project: ReviewProject, *, has_abstracts: bool) -> bytes:
    settings = {
        "reviewkit": __version__,
        "python": platform.python_version().rpartition(".")[0],
        "review": project.protocol.review.id,
        "protocol_sha256": project.protocol_sha256,
        "abstracts": has_abstracts,
    }
    return (json.dumps(settings, indent=1) + "\n").encode()


def _readme(project: ReviewProject, options: PackageOptions, withheld: Sequence[str]) -> bytes:
    abstracts = "Abstracts are left out: they belong to their publishers."
    if options.abstracts:
        abstracts = "Abstracts are in it, as its maker asked."
    if withheld:
        why = "are left out: the terms of use forbid to share them."
        abstracts += f"\n  Those of {', '.join(withheld)} {why}"
    return _README.format(
        title=printable(project.protocol.review.title, lines=False),
        version=__version__,
        abstracts=abstracts,
        licence=options.licence.strip(),
    ).encode()
