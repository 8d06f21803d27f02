"""Sets a Typst document as PDF or PNG with the fonts that reviewkit ships."""

from importlib.resources import as_file, files
from typing import Literal

import typst

from reviewkit.model.errors import ReviewkitError


def compile_typst(
    source: str,
    inputs: dict[str, str],
    output: Literal["pdf", "png"],
    *,
    covered: bool,
    timestamp: int,
    dpi: float = 144,
) -> bytes:
    """What Typst makes of `source`, with the shipped fonts; with the system's too where these do not cover the text.

    Raises ReviewkitError where it cannot be set.
    """
    with as_file(files("reviewkit.prisma.diagram") / "fonts") as fonts:
        found = typst.Fonts(include_system_fonts=not covered, font_paths=[str(fonts)])
        compiler = typst.Compiler(
            source.encode(), font_paths=found, ignore_system_fonts=True, sys_inputs=inputs
        )
        # PDF/UA-1 wants a glyph for every character, which only the shipped fonts promise.
        standards: Literal["ua-1", "1.7"] = "ua-1" if covered else "1.7"
        try:
            made = compiler.compile(
                format=output, ppi=dpi, timestamp=timestamp, pdf_standards=standards
            )
        except typst.TypstError as error:
            raise ReviewkitError(
                f"the {output.upper()} could not be set: {error.message}"
            ) from error
    if not isinstance(made, bytes):
        raise ReviewkitError(f"the {output.upper()} has more than one page")
    return made
