"""NBIB files to records: `importers.medline` reads them.

Here they get what all files get: whole page ranges, codes of languages, names.
"""

from collections.abc import Iterable
from dataclasses import replace

from reviewkit.importers.languages import language_code
from reviewkit.importers.lines import Line
from reviewkit.importers.medline import MedlineProblem, read_medline
from reviewkit.importers.normalise import page_range
from reviewkit.importers.parsed_file import ParsedItems, ParsedRecord, Problem, ProblemKind
from reviewkit.model.records import Record

_OWN = " [reviewkit]"  # the mark of a record's key in files that `exports.nbib` wrote


def parse_nbib(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Every record and every problem of a MEDLINE text, in file order."""
    for item in read_medline(lines, source=source):
        if isinstance(item, MedlineProblem):
            yield Problem(kind=ProblemKind.DAMAGE, line=item.line, what=item.what)
            continue

        record = item.record
        own = next(
            (
                identifier.removesuffix(_OWN)
                for identifier in record.other.get("AID", ())
                if identifier.endswith(_OWN)
            ),
            record.pmid,
        )
        if own != record.pmid and record.accession is None:
            record = replace(record, accession=next(iter(record.other.get("OID", ())), None))
        yield ParsedRecord(record=_normalised(record), line=item.line, own_id=own)
        for language in record.languages:
            if language_code(language) is None:
                what = f"LA: not a language that reviewkit knows: {language!r}"
                yield Problem(kind=ProblemKind.VALUE, line=item.line, what=what)


def _normalised(record: Record) -> Record:
    codes = tuple(code for language in record.languages if (code := language_code(language)))
    pages = page_range(record.pages or "") or None
    other = dict(record.other)
    if pages != record.pages and record.pages:
        other["PG"] = (record.pages,)
    if codes != record.languages:
        other["LA"] = record.languages
    return replace(record, source_id="", pages=pages, languages=codes, other=other)
