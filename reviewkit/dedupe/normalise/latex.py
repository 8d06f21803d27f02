"""Titles and names as BibTeX files print them, in plain letters."""

from functools import lru_cache
from importlib import import_module

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
    parser = import_module("pylatexenc.latex2text").LatexNodes2Text(math_mode="text")
    return str(parser.latex_to_text(text, tolerant_parsing=True))
