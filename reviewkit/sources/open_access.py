"""Access to a report: requests to PMC's id converter, Unpaywall and Europe PMC, and answers.

No I/O happens here. Bodies may be anything: what cannot be read is a Flaw. A Flaw is never "not
free".
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reviewkit.http import Credential, Flaw, Request, Response, ServiceDefinition
from reviewkit.model.foreign import read_json
from reviewkit.model.identifiers import doi_key
from reviewkit.sources import europepmc_answers as europepmc
from reviewkit.updates.access import Access, AccessAnswer, is_open_licence

IDCONV = ServiceDefinition(
    name="idconv",
    label="PMC",
    url="https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/",
    per_second=3.0,
    owner="nih.gov",
    limit_source="NCBI allows",
    parameters=(("tool", "reviewkit"),),
    credentials=(Credential(name="email", settings=("NCBI_EMAIL",)),),
)
UNPAYWALL = ServiceDefinition(
    name="unpaywall",
    label="Unpaywall",
    url="https://api.unpaywall.org/v2/",
    # About 100,000 requests a day are allowed there; reviewkit keeps to 3 a second.
    per_second=3.0,
    owner="unpaywall.org",
    credentials=(Credential(name="email", settings=("UNPAYWALL_EMAIL", "NCBI_EMAIL")),),
)
EUROPEPMC = europepmc.SERVICE
ACCESS_SERVICES = (IDCONV, UNPAYWALL)
"""The services that are asked for access only."""
NAMES = {one.name: one.label for one in (*ACCESS_SERVICES, EUROPEPMC)}
"""What people call each service, by the name under which its answers are stored."""
LOOKS_EVERYWHERE = frozenset({UNPAYWALL.name, EUROPEPMC.name})
"""The services that look in every place: that an article is not in PMC says nothing of others."""
IDS = 200  # ids of one kind that PMC's converter takes at once


def ask_pmc(pmids: Sequence[str]) -> Request:
    """The PMC ids of these PMIDs."""
    parameters = (("ids", ",".join(pmids)), ("idtype", "pmid"), ("format", "json"))
    return Request(service=IDCONV.name, path="articles/", parameters=parameters)


def ask_unpaywall(doi: str) -> Request:
    """What Unpaywall knows of a DOI."""
    return Request(service=UNPAYWALL.name, path=quote(doi, safe="/"), answers=frozenset({404}))


def ask_europepmc(*, pmid: str | None, doi: str | None) -> Request:
    """The whole record of one article, by its PMID or else its DOI."""
    bare = (doi or "").replace('"', "")
    query = f'DOI:"{bare}"'
    if pmid:
        query = f"EXT_ID:{pmid} AND SRC:MED"

    parameters = (("query", query), ("resultType", "core"), ("format", "json"))
    return Request(service=EUROPEPMC.name, path="search", parameters=parameters)


def judge_pmc(response: Response) -> Flaw | None:
    """What is wrong with an answer of PMC's id converter."""
    content = _read_object(response)
    if isinstance(content, Flaw):
        return content
    if not isinstance(content.get("records"), list):
        return Flaw(what="answered without a list of records")
    return None


def judge_unpaywall(response: Response) -> Flaw | None:
    """What is wrong with an answer of Unpaywall."""
    content = _read_object(response)
    if isinstance(content, Flaw):
        return content
    if response.status == 404:
        return _not_found_flaw(content)
    if response.status == 422:
        return Flaw(
            what="wants a real e-mail address", hint="set UNPAYWALL_EMAIL or NCBI_EMAIL to your own"
        )
    if not isinstance(content.get("is_oa"), bool):
        return Flaw(what="answered without saying whether it is open")
    return None


def _not_found_flaw(content: Mapping[str, Any]) -> Flaw | None:
    if _is_unknown_doi(content):
        return None
    return Flaw(what="refused the request (HTTP 404)")


def _is_unknown_doi(content: Mapping[str, Any]) -> bool:
    """Whether Unpaywall itself says that it does not know a DOI, not something on the way."""
    return "is_oa" not in content and (bool(content.get("error")) or 404 in content.values())


