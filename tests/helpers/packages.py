"""Packages as files by name: read, and written again with a manifest that fits."""

from collections.abc import Mapping
from pathlib import Path

from reviewkit.exports.archive import MANIFEST, held, manifest_of, read_archive, write_archive


def read_package(path: Path) -> dict[str, bytes]:
    """The files of a package."""
    with path.open("rb") as file:
        return {name: entry.content() for name, entry in read_archive(file).entries.items()}


def write_package(path: Path, contents: Mapping[str, bytes]) -> Path:
    """Write files as a package; without a manifest among them it gets the one that fits."""
    entries = {name: held(content) for name, content in contents.items()}
    if MANIFEST not in entries:
        entries[MANIFEST] = held(manifest_of(entries))
    with path.open("wb") as file:
        write_archive(entries, file)
    return path
