"""What is asked of PMC's id converter, Unpaywall and Europe PMC on a report's access, and what their answers mean.

No I/O happens here. Bodies may be anything: what cannot be read is a Flaw, and a Flaw is never "not free".
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reviewkit.http import Flaw, Request, Response
from reviewkit.model.identifiers import doi_key
from reviewkit.updates.access import Access, AccessAnswer, is_open_licence

IDS = 200  # that PMC's converter takes at once, of one kind


def ask_pmc(pmids: Sequence[str]) -> Request:
    """PMC ids of so many PMIDs."""
    parameters = (("ids", ",".join(pmids)), ("idtype", "pmid"), ("format", "json"))
    return Request(service="idconv", path="articles/", parameters=parameters)


def ask_unpaywall(doi: str) -> Request:
    return Request(service="unpaywall", path=quote(doi, safe="/"), answers=frozenset({404}))


def ask_europepmc(*, pmid: str | None, doi: str | None) -> Request:
    """The whole record of one article, by its PMID or else its DOI."""
    bare = (doi or "").replace('"', "")
    query = f"EXT_ID:{pmid} AND SRC:MED" if pmid else f'DOI:"{bare}"'
    parameters = (("query", query), ("resultType", "core"), ("format", "json"))
    return Request(service="europepmc", path="search", parameters=parameters)


def judge_pmc(response: Response) -> Flaw | None:
    told = _object(response)
    if isinstance(told, Flaw):
        return told
    if not isinstance(told.get("records"), list):
        return Flaw(what="answered without a list of records")
    return None


def judge_unpaywall(response: Response) -> Flaw | None:
    told = _object(response)
    if isinstance(told, Flaw):
        return told
    if response.status == 404:
        return None if _knows_not(told) else Flaw(what="refused the request (HTTP 404)")
    if response.status == 422:
        return Flaw(
            what="wants a real e-mail address", hint="set UNPAYWALL_EMAIL or NCBI_EMAIL to your own"
        )
    if not isinstance(told.get("is_oa"), bool):
        return Flaw(what="answered without saying whether it is open")
    return None


def _knows_not(told: Mapping[str, Any]) -> bool:
    """Whether it is Unpaywall's own word that it does not know a DOI, not that of something on the way."""
    return "is_oa" not in told and (bool(told.get("error")) or 404 in told.values())


def judge_europepmc(response: Response) -> Flaw | None:
    told = _object(response)
    if isinstance(told, Flaw):
        return told
    results = told.get("resultList")
    if not isinstance(results, dict) or not isinstance(results.get("result"), list):
        return Flaw(what="answered without a list of results")
    return None


def _object(response: Response) -> dict[str, Any] | Flaw:
    if response.status >= 400 and response.status not in {404, 422}:
        return Flaw(what=f"refused the request (HTTP {response.status})")
    try:
        told = json.loads(response.body)
    except ValueError:
        return Flaw(what="answered with something else than JSON", transient=True, tries=2)
    return (
        told if isinstance(told, dict) else Flaw(what="answered with something else than an object")
    )


def read_pmc(body: bytes, *, at: str, today: str) -> dict[str, AccessAnswer]:
    """By PMID what PMC has. The service gives PMIDs as numbers; one of an embargo names its day."""
    found = {}
    for item in json.loads(body)["records"]:
        if not isinstance(item, dict):
            continue
        pmid = str(item.get("requested-id") or item.get("pmid") or "")
        found[pmid] = _pmc_answer(item, at=at, today=today)
    return found


def _pmc_answer(item: Mapping[str, Any], *, at: str, today: str) -> AccessAnswer:
    pmcid = item.get("pmcid")
    if item.get("status") == "error" or not pmcid:
        told = str(item.get("errmsg") or "not in PMC")
        return AccessAnswer(
            service="idconv", status=Access.NOT_FOUND_FREE, evidence=told, checked_at=at
        )
    until = _text(item.get("release-date"))
    live = str(item.get("live", "true")).lower() != "false"
    if (until and _day(until) > today) or not live:
        evidence = f"{pmcid} is under embargo" + (f" until {_day(until)}" if until else "")
        return AccessAnswer(
            service="idconv",
            status=Access.EMBARGOED,
            evidence=evidence,
            checked_at=at,
            until=_day(until) if until else None,
        )
    return AccessAnswer(
        service="idconv", status=Access.FREE_TO_READ, evidence=f"in PMC as {pmcid}", checked_at=at
    )


def _day(printed: str) -> str:
    return printed[:10].replace("/", "-")


