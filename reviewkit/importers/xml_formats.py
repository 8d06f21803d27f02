"""XML of libraries and trial registers to records: MODS, ICTRP, ISRCTN, ClinicalTrials.gov.

Every leaf has a path of element names without their namespace; a field map says what it means.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedItems, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.xml_records import Tokens, elements, text_of

Raw = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlShape:
    """One format: the element of a record, what its paths mean, and what must be read by hand."""

    record: frozenset[str]
    fields: FieldMap
    prepare: Callable[[ET.Element, Raw], None] = lambda _, __: None


def parse_xml(stream: Tokens, dialect: str, *, source: str, problems: list[Problem]) -> ParsedItems:
    """Yield every record; a line is named only where the XML itself breaks."""
    shape = SHAPES[dialect]
    for element in elements(stream, shape.record, problems):
        raw: Raw = {}
        for path, text in leaves(element):
            raw.setdefault(path, []).append(text)
        shape.prepare(element, raw)
        yield from build_record(raw, shape.fields, source=source, line=None)


def local_name(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


def leaves(element: ET.Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and text of every element without children that has text."""
    for child in element:
        name = local_name(child.tag)
        below = f"{path}/{name}" if path else name
        if len(child):
            yield from leaves(child, below)
        else:
            text = text_of(child).strip()
            if text:
                yield below, text


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((child for child in element if local_name(child.tag) == name), None)


def _children(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element.iter() if local_name(child.tag) == name]


def _prepare_mods(element: ET.Element, raw: Raw) -> None:
    """MODS says by attributes what a name, an identifier or a part is (MODS 3.8)."""
    for name in element:
        if local_name(name.tag) == "name":
            roles = {text_of(role).strip().casefold() for role in _children(name, "roleTerm")}
            tag = "editor" if roles & {"editor", "edt"} else "own name"
            raw.setdefault(tag, []).extend(filter(None, [_mods_name(name)]))

    titles = [one for one in element if local_name(one.tag) == "titleInfo" and not one.get("type")]
    raw["own title"] = list(map(_mods_title, titles[:1]))
    for identifier in _children(element, "identifier"):
        kind = identifier.get("type", "").casefold()
        raw.setdefault(f"identifier {kind}", []).append(text_of(identifier).strip())
    for detail in _children(element, "detail"):
        kind = detail.get("type", "")
        raw.setdefault(f"detail {kind}", []).append(_mods_detail(detail))


def _mods_detail(detail: ET.Element) -> str:
    """Return "5" of a number and its caption, "no."."""
    number = _child(detail, "number")
    if number is not None:
        return text_of(number).strip()

    return " ".join(text for _, text in leaves(detail))


def _mods_name(name: ET.Element) -> str:
    parts: dict[str, str] = {}
    for part in _children(name, "namePart"):  # each given name may have a part of its own
        kind = part.get("type", "")
        parts[kind] = f"{parts.get(kind, '')} {text_of(part)}".strip()
    whole = ", ".join(filter(None, (parts.get("family", ""), parts.get("given", ""))))
    return whole or parts.get("", "")


def _mods_title(info: ET.Element) -> str:
    """Return "The title: its subtitle" of the parts in which MODS has a title."""
    parts = {local_name(part.tag): " ".join(text_of(part).split()) for part in info}
    title = " ".join(filter(None, (parts.get("nonSort", ""), parts.get("title", ""))))
    return ": ".join(filter(None, (title.rstrip(" :"), parts.get("subTitle", ""))))


def _prepare_isrctn(element: ET.Element, raw: Raw) -> None:
    """The day of the registration is an attribute; who is responsible stands after the trial."""
    _drop_contacts(raw)
    trial = _child(element, "trial")
    parent = trial if trial is not None else element
    number = _child(parent, "isrctn")
    assigned = parent.get("publicIdentifierDateAssigned", "")
    if number is not None:
        raw["own number"] = [f"ISRCTN{text_of(number).strip().removeprefix('ISRCTN')}"]
        assigned = number.get("dateAssigned") or assigned

    raw["own assigned"] = [assigned.partition("T")[0]]
    raw["own sponsor"] = list(raw.get("sponsor/organisation", ()))


_BREAK = re.compile(r"(?i)\r?\n?<br ?/?>|\r\n?")


def _drop_contacts(raw: Raw) -> None:
    """Leave out who to write to: names, telephones and addresses of persons are personal data."""
    for path in [path for path in raw if "contact" in path.casefold()]:
        del raw[path]


