"""XML whose records name each other, read whole: Zotero RDF and Citavi's exchange XML.

A journal, a person or a keyword stands in an element of its own and is looked up by its name.
"""

import xml.etree.ElementTree as ET

from reviewkit.importers.citavi import CITAVI, citavi_works
from reviewkit.importers.parsed_file import ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.xml_records import Tokens
from reviewkit.importers.zotero_rdf import ZOTERO, zotero_works

LIBRARIES = {"zotero": (ZOTERO, zotero_works), "citavi": (CITAVI, citavi_works)}


def parse_xml_tree(
    stream: Tokens, dialect: str, *, source: str, problems: list[Problem]
) -> ParsedItems:
    """Yield every work of the library, in file order."""
    root = ET.Element("empty")
    try:
        # Entities are refused in the prolog. The last element to end is the root.
        for _, root in ET.iterparse(stream, events=("end",)):  # noqa: B007, S314
            pass
    except ET.ParseError as error:
        what = f"the XML breaks here ({error.msg.split(':')[0]}); nothing after it could be read"
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=error.position[0], what=what))
    except (LookupError, ValueError) as error:  # an encoding that does not exist
        what = f"the XML could not be read: {error}"
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=1, what=what))

    fields, works = LIBRARIES[dialect]
    for raw in works(root):
        yield from build_record(raw, fields, source=source, line=None)
