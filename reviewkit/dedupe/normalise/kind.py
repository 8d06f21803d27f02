"""What kind of piece a record is: an erratum, a reply, a preprint, a conference abstract, a protocol, an update.

Told from types, title, journal and DOI. It never says two records are related, only what each one is.
"""

import re
from enum import IntFlag

from reviewkit.dedupe.normalise.identifiers import bare_doi
from reviewkit.dedupe.normalise.title import without_notes
from reviewkit.records import Record


class Kind(IntFlag):
    """Kinds of piece that share a title with another work without being that work."""

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
    CHAPTER = 512
    REGISTER = 1024
    SUMMARY = 2048


# "Comment" is left out: PubMed gives it to letters that other databases call articles.
_TYPES = (
    (Kind.ERRATUM, re.compile(r"erratum|correct|corrigend", re.I)),
    (Kind.RETRACTION, re.compile(r"^retraction|retraction (?:of|notice)|^notice of retraction|withdrawal", re.I)),
    (Kind.PREPRINT, re.compile(r"preprint|posted content", re.I)),
    (Kind.ABSTRACT, re.compile(r"meeting abstract|conference abstract", re.I)),
    (Kind.THESIS, re.compile(r"thesis|dissertation", re.I)),
    (Kind.CHAPTER, re.compile(r"incollection|book chapter|chapter", re.I)),
    (Kind.DEPOSIT, re.compile(r"^dataset|data ?set", re.I)),
    (Kind.PROTOCOL, re.compile(r"clinical trial protocol", re.I)),
    (Kind.REGISTER, re.compile(r"trial regist", re.I)),
)
_TITLE = (
    (Kind.ERRATUM, re.compile(
        r"^\W*(?:(?:publisher|author)(?:'s)? correction|errat(?:um|a)|corrigend(?:um|a)|correction|addendum|corrections)\b"
        r"|\b(?:erratum|corrigendum)\W*$|\(vol\.? ?\d+.*\bpg?\.? ?\w?\d+|\((?:[^()]|\(\d{4}\))*\(\d{4}\)[^()]*\([^()]*\)[^()]*\)\W*$|: (?:correction|erratum|corrigendum)\b", re.I)),
    (Kind.RETRACTION, re.compile(
        r"^\W*(?:retraction\b(?: note| notice)?\W*[:.]|retraction (?:of|note|notice)|notice of (?:retraction|withdrawal)"
        r"|withdrawal\b|(?:editorial )?expression of concern)", re.I)),
    (Kind.COMMENT, re.compile(
        r"^\W*(?:re|reply|response|comments?|commentary|letter)\s*(?:to\b|on\b|:)|^\W*(?:authors?|editors?)\W{0,2}s?\W{0,2} (?:reply|response)"
        r"|\b(?:authors?\W{0,2}s?|in) (?:reply|response)\W*$|[-–—:(\[]\s*(?:a )?(?:reply|comment|commentary|response|discussion|letter|"
        r"authors?\W{0,2}s? (?:reply|response))(?: (?:to|on|from)\b.*)?\W*$|\bcommentary on\b|^\W*comment\b"
        r"|^\W*(?:referee|reviewer|review) (?:comment|report)|^\W*(?:rc|ac|cc|sc|ec)\d\b|\(?multiple letters\)?"
        r"|^\W*peer review|^\W*faculty opinions|\binvited commentary\b", re.I)),
    (Kind.PROTOCOL, re.compile(
        r"\bprotocol (?:for|of)\b|\b(?:study |trial |review |research )?protocol\b\W*$|[:(\-–] ?(?:a |the )?(?:study |trial )?protocol\b"
        r"|\bstudy protocol\b|\brationale and design\b|\bdesign and rationale\b", re.I)),
    (Kind.SUMMARY, re.compile(r"^\W*(?:plain language summary|summary of|executive summary|highlights of)\b|[:.] (?:executive )?summary\W*$", re.I)),
    (Kind.DEPOSIT, re.compile(r"^\W*(?:data|dataset|supplementary (?:material|data|file|table)\w*|additional file \d*|code|replication data)"
        r"\W*(?:from|for|of|to|:|\d)|^\W*table_\d|^\W*(?:image|data[_ ]?sheet)[_ ]\d", re.I)),
)  # fmt: skip
# Without one of these no pattern of _TITLE can match; most titles hold none.
_SIGNS = (
    "retract", "withdrawal", "errat", "corrig", "correction", "addend", "reply", "repl", "respon", "comment", "letter",
    "concern", "protocol", "rationale", "summary", "highlights", "data", "supplementary", "additional file", "code",
    "table_", "image", "peer review", "review", "referee", "faculty opinions", "discussion", "re:", "re ", "rc1", "rc2", "rc3",
    "ac1", "ac2", "ac3", "cc1", "cc2", "ec1", "sc1", "(vol", "))",
)  # fmt: skip
_PREPRINT_DOI = re.compile(
    r"^10\.(?:1101/(?:\d{4}\.\d\d\.\d\d|\d{6}$|\d{6}v)|21203/rs|31234|31219|31235|31222|31223|31232|2139/ssrn|20944/preprints"
    r"|48550/arxiv|36227|26434/chemrxiv|22541|7287/peerj\.preprints|1590/scielopreprints|32388|31730|51094|35542|2196/preprints"
    r"|12688/verixiv|64898|5194/(?:egusphere|[a-z]+-\d{4}-\d+)|33774|14293|55458|62329)"
)
_PREPRINT_JOURNAL = re.compile(
    r"\b(?:medrxiv|biorxiv|arxiv|chemrxiv|psyarxiv|socarxiv|techrxiv|edarxiv|eartharxiv|research square|ssrn|authorea|preprints?"
    r"|osf preprints|jmir preprints|egusphere|essoar|qeios|scielo preprints|e-?pub ahead preprint|working papers?)\b|discussions$", re.I)  # fmt: skip
