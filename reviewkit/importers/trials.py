"""A trial of ClinicalTrials.gov as plain values: numbers, status, dates, conditions, interventions.

Contacts of persons are left out: they are personal data. Results are left out: they are long.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Item = Mapping[str, Any]

_DATES = {
    "first_posted": "studyFirstPostDateStruct",
    "start_date": "startDateStruct",
    "primary_completion_date": "primaryCompletionDateStruct",
    "completion_date": "completionDateStruct",
    "results_first_posted": "resultsFirstPostDateStruct",
    "last_update_posted": "lastUpdatePostDateStruct",
}
_LEFT_OUT = frozenset({"resultsSection", "documentSection", "annotationSection"})
_READ = frozenset(
    {
        "identificationModule", "statusModule", "conditionsModule", "armsInterventionsModule",
        "descriptionModule", "contactsLocationsModule", "sponsorCollaboratorsModule",
    }
)  # fmt: skip


def trial_values(item: Item) -> dict[str, Any]:
    """The trial's values under plain names; each other module stays whole under its own name."""
    protocol = _inside(item, "protocolSection")
    design, status = _inside(protocol, "designModule"), _inside(protocol, "statusModule")
    names = _inside(protocol, "identificationModule")
    topics = _inside(protocol, "conditionsModule")
    sponsor = _inside(protocol, "sponsorCollaboratorsModule", "leadSponsor").get("name")
    values: dict[str, Any] = {
        "registration_number": names.get("nctId"),
        "former_number": names.get("nctIdAliases"),
        "secondary_number": [*_secondary_numbers(names)],
        "official_title": names.get("officialTitle"),
        "brief_title": names.get("briefTitle"),
        "acronym": names.get("acronym"),
        "sponsor": sponsor,
        "status": status.get("overallStatus"),
        "why_stopped": status.get("whyStopped"),
        "condition": topics.get("conditions"),
        "keyword": topics.get("keywords"),
        "intervention": [*_interventions(protocol)],
        "study_type": design.get("studyType"),
        "phase": design.get("phases"),
        "brief_summary": _inside(protocol, "descriptionModule").get("briefSummary"),
        "detailed_description": _inside(protocol, "descriptionModule").get("detailedDescription"),
        "has_results": item.get("hasResults"),
        "own groups": sponsor,
        "own topics": [*(topics.get("conditions") or ()), *(topics.get("keywords") or ())],
        "own url": _address(names.get("nctId")),
        "related_article": [*_relations(protocol)],
    }
    values |= {name: _dated(_inside(status, path)) for name, path in _DATES.items()}
    values["own posted"] = _inside(status, "studyFirstPostDateStruct").get("date") or status.get(
        "studyFirstSubmitDate"
    )

    values |= {name: module for name, module in protocol.items() if name not in _READ}
    others = (name for name in item if name not in _LEFT_OUT | {"protocolSection", "hasResults"})
    return values | {name: item[name] for name in others}


def _inside(value: Item, *names: str) -> Item:
    """The object at these names; an empty one where there is none."""
    found: Any = value
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):
        return found

    return {}


def _objects(value: Any) -> list[Item]:
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def _address(number: Any) -> str | None:
    if not number:
        return None
    return f"https://clinicaltrials.gov/study/{number}"


def _secondary_numbers(names: Item) -> Iterator[str]:
    """The sponsor's own number, and those of other registers and funders."""
    own = _inside(names, "orgStudyIdInfo").get("id")
    if own:
        yield str(own)
    for one in _objects(names.get("secondaryIdInfos")):
        if one.get("id"):
            yield str(one["id"])


def _interventions(protocol: Item) -> Iterator[str]:
    """Each as "Drug: aspirin", as the register shows it."""
    for one in _objects(_inside(protocol, "armsInterventionsModule").get("interventions")):
        kind = str(one.get("type") or "").replace("_", " ").capitalize()
        yield ": ".join(filter(None, (kind, str(one.get("name") or ""))))


def _dated(struct: Item) -> str | None:
    """A date as precise as it is given, with its kind: "2013-08 (estimated)"."""
    date, kind = struct.get("date"), struct.get("type")
    if not date:
        return None
    if not kind:
        return str(date)

    return f"{date} ({str(kind).lower()})"


def _relations(protocol: Item) -> Iterator[str]:
    """The articles that the record names as the trial's results, or that name the trial.

    BACKGROUND references are on other studies.
    """
    for one in _objects(_inside(protocol, "referencesModule").get("references")):
        if one.get("pmid") and str(one.get("type")) in {"RESULT", "DERIVED"}:
            yield f"related_to: pmid:{one['pmid']}"
