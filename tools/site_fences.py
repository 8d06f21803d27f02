"""For the site: code marked as run by a test ("sh runnable") is shown like other code ("sh")."""

from typing import Any

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor


class _PlainFences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        """Return the lines without the mark."""
        return ["```sh" if line == "```sh runnable" else line for line in lines]


class SiteFences(Extension):
    """Takes the mark away before any other extension looks."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802  the library's name
        """Register the step."""
        md.preprocessors.register(_PlainFences(md), "site_fences", 1000)


def makeExtension(**settings: Any) -> SiteFences:  # noqa: N802  the library's name
    """Return the extension, as the library asks for it."""
    return SiteFences(**settings)
