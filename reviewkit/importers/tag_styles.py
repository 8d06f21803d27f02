"""The tagged formats: what each one's tags mean. See `importers.tagged`."""

import re

from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.names import split_names
from reviewkit.importers.ovid import KIND, without_marks
from reviewkit.importers.tagged import Raw, TagStyle


def _at_semicolons(value: str) -> list[str]:
    return value.replace("；", ";").split(";")


def _prepare_refworks(raw: Raw) -> None:
    """CNKI writes the volume's tag in small letters, also where there is no volume."""
    if "vo" in raw:
        raw.setdefault("VO", []).extend(raw.pop("vo"))


def _prepare_ovid(raw: Raw) -> None:
    """Take off what Ovid adds: "[Inventor]", degrees and marks to names, the kind to a title."""
    for tag in ("AU", "FA"):
        if tag in raw:
            names = (value.split("[", maxsplit=1)[0].strip(" ,") for value in raw[tag])
            raw[tag] = [without_marks(name) for name in names]
    for tag in ("LG", "DT"):
        raw[tag] = [value.rstrip(" .") for value in raw.get(tag, ())]

    raw["AN"] = [_OF_THE_NUMBER.sub("", value).rstrip(" .") for value in raw.get("AN", ())]
    for index, title in enumerate(raw.get("TI", ())):
        kind = KIND.search(title)
        if kind is not None:
            raw["TI"][index] = title[: kind.start()]
            raw["title's kind"] = [kind[1]]


# "Peer Reviewed Journal: 2015-33942-012."
_OF_THE_NUMBER = re.compile(r"^[A-Z][A-Za-z ]{2,40}: ")


# The title of a ProQuest document stands before its fields, without a name.
_HEADLINE = "headline"

# Refer, as EndNote reads and writes it ("EndNote Import", Clarivate); Google Scholar, CNKI and AIS
# write it too.
_REFER = FieldMap(
    name="refer",
    tags={
        Field.TITLE: ("%T",), Field.ORIGINAL_TITLE: ("%Q",), Field.AUTHORS: ("%A",),
        Field.JOURNAL: ("%J", "%B"), Field.ABBREVIATION: ("%O",), Field.ISSN: ("%@",),
        Field.YEAR: ("%D",), Field.PUBLISHED: ("%8",), Field.VOLUME: ("%V",),
        Field.ISSUE: ("%N",), Field.PAGES: ("%P",), Field.DOI: ("%R",), Field.DOI_LINK: ("%U",),
        Field.ACCESSION: ("%M",), Field.LANGUAGE: ("%G",), Field.ABSTRACT: ("%X",),
        Field.KEYWORDS: ("%K",), Field.TYPES: ("%0", "%9"), Field.LINKS: ("%U",),
        Field.PMCID: ("%2",),
    },
    splits={"%K": _at_semicolons, "%A": _at_semicolons},
)  # fmt: skip


def _prepare_refer(raw: Raw) -> None:
    """Part what CNKI writes into one line: "%A Zhang%A Wang"."""
    for tag, values in list(raw.items()):
        for index, value in enumerate(values):
            if "%A " in value:
                first, *others = value.split("%A ")
                values[index] = first
                raw.setdefault("%A", []).extend(others)
        raw[tag] = [value for value in values if value.strip()]