def read_unpaywall(body: bytes, *, at: str, today: str) -> AccessAnswer:
    """What Unpaywall's locations say together. A submitted version is a preprint, not the article."""
    told = json.loads(body)
    if _knows_not(told):
        what = "does not know this DOI"
        return AccessAnswer(
            service="unpaywall", status=Access.UNKNOWN, evidence=what, checked_at=at
        )
    locations = _objects(told, "oa_locations")
    if not locations and isinstance(told.get("best_oa_location"), dict):
        locations = [told["best_oa_location"]]
    articles = [
        one for one in locations if one.get("version") in {"publishedVersion", "acceptedVersion"}
    ]
    licensed = [one for one in articles if is_open_licence(_text(one.get("license")))]
    if licensed:
        return _at_location(_with_pdf(licensed), Access.FREE_LICENSED, "", at)
    if articles:
        bronze = "; the publisher may withdraw it" if told.get("oa_status") == "bronze" else ""
        return _at_location(_with_pdf(articles), Access.FREE_TO_READ, bronze, at)
    later = _objects(told, "oa_locations_embargoed")
    days = sorted(day for one in later if (day := _text(one.get("oa_date"))) and day > today)
    if days:
        evidence = f"embargoed until {days[0]}"
        return AccessAnswer(
            service="unpaywall",
            status=Access.EMBARGOED,
            evidence=evidence,
            checked_at=at,
            until=days[0],
        )
    if locations:
        return _at_location(_with_pdf(locations), Access.PREPRINT_ONLY, "", at)
    # Without a place, "open" says nothing that helps; "closed" is what Unpaywall found everywhere.
    status = Access.UNKNOWN if told["is_oa"] else Access.NOT_FOUND_FREE
    evidence = (
        "said to be open, no place named"
        if told["is_oa"]
        else _text(told.get("oa_status")) or "closed"
    )
    return AccessAnswer(service="unpaywall", status=status, evidence=evidence, checked_at=at)


def _with_pdf(locations: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((one for one in locations if one.get("url_for_pdf")), locations[0])


def _at_location(one: Mapping[str, Any], status: Access, more: str, at: str) -> AccessAnswer:
    version = _text(one.get("version")) or "version not told"
    host = _text(one.get("host_type")) or "a place not told"
    return AccessAnswer(
        service="unpaywall",
        status=status,
        evidence=f"{version} at {host}, licence {_text(one.get('license')) or 'not told'}{more}",
        checked_at=at,
        licence=_text(one.get("license")),
        pdf=_text(one.get("url_for_pdf")),
    )


def read_europepmc(
    body: bytes, *, at: str, pmid: str | None = None, doi: str | None = None
) -> AccessAnswer:
    """What Europe PMC says of the article with this PMID, or else this DOI. `isOpenAccess` N does not mean that it
    cannot be read there.
    """
    results = [one for one in json.loads(body)["resultList"]["result"] if isinstance(one, dict)]
    meant = [one for one in results if _is_meant(one, pmid, doi)]
    if not meant:
        told = "answered with another article" if results else "does not know this article"
        return AccessAnswer(
            service="europepmc", status=Access.UNKNOWN, evidence=told, checked_at=at
        )
    one = meant[0]
    listed = one.get("fullTextUrlList")
    urls = _objects(listed, "fullTextUrl") if isinstance(listed, dict) else []
    free = [url for url in urls if url.get("availabilityCode") in ("OA", "F")]
    licence = _text(one.get("license"))
    pdf = next((_text(url.get("url")) for url in free if url.get("documentStyle") == "pdf"), None)
    codes = ", ".join(dict.fromkeys(str(url["availabilityCode"]) for url in free))
    evidence = f"isOpenAccess {one.get('isOpenAccess', 'not told')}, free places: {codes or 'none'}"
    if licence:
        evidence += f", licence {licence}"
    is_free = bool(free) or one.get("isOpenAccess") == "Y"
    if not is_free:
        status = Access.NOT_FOUND_FREE
    elif one.get("source") == "PPR":
        status = Access.PREPRINT_ONLY
    else:
        status = Access.FREE_LICENSED if is_open_licence(licence) else Access.FREE_TO_READ
    return AccessAnswer(
        service="europepmc",
        status=status,
        evidence=evidence,
        checked_at=at,
        licence=licence,
        pdf=pdf,
    )


def _is_meant(one: Mapping[str, Any], pmid: str | None, doi: str | None) -> bool:
    """Whether a result is the article that was asked for; one that does not say is taken at its word."""
    told = (
        (_text(one.get("pmid")), pmid) if pmid else (doi_key(_text(one.get("doi"))), doi_key(doi))
    )
    return not all(told) or told[0] == told[1]


def _objects(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in a list that may be anything."""
    listed = told.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
