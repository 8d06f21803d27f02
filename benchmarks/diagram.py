"""Time each writer of the diagram: `python benchmarks/diagram.py` prints milliseconds.

The first SVG includes reading the widths and words, the first PDF the start of Typst's engine.
Imports are not included.
"""

import statistics
import time
from collections.abc import Callable

from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.writers.html import write_html
from reviewkit.prisma.diagram.writers.pdf_png import write_pdf, write_png
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.template_csv import write_csv
from reviewkit.prisma.diagram.writers.text import write_text


def flow() -> Flow:
    """The largest template with ten reasons and counts in the millions."""
    return Flow(
        database_results=2_000_000,
        register_results=1_000,
        databases=tuple(Tally(label=f"Database {n}", n=200_000) for n in range(10)),
        registers=(Tally(label="ClinicalTrials.gov", n=1_000),),
        duplicates=900_000,
        excluded_automatic=1_000,
        excluded_other=0,
        records_screened=1_100_000,
        records_excluded=1_099_000,
        dbr_sought_reports=1_000,
        dbr_notretrieved_reports=100,
        dbr_assessed=900,
        dbr_excluded=tuple(
            Tally(label=f"Reason {n}, which takes a line and a half here", n=80) for n in range(10)
        ),
        other_sources=(Tally(label="Citation searching", n=20),),
        other_sought_reports=20,
        other_notretrieved_reports=0,
        other_assessed=20,
        other_excluded=(Tally(label="Wrong design", n=10),),
        new_studies=100,
        new_reports=110,
        updated=True,
        previous_studies=40,
        previous_reports=50,
        total_studies=140,
        total_reports=160,
    )


def timed(name: str, work: Callable[[], object], repeats: int = 7) -> None:
    """Print the first, the best and the median time of `work`."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    print(
        f"{name:<34} first {times[0]:8.1f}   best {min(times):8.1f}   "
        f"median {statistics.median(times):8.1f} ms"
    )


def main() -> None:
    subject = flow()
    timed("SVG, layout included", lambda: write_svg(lay_out(subject)))
    picture = lay_out(subject)
    timed("terminal, 120 columns", lambda: write_text(picture, width=120))
    timed("HTML without lists", lambda: write_html(picture))
    timed("template CSV", lambda: write_csv(subject, picture))
    timed("PDF, layout included", lambda: write_pdf(lay_out(subject)))
    timed("PNG at 300 dpi, layout included", lambda: write_png(lay_out(subject), dpi=300))


if __name__ == "__main__":
    main()
