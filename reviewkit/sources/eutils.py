"""NCBI's E-utilities for PubMed: requests, and whether an answer is one. No I/O happens here.

An error, a warning nobody acknowledged, a web page or an empty body is a Flaw, never "0 hits".
Everything is asked by POST: so no secret is in a URL.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reviewkit.http import Credential, Flaw, Judge, Request, Response, ServiceDefinition, own_words
from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.foreign import read_json
from reviewkit.query.compile import EVERY_PHRASE
from reviewkit.sources.medline_pages import text_flaw
from reviewkit.sources.page_source import is_number

SERVICE = ServiceDefinition(
    name="eutils",
    label="PubMed",
    url="https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
    # NCBI allows 3 requests a second, with a key 10 (NBK25497).
    per_second=3.0,
    owner="nih.gov",
    limit_source="NCBI allows",
    busy_hint="a key of your own raises the limit (PubMed: NCBI_API_KEY)",
    parameters=(("tool", "reviewkit"),),
    credentials=(
        Credential(name="api_key", settings=("NCBI_API_KEY",), per_second=10.0),
        Credential(
            name="email",
            settings=("NCBI_EMAIL",),
            reminder="NCBI asks for an e-mail address, to write before it blocks: set NCBI_EMAIL",
        ),
    ),
)

# Documented as 10,000 (NBK25499); served since 2022: 9,999, and a page across it is cut without a
# word.
CAP = 9_999
BATCH = 200  # ids in one EFetch; NBK25499 asks for POST from about there
NO_ITEMS = "No items found."

_ASKED_RECORDS = re.compile(
    r"POST eutils/efetch\.fcgi\?db=pubmed&id=([\d,]+)&rettype=medline&retmode=text"
)
# What E-utilities say of the request itself. Every other error may pass, whatever its words are.
_LASTING = re.compile(
    r"(?i)cannot be larger|nothing todo|unable to obtain query|id list is empty|invalid db"
)
_API_KEY = re.compile(r"(?i)api.?key")


class EmptyAnswer(NotARealAnswer):
    """Nothing at all came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Which PubMed answered: its build, its number of records, its update as printed."""

    name: str
    records: int
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An ESearch answer: count, ids on this page, the query as PubMed ran it, and its messages."""

    count: int
    ids: tuple[str, ...]
    translation: str | None
    messages: tuple[str, ...]


def ask_build() -> Request:
    """EInfo on PubMed."""
    return _request("einfo.fcgi", ("retmode", "xml"))


def ask_list(query: str, *, most: int) -> Request:
    """ESearch for the first `most` ids; the query goes as it is.

    The order is set, because the default one drifts.
    """
    page = (("retstart", "0"), ("retmax", str(most)), ("sort", "pub_date"), ("retmode", "xml"))
    return _request("esearch.fcgi", ("term", query), *page)


def ask_records(ids: Sequence[str]) -> Request:
    """EFetch of MEDLINE text."""
    return _request(
        "efetch.fcgi", ("id", ",".join(ids)), ("rettype", "medline"), ("retmode", "text")
    )


def ask_whether_none(ids: Sequence[str]) -> Request:
    """EFetch of XML: unlike text, it tells an empty set from an empty answer."""
    return _request("efetch.fcgi", ("id", ",".join(ids)), ("retmode", "xml"))


def asked_records(request: str) -> tuple[str, ...] | None:
    """The ids in the text of an `ask_records` request; None for any other request."""
    match = _ASKED_RECORDS.fullmatch(request)
    if match is None:
        return None
    return tuple(match[1].split(","))


def _request(path: str, *parameters: tuple[str, str]) -> Request:
    return Request(
        service=SERVICE.name, path=path, method="POST", parameters=(("db", "pubmed"), *parameters)
    )


def judge_build(response: Response) -> Flaw | None:
    """What is wrong with an EInfo answer."""
    if _refused(response):
        return None
    root = root_of(response, "eInfoResult")
    if isinstance(root, Flaw):
        return root

    values = [root.findtext(f"DbInfo/{name}") or "" for name in ("DbBuild", "Count", "LastUpdate")]
    if not all(values) or not is_number(values[1]):
        return Flaw(what="answered EInfo without build, count and date", transient=True)
    return None


def read_build(body: bytes) -> Build:
    """The stamp in a judged EInfo answer."""
    root = ET.fromstring(body)  # noqa: S314  judged: no document type of its own, no entities
    return Build(
        name=root.findtext("DbInfo/DbBuild") or "",
        records=int(root.findtext("DbInfo/Count") or ""),
        updated=root.findtext("DbInfo/LastUpdate") or "",
    )