# RefWorks tagged format ("RefWorks Tagged Format", ProQuest).
_REFWORKS = FieldMap(
    name="refworks",
    tags={
        Field.TITLE: ("T1",), Field.ORIGINAL_TITLE: ("OT", "TT"), Field.AUTHORS: ("A1",),
        Field.JOURNAL: ("JF", "T2", "JO"), Field.ABBREVIATION: ("JO",), Field.ISSN: ("SN",),
        Field.YEAR: ("YR",), Field.PUBLISHED: ("FD",), Field.VOLUME: ("VO",),
        Field.ISSUE: ("IS",), Field.FIRST_PAGE: ("SP",), Field.LAST_PAGE: ("OP",),
        Field.DOI: ("DO",), Field.DOI_LINK: ("UL", "LK"), Field.PMID: ("PMID",),
        Field.PMCID: ("PMCID",), Field.ACCESSION: ("AN",), Field.LANGUAGE: ("LA",),
        Field.ABSTRACT: ("AB",), Field.KEYWORDS: ("K1",), Field.TYPES: ("RT",),
        Field.LINKS: ("UL", "LK"), Field.LABEL: ("ID",),
    },
    splits=dict.fromkeys(("K1", "A1", "LA"), _at_semicolons),
)  # fmt: skip
_SOURCE_HINTS = (
    # "Psychotherapy. Vol.43(5), Sep 2015, pp. 623-634." and "Health Journal June 2015;58(6):688"
    Hint("SO", re.compile(r"^([^;]{2,200}?)\. Vol\."), Field.JOURNAL),
    Hint(
        "SO",
        re.compile(r"^([^;]{2,200}?) (?:[A-Z][a-z]{2,9}(?:[/-][A-Z][a-z]{2,9})? )?(?:19|20)\d\d;"),
        Field.JOURNAL,
    ),
    Hint("SO", re.compile(r"\bVol\.(\d{1,6})"), Field.VOLUME),
    Hint("SO", re.compile(r";(\d{1,6})[(:]"), Field.VOLUME),
    Hint("SO", re.compile(r"\bpp\. (\d[\w-]{0,30})"), Field.PAGES),
    Hint("SO", re.compile(r"^((?![^.]{0,200}\[Ed)[^.]{2,200})\.(?= )"), Field.JOURNAL),
    Hint("SO", re.compile(r"[.] (\d{1,6})\("), Field.VOLUME),
    Hint("SO", re.compile(r"\(([^()]{1,40})\)"), Field.ISSUE),
    Hint("SO", re.compile(r":(\w[\w-]{0,30})"), Field.PAGES),
    Hint("SO", re.compile(r"\b((?:19|20)\d\d)\b"), Field.PUBLISHED),
)
# Ovid's tagged text: the tags of its field guides for MEDLINE, Embase, PsycInfo and BIOSIS.
_OVID = FieldMap(
    name="ovid-tagged",
    tags={
        Field.OWN_ID: ("UI", "AN"), Field.TITLE: ("TI",), Field.ORIGINAL_TITLE: ("OT", "TT"),
        Field.AUTHORS: ("FA", "AU"), Field.JOURNAL: ("JN", "JT"), Field.ABBREVIATION: ("JA",),
        Field.ISSN: ("IS", "SN"), Field.YEAR: ("YR", "PY"), Field.PUBLISHED: ("DP", "DG"),
        Field.VOLUME: ("VO", "VI"), Field.ISSUE: ("IP",), Field.PAGES: ("PG",),
        Field.DOI: ("DO", "DI"), Field.PMID: ("PM",), Field.LANGUAGE: ("LG", "LA"),
        Field.ABSTRACT: ("AB",), Field.HEADINGS: ("MH", "SH", "DE"), Field.KEYWORDS: ("KW", "ID"),
        Field.TYPES: ("PT", "DT"), Field.LINKS: ("UR", "XL"),
    },
    hints=_SOURCE_HINTS,
)  # fmt: skip
_NOTEEXPRESS = FieldMap(
    name="noteexpress",
    tags={
        Field.TITLE: ("Title",), Field.ORIGINAL_TITLE: ("Translated Title",),
        Field.AUTHORS: ("Author",), Field.JOURNAL: ("Journal", "Source"),
        Field.ABBREVIATION: ("Translated Journal",), Field.ISSN: ("ISBN/ISSN",),
        Field.YEAR: ("Year",), Field.PUBLISHED: ("Date",), Field.VOLUME: ("Volume",),
        Field.ISSUE: ("Issue",), Field.PAGES: ("Pages",), Field.DOI: ("DOI",),
        Field.ACCESSION: ("Accession Number",), Field.LANGUAGE: ("Language",),
        Field.ABSTRACT: ("Abstract",), Field.KEYWORDS: ("Keywords",),
        Field.TYPES: ("Reference Type",), Field.LINKS: ("URL",),
    },
    splits={"Author": _at_semicolons, "Keywords": _at_semicolons},
)  # fmt: skip
# CNKI's own text: each tag in English and Chinese, "Title-题名: "; only the English part is read.
_CNKI = FieldMap(
    name="cnki",
    tags={
        Field.TITLE: ("Title",), Field.AUTHORS: ("Author",), Field.JOURNAL: ("Source",),
        Field.ISSN: ("ISSN",), Field.YEAR: ("Year",), Field.PUBLISHED: ("PubTime",),
        Field.VOLUME: ("Volume",), Field.ISSUE: ("Period",), Field.PAGES: ("Page", "PageCount"),
        Field.DOI: ("DOI",), Field.ABSTRACT: ("Summary",), Field.KEYWORDS: ("Keyword",),
        Field.TYPES: ("SrcDatabase",), Field.LINKS: ("URL", "Link"),
    },
    splits={"Author": _at_semicolons, "Keyword": _at_semicolons},
)  # fmt: skip
# The Cochrane Library's "Plain text".
_COCHRANE = FieldMap(
    name="cochrane-text",
    tags={
        Field.ACCESSION: ("ID",), Field.TITLE: ("TI",), Field.AUTHORS: ("AU",),
        Field.JOURNAL: ("SO",), Field.YEAR: ("YR",), Field.VOLUME: ("VL",), Field.ISSUE: ("NO",),
        Field.PAGES: ("PG",), Field.DOI: ("DOI",), Field.ABSTRACT: ("AB",),
        Field.KEYWORDS: ("KY",), Field.TYPES: ("PT",), Field.LINKS: ("US",),
    },
    splits={"KY": _at_semicolons},
    hints=(Hint("PM", re.compile(r"PUBMED (\d{1,8})"), Field.PMID),),
)  # fmt: skip
_PROQUEST = FieldMap(
    name="proquest-text",
    tags={
        Field.OWN_ID: ("ProQuest document ID",), Field.TITLE: ("Title", _HEADLINE),
        Field.ACCESSION: ("Accession number",), Field.AUTHORS: ("Author",),
        Field.JOURNAL: ("Publication title",), Field.ISSN: ("ISSN", "e-ISSN"),
        Field.YEAR: ("Publication year",), Field.PUBLISHED: ("Publication date",),
        Field.VOLUME: ("Volume",), Field.ISSUE: ("Issue",), Field.PAGES: ("Pages",),
        Field.DOI: ("DOI",), Field.LANGUAGE: ("Language of publication", "Language"),
        Field.ABSTRACT: ("Abstract",), Field.HEADINGS: ("Subject",),
        Field.KEYWORDS: ("Identifier / keyword",), Field.TYPES: ("Document type",),
        Field.LINKS: ("Document URL",),
    },
    splits={
        "Author": _at_semicolons, "Subject": _at_semicolons,
        "Identifier / keyword": _at_semicolons, "ISSN": split_names,
    },
)  # fmt: skip

