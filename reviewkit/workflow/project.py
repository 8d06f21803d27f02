"""Where a review's files are: its protocol, cache, database and outputs."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.choices import nearest
from reviewkit.model.errors import Mistake, ProtocolError, UsageError, system_reason
from reviewkit.model.text import to_json
from reviewkit.protocol.model import Protocol, ProtocolSource, Strategy
from reviewkit.protocol.parse import parse_protocol
from reviewkit.workflow.files import with_end


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProject:
    """A review on disk. `protocol_sha256` is of the protocol file's bytes."""

    protocol: Protocol
    protocol_path: Path
    protocol_text: str
    protocol_sha256: str
    cache: Path
    output: Path
    database: Path

    @property
    def home(self) -> Path:
        """The folder that holds `protocols/`, or the protocol's own where it is elsewhere."""
        folder = self.protocol_path.resolve().parent
        return folder.parent if folder.name == "protocols" else folder


def find_protocol(named: Path | None, *, folder: Path) -> Path:
    """The protocol that was named, or the only one in `folder`/protocols.

    Raises UsageError where there is none, or more than one.
    """
    if named is not None:
        return named

    protocols = sorted((folder / "protocols").glob("*.toml"))
    if len(protocols) == 1:
        return protocols[0]
    if not protocols:
        raise UsageError(
            "no protocol in protocols/",
            hint="go to the folder of your review; or write a protocol: reviewkit init; "
            "or name its file: --protocol FILE",
        )
    names = ", ".join(protocol.name for protocol in protocols)
    raise UsageError(
        f"{len(protocols)} protocols in protocols/: {names}",
        hint=f"name one, for example --protocol protocols/{protocols[0].name}, or set "
        "REVIEWKIT_PROTOCOL; begin a review of your own in an empty folder",
    )


def primary_strategy(project: ReviewProject) -> Strategy:
    """The strategy that gives the counts. Raises UsageError where the protocol has none."""
    strategy = project.protocol.primary
    if strategy is None:
        raise UsageError(
            "the protocol has no strategy",
            where=str(project.protocol_path),
            hint="add [[strategies]]",
        )
    return strategy


def source_of(project: ReviewProject, name: str) -> ProtocolSource:
    """The protocol's source with that id, or with that name where only one has it.

    Capital letters of a name do not count. Raises UsageError that says what to do instead.
    """
    sources = project.protocol.sources
    for source in sources:
        if source.id == name:
            return source

    meant = name.strip().casefold()
    named = [source for source in sources if meant in {source.id, source.name.casefold()}]
    if len(named) == 1:
        return named[0]

    raise UsageError(
        f"no source {name!r} in this protocol",
        where=str(project.protocol_path),
        hint=_instead_of(name, sources),
        paste=_new_source(name),
    )


def _instead_of(name: str, sources: Sequence[ProtocolSource]) -> str:
    """What to write instead of a source's name that the protocol does not have."""
    ids = [source.id for source in sources]
    near = nearest(name, ids)
    meant = f"did you mean {near}? " if near else ""
    return (
        f"{meant}name one of its sources ({', '.join(ids)}), "
        "or add a further one at the end of that file:"
    )


def _new_source(name: str) -> str:
    """The lines of a protocol that add a source of that name."""
    new_id = re.sub(r"\W+", "_", name.casefold(), flags=re.ASCII).strip("_")
    lines = ("[[sources]]", f'id = "{new_id}"', f"name = {to_json(name.strip())}")
    return "\n".join((*lines, 'role = "database"'))


def open_project(
    protocol_path: Path,
    *,
    database: Path | None = None,
    cache: Path | None = None,
    output: Path | None = None,
) -> ReviewProject:
    """The review that a protocol file describes, and where its files are.

    By default these are `cache/<id>/` and `reviews/<id>/`, beside the folder `protocols/` that
    holds the file, or beside the file itself where it is elsewhere. Raises UsageError for a file
    that cannot be read, and ProtocolError.
    """
    if database is not None:
        _refuse_no_file(database)
    raw, text = _read(protocol_path)
    protocol = parse_protocol(text, where=str(protocol_path))

    home = protocol_path.resolve().parent
    if home.name == "protocols":
        home = home.parent
    if output is None:
        output = database.parent if database else home / "reviews" / protocol.review.id

    return ReviewProject(
        protocol=protocol,
        protocol_path=protocol_path,
        protocol_text=text,
        protocol_sha256=hashlib.sha256(raw).hexdigest(),
        cache=cache or home / "cache" / protocol.review.id,
        output=output,
        database=database or output / "review.db",
    )


def _refuse_no_file(database: Path) -> None:
    """Refuse a folder, and a device: a copy of one without an end would fill the disk."""
    if database.is_dir():
        raise UsageError("is a folder", where=str(database), hint="name a file with --db")
    if database.exists() and not database.is_file():
        raise UsageError("is no file", where=str(database), hint="name a file with --db")


def _read(protocol_path: Path) -> tuple[bytes, str]:
    """The protocol file's bytes and its text."""
    try:
        raw = with_end(protocol_path).read_bytes()
        return raw, raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"cannot be read: {system_reason(error)}",
            where=str(protocol_path),
            hint="name a protocol file",
        ) from error
    except UnicodeDecodeError as error:
        mistake = Mistake(
            path="text",
            found="",
            wanted="the file must be UTF-8 text; save it as UTF-8 in your editor",
            line=raw.count(b"\n", 0, error.start) + 1,
        )
        raise ProtocolError((mistake,), where=str(protocol_path)) from error