def _prepare_ctgov(_: ET.Element, raw: Raw) -> None:
    _drop_contacts(raw)
    raw["own sponsor"] = list(raw.get("sponsors/lead_sponsor/agency", ()))


def _prepare_ictrp(_: ET.Element, raw: Raw) -> None:
    """A break in a text is written `<br>` in it."""
    _drop_contacts(raw)
    for path, texts in raw.items():
        raw[path] = [_BREAK.sub("\n", text) for text in texts]
    raw["own sponsor"] = list(raw.get("Primary_sponsor", ()))


SHAPES: dict[str, XmlShape] = {
    "mods": XmlShape(
        record=frozenset({"mods", "{http://www.loc.gov/mods/v3}mods"}),
        fields=FieldMap(
            name="mods",
            tags={
                Field.TITLE: ("own title",), Field.AUTHORS: ("own name",),
                Field.JOURNAL: ("relatedItem/titleInfo/title",),
                Field.ISSN: ("identifier issn",),
                Field.YEAR: ("originInfo/dateIssued", "relatedItem/part/date",
                             "relatedItem/originInfo/dateIssued", "part/date",
                             "originInfo/dateCreated", "originInfo/copyrightDate"),
                Field.VOLUME: ("detail volume",), Field.ISSUE: ("detail issue", "detail number"),
                Field.FIRST_PAGE: ("relatedItem/part/extent/start", "part/extent/start"),
                Field.LAST_PAGE: ("relatedItem/part/extent/end", "part/extent/end"),
                Field.DOI: ("identifier doi",), Field.PMID: ("identifier pmid",),
                Field.LANGUAGE: ("language/languageTerm",), Field.ABSTRACT: ("abstract",),
                Field.KEYWORDS: ("subject/topic",), Field.TYPES: ("genre",),
                Field.LINKS: ("location/url",),
                Field.LABEL: ("recordInfo/recordIdentifier",),
            },
        ),
        prepare=_prepare_mods,
    ),
    "ictrp": XmlShape(
        record=frozenset({"Trial"}),
        fields=FieldMap(
            name="ictrp",
            tags={
                Field.OWN_ID: ("TrialID",), Field.ACCESSION: ("TrialID",),
                Field.TITLE: ("Scientific_title", "Public_title"),
                Field.COLLECTIVE: ("own sponsor",),
                Field.PUBLISHED: ("Date_registration3", "Date_registration"),
                Field.KEYWORDS: ("Condition",), Field.TYPES: ("Study_type",),
                Field.LINKS: ("web_address",),
            },
            marks_groups=True,
        ),
        prepare=_prepare_ictrp,
    ),
    "isrctn": XmlShape(
        record=frozenset({"fullTrial", "{http://www.67bricks.com/isrctn}fullTrial"}),
        fields=FieldMap(
            name="isrctn",
            tags={
                Field.OWN_ID: ("own number",), Field.ACCESSION: ("own number",),
                Field.TITLE: ("trial/trialDescription/scientificTitle",
                              "trial/trialDescription/title"),
                Field.COLLECTIVE: ("own sponsor",), Field.PUBLISHED: ("own assigned",),
                Field.DOI: ("trial/externalRefs/doi",),
                Field.ABSTRACT: ("trial/trialDescription/plainEnglishSummary",
                                 "trial/trialDescription/studyHypothesis"),
                Field.KEYWORDS: ("trial/conditions/condition/description",),
                Field.TYPES: ("trial/trialDesign/primaryStudyDesign",),
            },
            placeholders=frozenset(
                {"Plain English summary of protocol not provided at time of registration"}
            ),
            marks_groups=True,
        ),
        prepare=_prepare_isrctn,
    ),
    "ctgov": XmlShape(
        record=frozenset({"clinical_study", "study"}),
        fields=FieldMap(
            name="ctgov",
            tags={
                Field.OWN_ID: ("id_info/nct_id", "nct_id"),
                Field.ACCESSION: ("id_info/nct_id", "nct_id"),
                Field.TITLE: ("official_title", "brief_title", "title"),
                Field.COLLECTIVE: ("own sponsor",),
                Field.PUBLISHED: ("study_first_posted", "study_first_submitted"),
                Field.ABSTRACT: ("brief_summary/textblock",),
                Field.KEYWORDS: ("condition", "conditions/condition", "keyword"),
                Field.TYPES: ("study_type",), Field.LINKS: ("required_header/url", "url"),
            },
            marks_groups=True,
        ),
        prepare=_prepare_ctgov,
    ),
}  # fmt: skip
