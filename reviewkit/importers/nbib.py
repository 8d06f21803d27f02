"""NBIB files to records: `importers.medline` reads them.

Here they get what all files get: whole page ranges, codes of languages, names.
"""

from collections.abc import Iterable

from reviewkit.importers.lines import TextLines
from reviewkit.importers.medline import Values
from reviewkit.importers.medline_fields import MedlineProblem
from reviewkit.importers.medline_texts import read_medline_texts
from reviewkit.importers.normalise import page_range
from reviewkit.importers.parsed_file import ParsedItems, ParsedRecord, Problem, ProblemKind
from reviewkit.model.languages import language_code

_OWN = " [reviewkit]"  # the mark of a record's key in files that `exports.nbib` wrote


def parse_nbib(lines: TextLines, *, source: str) -> ParsedItems:
    """Every record and every problem of a MEDLINE text, in file order."""
    for item in read_medline_texts(lines.blocks(), source=source, finish=_normalise):
        if isinstance(item, MedlineProblem):
            yield Problem(kind=ProblemKind.DAMAGE, line=item.line, what=item.what)
            continue

        record = item.record
        own = _own_key(record.other.get("AID", ())) or record.pmid
        yield ParsedRecord(record, item.line, own)
        for language in record.other.get("LA", ()):
            if language_code(language) is None:
                what = f"LA: not a language that reviewkit knows: {language!r}"
                yield Problem(kind=ProblemKind.VALUE, line=item.line, what=what)


def _own_key(identifiers: Iterable[str]) -> str | None:
    """Return the key of a record that reviewkit itself wrote."""
    for one in identifiers:
        if one.endswith(_OWN):
            return one.removesuffix(_OWN)
    return None


def _normalise(values: Values) -> None:
    """Make pages whole and languages codes; keep what was printed where that is more."""
    printed, languages, other = values["pages"], values["languages"], values["other"]
    codes = tuple(filter(None, map(language_code, languages)))
    pages = page_range(printed or "") or None
    if pages != printed and printed:
        other["PG"] = (printed,)
    if codes != languages:
        other["LA"] = languages
    values["source_id"], values["pages"], values["languages"] = "", pages, codes

    if "OID" in other and values["accession"] is None:
        own = _own_key(other.get("AID", ()))
        if own not in {None, values["pmid"]}:
            values["accession"] = other["OID"][0]
