"""A page on disk, with the folder beside it that holds the files of its long lists."""

from collections.abc import Sequence
from pathlib import Path

from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.writers.long_lists import is_list_file, is_long, list_files
from reviewkit.workflow.files import write_own


def folder_beside(page: Path | None, listings: Sequence[RecordList]) -> str:
    """Return the name of the folder that a page's long lists need; "" where they need none.

    A page on standard output or in a device has none beside it.
    """
    if page is None or (page.exists() and not page.is_file()):
        return ""
    if not any(map(is_long, listings)):
        return ""
    return f"{page.stem}.records"


def write_beside(page: Path | None, listings: Sequence[RecordList]) -> None:
    """Write the folder of a page's long lists, and remove from it what an earlier page left.

    Raises ReviewkitError for what cannot be written.
    """
    if page is None:
        return

    folder = page.parent / f"{page.stem}.records"
    written = set()
    if folder_beside(page, listings):
        for name, content in list_files(listings):
            write_own(folder / name, content)
            written.add(name)
    _remove_others(folder, written)


def _remove_others(folder: Path, written: set[str]) -> None:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if is_list_file(path.name) and path.name not in written:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
