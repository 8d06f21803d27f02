"""Set a Typst document as PDF or PNG with the fonts that reviewkit ships.

Typst is an extra: 84 MB that only PDF, PNG, TIFF and diagrams for Word need.
"""

from importlib.resources import as_file, files
from types import ModuleType
from typing import Literal

from reviewkit.model.errors import ReviewkitError, UsageError
from reviewkit.model.extras import install_hint


def compile_typst(
    source: str,
    inputs: dict[str, str],
    output: Literal["pdf", "png"],
    *,
    covered: bool,
    timestamp: int,
    dpi: float = 144,
) -> bytes:
    """Return the PDF or PNG of a Typst source.

    `covered`: the shipped fonts have every character; otherwise the system's fonts are used too.
    `timestamp` is the creation date in Unix seconds. Raise UsageError without Typst, ReviewkitError
    where it cannot be set.
    """
    typst = _typst()
    # PDF/UA-1 wants a glyph for every character, which only the shipped fonts promise.
    standard: Literal["ua-1", "1.7"] = "ua-1" if covered else "1.7"
    with as_file(files("reviewkit.prisma.diagram") / "fonts") as folder:
        fonts = typst.Fonts(include_system_fonts=not covered, font_paths=[str(folder)])
        compiler = typst.Compiler(
            source.encode(), font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs
        )
        try:
            written = compiler.compile(
                format=output, ppi=dpi, timestamp=timestamp, pdf_standards=standard
            )
        except typst.TypstError as error:
            raise ReviewkitError(
                f"the {output.upper()} could not be set: {error.message}"
            ) from error

    if not isinstance(written, bytes):
        raise ReviewkitError(f"the {output.upper()} has more than one page")
    return written


def _typst() -> ModuleType:
    """Return the module. A writer of several formats imports this one, and needs it for two."""
    try:
        import typst  # noqa: PLC0415  an extra, for two of the formats
    except ModuleNotFoundError as error:
        raise UsageError(
            "PDF and PNG need Typst, which is not installed",
            hint=f"{install_hint('pdf')}, or choose another format",
        ) from error
    return typst
