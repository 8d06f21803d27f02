"""The way in: a file or stream of any format to a ParsedFile. It picks the reader."""

import codecs
import io
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from reviewkit.importers.archive import archive_files
from reviewkit.importers.detect import Detected, Format, detect
from reviewkit.importers.encodings import TextEncoding, encoding_of, is_all_utf8, shown_encoding
from reviewkit.importers.gzip_stream import ByteStream, head_and_stream, open_bytes
from reviewkit.importers.lines import CHUNK
from reviewkit.importers.mapping import Field
from reviewkit.importers.parsed_file import (
    ParsedFile,
    ParsedItems,
    Problem,
    ProblemKind,
    with_source_ids,
)
from reviewkit.importers.readers import READERS, OpenFile, ReadResult
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.records import Record


def read_file(
    path_or_stream: str | Path | ByteStream,
    *,
    source: str,
    format: str | None = None,  # noqa: A002  the word that users and the command line have for it
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str = "",
) -> ParsedFile:
    """Return the records of an export file, whatever wrote it, as a stream; see ParsedFile.

    `format` and `encoding` overrule what the content shows. `mapping` ({field: column}) reads a
    table of no known layout. `name` is what messages call a stream.
    Raises UsageError where the file is missing or of no known format, and DamagedFile where it is
    no export at all. While records are drawn, DamagedFile where it proves to be none later on.
    """
    wanted = _Wanted(source=source, format=format, encoding=encoding, mapping=mapping, name=name)
    return _read(path_or_stream, wanted, labels=True)