def judge_europepmc(response: Response) -> Flaw | None:
    """What is wrong with an answer of Europe PMC."""
    content = _read_object(response)
    if isinstance(content, Flaw):
        return content
    results = content.get("resultList")
    if not isinstance(results, dict) or not isinstance(results.get("result"), list):
        return Flaw(what="answered without a list of results")
    return None


def _read_object(response: Response) -> dict[str, Any] | Flaw:
    if response.status >= 400 and response.status not in {404, 422}:
        return Flaw(what=f"refused the request (HTTP {response.status})")
    try:
        content = read_json(response.body)
    except ValueError:
        return Flaw(what="answered with something else than JSON", transient=True, tries=2)
    if not isinstance(content, dict):
        return Flaw(what="answered with something else than an object")
    return content


def read_pmc(body: bytes, *, at: str, today: str) -> dict[str, AccessAnswer]:
    """What PMC has, by PMID. The service gives PMIDs as numbers; an embargo names its day."""
    answers = {}
    for item in read_json(body)["records"]:
        if isinstance(item, dict):
            pmid = str(item.get("requested-id") or item.get("pmid") or "")
            answers[pmid] = _pmc_answer(item, at=at, today=today)

    return answers


def _pmc_answer(item: Mapping[str, Any], *, at: str, today: str) -> AccessAnswer:
    pmcid = item.get("pmcid")
    if item.get("status") == "error" or not pmcid:
        message = str(item.get("errmsg") or "not in PMC")
        return AccessAnswer(
            service=IDCONV.name, status=Access.NOT_FOUND_FREE, evidence=message, checked_at=at
        )

    until = _day(_text(item.get("release-date")))
    is_live = str(item.get("live", "true")).lower() != "false"
    if (until and until > today) or not is_live:
        return AccessAnswer(
            service=IDCONV.name,
            status=Access.EMBARGOED,
            evidence=f"{pmcid} is under embargo" + (f" until {until}" if until else ""),
            checked_at=at,
            until=until,
        )
    return AccessAnswer(
        service=IDCONV.name,
        status=Access.FREE_TO_READ,
        evidence=f"in PMC as {pmcid}",
        checked_at=at,
    )


def _day(printed: str | None) -> str | None:
    return printed and printed[:10].replace("/", "-")


def read_unpaywall(body: bytes, *, at: str, today: str) -> AccessAnswer:
    """What Unpaywall's locations say together.

    A submitted version is a preprint, not the article.
    """
    content = read_json(body)
    if _is_unknown_doi(content):
        return _unpaywall_answer(Access.UNKNOWN, "does not know this DOI", at)

    locations = _locations(content)
    articles = [place for place in locations if str(place.get("version")) in _ARTICLE_VERSIONS]
    licensed = [place for place in articles if is_open_licence(_text(place.get("license")))]
    if licensed:
        return _at_location(licensed, Access.FREE_LICENSED, at)
    if articles:
        is_bronze = content.get("oa_status") == "bronze"
        remark = "; the publisher may withdraw it" if is_bronze else ""
        return _at_location(articles, Access.FREE_TO_READ, at, remark)

    return _answer_without_article(content, locations, at=at, today=today)


def _answer_without_article(
    content: Mapping[str, Any], locations: Sequence[Mapping[str, Any]], *, at: str, today: str
) -> AccessAnswer:
    embargo = _end_of_embargo(content, today)
    if embargo:
        evidence = f"embargoed until {embargo}"
        return _unpaywall_answer(Access.EMBARGOED, evidence, at, until=embargo)
    if locations:
        return _at_location(locations, Access.PREPRINT_ONLY, at)

    # Without a place, "open" says nothing that helps. "Closed" is what Unpaywall found everywhere.
    if content["is_oa"]:
        return _unpaywall_answer(Access.UNKNOWN, "said to be open, no place named", at)
    evidence = _text(content.get("oa_status")) or "closed"
    return _unpaywall_answer(Access.NOT_FOUND_FREE, evidence, at)


_ARTICLE_VERSIONS = frozenset({"publishedVersion", "acceptedVersion"})


