"""Titles and names as BibTeX files print them, in plain letters."""

from functools import lru_cache

_BRACES = str.maketrans("", "", "{}")


def without_latex(text: str) -> str:
    r"""Return "TNF-α in Müller cells" of "{TNF}-$\alpha$ in M{\"u}ller cells"."""
    if "\\" in text:
        return _decoded(text)
    if "{" in text:
        return text.translate(_BRACES)
    return text


@lru_cache(maxsize=4096)
def _decoded(text: str) -> str:
    # imported here: few sets hold LaTeX, and the parser takes time to load
    from pylatexenc.latex2text import (  # type: ignore[import-untyped]  # ships no types
        LatexNodes2Text,
    )

    return str(LatexNodes2Text(math_mode="text").latex_to_text(text, tolerant_parsing=True))
