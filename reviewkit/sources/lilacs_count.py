"""The count of a query of LILACS, with the first records that it finds, in one request."""

from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import bvs
from reviewkit.sources.base import Counted
from reviewkit.sources.bvs_documents import read_document
from reviewkit.sources.page_source import PageSource, ask

_ID, _LABEL = "lilacs", "LILACS"


def count_once(pages: PageSource, query: str, most: int) -> Counted:
    """The count of a query and its first records. Raises as a search does."""
    asked = CompiledQuery(source=_ID, strategy="count", text=query)
    size = max(1, min(most, bvs.PAGE))
    request = bvs.ask_page(bvs.API, asked, first=bvs.API.first, count=size)
    page = ask(pages, request, bvs.judge_page(bvs.API, asked, covered=0), where=_LABEL)
    pages.finish()

    listed = bvs.read_page(page.body)
    records = tuple(read_document(doc, source=_ID)[0] for doc in listed.docs)
    return Counted(
        count=listed.count,
        ids=tuple(record.pmid for record in records if record.pmid),
        translation=listed.translation,
        warnings=(),
        is_whole=len(listed.docs) == listed.count,
        records=records,
    )
