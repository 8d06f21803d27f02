"""A year of weekly updates over a PubMed that changes as the real one does, and what must be true
at its end.

"The same database as one run at the end, plus the history": `differences` says where that is not
so.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from reviewkit.importers.medline import parse_medline
from reviewkit.model.records import Record, RunStatus, Verdict
from reviewkit.store import Store, record_versions, run_log
from reviewkit.store.decisions import states
from reviewkit.store.records import records_in_flow
from reviewkit.workflow.searching.import_files import import_files
from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
from tests.helpers.living import PROTOCOL, WEEK, LivingReview, gone_from, work
from tests.servers.eutils_corpus import Corpus, Entry

WEEKS = 52
MOST_TRIES = 30  # updates in one week of a service that fails
TWO_SOURCES = PROTOCOL.replace(
    "[[strategies]]",
    '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n[[strategies]]',
)
_SYLLABLES = tuple(
    f"{one}{two}" for one in "bdfgklmnprstvz" for two in ("a", "e", "i", "o", "u", "an", "er", "is")
)


def _word(number: int) -> str:
    first, rest = divmod(number, len(_SYLLABLES))
    return (
        _SYLLABLES[rest]
        + _SYLLABLES[first * 7 % len(_SYLLABLES)]
        + _SYLLABLES[(first * 13 + rest) % 97]
    )


def _title(chance: random.Random, found: str = "Invented") -> str:
    return (
        f"{found} {' '.join(_word(chance.randrange(3000)) for _ in range(chance.randint(6, 12)))}."
    )


def study(
    pmid: int, chance: random.Random, *, day: str, found: str = "Invented", doi: str = ""
) -> Entry:
    """A work with a title like no other's; the review's search finds it where the title begins with
    "Invented".
    """
    abstract = " ".join(_word(chance.randrange(3000)) for _ in range(120))
    return work(pmid, _title(chance, found), day=day, doi=doi, more=[f"AB  - {abstract}"])


def year_corpus(size: int, chance: random.Random) -> Corpus:
    """So many works created over 25 years, one in twenty of them not found by the search yet."""
    days = (f"{2000 + n % 25}/{1 + n % 12:02}/{1 + n % 28:02}" for n in range(size))
    return Corpus(
        study(
            10_000_000 + n,
            chance,
            day=day,
            found="Hidden" if n % 20 == 7 else "Invented",
            doi=f"10.1000/{n}",
        )
        for n, day in enumerate(days)
    )


def _found(corpus: Corpus) -> list[str]:
    return sorted(entry.pmid for entry in corpus if "TI  - Invented" in entry.text)


def change_in_a_week(corpus: Corpus, week: int, day: str, chance: random.Random) -> None:
    """What a week brings: works added, some of them copies; works deleted, merged, corrected,
    re-dated, re-indexed,
    retracted, put into another language, no longer found, and found though old.
    """
    first = 20_000_000 + 100 * week
    corpus.add(
        *(study(first + n, chance, day=day, doi=f"10.2000/{week}.{n}") for n in range(week % 6))
    )
    named = chance.sample(_found(corpus), 8)
    if week % 2:
        corpus.delete(named[1])
    if week % 5 == 3:  # merged into another
        corpus.delete(named[0])
    corpus.revise(named[2], "PT  - Journal Article", f"PT  - Journal Article\nMH  - Heading {week}")
    corpus.revise(named[3], "TI  - Invented ", f"TI  - Invented and corrected {_word(week)} ")
    dated = corpus.get(named[4])
    assert dated
    corpus.revise(
        named[4],
        f"CRDT- {dated.fields['CRDT'][0]}",
        f"CRDT- {day} 06:00\nLR  - {day.replace('/', '')}",
    )
    if week % 4 == 1:
        corpus.revise(
            named[5], "PT  - Journal Article", "PT  - Retracted Publication\nPT  - Journal Article"
        )
    if week % 3 == 2:
        corpus.revise(named[6], "LA  - eng", "LA  - spa")
    corpus.revise(named[7], "TI  - Invented", "TI  - Hidden")
    hidden = sorted(entry.pmid for entry in corpus if "TI  - Hidden" in entry.text)
    corpus.revise(chance.choice(hidden), "TI  - Hidden", "TI  - Invented")


def import_copies(review: LivingReview, corpus: Corpus, week: int) -> None:
    """An export of the other database, with copies of every thirtieth work, found or not."""
    of = [
        entry
        for entry in sorted(corpus, key=lambda entry: entry.pmid)
        if int(entry.pmid) % 30 == week % 30
    ]
    file = review.project.output.parent / f"week{week}.ris"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(_ris(entry) for entry in of if "10." in entry.text), encoding="utf-8")
    given = [InputFile(name=file.name, content=file)]
    import_files(review.project, given, ImportOptions(source="lilacs"), now=lambda: review.at)


def _ris(entry: Entry) -> str:
    title = entry.fields["TI"][0].replace("Hidden", "Invented")
    doi = entry.fields["AID"][0].removesuffix(" [doi]")
    year = entry.fields["DP"][0]
    lines = (
        "TY  - JOUR",
        f"ID  - lil-{entry.pmid}",
        f"TI  - {title}",
        *(f"AU  - {name}" for name in entry.fields.get("FAU", ())),
        f"PY  - {year}",
        "LA  - en",
        f"DO  - {doi}",
    )
    return "\n".join((*lines, "ER  - ", ""))


@dataclass
class Year:
    """A review updated week by week; what was served and said when, to be compared with what its
    database tells.
    """

    review: LivingReview
    chance: random.Random
    served: list[dict[str, str]] = field(default_factory=list)
    decided: list[tuple[str, Verdict]] = field(default_factory=list)
    imported: list[tuple[int, datetime.datetime, Corpus]] = field(default_factory=list)
    tries: int = 0

    def week(self, number: int) -> None:
        """One update and some screening; before it, but for the first, the corpus changes."""
        if number:
            change_in_a_week(
                self.review.server.corpus, number, f"{self.review.at:%Y/%m/%d}", self.chance
            )
        corpus = self.review.server.corpus
        self.served.append(
            {pmid: entry.text for pmid in _found(corpus) if (entry := corpus.get(pmid))}
        )
        if number % 10 == 5:
            import_copies(self.review, corpus, number)
            self.imported.append((number, self.review.at, Corpus(corpus)))
        self._update()
        waiting = sorted(
            r for r, state in self.review.states().items() if state == "awaiting_screening"
        )
        for record in self.chance.sample(waiting, min(5, len(waiting))):
            verdict = Verdict.INCLUDE if self.chance.random() < 0.3 else Verdict.EXCLUDE
            self.decided.append((record, verdict))
            decide(self.review, record, verdict)

    def _update(self) -> None:
        """An update, again on the same day until nothing lacks; then a week passes."""
        for _ in range(MOST_TRIES):
            self.tries += 1
            if not self.review.update(days=0).is_incomplete:
                self.review.at += WEEK
                return
        raise AssertionError(self.review.said[-20:])


def decide(review: LivingReview, record: str, verdict: Verdict) -> None:
    if verdict is Verdict.INCLUDE:
        review.include(record)
    else:
        review.decide(record, verdict)


def run_once(year: Year, once: LivingReview) -> None:
    """The one run at the end, and the same said of the same records."""
    for number, at, corpus in year.imported:
        once.at = at
        import_copies(once, corpus, number)
    once.at = year.review.at
    once.update()
    there = once.states()
    for record, verdict in year.decided:
        if record in there:
            decide(once, record, verdict)


def differences(year: Year, once: LivingReview) -> Iterator[str]:
    """What differs between the year's database and that of one run at the end, but for the history;
    and what is wrong
    in the history, beside what was served.
    """
    with year.review.store() as store, once.store() as other:
        log = [
            run
            for run in run_log.run_log(store)
            if run.source == "pubmed"
            and run.strategy != "watch"
            and run.status is RunStatus.COMPLETE
        ]
        listed = run_log.listed_by(store, log[-1].run)
        if listed != run_log.listed_by(
            other, run_log.family_runs(other, "pubmed", "words")[-1].run
        ):
            yield "the last lists differ"
        known = frozenset(record.key for record in records_in_flow(store))
        there = frozenset(record.key for record in records_in_flow(other))
        gone = frozenset(key for key in gone_from(store, "pubmed", "words").values() if key)
        if not frozenset(key for key in listed.values() if key) <= there or known != there | gone:
            unknown, lost = sorted(known - there - gone), sorted((there | gone) - known)
            yield f"neither listed nor gone: {unknown}; lost: {lost}"
        yield from _rows(store, other, there)
        yield from _groups(store, other, there)
        # An update that something else disturbed is made again on its day: its last run counts.
        last_of_day = {run.searched_at[:10]: run.run for run in log}
        yield from _history(store, year, list(last_of_day.values()))


def _rows_about(
    store: Store, table: str, keys: tuple[str, ...], records: frozenset[str]
) -> set[tuple[object, ...]]:
    """The rows of a table whose records, in the columns `keys`, are all among these."""
    rows = store.rows(f"SELECT {', '.join([*keys, '*'])} FROM {table}")
    return {row for row in rows if records.issuperset(row[: len(keys)])}


def _rows(store: Store, other: Store, there: frozenset[str]) -> Iterator[str]:
    """Rows of the records that are still listed; what is said of them beside one that is gone is
    history.
    """
    tables = {
        "records": ("record",),
        "checks": ("record",),
        "pairs": ("record_a", "record_b"),
        "relations": ("record", "target"),
        "criteria": (),
    }
    for table, keys in tables.items():
        one = _rows_about(store, table, keys, there)
        two = _rows_about(other, table, keys, there)
        if one != two:
            yield (
                f"{table}: {len(one - two)} rows of the year alone, "
                f"{len(two - one)} of the one run alone: "
                + str([row[:5] for row in sorted(one ^ two, key=repr)[:5]])
            )


def _clusters(store: Store) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for record, lead in store.rows("SELECT record, lead FROM duplicates"):
        found.setdefault(lead, {lead}).add(record)
    return {member: frozenset(members) for members in found.values() for member in members}


def _groups(store: Store, other: Store, there: frozenset[str]) -> Iterator[str]:
    """Copies and states. Which copy leads is history: it was there first. So is what was left of a
    group of which a
    copy is gone, and what was said of a copy that leads in the year alone.
    """
    one, two = _clusters(store), _clusters(other)
    now, then = (
        {state.record: (state.state, state.reason) for state in states(held)}
        for held in (store, other)
    )
    came = run_log.first_runs(store)
    for record in sorted(there):
        group = one.get(record, frozenset({record}))
        if group & there != two.get(record, frozenset({record})):
            at_once = sorted(two.get(record, ()))
            yield f"copies of {record}: {sorted(group)} in the year, {at_once} at once"
        elif len(group) == 1 and now[record] != then[record]:
            yield f"{record} is {now[record]} in the year, {then[record]} at once"
        elif len(group) > 1 and (now[record][0] != "duplicate") != (
            came[record] == min(came[key] for key in group)
        ):
            yield f"{record} is {now[record]} in the year; of {sorted(group)} the first leads"


@cache
def _read(text: str) -> Record:
    return parse_medline(text).records[0]


def _history(store: Store, year: Year, runs: list[int]) -> Iterator[str]:
    """Every week as it was served: its list, and the content of each of its records."""
    if len(runs) != len(year.served):
        yield f"{len(runs)} runs for {len(year.served)} weeks"
    now = {record.key: record for record in records_in_flow(store)}
    for run, served in zip(runs, year.served, strict=True):
        if set(run_log.listed_by(store, run)) != set(served):
            yield f"run {run}: not the list that was served"
        then = record_versions.contents_at(store, run)
        for pmid, text in served.items():
            key = f"pubmed:{pmid}"
            if then.get(key, now.get(key)) != _read(text):
                yield f"run {run}: {key} was something else when it was served"
