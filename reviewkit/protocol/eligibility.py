"""What a machine can say of a record on each criterion of the protocol: yes, no or unknown, with the evidence. Pure.

The answer is about eligibility: "no" on "published before 2022" means the record does not satisfy the review.
"""

from reviewkit.model.records import Answer, Check, Record
from reviewkit.protocol.model import ByAccess, ByDate, ByLanguage, Criterion, Protocol


def check_record(protocol: Protocol, record: Record) -> tuple[Check, ...]:
    """One Check per criterion that a machine can judge (date, language, access), in the protocol's order."""
    return tuple(
        Check(record=record.key, criterion=criterion.id, answer=answer, evidence=evidence)
        for criterion in protocol.criteria
        for answer, evidence in _judge(criterion, record)
    )


def automatic_criteria(protocol: Protocol) -> tuple[Criterion, ...]:
    """The criteria that can remove a record before screening: date and language, never access.

    Access is a matter of the report and of the day it is asked for; it is shown to the reviewer and decides nothing.
    """
    return tuple(c for c in protocol.criteria if isinstance(c.check, ByDate | ByLanguage))


def _judge(criterion: Criterion, record: Record) -> list[tuple[Answer, str]]:
    match criterion.check:
        case ByDate() as check:
            return [_by_date(check, record)]
        case ByLanguage() as check:
            return [_by_language(check, record)]
        case ByAccess():
            return [_by_access(record)]
        case _:
            return []


def _by_date(check: ByDate, record: Record) -> tuple[Answer, str]:
    """PubMed's [dp] holds the print and the electronic date; a record is in range if either is."""
    online = record.published_online or ""
    years = {
        "published": record.year,
        "published online": int(online[:4]) if online[:4].isdigit() else None,
    }
    known = {name: year for name, year in years.items() if year is not None}
    evidence = ", ".join(f"{name} {year}" for name, year in known.items()) or "no date seen"
    if not known:
        return Answer.UNKNOWN, evidence
    if any((check.from_ or 0) <= year <= (check.to or 9999) for year in known.values()):
        return Answer.YES, evidence
    if record.year is None and check.from_ and known["published online"] < check.from_:
        # An article may be online well before the issue that it is dated by.
        return Answer.UNKNOWN, f"{evidence}, issue not seen"
    return Answer.NO, evidence


def _by_language(check: ByLanguage, record: Record) -> tuple[Answer, str]:
    known = tuple(code for code in record.languages if code != "und")
    if not known:
        return Answer.UNKNOWN, "no language seen"
    answer = Answer.YES if set(known) & set(check.languages) else Answer.NO
    return answer, f"language {', '.join(known)}"


def _by_access(record: Record) -> tuple[Answer, str]:
    """Yes where free full text was seen; nothing in a record shows that a work is paid, so never no."""
    seen = record.other.get("free_full_text", ())
    if seen == ("yes",):
        return Answer.YES, "free full text seen when the list was compiled"
    if record.pmcid:
        return Answer.YES, f"in PubMed Central as {record.pmcid}"
    if seen == ("no",):
        return (
            Answer.UNKNOWN,
            "no free full text seen when the list was compiled; not proof that there is none",
        )
    return Answer.UNKNOWN, "nothing seen on access"