_DEPOSIT_DOI = re.compile(
    r"^10\.(?:6084/m9\.figshare|5281/zenodo|5061/dryad|7910/dvn|17632|17605|1594/pangaea|25384|3886)|figshare", re.I
)
_DEPOSIT_JOURNAL = re.compile(r"^\W*(?:figshare|zenodo|dryad|mendeley data|harvard dataverse|pangaea)\b", re.I)
_REGISTER_JOURNAL = re.compile(
    r"clinicaltrials\.gov|\bictrp\b|clinical ?trials? regist|\bisrctn|trialsearch\.who|^https?://", re.I
)
_ABSTRACT_PAGES = re.compile(r"^\W*(?:abstract|poster|oral)\b", re.I)
_MEETING = re.compile(
    r"\bconference[:.]|\bmeeting\b|\bcongress\b|\bsymposium\b|\bproceedings of the \d|\babstracts?\b", re.I
)
_SUPPLEMENT = re.compile(r"supp|meeting ?abstract|abstract", re.I)
_SUPPLEMENT_PAGE = re.compile(
    r"^\W*(?:s|a|p|op|po|ps|e?s)\d+[a-z]?(?:\s*[-–]\s*(?:s|a|p)?\d+[a-z]?)?$|^\W*\d+[sap]\b", re.I
)
_COCHRANE = re.compile(r"cochrane database|cochrane db|cochrane library", re.I)


def kind_of(record: Record) -> Kind:
    """The kinds a record shows signs of; `Kind.NONE` for a plain article."""
    kind = Kind.NONE
    for flag, pattern in _TYPES:
        if any(pattern.search(text) for text in record.types):
            kind |= flag
    title = without_notes(record.title) if record.title else ""
    lowered = title.lower()
    if any(sign in lowered for sign in _SIGNS):
        for flag, pattern in _TITLE:
            if pattern.search(title):
                kind |= flag
    return kind | _venue_kind(record)


def _venue_kind(record: Record) -> Kind:
    kind = Kind.NONE
    journal, doi = record.journal or record.journal_abbreviation or "", bare_doi(record.doi)
    # Review journals print discussion papers under their own prefix too: "10.5194/acp-2020-12" is not "10.5194/acp-20-1-2020".
    if (doi and _PREPRINT_DOI.match(doi)) or _PREPRINT_JOURNAL.search(journal):
        kind |= Kind.PREPRINT
    if (doi and _DEPOSIT_DOI.search(doi) and not record.volume) or _DEPOSIT_JOURNAL.search(journal):
        kind |= Kind.DEPOSIT
    if _COCHRANE.search(journal) or doi.startswith("10.1002/14651858"):
        kind |= Kind.COCHRANE
    if _REGISTER_JOURNAL.search(journal):
        kind |= Kind.REGISTER
    supplement = bool(_SUPPLEMENT.search(f"{record.issue or ''} {record.volume or ''}"))
    if supplement or _SUPPLEMENT_PAGE.match(record.pages or "") or _MEETING.search(journal):
        kind |= Kind.ABSTRACT
    return kind
