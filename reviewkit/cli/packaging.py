"""`reviewkit package` and `reviewkit verify`: a review as one file that anybody can check."""

import dataclasses
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    chosen_project,
    in_a_folder,
)


def package(
    out: Annotated[
        Path, typer.Argument(help="The package.", metavar="FILE.zip", callback=in_a_folder)
    ],
    licence: Annotated[
        str | None,
        typer.Option("--licence", help="Its licence, such as “CC BY 4.0”.", show_default=False),
    ] = None,
    with_abstracts: Annotated[
        bool,
        typer.Option("--with-abstracts", help="Put abstracts in; they belong to their publishers."),
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Pack a review: protocol, searches, decisions, counts, figure, checklists (an RO-Crate 1.2).

    The same review gives the same bytes. Abstracts and raw answers are left out.

    Example: reviewkit package review.zip --licence "CC BY 4.0"
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.packaging.package import PackageOptions, pack_review

    if licence is None and sys.stdin.isatty():
        licence = typer.prompt("Licence of the package", err=True)
    options = PackageOptions(licence=licence or "", abstracts=with_abstracts)
    packed = pack_review(
        chosen_project(protocol, database=db), out, options, now=read_clock(os.environ)
    )
    if json:
        data_json({**dataclasses.asdict(packed), "path": str(packed.path)})
        return
    data(f"{packed.path}: {packed.files} files, {packed.size:,} bytes, SHA-256 {packed.sha256}")
    talk(f"To check it on any machine: reviewkit verify {packed.path.name}")


def verify(
    path: Annotated[Path, typer.Argument(help="The package.", metavar="FILE.zip")],
    json: JsonOption = False,
) -> None:
    """Check a package, offline: every byte, and every number that its data give again.

    Exits with 3 where anything differs.

    Example: reviewkit verify review.zip
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.packaging.verify import verify_package

    result = verify_package(path, now=read_clock(os.environ))
    if json:
        findings = [dataclasses.asdict(finding) for finding in result.findings]
        data_json({"same": result.same, "findings": findings})
    else:
        for finding in result.findings:
            detail = f" ({finding.detail})" if finding.detail else ""
            data(f"{finding.name}: {finding.outcome}{detail}")
        data("Nothing differs." if result.same else "It differs.")
    if not result.same:
        raise typer.Exit(3)
