"""A record as one cites it, and where it can be read. Pure."""

from urllib.parse import quote

from reviewkit.model.records import Record
from reviewkit.screening.models import Link, LinkLabel


def cite_record(record: Record) -> str:
    """The record in the manner of Vancouver: "Silva A, Souza B. Title. Journal 2024;1(2):3-4. doi:10.…"; parts that
    the record lacks are left out."""
    authors = [*record.authors, *record.collective_authors]
    names = ", ".join(name.replace(",", "") for name in authors[:6]) + (
        ", et al" if len(authors) > 6 else ""
    )
    issue = (record.volume or "") + (f"({record.issue})" if record.issue else "")
    when = str(record.year) if record.year else ""
    where = when + (f";{issue}" if issue else "") + (f":{record.pages}" if record.pages else "")
    journal = " ".join(part for part in (record.journal, where) if part)
    parts = [part.rstrip(". ") for part in (names, record.title, journal) if part]
    found = [f"doi:{record.doi}"] if record.doi else [f"PMID {record.pmid}"] if record.pmid else []
    return ". ".join([*parts, *found]) + ("" if found else ".")


def links_of(record: Record) -> tuple[Link, ...]:
    """Where a record can be read, best first. Only web addresses: a source's own link may hold anything."""
    found = []
    if record.doi:
        found.append(
            Link(label=LinkLabel.DOI, url=f"https://doi.org/{quote(record.doi, safe='/()')}")
        )
    if record.pmid:
        found.append(
            Link(
                label=LinkLabel.PUBMED,
                url=f"https://pubmed.ncbi.nlm.nih.gov/{quote(record.pmid, safe='')}/",
            )
        )
    if record.pmcid:
        found.append(
            Link(
                label=LinkLabel.PMC,
                url=f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(record.pmcid, safe='')}/",
            )
        )
    for url in record.links:
        plain = url.isprintable() and " " not in url
        if (
            plain
            and url.startswith(("https://", "http://"))
            and url not in {link.url for link in found}
        ):
            found.append(Link(label=LinkLabel.LINK, url=url))
    return tuple(found)
