"""The count of a query, asked once, by the search of a service that can stop at its count."""

from reviewkit.query.compile import EVERY_PHRASE, CompiledQuery
from reviewkit.sources.base import Counted, Counter, SearchFunction
from reviewkit.sources.page_source import PageSource


def counted_by(search: SearchFunction, *, source: str) -> Counter:
    """Return what asks for a count through a search that lists nothing with `fetch=False`.

    Phrases that the service does not know are warnings. Its identifiers are no PMIDs, so that none
    is given.
    """

    def count_once(pages: PageSource, query: str, most: int) -> Counted:
        asked = CompiledQuery(
            source=source, strategy="count", text=query, acknowledged=(EVERY_PHRASE,)
        )
        run = search(pages, asked, fetch=False)
        return Counted(
            count=run.count or 0,
            ids=(),
            translation=run.translation,
            warnings=run.warnings,
            is_whole=False,
        )

    return count_once
