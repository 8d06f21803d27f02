"""Run BibDedupe on one set, in a Python of its own; the last line of output is the report.

Run by dedupe.py. pandas and bib-dedupe are in that Python only.
"""

import contextlib
import gzip
import io
import json
import resource
import sys
import time

import pandas as pd
from bib_dedupe import bib_dedupe

MEETING = r"\b(?:proc|proceedings|conf|conference|symp|symposium|workshop|congress)\b"


def main() -> None:
    with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = table.rename(columns={"record_id": "ID", "issue": "number", "type": "ENTRYTYPE"})
    table["ENTRYTYPE"] = table["ENTRYTYPE"].replace({"": "article", "Journal Article": "article"})
    # BibDedupe reads the name of a conference from "booktitle" of a paper in proceedings.
    table["booktitle"] = ""
    meeting = table["journal"].str.contains(MEETING, case=False, regex=True)
    table.loc[meeting, "booktitle"] = table.loc[meeting, "journal"]
    table.loc[meeting, "ENTRYTYPE"] = "inproceedings"
    columns = [
        "ID",
        "ENTRYTYPE",
        "title",
        "author",
        "journal",
        "booktitle",
        "year",
        "volume",
        "number",
        "pages",
        "doi",
        "abstract",
    ]
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        prepared = bib_dedupe.prep(table[columns].copy(), verbosity_level=0, cpu=1)
        matched = bib_dedupe.match(
            bib_dedupe.block(prepared, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1
        )
        groups = bib_dedupe.cluster(matched, verbosity_level=0)
    spent = time.process_time() - start
    clusters: dict[str, str] = {}
    for group in groups:
        clusters |= dict.fromkeys(group, group[0])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"clusters": clusters, "cpu": spent, "memory": memory}) + "\n")


if __name__ == "__main__":
    main()
