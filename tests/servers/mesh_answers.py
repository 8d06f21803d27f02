"""What E-utilities answer for db=mesh: ESearch by words or identifier, ESummary in JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

MeshEntry = Mapping[str, Any]


def mesh_entry(
    uid: str,
    ui: str,
    *terms: str,
    trees: Sequence[str] = (),
    below: Sequence[int] = (),
    note: str = "",
) -> MeshEntry:
    """An entry as ESummary gives it; `below` are the ids of the headings right below it."""
    links = [{"parent": 1, "treenum": tree, "children": list(below)} for tree in trees]
    kind = {"D": "descriptor", "C": "supplemental-record", "Q": "qualifier"}[ui[0]]
    return {
        "uid": uid, "ds_meshui": ui, "ds_meshterms": list(terms), "ds_idxlinks": links,
        "ds_scopenote": note,
        "ds_recordtype": kind,
    }  # fmt: skip


def mesh_answer(
    entries: Sequence[MeshEntry], endpoint: str, parameters: Mapping[str, str]
) -> tuple[int, bytes, str]:
    if endpoint == "esearch":
        words = parameters.get("term", "").lower()
        found = [
            one["uid"]
            for one in entries
            if words == one["ds_meshui"].lower()
            or any(words in term.lower() for term in one["ds_meshterms"])
        ]
        listed = "".join(f"<Id>{uid}</Id>" for uid in found)
        lost = (
            f"<ErrorList><PhraseNotFound>{escape(words)}</PhraseNotFound></ErrorList>"
            "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
        )
        body = (
            '<?xml version="1.0" encoding="UTF-8" ?>\n'
            f"<eSearchResult><Count>{len(found)}</Count><RetMax>20</RetMax>"
            f"<RetStart>0</RetStart><IdList>{listed}</IdList>"
            f"{'' if found else lost}</eSearchResult>"
        )
        return 200, body.encode(), "text/xml; charset=UTF-8"
    ids = parameters.get("id", "").split(",")
    values = {one["uid"]: one for one in entries if one["uid"] in ids}
    body = json.dumps(
        {
            "header": {"type": "esummary", "version": "0.3"},
            "result": {"uids": list(values), **values},
        }
    )
    return 200, body.encode(), "application/json; charset=UTF-8"
