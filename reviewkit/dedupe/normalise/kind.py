"""Kinds of publication: an erratum, a reply, a preprint, a conference abstract, a protocol ...

Recognised by types, title, journal and DOI of one record; whether two records are related is
decided elsewhere.
"""

import re
from enum import IntFlag

from reviewkit.dedupe.normalise.title import is_notice, without_notes
from reviewkit.model.identifiers import registration_in, work_doi_key
from reviewkit.model.records import Record


class PublicationKind(IntFlag):
    """Kinds of publication that share a title with another work without being that work."""

    NONE = 0
    ERRATUM = 1
    RETRACTION = 2
    COMMENT = 4
    PREPRINT = 8
    ABSTRACT = 16
    PROTOCOL = 32
    COCHRANE = 64
    DEPOSIT = 128
    THESIS = 256
    REGISTER = 512
    SUMMARY = 1024


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Without "comment": PubMed uses it for letters that other databases call articles.
_TYPES = (
    (PublicationKind.ERRATUM, _any_of("erratum", "correct", "corrigend")),
    (
        PublicationKind.RETRACTION,
        _any_of("^retraction", "retraction (?:of|notice)", "^notice of retraction", "withdrawal"),
    ),
    (PublicationKind.PREPRINT, _any_of("preprint", "posted content")),
    (PublicationKind.ABSTRACT, _any_of("meeting abstract", "conference abstract")),
    (PublicationKind.THESIS, _any_of("thesis", "dissertation")),
    (PublicationKind.DEPOSIT, _any_of("^data ?set")),
    (PublicationKind.PROTOCOL, _any_of("clinical trial protocol")),
    (PublicationKind.REGISTER, _any_of("trial regist")),
)
_ANSWER = (
    r"(?:a )?(?:reply|response|comment|commentary|discussion|letter"
    r"|authors?\W{0,2}s? (?:reply|response))"
)
_TITLE = (
    (
        PublicationKind.ERRATUM,
        _any_of(r"\b(?:erratum|corrigendum)\W*$", r": (?:correction|erratum|corrigendum)\b"),
    ),
    (
        PublicationKind.RETRACTION,
        _any_of(
            r"^\W*retraction\b(?: note| notice)?\W*[:.]",
            r"^\W*retraction (?:of|note|notice)\b",
            r"^\W*notice of (?:retraction|withdrawal)",
            r"^\W*withdrawal\b",
            r"^\W*(?:editorial )?expression of concern",
        ),
    ),
    (
        PublicationKind.COMMENT,
        _any_of(
            r"^\W*(?:re|reply|response|comments?|commentary|letter)\s*(?:to\b|on\b|:)",
            r"^\W*(?:authors?|editors?)\W{0,2}s?\W{0,2} (?:reply|response)",
            r"\b(?:authors?\W{0,2}s?|in) (?:reply|response)\W*$",
            rf"[-–—:(\[]\s*{_ANSWER}(?: (?:to|on|from)\b.*)?\W*$",
            r"\bcommentary on\b",
            r"\binvited commentary\b",
            r"\beditorial comment(?:ary)?\W*$",
            r"^\W*comment\b",
            r"^\W*(?:referee|reviewer|review) (?:comment|report)",
            r"^\W*(?:[rascec]c)\d\b",
            r"\bmultiple letters\b",
            r"^\W*peer review",
            r"^\W*faculty opinions",
        ),
    ),
    (
        PublicationKind.PROTOCOL,
        _any_of(
            r"\bprotocol (?:for|of)\b",
            r"\bprotocol\b\W*$",
            r"[:(\-–] ?(?:a |the )?(?:study |trial )?protocol\b",
            r"\bstudy protocol\b",
            r"\brationale and design\b",
            r"\bdesign and rationale\b",
        ),
    ),
    (
        PublicationKind.SUMMARY,
        _any_of(
            r"^\W*(?:plain language summary|summary of|executive summary|highlights of)\b",
            r"[:.] (?:executive )?summary\W*$",
        ),
    ),
    (
        PublicationKind.DEPOSIT,
        _any_of(
            r"^\W*(?:data|dataset|code|replication data|additional file \d*"
            r"|supplementary (?:material|data|file|table)\w*)\W*(?:from|for|of|to|:|\d)",
            r"^\W*table_\d",
            r"^\W*(?:image|data[_ ]?sheet)[_ ]\d",
        ),
    ),
)
# Without one of these no pattern of _TITLE can match; most titles contain none.
_SIGNS = (
    "retract", "withdrawal", "errat", "corrig", "correction", "repl", "respon", "comment",
    "letter", "concern", "protocol", "rationale", "summary", "highlights", "data",
    "supplementary", "additional file", "code", "table_", "image", "review", "referee",
    "faculty opinions", "discussion", "re:", "re ", "rc1", "rc2", "rc3", "ac1", "ac2", "ac3",
    "cc1", "ec1", "sc1",
)  # fmt: skip
# Registrants of preprint servers. Copernicus writes discussion papers as "acp-2020-12", articles as
# "acp-20-1-2020".
_PREPRINT_DOI = _any_of(
    r"^10\.1101/(?:\d{4}\.\d\d\.\d\d|\d{6}$|\d{6}v)",
    r"^10\.(?:21203/rs|2139/ssrn|20944/preprints|48550/arxiv|26434/chemrxiv|7287/peerj\.preprints"
    r"|1590/scielopreprints)",
    r"^10\.(?:2196/preprints|36227|22541|31234|31219|31235|31222|31223|31232|31730|32388|33774"
    r"|35542|51094|64898)/",
    r"^10\.5194/(?:egusphere-(?!egu)|[a-z]+-\d{4}-\d+)",
)
_PREPRINT_JOURNAL = _any_of(
    r"\b(?:med|bio|chem|psy|soc|tech|ed|earth|)(?:a?rxiv)\b",
    r"\b(?:research square|ssrn|authorea|preprints?|egusphere|essoar|qeios|working papers?)\b",
    r"discussions$",
)
_DEPOSIT_DOI = _any_of(
    r"^10\.(?:6084/m9\.figshare|5281/zenodo|5061/dryad|7910/dvn|17632|17605|1594/pangaea|25384"
    r"|3886)",
    "figshare",
)
_DEPOSIT_JOURNAL = _any_of(
    r"^\W*(?:figshare|zenodo|dryad|mendeley data|harvard dataverse|pangaea)\b"
)
_REGISTER_JOURNAL = _any_of(
    r"clinicaltrials\.gov",
    r"\bictrp\b",
    r"clinical ?trials? regist",
    r"\bisrctn",
    r"trialsearch\.who",
    "^https?://",
)
_MEETING_DOI = _any_of(r"^10\.5194/egusphere-egu")
_MEETING = _any_of(
    r"\bconference[:.]",
    r"\bmeeting\b",
    r"\bcongress\b",
    r"\bsymposium\b",
    r"\bproceedings of the \d",
    r"\babstracts?\b",
)
_SUPPLEMENT = _any_of("supp", "abstract")
_SUPPLEMENT_PAGE = _any_of(
    r"^\W*(?:s|a|p|op|po|ps|es)\d+[a-z]?(?:\s*[-–]\s*(?:s|a|p)?\d+[a-z]?)?$", r"^\W*\d+[sap]\b"
)
_COCHRANE = _any_of("cochrane database", "cochrane db", "cochrane library")


