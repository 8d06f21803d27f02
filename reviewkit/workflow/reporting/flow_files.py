"""Files that hold a published flow: a template CSV of the PRISMA2020 package, or a protocol."""

from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.errors import UsageError, system_reason
from reviewkit.model.flow import Broken, Flow, Severity, Undecided
from reviewkit.prisma.check import check, undecided
from reviewkit.prisma.diagram.read_csv import TemplateFile, read_csv
from reviewkit.reproduction.flows import reported_flow
from reviewkit.workflow.files import with_end
from reviewkit.workflow.project import open_project


def read_template(path: Path) -> TemplateFile:
    """Return the flow of a template CSV, in UTF-8, UTF-16 or Latin-1.

    A cell or a row that cannot be read is one of its mistakes; the rest is read.
    """
    try:
        raw = with_end(path).read_bytes()
    except OSError as error:
        reason = system_reason(error)
        hint = "name a template CSV of the PRISMA2020 package"
        raise UsageError(f"cannot be read: {reason}", where=str(path), hint=hint) from error

    return read_csv(_decoded(raw))


def _decoded(raw: bytes) -> str:
    """Return the text of a file as spreadsheets write them; UTF-16 also without its mark."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    if raw[1:2] == b"\x00":
        return raw.decode("utf-16-le", errors="replace")
    if raw[:1] == b"\x00":
        return raw.decode("utf-16-be", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFlow:
    """What the check of a published flow found.

    `notices` are cells and rows that could not be read; `undecided` are identities that lack a
    count.
    """

    broken: tuple[Broken, ...]
    undecided: tuple[Undecided, ...]
    notices: tuple[str, ...]

    @property
    def adds_up(self) -> bool:
        """Return whether no identity is broken; a warning does not count."""
        return all(item.severity is not Severity.ERROR for item in self.broken)


def check_flow_file(path: Path) -> CheckedFlow:
    """Return what the flow of a file breaks, and what cannot be decided about it.

    The file is a template CSV, or the protocol of a published review with its [reported] table.
    """
    if path.suffix.lower() == ".toml":
        return _checked(_reported(path), ())
    template = read_template(path)
    return _checked(template.flow, tuple(str(mistake) for mistake in template.mistakes))


def _reported(path: Path) -> Flow:
    protocol = open_project(path).protocol
    if protocol.reported is None:
        raise UsageError(
            "the protocol reports no flow",
            where=str(path),
            hint="add [reported.flow], or name a template CSV",
        )
    return reported_flow(protocol)


def _checked(flow: Flow, notices: tuple[str, ...]) -> CheckedFlow:
    return CheckedFlow(broken=check(flow), undecided=undecided(flow), notices=notices)
