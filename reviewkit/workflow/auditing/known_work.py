"""A work that is named by PMID, DOI or title, found among the included works and the records."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.identifiers import doi_in, doi_key, pmid_in, title_key
from reviewkit.model.records import Record
from reviewkit.protocol.reported import Work
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWork:
    """A work with what is known of it."""

    name: str
    pmid: str | None
    record: Record | None


def find_work(project: ReviewProject, named: str, records: Sequence[Record]) -> KnownWork:
    """The work with this PMID, DOI or title. Raises UsageError where nothing is known of it."""
    works = project.protocol.reported.works if project.protocol.reported else ()
    wanted = _wanted(named, works)
    record = next((one for one in records if wanted.is_record(one)), None)
    if record is None and wanted.pmid is None:
        raise UsageError(
            f"no work {named.strip()!r} is known here",
            hint="name a PMID, a DOI or the whole title",
        )
    if record is None:
        return KnownWork(name=wanted.text, pmid=wanted.pmid, record=None)
    return KnownWork(
        name=record.title or wanted.text, pmid=wanted.pmid or record.pmid, record=record
    )


def reported_work(work: Work, records: Sequence[Record]) -> KnownWork:
    """An included work of a published review, with its record where that is at hand."""
    wanted = _of_work(work)
    record = next((one for one in records if wanted.is_record(one)), None)
    return KnownWork(
        name=work.title, pmid=work.pmid or (record.pmid if record else None), record=record
    )


def _wanted(named: str, works: Sequence[Work]) -> "_Wanted":
    """What was named; all that is known of it where it is one of the works."""
    wanted = _Wanted(
        text=named.strip(), pmid=pmid_in(named), doi=doi_key(doi_in(named)), title=title_key(named)
    )
    for work in works:
        if wanted.is_work(work):
            return _of_work(work)
    return wanted


def _of_work(work: Work) -> "_Wanted":
    return _Wanted(
        text=work.title, pmid=work.pmid, doi=doi_key(work.doi), title=title_key(work.title)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a work may be recognised by; an empty text recognises nothing."""

    text: str
    pmid: str | None
    doi: str
    title: str

    def is_work(self, work: Work) -> bool:
        return self.text == work.id or self._is(work.pmid, work.doi, work.title)

    def is_record(self, record: Record) -> bool:
        return self._is(record.pmid, record.doi, record.title)

    def _is(self, pmid: str | None, doi: str | None, title: str | None) -> bool:
        if self.pmid and pmid == self.pmid:
            return True
        if self.doi and doi_key(doi) == self.doi:
            return True
        return bool(self.title) and title_key(title) == self.title