def read_unlabelled(
    path_or_stream: str | Path | ByteStream,
    *,
    source: str,
    format: str | None = None,  # noqa: A002  as for `read_file`
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str = "",
) -> ParsedFile:
    """Return what `read_file` returns, with no label of the file as a record's `source_id`.

    These identifiers hold across files; several records of the file may have the same.
    """
    wanted = _Wanted(source=source, format=format, encoding=encoding, mapping=mapping, name=name)
    return _read(path_or_stream, wanted, labels=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """How a person wants a file read."""

    source: str
    format: str | None
    encoding: str | None
    mapping: Mapping[str, str] | None
    name: str


def _read(path_or_stream: str | Path | ByteStream, wanted: _Wanted, *, labels: bool) -> ParsedFile:
    _refuse_unknown_fields(wanted.mapping or {})
    name = wanted.name
    opened_here: BinaryIO | None = None
    stream: ByteStream
    if isinstance(path_or_stream, str | Path):
        where = name or str(path_or_stream)
        stream = opened_here = open_bytes(path_or_stream)
    else:
        where, stream = name or "standard input", path_or_stream

    try:
        file, result = _opened(stream, wanted, where)
        named = with_source_ids(result.items, file.problems, source=wanted.source, labels=labels)
        records = _guarded(named, opened_here, where)
    except BaseException:
        if opened_here is not None:
            opened_here.close()
        raise

    detected = file.detected
    if opened_here is not None:
        # A generator that was never started runs no `finally`.
        weakref.finalize(records, opened_here.close)
    return ParsedFile(
        format=detected.format.value,
        dialect=result.dialect or detected.dialect,
        encoding=detected.encoding.name,
        sample=detected.encoding.sample,
        records=records,
        problems=file.problems,
        mapping=result.mapping,
    )


def _refuse_unknown_fields(mapping: Mapping[str, str]) -> None:
    """Raise UsageError for a field that there is not, whatever the file proves to be."""
    known = [field.value for field in Field]
    unknown = sorted(set(mapping) - set(known))
    if unknown:
        hint = f"one of {', '.join(known)}"
        raise UsageError(f"no such field: {', '.join(unknown)}", where="--map", hint=hint)


def _opened(
    stream: ByteStream, wanted: _Wanted, where: str, *, depth: int = 0
) -> tuple[OpenFile, ReadResult]:
    """Return the file with what it is, and its records to come."""
    read_as = _told(wanted.encoding, where) or _surveyed(stream, where)
    head, content = head_and_stream(stream, where)
    file = OpenFile(
        content=content,
        detected=_detected(head, wanted.format, read_as, where),
        source=wanted.source,
        where=where,
        mapping=wanted.mapping,
        problems=[],
    )
    if file.detected.format is Format.ZIP and depth:
        raise UsageError("an archive in an archive", where=where, hint="unpack it")
    if file.detected.format is Format.ZIP:
        return file, ReadResult(_packed_items(file, wanted))
    return file, READERS[file.detected.format](file)


def _packed_items(file: OpenFile, wanted: _Wanted) -> ParsedItems:
    """Yield the records of every file in an archive; one that is no export is refused by name."""
    for name, content in archive_files(file.content, where=file.where):
        try:
            inner, result = _opened(io.BytesIO(content), wanted, f"{file.where}: {name}", depth=1)
            items = [*result.items, *inner.problems]
        except (UsageError, DamagedFile) as error:
            what = f"{name} was not read: {error}"
            yield Problem(kind=ProblemKind.REFUSED, line=None, what=what)
            continue

        if not items:
            what = f"{name}: no record could be read from it"
            yield Problem(kind=ProblemKind.REFUSED, line=None, what=what)

        for item in items:
            if isinstance(item, Problem):
                yield replace(item, what=f"{name}: {item.what}")
            else:
                yield item


def identify_file(
    stream: ByteStream,
    *,
    name: str,
    format: str | None = None,  # noqa: A002  as for `read_file`
    encoding: str | None = None,
) -> Detected:
    """Return what a file is by its first bytes, which this takes from the stream.

    Raises UsageError or DamagedFile where it is no export.
    """
    read_as = _told(encoding, name)
    head, _ = head_and_stream(stream, name)
    return _detected(head, format, read_as, name)


def _detected(
    head: bytes, wanted: str | None, read_as: TextEncoding | None, where: str
) -> Detected:
    """Return what the first bytes show, overruled by what a person says."""
    detected = detect(head, where=where, encoding=read_as)
    if wanted is not None and wanted not in set(Format):
        raise UsageError(
            f"no such format: {wanted}", where=where, hint="one of " + ", ".join(Format)
        )
    if detected.format in _PACKED and wanted not in {None, detected.format}:
        raise UsageError(
            f"a spreadsheet or zip archive, not {wanted}", where=where, hint="leave --format out"
        )

    if wanted not in {None, detected.format}:
        detected = replace(detected, format=Format(wanted), dialect=Format(wanted).value)
    return detected


_PACKED = frozenset({Format.XLSX, Format.XLS, Format.ZIP})


def _told(encoding: str | None, where: str) -> TextEncoding | None:
    """Return the encoding that a person named. Raises UsageError where there is no such one."""
    if encoding is None:
        return None

    try:
        "".encode(encoding)  # base64 and the like are codecs, and no encodings
    except LookupError as error:
        raise UsageError(
            f"no such encoding: {encoding}", where=where, hint="for example cp1252"
        ) from error

    return TextEncoding(name=codecs.lookup(encoding).name, is_stated=True)


def _surveyed(stream: ByteStream, where: str) -> TextEncoding | None:
    """Return how to read the whole file; None for a stream that cannot be read twice."""
    if not isinstance(stream, io.IOBase) or not stream.seekable():
        return None

    start = stream.tell()
    head, content = head_and_stream(stream, where)
    found = None
    if not head.startswith(_NO_TEXT) and b"\0" not in head[:4096]:
        if is_all_utf8(_chunks(content)):
            found = TextEncoding(name=shown_encoding(head) or "utf-8")
        else:
            stream.seek(start)
            head, content = head_and_stream(stream, where)
            found = encoding_of(_chunks(content), head=head)
    stream.seek(start)
    return found


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


# A zip archive, an old workbook, XML that names its own encoding.
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<?xml", b"\xef\xbb\xbf<?xml")


def _guarded(records: Iterator[Record], opened: BinaryIO | None, where: str) -> Iterator[Record]:
    """Yield the records; name read errors as DamagedFile; close the file that was opened here."""
    try:
        yield from records
    except OSError as error:
        raise DamagedFile(
            f"cannot be read: {error}", where=where, hint="check the disk or copy the file"
        ) from error
    finally:
        if opened is not None:
            opened.close()
