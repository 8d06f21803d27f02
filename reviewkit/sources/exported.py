"""Sources that a person searches: reviewkit reads their exports only."""

from reviewkit.model.records import Role
from reviewkit.sources.base import Export, Source

SOURCES = (
    Source(
        id="embase",
        label="Embase",
        export=Export(choose="*RIS*", advice="*CSV* with every field is read too"),
    ),
    Source(
        id="scopus",
        label="Scopus",
        export=Export(choose="*RIS*, with abstract and keywords", advice="CSV is read too"),
    ),
    Source(
        id="wos",
        label="Web of Science",
        export=Export(
            choose="*Plain text*, full record (`.ciw`, `.txt`)",
            advice="RIS, tab and Excel are read too",
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
            advice="its tagged and citation texts are read too",
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
    ),
)
