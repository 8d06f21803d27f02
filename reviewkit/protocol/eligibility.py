"""Check a record against each criterion of the protocol that a machine can judge. Pure.

The answer (yes, no or unknown, with the evidence) is about eligibility: "no" on "published before
2022"
means that the record does not satisfy the review.
"""

from reviewkit.model.foreign import whole_number
from reviewkit.model.language_names import name_of_language
from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import Answer, Check, Record
from reviewkit.protocol.model import ByAccess, ByDate, ByLanguage, Criterion, Protocol

# Few articles wait longer for their issue. A longer bound would leave every late record to people.
_ONLINE_EARLIER = 2


def check_record(protocol: Protocol, record: Record) -> tuple[Check, ...]:
    """Return a Check per criterion of date, language or access, in the protocol's order."""
    checks = (_check(criterion, record) for criterion in protocol.criteria)
    return tuple(check for check in checks if check)


def automatic_criteria(protocol: Protocol) -> tuple[Criterion, ...]:
    """Return the criteria that can remove a record before screening: date and language, never
    access.

    Access depends on the report and on the day of the request. It is shown to the reviewer and
    decides nothing.
    """
    return tuple(c for c in protocol.criteria if isinstance(c.check, ByDate | ByLanguage))


def _check(criterion: Criterion, record: Record) -> Check | None:
    """Return the check of one criterion; `None` where a machine cannot judge it."""
    judgement = _judge(criterion, record)
    if judgement is None:
        return None

    answer, evidence = judgement
    return Check(record=record.key, criterion=criterion.id, answer=answer, evidence=evidence)


def _judge(criterion: Criterion, record: Record) -> tuple[Answer, str] | None:
    match criterion.check:
        case ByDate() as check:
            return _by_date(check, record)
        case ByLanguage() as check:
            return _by_language(check, record)
        case ByAccess():
            return _by_access(record)
        case _:
            return None


def _by_date(check: ByDate, record: Record) -> tuple[Answer, str]:
    """Judge by print and electronic date, as PubMed's [dp] holds both:
    either in range is enough.
    """
    online = _year(record.published_online)
    years = {
        mark("published {year}"): record.year,
        mark("published online {year}"): online,
    }
    known = {name: year for name, year in years.items() if year is not None}
    if not known:
        return Answer.UNKNOWN, in_english("no date seen")

    evidence = ", ".join(in_english(name, year=str(year)) for name, year in known.items())
    if any(_is_in_range(check, year) for year in known.values()):
        return Answer.YES, evidence
    not_seen = _unseen_date(check, record.year, online)
    if not_seen:
        return Answer.UNKNOWN, f"{evidence}, {not_seen}"
    return Answer.NO, evidence


def _unseen_date(check: ByDate, issue: int | None, online: int | None) -> str:
    """Return which date was not seen and may be in range; empty where none is.

    An article may be online well before the issue that it is dated by.
    """
    if issue is None and _is_before(check, online):
        return in_english("issue not seen")
    if online is None and _is_soon_after(check, issue):
        return in_english("online date not seen")
    return ""


def _is_soon_after(check: ByDate, year: int | None) -> bool:
    """Whether an issue of that year may hold what was online within the range."""
    if year is None or check.to is None:
        return False
    return check.to < year <= check.to + _ONLINE_EARLIER


def _is_before(check: ByDate, year: int | None) -> bool:
    return year is not None and year < (check.from_ or 0)


def _is_in_range(check: ByDate, year: int) -> bool:
    return (check.from_ or 0) <= year <= (check.to or 9999)


def _year(day: str | None) -> int | None:
    """Return the year of a day in ISO 8601, if it begins with one."""
    return whole_number((day or "")[:4])


def _by_language(check: ByLanguage, record: Record) -> tuple[Answer, str]:
    known = tuple(code for code in record.languages if code != "und")
    if not known:
        return Answer.UNKNOWN, in_english("no language seen")

    names = " and ".join(name_of_language(code) for code in known)
    evidence = in_english("in {languages}", languages=names)
    if set(known) & set(check.languages):
        return Answer.YES, evidence
    return Answer.NO, evidence


def _by_access(record: Record) -> tuple[Answer, str]:
    """Judge "yes" where free full text was seen.

    Nothing in a record shows that it is paid: never "no".
    """
    seen = record.other.get("free_full_text")
    if seen == ("yes",):
        return Answer.YES, in_english("free full text seen when the list was compiled")
    if record.pmcid:
        return Answer.YES, in_english("in PubMed Central as {pmcid}", pmcid=record.pmcid)
    if seen == ("no",):
        evidence = in_english(
            "no free full text seen when the list was compiled; not proof that there is none"
        )
        return Answer.UNKNOWN, evidence
    return Answer.UNKNOWN, in_english("nothing seen on access")
