"""The rows of a spreadsheet: .xlsx read by openpyxl, .xls by xlrd, where these are installed.

A zip bomb is refused before it is read.
"""

import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from reviewkit.importers.gzip_stream import read_up_to
from reviewkit.importers.table import Row
from reviewkit.importers.unpacking import refuse_bomb
from reviewkit.model.archives import BROKEN_ZIP
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.extras import install_hint

LARGEST_FILE = 200_000_000


def workbook_rows(stream: BinaryIO, *, where: str) -> Iterator[Row]:
    """Yield the rows of the first sheet that has any, numbered from 1, every cell as text.

    Raises DamagedFile where it is no workbook or would blow up, UsageError without openpyxl.
    """
    packed = read_up_to(stream, LARGEST_FILE + 1)
    if len(packed) > LARGEST_FILE:
        raise DamagedFile(
            "the workbook is larger than 200 MB", where=where, hint="save the sheet as CSV"
        )

    try:
        _refuse_bombs(packed, where)
        yield from _rows(packed, where)
    except _BROKEN as error:
        raise DamagedFile(
            "the workbook cannot be read", where=where, hint="save the sheet as CSV"
        ) from error


# What zipfile and openpyxl raise on a damaged file.
_BROKEN: tuple[type[Exception], ...] = (
    *BROKEN_ZIP,
    *(ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError),
)


def _rows(packed: bytes, where: str) -> Iterator[Row]:
    try:
        import openpyxl  # noqa: PLC0415  an extra: only who has spreadsheets needs it
    except ImportError as error:
        hint = f"{install_hint('xlsx')}, or save the sheet as CSV"
        raise UsageError(
            "reading .xlsx needs openpyxl, which is not installed", where=where, hint=hint
        ) from error

    book = openpyxl.load_workbook(io.BytesIO(packed), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = (list(map(_text, row)) for row in sheet.iter_rows(values_only=True))
        filled = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
        if filled:
            yield from filled
            return


def old_workbook_rows(stream: BinaryIO, *, where: str) -> Iterator[Row]:
    """Yield the rows of the first sheet of an .xls file that has any, every cell as text.

    Raises DamagedFile where it cannot be read, UsageError without xlrd.
    """
    try:
        import xlrd  # type: ignore[import-untyped]  # noqa: PLC0415  an extra, without types
    except ImportError as error:
        hint = f"{install_hint('xlsx')}, or save the sheet as CSV"
        raise UsageError(
            "reading .xls needs xlrd, which is not installed", where=where, hint=hint
        ) from error

    packed = read_up_to(stream, LARGEST_FILE + 1)
    if len(packed) > LARGEST_FILE:
        raise DamagedFile(
            "the workbook is larger than 200 MB", where=where, hint="save the sheet as CSV"
        )

    try:
        book = xlrd.open_workbook(file_contents=packed, logfile=io.StringIO())
        sheets = [_old_rows(sheet) for sheet in book.sheets()]
    except (*_BROKEN, AssertionError, xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        raise DamagedFile(
            "the old Excel or Word file cannot be read", where=where, hint="save the sheet as CSV"
        ) from error

    yield from next((rows for rows in sheets if rows), [])


def _old_rows(sheet: Any) -> list[Row]:
    rows = (list(map(_text, sheet.row_values(at))) for at in range(sheet.nrows))
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def _refuse_bombs(packed: bytes, where: str) -> None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            listed = ", ".join(sorted(names)[:5])
            hint = f"unpack it and import the files in it ({listed})"
            raise UsageError("a zip archive, not a spreadsheet", where=where, hint=hint)

        whole = sum(part.file_size for part in parts)
        refuse_bomb(len(packed), whole, where=where, kind="zip", held=True)

        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    head = opened.read(4096)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    what = f"{part.filename} declares entities of its own; it was not read"
                    raise DamagedFile(what, where=where, hint="save the sheet as CSV")


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))

    return str(cell)
