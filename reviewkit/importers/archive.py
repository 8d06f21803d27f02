"""The files of a zip archive, one after the other. A bomb is refused before it is unpacked."""

import io
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from reviewkit.importers.gzip_stream import read_up_to
from reviewkit.importers.unpacking import refuse_bomb
from reviewkit.model.archives import BROKEN_ZIP
from reviewkit.model.errors import DamagedFile

LARGEST_ARCHIVE = 200_000_000


def archive_files(stream: BinaryIO, *, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield each file's name and content, in the archive's order; folders and hidden files do not
    count.

    Raises DamagedFile where it is no archive, is damaged, or would blow up.
    """
    packed = read_up_to(stream, LARGEST_ARCHIVE + 1)
    if len(packed) > LARGEST_ARCHIVE:
        raise DamagedFile(
            "the archive is larger than 200 MB", where=where, hint="unpack it and import the files"
        )

    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = [part for part in archive.infolist() if _counts(part)]
            _refuse_bomb(files, len(packed), where)
            for part in files:
                yield part.filename, archive.read(part)
    except BROKEN_ZIP as error:
        raise DamagedFile(
            "the archive cannot be read", where=where, hint="unpack it and import the files"
        ) from error


def _counts(part: zipfile.ZipInfo) -> bool:
    names = part.filename.split("/")
    hidden = any(name.startswith((".", "__MACOSX")) for name in names)
    return not part.is_dir() and not hidden


def _refuse_bomb(files: list[zipfile.ZipInfo], packed: int, where: str) -> None:
    whole = sum(part.file_size for part in files)
    refuse_bomb(packed, whole, where=where, kind="zip", held=True)
