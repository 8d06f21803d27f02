"""Write a compiled list of works (JSON, one object a work) as a RIS file and a manifest.

The list is a fallback for a search that cannot be run. Bibliographic facts only: a value that was
not seen is not in the RIS file, and the manifest names it.

    python tools/compile_list.py RECORDS.json CONCEPTS OUTPUT_FOLDER DATE

CONCEPTS names, per concept of the list, the protocol's descriptor: als=als,dysbiosis=dysbiosis,...
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewkit.exports.write import write_records
from reviewkit.model.records import Record, Relation, RelationKind

_RELATIONS = {"preprint_of": RelationKind.PREPRINT_OF, "has_preprint": RelationKind.HAS_PREPRINT}
_ASKED_FOR = [
    "pmid",
    "pmcid",
    "doi",
    "authors",
    "journal",
    "issn",
    "year",
    "pub_date",
    "epub_date",
    "volume",
    "issue",
    "pages",
    "language",
    "publication_types",
    "mesh",
    "keywords",
    "free_full_text",
    "in_pmc",
    "licence",
]


def main(records_file: str, concepts: str, folder: str, date: str) -> None:
    """Write compiled.ris and manifest.json into `folder`."""
    works = json.loads(Path(records_file).read_text(encoding="utf-8"))
    descriptors = dict(pair.split("=") for pair in concepts.split(","))
    titled = [work for work in works if work["title"]]
    ris = b"".join(write_records("ris", (record_of(work) for work in titled)))
    manifest = {
        "what": "Real works around the review's theme, compiled by hand from public bibliographic "
        "pages. It is not the result of a search of PubMed, LILACS or any other database.",
        "compiled_at": date,
        "sha256": hashlib.sha256(ris).hexdigest(),
        "left_out": {
            work["rid"]: "no title was seen, so it cannot be screened"
            for work in works
            if not work["title"]
        },
        "records": {work["rid"]: manifest_entry(work, descriptors) for work in titled},
    }
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / "compiled.ris").write_bytes(ris)
    (target / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    sys.stdout.write(f"{len(titled)} works written, {len(manifest['left_out'])} left out\n")


def record_of(work: Mapping[str, Any]) -> Record:
    """Return a work of the list as a Record; dates only if they are dates."""
    relations = [
        Relation(kind=_RELATIONS[relation["type"]], target=f"compiled:{relation['rid']}")
        for relation in work["relations"]
        if relation["type"] in _RELATIONS
    ]
    return Record(
        source="compiled",
        source_id=work["rid"],
        title=work["title"],
        authors=tuple(work["authors"] or ()),
        journal=work["journal"],
        journal_abbreviation=work["journal_abbrev"],
        issns=_tuple(work["issn"]),
        year=work["year"],
        published=_date(work["pub_date"]),
        published_online=_date(work["epub_date"]),
        volume=work["volume"],
        issue=work["issue"],
        pages=work["pages"],
        doi=work["doi"],
        pmid=work["pmid"],
        pmcid=work["pmcid"],
        languages=_tuple(work["language"]),
        headings=tuple(work["mesh"] or ()),
        keywords=tuple(work["keywords"] or ()),
        types=tuple(work["publication_types"] or ()),
        relations=tuple(relations),
    )


def _tuple(value: str | None) -> tuple[str, ...]:
    return tuple(filter(None, [value]))


def _date(printed: str | None) -> str | None:
    if printed and re.fullmatch(r"\d{4}(-\d{2}){0,2}", printed):
        return printed
    return None


def manifest_entry(work: Mapping[str, Any], descriptors: Mapping[str, str]) -> dict[str, list[str]]:
    """Return where the work was read, what was seen of it, and what was not."""
    seen = {True: "yes", False: "no"}
    concepts = work["seen_terms"] or {}
    entry = {
        "read_at": work["source_urls"],
        "not_seen": [name for name in _ASKED_FOR if work[name] is None],
        "concepts": [
            f"{descriptors[concept]}={seen[answer]}"
            for concept, answer in concepts.items()
            if answer is not None
        ],
    }
    for name, key in (
        ("free_full_text", "free_full_text"),
        ("mesh_list_complete", "headings_complete"),
    ):
        if work[name] is not None:
            entry[key] = [seen[work[name]]]
    return entry


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
