"""`reviewkit dedupe`: find and link duplicates in a review, or among files."""

import csv
import io
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewkit.cli.console import data, data_json, data_text, talk
from reviewkit.cli.dedupe_choose import choose
from reviewkit.cli.dedupe_pairs import RecordArgument, link, split
from reviewkit.cli.dedupe_review import review
from reviewkit.cli.file_output import list_format
from reviewkit.cli.groups import RunsByItself
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.cli.progress import show_progress
from reviewkit.cli.reading import EncodingOption, FormatOption, MapOption, column_mapping
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural

if TYPE_CHECKING:  # it brings the database, which help does without
    from reviewkit.store.pairs import ListedPair

app = typer.Typer(
    cls=RunsByItself,
    help="Find and link duplicates: of the review, or among the files that you name.\n\n"
    "\b\nExamples: reviewkit dedupe --dry-run\n"
    "reviewkit dedupe a.ris b.nbib --out clusters.csv --pairs pairs.csv",
)


@app.command("run", short_help="Link the duplicates of the review.")
def run(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files to compare (RIS, NBIB, BibTeX, CSV and others) instead of a review.",
            metavar="FILE...",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="For files: where record_id,cluster_id goes.", callback=in_a_folder
        ),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            "--pairs", help="For files: where the uncertain pairs go.", callback=in_a_folder
        ),
    ] = None,
    doubts: Annotated[
        Path | None,
        typer.Option(
            "--doubts", help="For files: where the less sure pairs go.", callback=in_a_folder
        ),
    ] = None,
    format_: FormatOption = None,
    columns: MapOption = None,
    encoding: EncodingOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Find, but change nothing.")] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Link the duplicates of a review, across and within its sources; or find those among files.

    Run it again after every import. It never changes what people decided.

    Example: reviewkit dedupe
    """
    # imported here: help must not wait for numpy and rapidfuzz
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.duplicates.dedupe import run_dedupe
    from reviewkit.workflow.session.open_screening import prepare_queue

    reading = {"format": format_, "encoding": encoding, "mapping": column_mapping(columns)}
    if files:
        if dry_run:
            raise UsageError(
                "--dry-run goes with a review", hint="files are only read; --out names a new one"
            )
        _among_files(files, reading, places=(out, pairs, doubts), json=json)
        return

    if any((out, pairs, doubts, *reading.values())):
        raise UsageError(
            "--out, --pairs, --doubts, --format, --map and --encoding go with files",
            hint="reviewkit dedupe FILE... --out clusters.csv",
        )

    project = chosen_project(protocol, database=db)
    with show_progress() as progress:
        summary = run_dedupe(
            project, dry_run=dry_run, now=read_clock(os.environ), progress=progress
        )
    if not dry_run:
        prepare_queue(project, now=read_clock(os.environ))
    if json:
        data_json(summary.as_json())
        return
    for line in summary.sentences(dry_run=dry_run):
        data(line)
    talk(f"Next: {summary.next_step()}")


def _among_files(
    files: list[Path],
    reading: dict[str, Any],
    *,
    places: tuple[Path | None, Path | None, Path | None],
    json: bool,
) -> None:
    from reviewkit.workflow.duplicates.dedupe_files import ResultFiles
    from reviewkit.workflow.duplicates.dedupe_paths import ReadOptions, dedupe_paths

    out, pairs, doubts = places
    if out is None:
        raise UsageError("files need a place for the result", hint="--out clusters.csv")
    with show_progress() as progress:
        result = dedupe_paths(
            files,
            reading=ReadOptions(**reading),
            into=ResultFiles(clusters=out, pairs=pairs, doubts=doubts),
            say=talk,
            progress=progress,
        )

    if json:
        data_json(
            {
                "records": result.records,
                "duplicates": result.duplicates,
                "waiting_for_a_person": result.questions,
                "doubts_not_asked": result.doubts,
                "remaining": result.remaining,
                "remaining_by_source": dict(result.per_source),
            }
        )
        return
    data(
        f"{plural(result.records, 'record')}: {plural(result.duplicates, 'certain duplicate')}, "
        f"pairs for a person: {result.questions}, "
        f"{plural(result.remaining, 'remains', 'remain')}. {out} written."
    )
    if result.doubts and doubts is None:
        data(f"{plural(result.doubts, 'less sure pair')} not listed: --doubts FILE lists them.")
    for name, count in result.per_source.items():
        data(f"  {name}: {plural(count, 'remains', 'remain')}")


app.command("review", short_help="Answer the uncertain pairs.")(review)
app.command("choose")(choose)
app.command("link", short_help="State that two records are duplicates.")(link)
app.command("split", short_help="State that two records are not duplicates.")(split)


@app.command("explain")
def explain(
    one: RecordArgument,
    two: RecordArgument,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Why two records are joined, kept apart or left open.

    Example: reviewkit dedupe explain pubmed:36674517 lilacs:biblio-1375373
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.duplicates.dedupe import explain_pair, outcome_words

    project = chosen_project(protocol, database=db)
    explained = explain_pair(project, one, two, now=read_clock(os.environ))
    if json:
        data_json(asdict(explained))
        return

    pair = explained.explanation.pair
    data(f"{pair.record_a} and {pair.record_b}")
    for decision in explained.history:
        answer = decision.answer or "takes the answer back"
        data(f"{decision.decided_at} {decision.reviewer}: {answer}")
    data(
        f"by the rules {outcome_words(pair)}: {pair.words} "
        f"(rule {pair.rule}, score {pair.score:.3f})"
    )

    for field in explained.explanation.fields:
        if field.value_a == field.value_b:
            data(f"  {field.name}: {field.value_a}")
        else:
            data(f"  {field.name}: {field.value_a or 'none'} | {field.value_b or 'none'}")
    for reason in explained.explanation.reasons:
        data(f"  {reason.worth:+.2f} {reason.field}: {reason.words}")


@app.command("undo", short_help="Undo what joined two records, or what a person answered.")
def undo(
    one: RecordArgument,
    two: RecordArgument,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Undo what joined two records or what a person answered; the history keeps both.

    Example: reviewkit dedupe undo pubmed:36674517 lilacs:biblio-1375373
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.duplicates.dedupe import undo_pair

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    sentence = undo_pair(project, one, two, name, now=read_clock(os.environ))
    if json:
        data_json({"pair": [one, two], "reviewer": name, "undone": sentence})
    else:
        data(sentence)


@app.command("list")
def list_(
    format_name: Annotated[
        str | None, typer.Option("--format", help="table, csv or json.", show_default="table")
    ] = None,
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Only pairs in doubt that are not asked.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Every pair that was joined, asked about, or kept apart by a rule.

    Example: reviewkit dedupe list --format csv
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.duplicates.dedupe import doubts_sentence, list_pairs

    chosen = list_format(format_name, ("table", "csv", "json"), json=json)
    project = chosen_project(protocol, database=db)
    now = read_clock(os.environ)
    pairs = list_pairs(project, now=now, doubts=doubts)
    if doubts and pairs:
        talk(doubts_sentence(project, len(pairs), now=now))
    if chosen == "json":
        data_json([asdict(pair) for pair in pairs])
        return
    if chosen == "csv":
        data_text(_as_csv([asdict(pair) for pair in pairs]))
        return
    _print_pairs(pairs)


def _print_pairs(pairs: list["ListedPair"]) -> None:
    if not pairs:
        talk("No pair is listed.")
    for pair in pairs:
        data(f"{pair.outcome:9}  {pair.record_a}  {pair.record_b}  {pair.score:.3f}  {pair.words}")
        data(f"           {pair.title_a or 'no title'}")
        data(f"           {pair.title_b or 'no title'}")


def _as_csv(rows: list[dict[str, Any]]) -> str:
    columns = ["outcome", "record_a", "record_b"]
    if rows:
        columns = list(rows[0])
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, fieldnames=columns)
    writer.writeheader()
    writer.writerows(rows)

    return table.getvalue()