def kind_of(record: Record) -> PublicationKind:
    """Return the kinds that a record shows signs of; NONE for an ordinary article."""
    kind = PublicationKind.NONE
    for flag, pattern in _TYPES:
        if any(pattern.search(text) for text in record.types):
            kind |= flag

    title = without_notes(record.title or "")
    if is_notice(title):
        kind |= PublicationKind.ERRATUM
    lowered = title.lower()
    if any(sign in lowered for sign in _SIGNS):
        for flag, pattern in _TITLE:
            if pattern.search(title):
                kind |= flag
    return kind | _venue_kind(record)


def _venue_kind(record: Record) -> PublicationKind:
    journal = record.journal or record.journal_abbreviation or ""
    doi = work_doi_key(record.doi)
    kind = PublicationKind.NONE
    if _PREPRINT_JOURNAL.search(journal) or _PREPRINT_DOI.search(doi):
        kind |= PublicationKind.PREPRINT
    if _is_deposit(record, journal, doi):
        kind |= PublicationKind.DEPOSIT
    if _COCHRANE.search(journal) or doi.startswith("10.1002/14651858"):
        kind |= PublicationKind.COCHRANE
    if _is_in_register(record, journal):
        kind |= PublicationKind.REGISTER
    if _is_meeting_abstract(record, journal, doi):
        kind |= PublicationKind.ABSTRACT
    return kind


def _is_in_register(record: Record, journal: str) -> bool:
    """Return whether a register of trials, or its number as the accession, stands on the record."""
    if _REGISTER_JOURNAL.search(journal):
        return True
    return bool(registration_in(record.accession or ""))


def _is_deposit(record: Record, journal: str, doi: str) -> bool:
    if _DEPOSIT_JOURNAL.search(journal):
        return True
    return bool(doi and not record.volume and _DEPOSIT_DOI.search(doi))


def _is_meeting_abstract(record: Record, journal: str, doi: str) -> bool:
    """Return whether the record is in a supplement or in the proceedings of a meeting."""
    if _SUPPLEMENT.search(f"{record.issue or ''} {record.volume or ''}"):
        return True
    if _SUPPLEMENT_PAGE.match(record.pages or "") or _MEETING.search(journal):
        return True
    return bool(_MEETING_DOI.match(doi))
