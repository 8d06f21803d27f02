"""A record as it is cited, and where it can be read. Pure."""

from collections.abc import Iterator
from urllib.parse import quote

from reviewkit.model.records import Record
from reviewkit.screening.models import Link, LinkLabel

_MOST_AUTHORS = 6


def cite_record(record: Record) -> str:
    """Return the record in Vancouver style.

    "Alpha A, Beta B. Title. Journal 2024;1(2):3-4. doi:10.…"; what the record lacks is left out.
    """
    title = record.title or record.original_title
    place = " ".join(part for part in (record.journal_name, _issue_words(record)) if part)
    parts = [part.rstrip(". ") for part in (_author_words(record), title, place) if part]

    if record.doi:
        return ". ".join([*parts, f"doi:{record.doi}"])
    if record.pmid:
        return ". ".join([*parts, f"PMID {record.pmid}"])
    return ". ".join(parts) + "."


def _author_words(record: Record) -> str:
    authors = [*record.authors, *record.collective_authors]
    names = ", ".join(name.replace(",", "") for name in authors[:_MOST_AUTHORS])
    if len(authors) > _MOST_AUTHORS:
        names += ", et al"
    return names


def _issue_words(record: Record) -> str:
    """Year, volume, issue and pages: "2024;1(2):3-4"."""
    words = str(record.year or "")
    issue = record.volume or ""
    if record.issue:
        issue += f"({record.issue})"

    if words and issue:
        words += ";"
    words += issue
    if record.pages:
        words += f":{record.pages}"
    return words


def links_of(record: Record) -> tuple[Link, ...]:
    """Return where a record can be read, best first.

    Only web addresses: a source's own link may hold anything.
    """
    links = [*_identifier_links(record)]
    for url in record.links:
        plain = url.isprintable() and " " not in url
        known = url in {link.url for link in links}
        if plain and not known and url.startswith(("https://", "http://")):
            links.append(Link(label=LinkLabel.LINK, url=url))
    return tuple(links)


def _identifier_links(record: Record) -> Iterator[Link]:
    if record.doi:
        yield Link(label=LinkLabel.DOI, url=f"https://doi.org/{quote(record.doi, safe='/()')}")
    if record.pmid:
        url = f"https://pubmed.ncbi.nlm.nih.gov/{quote(record.pmid, safe='')}/"
        yield Link(label=LinkLabel.PUBMED, url=url)
    if record.pmcid:
        url = f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(record.pmcid, safe='')}/"
        yield Link(label=LinkLabel.PMC, url=url)
