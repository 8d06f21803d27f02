"""A PubMed in small for the first review's protocol.

Real are the PMIDs and titles of the included works and the headings that were seen of references 5
and 7. Create
dates, the headings of the others, and all works with PMIDs above 90,000,000 are made up for the
tests.
"""

from tests.servers.eutils_corpus import Corpus, Entry, read_entry

ALL_HEADINGS = (
    "Dysbiosis/therapy",
    "Amyotrophic Lateral Sclerosis/*microbiology",
    "*Gastrointestinal Microbiome",
)
_REAL = {
    "39218769": (
        "Microbiome and micronutrient in ALS: From novel mechanisms to new treatments.",
        2024,
        ALL_HEADINGS,
    ),
    "38878554": (
        "Modulation of gut microbiome in the treatment of neurodegenerative diseases: "
        "A systematic review.",
        2024,
        ALL_HEADINGS,
    ),
    "36674517": (
        "The Role of Fecal Microbiota Transplantation in the Treatment of Neurodegenerative "
        "Diseases: A Review.",
        2023,
        (ALL_HEADINGS[0], ALL_HEADINGS[2]),
    ),
    "39510899": (
        "Gut microbiota immune cross-talk in amyotrophic lateral sclerosis.",
        2024,
        ALL_HEADINGS[1:],
    ),
}


def als_corpus(matching: int = 12) -> Corpus:
    """The five works (one is not in this PubMed), `matching` invented ones that match, and some
    that just do not.
    """
    entries = [
        entry(int(pmid), title, year, headings) for pmid, (title, year, headings) in _REAL.items()
    ]
    entries += [
        entry(90_000_000 + n, f"Invented work {n} on guts and nerves.", 2023, ALL_HEADINGS)
        for n in range(matching)
    ]
    entries += [
        entry(95_000_001, "Invented work before the period.", 2020, ALL_HEADINGS),
        entry(95_000_002, "Invented work in French.", 2023, ALL_HEADINGS, language="fre"),
        entry(
            95_000_003,
            "Invented work that came too late.",
            2025,
            ALL_HEADINGS,
            created="2026/05/01",
        ),
        entry(
            95_000_004,
            "Dysbiosis, amyotrophic lateral sclerosis and gastrointestinal microbiome.",
            2024,
            (),
        ),
    ]
    return Corpus(entries)


def entry(
    pmid: int,
    title: str,
    year: int,
    headings: tuple[str, ...],
    *,
    language: str = "eng",
    created: str = "",
) -> Entry:
    """One record as PubMed prints it."""
    lines = [
        f"PMID- {pmid}",
        "STAT- MEDLINE",
        f"DP  - {year} Mar",
        f"TI  - {title}",
        f"FAU - Invented, Author {pmid % 97}",
        f"LA  - {language}",
        "PT  - Journal Article",
        "JT  - Journal of invented works",
        *(f"MH  - {heading}" for heading in headings),
        f"CRDT- {created or f'{year}/04/01'} 06:00",
        f"SO  - J Invented. {year} Mar.",
    ]
    return read_entry("\n".join(lines))