REFER = TagStyle(
    fields=_REFER,
    field=re.compile(r"(%[A-Za-z0-9@+!#$&*?<>\[^~(-])(?: (.*)|$)"),
    first=frozenset({"%0"}),
    blank_ends=True,
    prepare=_prepare_refer,
)
REFWORKS = TagStyle(
    fields=_REFWORKS,
    field=re.compile(r"([A-Z][A-Z0-9]|PMID|PMCID|vo)(?: (.*)|$)"),
    first=frozenset({"RT"}),
    blank_ends=True,
    heading=re.compile(r"RefWorks Export Tagged Format", re.IGNORECASE),
    prepare=_prepare_refworks,
)
OVID_TAGGED = TagStyle(
    fields=_OVID,
    field=re.compile(r"([A-Z][A-Z0-9])  ?- ?(.*)"),
    start=re.compile(r"<\d{1,9}\. ?>\s*$"),
    prepare=_prepare_ovid,
)
NOTEEXPRESS = TagStyle(
    fields=_NOTEEXPRESS,
    field=re.compile(r"\{([A-Z][\w /]{1,40})\} ?:(.*)"),
    first=frozenset({"Reference Type"}),
)
_CNKI_TAGS = (
    "SrcDatabase|Title|Author|Organ|Source|Keyword|Summary|PubTime|FirstDuty|Fund|Year|Volume"
    "|Period|PageCount|Page|CLC|ISSN|URL|Link|DOI"
)
CNKI = TagStyle(
    fields=_CNKI,
    field=re.compile(rf"({_CNKI_TAGS}|DataType)(?:-[^:：\s]{{1,20}}|(?<=DataType))[:：](.*)"),
    first=frozenset({"SrcDatabase", "DataType"}),
    blank_ends=True,
)
COCHRANE_TEXT = TagStyle(
    fields=_COCHRANE,
    field=re.compile(r"([A-Z]{2,3}): (.*)"),
    start=re.compile(r"Record #\d+ of \d+\s*$"),
)
_PROQUEST_TAGS = (
    "Title|Author|Publication info|Abstract|Links|Subject|Identifier / keyword|Publication title"
    "|Volume|Issue|First page|Number of pages|Pages|Publication year|Publication date|Year"
    "|Publisher|Place of publication|Country of publication|Publication subject|ISSN|e-ISSN"
    "|Source type|Language of publication|Language|Document type|Accession number|DOI"
    "|ProQuest document ID|Document URL|Copyright|Last updated|Database|Full text|Section"
)
PROQUEST_TEXT = TagStyle(
    fields=_PROQUEST,
    field=re.compile(rf"({_PROQUEST_TAGS}): (.*)"),
    start=re.compile(r"Document \d+ of \d+\s*$"),
    furniture=re.compile(
        r"^(?:_{10,}|Report Information from ProQuest.*|.* \d\d?:\d\d|Contact ProQuest)"
    ),
    opening=_HEADLINE,
)
