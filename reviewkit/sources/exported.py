"""Sources that a person searches: reviewkit reads their exports only."""

from reviewkit.model.records import Role
from reviewkit.query.dialects.base import printed_only
from reviewkit.sources.base import Export, Source

SOURCES = (
    Source(
        id="embase",
        label="Embase",
        export=Export(choose="*RIS*", advice="*CSV* with every field is read too"),
        dialect=printed_only("embase", "Embase's headings (Emtree) are not those of a protocol"),
        withholds_abstracts=True,
        why_not_searched=(
            "Elsevier opens its API only after a review of the use; "
            "run the query there, and import its RIS"
        ),
    ),
    Source(
        id="cinahl",
        label="CINAHL",
        export=Export(
            choose="*RIS*; the new interface: *CSV*",
            advice="in RIS accession numbers and languages stand in its notes, and are read there",
        ),
    ),
    Source(
        id="psycinfo",
        label="PsycINFO",
        export=Export(
            choose="*RIS*, complete reference",
            advice="its tagged text and its text with names of fields are read too",
        ),
    ),
    Source(
        id="cochrane",
        label="Cochrane Library",
        export=Export(choose="*RIS*", advice="CSV is read too"),
    ),
    Source(
        id="scielo",
        label="SciELO",
        export=Export(choose="*RIS*", advice="CSV and BibTeX are read too"),
    ),
    Source(
        id="ictrp",
        label="WHO ICTRP",
        export=Export(choose="*XML*: export all trials", advice="one file holds the whole answer"),
        role=Role.REGISTER,
        why_not_searched=(
            "its web service needs an agreement with WHO; "
            "search on trialsearch.who.int, and export all trials to XML"
        ),
    ),
)