def _locations(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    locations = _objects(content, "oa_locations")
    best = content.get("best_oa_location")
    if not locations and isinstance(best, dict):
        return [best]
    return locations


def _end_of_embargo(content: Mapping[str, Any], today: str) -> str | None:
    """The first day after today on which a location opens."""
    days = [_text(place.get("oa_date")) for place in _objects(content, "oa_locations_embargoed")]
    return min((day for day in days if day and day > today), default=None)


def _unpaywall_answer(
    status: Access, evidence: str, at: str, *, until: str | None = None
) -> AccessAnswer:
    return AccessAnswer(
        service=UNPAYWALL.name, status=status, evidence=evidence, checked_at=at, until=until
    )


def _at_location(
    locations: Sequence[Mapping[str, Any]], status: Access, at: str, remark: str = ""
) -> AccessAnswer:
    """The answer at the first location with a PDF, else at the first one."""
    with_pdf = (place for place in locations if place.get("url_for_pdf"))
    location = next(with_pdf, locations[0])
    version = _text(location.get("version")) or "version not told"
    host = _text(location.get("host_type")) or "a place not told"
    licence = _text(location.get("license"))

    return AccessAnswer(
        service=UNPAYWALL.name,
        status=status,
        evidence=f"{version} at {host}, licence {licence or 'not told'}{remark}",
        checked_at=at,
        licence=licence,
        pdf=_text(location.get("url_for_pdf")),
    )


def read_europepmc(
    body: bytes, *, at: str, pmid: str | None = None, doi: str | None = None
) -> AccessAnswer:
    """What Europe PMC says of the article with this PMID, or else this DOI.

    `isOpenAccess` N does not mean that it cannot be read there.
    """
    results = _objects(read_json(body)["resultList"], "result")
    article = next((result for result in results if _is_article(result, pmid, doi)), None)
    if article is None:
        message = "answered with another article" if results else "does not know this article"
        return AccessAnswer(
            service=EUROPEPMC.name, status=Access.UNKNOWN, evidence=message, checked_at=at
        )

    places = _free_places(article)
    licence = _text(article.get("license"))
    pdfs = [place for place in places if place.get("documentStyle") == "pdf"]
    return AccessAnswer(
        service=EUROPEPMC.name,
        status=_europepmc_status(article, bool(places), licence),
        evidence=_europepmc_evidence(article, places, licence),
        checked_at=at,
        licence=licence,
        pdf=next((_text(place.get("url")) for place in pdfs), None),
    )


def _free_places(article: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = article.get("fullTextUrlList")
    if not isinstance(listed, dict):
        return []
    places = _objects(listed, "fullTextUrl")
    return [place for place in places if place.get("availabilityCode") in ("OA", "F")]


def _europepmc_evidence(
    article: Mapping[str, Any], places: Sequence[Mapping[str, Any]], licence: str | None
) -> str:
    codes = ", ".join(dict.fromkeys(str(place["availabilityCode"]) for place in places))
    parts = [
        f"isOpenAccess {article.get('isOpenAccess', 'not told')}",
        f"free places: {codes or 'none'}",
    ]
    if licence:
        parts.append(f"licence {licence}")

    return ", ".join(parts)


def _europepmc_status(
    article: Mapping[str, Any], has_free_place: bool, licence: str | None
) -> Access:
    if not has_free_place and article.get("isOpenAccess") != "Y":
        return Access.NOT_FOUND_FREE
    if article.get("source") == "PPR":
        return Access.PREPRINT_ONLY
    if is_open_licence(licence):
        return Access.FREE_LICENSED
    return Access.FREE_TO_READ


def _is_article(result: Mapping[str, Any], pmid: str | None, doi: str | None) -> bool:
    """Whether a result is the requested article. One without the identifier is taken as it."""
    requested, printed = pmid, _text(result.get("pmid"))
    if not pmid:
        requested, printed = doi_key(doi), doi_key(_text(result.get("doi")))

    return not (requested and printed) or requested == printed


def _objects(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in a list that may be anything."""
    listed = content.get(name)
    if not isinstance(listed, list):
        return []
    return [item for item in listed if isinstance(item, dict)]


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return value.strip() or None