def judge_list(acknowledged: Collection[str], *, most: int) -> Judge:
    """A judge of ESearch answers.

    `acknowledged` are the phrases that PubMed may say it does not know.
    """
    known = {_bare(phrase) for phrase in acknowledged}

    def judge(response: Response) -> Flaw | None:
        if _refused(response):
            return None
        root = root_of(response, "eSearchResult")
        if isinstance(root, Flaw):
            return root

        return _phrase_flaw(root, known) or _count_flaw(root) or _ids_flaw(root, most)

    return judge


_COMPLAINTS = {"PhraseIgnored": "ignored", "FieldNotFound": "does not know the field"}
_MAY_PASS = frozenset({"PhraseNotFound", "QuotedPhraseNotFound", "PhraseIgnored"})
# A wildcard that is cut off at the limit of variants: the result is not the whole.
_CUT_OFF = re.compile(r"(?i)wildcard|variations|truncat")


def _phrase_flaw(root: ET.Element, known: Collection[str]) -> Flaw | None:
    """All that the service says against the query and nobody acknowledged, in one flaw."""
    complaints = [_complaint(item, known) for item in _notices(root)]
    messages = list(dict.fromkeys(filter(None, complaints)))
    if not messages:
        return None
    return Flaw(
        what="; ".join(messages),
        hint=(
            "correct the query; or, if the search is to be rerun as it was printed, acknowledge "
            'each phrase: acknowledge = ["…"] in the strategy, or --acknowledge'
        ),
    )


def _complaint(item: ET.Element, known: Collection[str]) -> str:
    """What one error or warning says against the query; empty where it was acknowledged."""
    phrase = _one_line(item.text)
    if item.tag == "OutputMessage":
        is_known = any(one in phrase.casefold() for one in known if one != EVERY_PHRASE)
        if not _CUT_OFF.search(phrase) or is_known:
            return ""
        return f"cut a wildcard off, so the result is not whole: {phrase}"
    if item.tag in _MAY_PASS and (EVERY_PHRASE in known or _bare(phrase) in known):
        return ""

    complaint = _COMPLAINTS.get(item.tag, "does not know")
    return f"{complaint} {phrase!r} in the query ({item.tag})"


def _notices(root: ET.Element) -> list[ET.Element]:
    """The errors and warnings of an ESearch answer."""
    return [*root.findall("ErrorList/*"), *root.findall("WarningList/*")]


def _count_flaw(root: ET.Element) -> Flaw | None:
    count = _count(root)
    if count is None:
        return Flaw(what="answered without a count", transient=True)

    messages = [_one_line(item.text) for item in root.findall("WarningList/OutputMessage")]
    if count == 0 and NO_ITEMS not in messages:
        what = f'answered 0 without "{NO_ITEMS}", so it may not have searched'
        return Flaw(what=what, transient=True)
    return None


def _ids_flaw(root: ET.Element, most: int) -> Flaw | None:
    """What is wrong with the list of an answer that has a count."""
    count, ids = _count(root) or 0, _ids(root)
    if not all(is_number(item) for item in ids) or len(set(ids)) != len(ids):
        what = "answered with a list that holds something else than ids, each once"
        return Flaw(what=what, transient=True)
    if count <= most and len(ids) != count:
        return Flaw(what=f"counted {count:,} records but listed {len(ids):,}", transient=True)
    return None


def _count(root: ET.Element) -> int | None:
    printed = (root.findtext("Count") or "").strip()
    if not is_number(printed):
        return None
    return int(printed)


def _ids(root: ET.Element) -> tuple[str, ...]:
    return tuple(_one_line(item.text) for item in root.findall("IdList/Id"))


def read_list(body: bytes) -> Listed:
    """A judged ESearch answer."""
    root = ET.fromstring(body)  # noqa: S314  judged: no document type of its own, no entities
    messages = [_message(item) for item in _notices(root)]

    return Listed(
        count=int(root.findtext("Count") or ""),
        ids=_ids(root),
        translation=root.findtext("QueryTranslation"),
        messages=tuple(message for message in messages if message),
    )


def _message(item: ET.Element) -> str:
    """An error or warning on one line; empty for the message that nothing was found."""
    text = _one_line(item.text)
    if text == NO_ITEMS:
        return ""
    if item.tag == "OutputMessage":
        return text
    return f"{item.tag}: {text}"


