"""A local ClinicalTrials.gov: `studies` by token and `version`, in the shape of API v2.

Built from the register's documentation and two recorded answers. As there, the count comes with the
first page only and only when asked for; a wrong parameter is a 400 in plain text; a token is bound
to no query; too large a page is made smaller in silence.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

Study = Mapping[str, Any]
_KNOWN = frozenset(
    {"format", "query.term", "filter.ids", "fields", "sort", "pageSize", "countTotal", "pageToken"}
)


def study(number: int, *, title: str = "", posted: str = "2021-03-04", **more: Any) -> Study:
    """An invented trial. `more` are modules of its protocol section."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT{number:08d}",
                "orgStudyIdInfo": {"id": f"OWN-{number}"},
                "briefTitle": title or f"Invented trial of dysbiosis {number}",
                "officialTitle": title or f"Invented randomised trial of dysbiosis {number}",
            },
            "statusModule": {
                "overallStatus": "COMPLETED",
                "startDateStruct": {"date": "2021-02", "type": "ACTUAL"},
                "studyFirstPostDateStruct": {"date": posted, "type": "ESTIMATED"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Invented Sponsor"}},
            "conditionsModule": {"conditions": ["Dysbiosis"]},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Invented"}]},
            **more,
        },
        "hasResults": False,
    }


class ClinicalTrialsServer(LocalServer):
    """`stamp` is the version of its data; `at_most` the largest page it gives."""

    def __init__(self, studies: Iterable[Study] = (), *, at_most: int = 1000) -> None:
        super().__init__()
        self.studies, self.at_most = list(studies), at_most
        self.stamp = "2026-10-31T09:00:05"
        self.has_version = True
        self.expired: set[str] = set()

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path == "version" and self.has_version:
            values = {"apiVersion": "2.0.5", "dataTimestamp": self.stamp}
            return Answered(200, json.dumps(values).encode())
        if asked.path != "studies":
            return Answered(404, b"<!doctype html><title>Not Found</title>", "text/html")
        unknown = [name for name, _ in asked.pairs if name not in _KNOWN]
        if unknown:
            return _wrong(f"Unknown parameter: {unknown[0]}")
        if asked.get("pageToken") in self.expired:
            return _wrong("Page token is invalid or has expired")
        return self._page(asked)

    def _page(self, asked: ReceivedRequest) -> Answered:
        found, token = self._found(asked.get("query.term")), asked.get("pageToken")
        start = 0
        if token:
            start = int(base64.urlsafe_b64decode(token).decode().rpartition("|")[2])
        size = max(1, min(int(asked.get("pageSize", "10")), self.at_most))
        listed = found[start : start + size]
        if asked.get("fields") == "NCTId":
            listed = [_number_alone(one) for one in listed]

        values: dict[str, Any] = {"studies": listed}
        if start + len(listed) < len(found):
            text = f"{self.stamp}|{start + len(listed)}"
            values["nextPageToken"] = base64.urlsafe_b64encode(text.encode()).decode()
        if not token and asked.get("countTotal") == "true":
            values["totalCount"] = len(found)
        return Answered(200, json.dumps(values).encode())

    def _found(self, query: str) -> list[Study]:
        """A crude reading: each AND part needs one of its phrases; ranges are first postings."""
        found = []
        for one in self.studies:
            text = json.dumps(one).lower()
            if all(_fits(part, text, one) for part in query.split(" AND ")):
                found.append(one)
        return sorted(found, key=_posted)


def _fits(part: str, text: str, one: Study) -> bool:
    dates = re.search(r"RANGE\[(\S+?),(\S+?)\]", part)
    if dates:
        first, last = dates[1].replace("MIN", "0"), dates[2].replace("MAX", "9")
        return first <= _posted(one) <= last
    phrases = re.findall(r'"([^"]+)"', part) or [part]
    return any(phrase.lower() in text for phrase in phrases)


def _posted(one: Study) -> str:
    return str(one["protocolSection"]["statusModule"]["studyFirstPostDateStruct"]["date"])


def _number_alone(one: Study) -> Study:
    number = one["protocolSection"]["identificationModule"]["nctId"]
    return {"protocolSection": {"identificationModule": {"nctId": number}}}


def _wrong(words: str) -> Answered:
    return Answered(400, words.encode(), "text/plain;charset=UTF-8")
