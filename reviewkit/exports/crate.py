"""The metadata of a package, RO-Crate 1.2 (https://w3id.org/ro/crate/1.2), by hand. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from reviewkit.exports.archive import METADATA, Entry
from reviewkit.exports.crate_people import (
    CratePerson,
    CrateStep,
    ids_of,
    people_entities,
    references,
    step_entities,
)

SOFTWARE = "#reviewkit"
_CONTEXT = "https://w3id.org/ro/crate/1.2/context"
_FORMATS = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".toml": "application/toml",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".html": "text/html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crate:
    """What a package says of itself. `licence` is what its maker said; it is never invented."""

    name: str
    description: str
    published: str
    licence: str
    version: str
    doi: str | None
    descriptions: Mapping[str, str]
    support: str | None = None
    authors: tuple[CratePerson, ...] = ()
    reviewers: tuple[CratePerson, ...] = ()
    steps: tuple[CrateStep, ...] = ()

    @property
    def people(self) -> tuple[CratePerson, ...]:
        """The authors, and who else decided."""
        return tuple(dict.fromkeys((*self.authors, *self.reviewers)))


def write_crate(crate: Crate, entries: Mapping[str, Entry]) -> bytes:
    """Return `ro-crate-metadata.json` for these files."""
    licence = crate.licence if crate.licence.startswith("http") else "#licence"
    names = sorted(entries)
    graph: list[dict[str, Any]] = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        },
        _root(crate, licence, names),
        {
            "@id": licence,
            "@type": "CreativeWork",
            "name": crate.licence,
            "description": "The licence that the maker of this package named.",
        },
        {
            "@id": SOFTWARE,
            # A SoftwareApplication needs a page (1.2_32.2), and reviewkit names none.
            "@type": "CreativeWork",
            "name": "reviewkit",
            "version": crate.version,
        },
    ]
    if crate.doi:
        work = {"@id": f"https://doi.org/{crate.doi}", "@type": "ScholarlyArticle"}
        graph.append({**work, "name": crate.name})
    if crate.support:
        graph.append({"@id": "#support", "@type": "Grant", "name": crate.support})
    graph += people_entities(crate.people)
    graph += step_entities(crate.steps, ids_of(crate.people), names)
    graph += [_file(crate, name, entries[name]) for name in names]
    return (json.dumps({"@context": _CONTEXT, "@graph": graph}, indent=1) + "\n").encode()


def _root(crate: Crate, licence: str, names: list[str]) -> dict[str, Any]:
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": crate.name,
        "description": crate.description,
        "datePublished": crate.published,
        "license": {"@id": licence},
        "hasPart": [{"@id": quote(name)} for name in names],
        "mentions": references([SOFTWARE, *_step_ids(crate)]),
    }
    if crate.authors:
        ids = ids_of(crate.people)
        root["author"] = references([ids[person.name] for person in crate.authors])
    if crate.support:
        root["funding"] = {"@id": "#support"}
    if crate.doi:
        root["citation"] = {"@id": f"https://doi.org/{crate.doi}"}
    return root


def _step_ids(crate: Crate) -> list[str]:
    return [f"#step-{number}" for number, _ in enumerate(crate.steps, 1)]


def _file(crate: Crate, name: str, entry: Entry) -> dict[str, Any]:
    folder = name.split("/", maxsplit=1)[0]
    return {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        "description": crate.descriptions.get(folder, "Part of this package."),
        "encodingFormat": _FORMATS.get(PurePosixPath(name).suffix, "application/octet-stream"),
        "contentSize": str(entry.size),
        "sha256": entry.sha256,
    }
