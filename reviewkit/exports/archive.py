"""A zip archive whose bytes follow from its contents alone. Pure.

Nothing in it is compressed: compressed bytes may differ between versions of zlib, and a rebuilt
archive is to be the same byte for byte.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping

from reviewkit.model.errors import DamagedFile

METADATA = "ro-crate-metadata.json"
MANIFEST = "manifest-sha256.txt"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES = 4 << 30


def write_archive(contents: Mapping[str, bytes]) -> bytes:
    """Return the archive: the metadata first, then all files by name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents, key=_metadata_first):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, contents[name])
    return target.getvalue()


def _metadata_first(name: str) -> tuple[bool, str]:
    return name != METADATA, name


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name, without one folder that wraps them all.

    Raises DamagedFile for a file that is no archive, a broken one, or one with names that leave it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_hostile(entries)
            contents = {entry.filename: archive.read(entry) for entry in entries}
            return _without_folder(contents)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise DamagedFile(
            f"is no whole archive: {error}", hint="copy the package again from where it came"
        ) from error
    except (RuntimeError, OSError, EOFError) as error:
        raise DamagedFile(
            f"cannot be read: {error}", hint="copy the package again from where it came"
        ) from error


def _without_folder(contents: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files; without the folder that all lie in, as some archivers add one."""
    files = {name: data for name, data in contents.items() if not name.endswith("/")}
    folder = next((name for name in files if name.endswith(f"/{METADATA}")), "")
    wrapping = folder.removesuffix(METADATA)
    if METADATA in files or wrapping.count("/") != 1:
        return contents
    if not all(name.startswith(wrapping) for name in contents):
        return contents
    return {name.removeprefix(wrapping): data for name, data in files.items()}


def is_wrapped(content: bytes) -> bool:
    """Return whether an archive that can be read holds its files in one folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return METADATA not in archive.namelist()


def _refuse_hostile(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    outside = [n for n in names if n.startswith(("/", "\\")) or ".." in n.split("/") or ":" in n]
    if outside or len(set(names)) != len(names):
        raise DamagedFile(
            "has names that leave the archive, or the same name twice",
            hint="it was not made by reviewkit package",
        )
    if sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise DamagedFile("is larger than 4 GB", hint="it was not made by reviewkit package")


def manifest_of(contents: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of every file, one a line, as `sha256sum -c` reads them."""
    lines = (f"{sha256_of(contents[name])}  {name}\n" for name in sorted(contents))
    return "".join(lines).encode()


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