def judge_records(response: Response) -> Flaw | None:
    """What is wrong with an EFetch answer in MEDLINE text.

    An empty article set is an answer: there is no such record. A body was cut where its last record
    lacks its own end: SO, the citation, or the number of a book (so end all 451 records at hand).
    """
    body = response.body
    if _refused(response):
        return None
    if not body.strip():
        return Flaw(what="answered with an empty body", transient=True, tries=4, error=EmptyAnswer)
    if body.lstrip()[:1] not in {b"<", b"{"}:
        return text_flaw(body)
    return _article_flaw(response, "answered in XML where text was asked for")


def _article_flaw(response: Response, what: str) -> Flaw | None:
    """A flaw where an answer in XML is none, or holds an article."""
    root = root_of(response, "PubmedArticleSet")
    if isinstance(root, Flaw):
        return root
    if len(root):
        return Flaw(what=what)
    return None


def judge_set(response: Response) -> Flaw | None:
    """What is wrong with an EFetch answer in XML."""
    if _refused(response):
        return None
    root = root_of(response, "PubmedArticleSet")
    return root if isinstance(root, Flaw) else None


def pmids_in_set(body: bytes) -> tuple[str, ...]:
    """The PMID of every article or book of a judged EFetch answer in XML."""
    root = ET.fromstring(body)  # noqa: S314  judged: no document type of its own, no entities
    numbers = [item.find("*/PMID") for item in root]
    return tuple(number.text or "" for number in numbers if number is not None)


def judge_none(response: Response) -> Flaw | None:
    """What speaks against an EFetch answer in XML saying that none of the records exists."""
    if _refused(response):
        return None
    return _article_flaw(response, "answered with an empty text for records that it has")


def _refused(response: Response) -> bool:
    """Whether the status says it all.

    Errors of E-utilities themselves come with 200 or 400, and the body says what they are.
    """
    if response.status < 300 or b"<ERROR>" in response.body:
        return False
    message = own_words(response.body)
    return response.status != 400 or not message or bool(_API_KEY.search(message))


def root_of(response: Response, wanted: str) -> ET.Element | Flaw:
    """The root of an XML answer that is of the wanted kind and holds no error, or what is wrong."""
    flaw = _not_xml(response.body)
    if flaw:
        return flaw
    try:
        root = ET.fromstring(response.body)  # noqa: S314  refused before: own entities
    except ET.ParseError:
        return Flaw(what="answered with XML that is cut off or broken", transient=True)
    for error in (*root.iter("ERROR"), *root.iter("error")):
        return _error_flaw(_one_line(error.text))
    if root.tag != wanted:
        return Flaw(what=f"answered with <{root.tag[:40]}> where <{wanted}> should be")
    return root


def _not_xml(body: bytes) -> Flaw | None:
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return Flaw(what="answered with an empty body", transient=True, error=EmptyAnswer)
    if b"<html" in start[:2000].lower() or start[:14].lower() == b"<!doctype html":
        hint = (
            "a page about maintenance, or a login page between here and there; "
            "look at the service in a browser"
        )
        return Flaw(what="answered with a web page", transient=True, hint=hint)
    if start[:1] == b"{":
        return _json_flaw(body)
    if b"\0" in body or b"<!ENTITY" in body or re.search(rb"<!DOCTYPE[^>]*\[", body):
        return Flaw(what="answered with a document that declares entities of its own")
    return None


def _json_flaw(body: bytes) -> Flaw:
    """The flaw of an error in JSON: so errors come, whatever was asked for.

    Beside the message the answer may hold a key or an address.
    """
    try:
        content = read_json(body, strict=False)
    except ValueError:
        content = None

    message: object = None
    if isinstance(content, dict):
        message = content.get("error")
    if not isinstance(message, str):
        return Flaw(what="answered with an error: an answer in JSON", tries=5)
    return _error_flaw(_one_line(message))


def _error_flaw(message: str) -> Flaw:
    shown = message
    if len(message) > 240:
        shown = f"{message[:240]}…"
    what = f"answered with an error: {shown}"
    if _LASTING.search(message):
        return Flaw(what=what, tries=5)

    hint = (
        "PubMed says the same of a query with unbalanced quotes or parentheses: "
        "check it if this stays"
    )
    return Flaw(what=what, transient=True, tries=5, hint=hint)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


_LAST_TAG = re.compile(r"(?:(?<!\s)\s++)?\[[^\[\]]*+\]\s*+$")


def _bare(phrase: str) -> str:
    """The words of a phrase, without quotes and tag: a query says `[mh]`, PubMed `[MeSH Terms]`."""
    return _one_line(_LAST_TAG.sub("", phrase.replace('"', ""))).casefold()
