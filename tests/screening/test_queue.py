"""The arithmetic of screening: what comes next, who must decide, highlights, pace."""

import datetime
import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.model.errors import ProtocolError, UsageError
from reviewkit.model.records import Record, Verdict
from reviewkit.protocol.parse import parse_protocol
from reviewkit.screening.assignment import split
from reviewkit.screening.citation import cite_record, links_of
from reviewkit.screening.highlights import compile_terms, find_spans, protocol_terms
from reviewkit.screening.models import Only, Order, Term, TermKind
from reviewkit.screening.pace import seconds_each
from reviewkit.screening.queue import (
    Candidate,
    Queue,
    arrange,
    draw,
    may_see_others,
    pilot_records,
)
from reviewkit.screening.rules import Rules
from reviewkit.screening.standings import stand

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
NAMES = [f"r{i:02}" for i in range(20)]


def spans(text: str, *terms: Term) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.kind) for s in find_spans(text, compile_terms(terms))]


def term(text: str, kind: TermKind = TermKind.INCLUDE, *, pattern: bool = False) -> Term:
    return Term(text=text, kind=kind, pattern=pattern)


@given(st.lists(st.sampled_from(NAMES), unique=True), st.integers(0, 99))
def test_a_drawn_order_depends_on_each_record_alone(records: list[str], seed: int) -> None:
    whole = draw(NAMES, seed)
    assert draw(records, seed) == [record for record in whole if record in records]


def test_another_seed_is_another_order() -> None:
    assert draw(NAMES, 1) != draw(NAMES, 2)


def test_orders() -> None:
    candidates = [
        Candidate(record="b:2", source="b", date="2024-05"),
        Candidate(record="a:1", source="a", date=""),
        Candidate(record="b:1", source="b", date="2025"),
    ]
    assert arrange(candidates, Order.ID, 1) == ["a:1", "b:1", "b:2"]
    assert arrange(candidates, Order.DATE, 1) == ["b:1", "b:2", "a:1"]
    assert arrange(candidates, Order.SOURCE, 1) == ["a:1", "b:1", "b:2"]
    assert sorted(arrange(candidates, Order.RANDOM, 1)) == ["a:1", "b:1", "b:2"]


decided = st.dictionaries(st.sampled_from(["ana", "rui", "li"]), st.sampled_from([*Verdict][:3]))


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), decided, st.booleans()), max_size=60),
    st.integers(1, 3),
    st.sets(st.sampled_from(NAMES), max_size=5),
    st.sets(st.sampled_from(NAMES), max_size=5),
    st.dictionaries(
        st.sampled_from(NAMES), st.frozensets(st.sampled_from(["ana", "rui"]), min_size=1)
    ),
)
def test_a_queue_that_heard_everything_has_what_is_open_and_nothing_else(
    heard: list[tuple[str, dict[str, Verdict], bool]],
    needed: int,
    pilot: set[str],
    stopped: set[str],
    assigned: dict[str, frozenset[str]],
) -> None:
    rules = Rules(
        needed=needed, assigned=assigned, pilot=frozenset(pilot), stopped=frozenset(stopped)
    )
    queue = Queue(stand(NAMES, rules), reviewer="ana")
    last: dict[str, tuple[dict[str, Verdict], bool]] = {}
    for record, said, settled in heard:
        queue.set_verdicts(record, said, settled=settled)
        last[record] = (said, settled)

    def is_open(record: str) -> bool:
        said, settled = last.get(record, ({}, False))
        # Settled is only what somebody has decided on; left by a stop only what nobody has.
        if "ana" in said or (settled if said else record in stopped):
            return False
        if record in pilot:
            return True
        return "ana" in assigned[record] if record in assigned else len(said) < needed

    wanted = [record for record in queue.order if is_open(record)]
    assert queue.remaining == len(wanted)
    assert queue.first_open() == (wanted[0] if wanted else None)
    assert queue.counts == Counter(said["ana"] for said, _ in last.values() if "ana" in said)
    assert [*queue.order][: len(pilot)] == [name for name in NAMES if name in pilot]
    came = []
    while (following := queue.first_open()) is not None:
        came.append(following)
        queue.set_verdicts(following, {"ana": Verdict.INCLUDE}, settled=False)
    assert came == wanted


def test_browsing_a_filter_goes_round() -> None:
    queue = Queue(stand(["a", "b", "c"], Rules()), reviewer="ana")
    for record in "ac":
        queue.set_verdicts(record, {"ana": Verdict.MAYBE}, settled=False)
    assert queue.after(None, Only.MAYBE) == "a"
    assert queue.after("a", Only.MAYBE) == "c"
    assert queue.after("c", Only.MAYBE) == "a"
    assert queue.after("c", Only.MAYBE, {"b"}) is None


def test_a_pilot_no_larger_than_the_review() -> None:
    assert pilot_records(["a", "b"], size=9, seed=1) == {"a", "b"}


@pytest.mark.parametrize(
    ("blind", "published", "has_decided", "deciders", "seen"),
    [
        (True, False, False, 1, False),
        (True, False, True, 1, False),
        (True, False, True, 2, True),
        (True, False, False, 2, False),
        (False, False, False, 1, True),
        (False, True, False, 1, False),
        (False, True, True, 1, True),
    ],
)
def test_who_may_see_whom(
    blind: bool, published: bool, has_decided: bool, deciders: int, seen: bool
) -> None:
    allowed = may_see_others(
        blind=blind, published=published, decided=has_decided, deciders=deciders, needed=2
    )
    assert allowed is seen


def test_words_are_found_whole_and_patterns_as_they_are() -> None:
    text = "Gut microbiome, gut-brain axis; ALS and als; begutted."
    assert spans(text, term("gut")) == [("Gut", "include"), ("gut", "include")]
    assert spans(text, term("microb*")) == [("microbiome", "include")]
    assert spans(text, term("gut brain")) == [("gut-brain", "include")]
    assert spans(text, term("ALS")) == [("ALS", "include")]
    assert spans(text, term("b[er]\\w+", pattern=True)) == [
        ("brain", "include"),
        ("begutted", "include"),
    ]
    assert spans("肠道菌群失调", term("肠道")) == [("肠道", "include")]
    assert spans("Disbiose é comum", term("disbiose")) == [("Disbiose", "include")]


def test_overlapping_terms_the_reviewers_own_then_exclusion_then_the_longer() -> None:
    text = "mouse gut microbiome"
    terms = (
        term("gut microbiome"),
        term("mouse gut", TermKind.EXCLUDE),
        term("gut", TermKind.OWN),
        term("microbiome"),
    )
    assert spans(text, *terms) == [("gut", "own"), ("microbiome", "include")]
    assert spans(text, *terms[:2]) == [("mouse gut", "exclude")]


@given(
    st.text(max_size=80), st.lists(st.text(min_size=1, max_size=5).filter(str.strip), max_size=4)
)
def test_spans_never_overlap_and_never_leave_the_text(text: str, words: list[str]) -> None:
    usable = [term(word) for word in words if word.removesuffix("*").split()]
    found = find_spans(text, compile_terms(usable))
    ends = [0, *(place for span in found for place in (span.start, span.end)), len(text)]
    assert ends == sorted(ends)


@pytest.mark.parametrize("wrong", [term("(", pattern=True), term("  "), term("*")])
def test_a_term_that_is_none(wrong: Term) -> None:
    with pytest.raises(UsageError):
        compile_terms([wrong])


def test_descriptors_are_highlighted_unless_the_protocol_says_otherwise(als_text: str) -> None:
    protocol = parse_protocol(als_text, where="als")
    texts = {t.text: t.kind for t in protocol_terms(protocol)}
    assert (
        texts["Dysbiosis"]
        == texts["ALS"]
        == texts["Esclerose Lateral Amiotrófica"]
        == TermKind.INCLUDE
    )
    with_term = als_text + '\n[screening.highlight]\nexclude = ["dysbiosis"]\n'
    kinds = [
        t.kind
        for t in protocol_terms(parse_protocol(with_term, where="als"))
        if t.text.lower() == "dysbiosis"
    ]
    assert kinds == [TermKind.EXCLUDE]


def test_exclusion_reasons_are_the_protocols_the_criteria_or_what_is_not_met(als_text: str) -> None:
    protocol = parse_protocol(als_text, where="als")
    assert protocol.exclusion_reasons[0] == "not directly addressing the theme"
    listed = '\n[screening]\nexclusion_reasons = ["paid", "off_theme", "no data"]\n'
    assert parse_protocol(als_text + listed, where="als").exclusion_reasons == (
        "paid works",
        "not directly addressing the theme",
        "no data",
    )


times = st.lists(st.integers(0, 10**6), max_size=70).map(
    lambda seconds: [NOW + datetime.timedelta(seconds=s) for s in sorted(seconds)]
)


@given(times)
def test_pace_is_between_its_shortest_and_longest_gap(moments: list[datetime.datetime]) -> None:
    each = seconds_each(moments)
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(moments)]
    worked = [gap for gap in gaps[-50:] if gap <= 300]
    if len(worked) < 3:
        assert each is None
    else:
        assert each is not None
        assert min(worked) - 1e-6 <= each <= max(worked) + 1e-6


@given(
    st.integers(0, 60),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 20),
    st.integers(0, 9),
)
def test_a_split_is_even_and_gives_each_record_its_reviewers(
    count: int, people: int, each: int, overlap: int, seed: int
) -> None:
    names = ["ana", "rui", "li", "bea"][:people]
    records = [f"r{i}" for i in range(count)]
    plan = split(records, names, each=each, overlap=overlap, seed=seed, kept={})
    assert set(plan) == set(records)
    per_record = sorted(len(chosen) for chosen in plan.values())
    shared = min(overlap, count)
    assert per_record == sorted([people] * shared + [min(each, people)] * (count - shared))
    load = Counter(name for chosen in plan.values() for name in chosen)
    if count:
        assert max(load[name] for name in names) - min(load[name] for name in names) <= 1


def test_a_split_keeps_who_has_decided() -> None:
    plan = split(
        ["a", "b"], ["ana", "rui"], each=1, overlap=0, seed=1, kept={"a": {"rui"}, "b": {"rui"}}
    )
    assert plan == {"a": ("rui",), "b": ("rui",)}


def test_citation_and_links_leave_out_what_is_not_there() -> None:
    whole = Record(
        source="pubmed",
        source_id="1",
        title="Guts.",
        authors=("Silva, A", *(f"B{i}" for i in range(8))),
        journal="Gut",
        year=2024,
        volume="1",
        issue="2",
        pages="3-4",
        doi="10.1000/x<y>",
        pmid="1",
        pmcid="PMC1",
        links=("javascript:alert(1)", "https://example.org/a", "http://e\x1b[2J"),
    )
    assert (
        cite_record(whole)
        == "Silva A, B0, B1, B2, B3, B4, et al. Guts. Gut 2024;1(2):3-4. doi:10.1000/x<y>"
    )
    assert [link.url for link in links_of(whole)] == [
        "https://doi.org/10.1000/x%3Cy%3E",
        "https://pubmed.ncbi.nlm.nih.gov/1/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC1/",
        "https://example.org/a",
    ]
    assert cite_record(Record(source="x", source_id="1", title="Alone")) == "Alone."
    undated = Record(
        source="x",
        source_id="1",
        original_title="Tripas",
        journal_abbreviation="Gut",
        volume="1",
        pages="3",
    )
    assert cite_record(undated) == "Tripas. Gut 1:3."


SCREENING_MISTAKES = """
[screening]
reviewers = { title_abstract = 0, full_txt = 2 }
exclusion_reasons = ["paid", "no data", "paid works"]
order = "ranked"

[screening.pilot]
size = "many"

[screening.highlight]
include = ["gut", ""]
include_patterns = ["gut(", "x*"]
"""


def test_mistakes_of_the_screening_table_are_named_by_path(als_text: str) -> None:
    with pytest.raises(ProtocolError) as raised:
        parse_protocol(als_text + SCREENING_MISTAKES, where="p.toml")
    document = {mistake.path: str(mistake) for mistake in raised.value.mistakes}
    assert set(document) == {
        "screening.reviewers.title_abstract",
        "screening.reviewers.full_txt",
        "screening.exclusion_reasons[3]",
        "screening.order",
        "screening.pilot.size",
        "screening.highlight.include[2]",
        "screening.highlight.include_patterns[1]",
        "screening.highlight.include_patterns[2]",
    }
    assert "did you mean 'full_text'?" in document["screening.reviewers.full_txt"]
    assert "must be a regular expression" in document["screening.highlight.include_patterns[1]"]
    assert "empty text" in document["screening.highlight.include_patterns[2]"]


def team_queue(*order: str, needed: int = 2, pilot: frozenset[str] = frozenset()) -> Queue:
    """Ana's queue where so many reviewers are needed."""
    return Queue(stand(order, Rules(needed=needed, pilot=pilot)), reviewer="ana")


def test_the_first_open_record_goes_back_when_a_decision_is_taken_back() -> None:
    queue = team_queue("a", "b", "c")
    for record in ("a", "b"):
        queue.set_verdicts(record, {"ana": Verdict.INCLUDE}, settled=False)
    assert queue.first_open() == "c"

    queue.set_verdicts("b", {}, settled=False)
    assert queue.first_open() == "b"
    queue.set_verdicts("a", {}, settled=False)
    assert queue.first_open() == "a"


def test_what_is_allowed_and_what_was_skipped() -> None:
    queue = team_queue("a", "b", "c")
    assert queue.first_open({"b", "c"}) == "b"
    assert queue.first_open(set()) is None
    queue.skip("b")
    assert queue.first_open({"b", "c"}) == "c"
    assert queue.skipped == {"b"}

    # Nothing else is left: the first one that was skipped comes, and none waits any more.
    queue.skip("c")
    assert queue.first_open({"b", "c"}) == "b"
    assert queue.skipped == set()
    queue.skip("a", "b", "c")
    queue.unskip("b")
    assert queue.skipped == {"a", "c"}
    assert queue.first_open() == "b"


def test_records_ahead_come_first_once_the_pilot_is_done() -> None:
    queue = team_queue("a", "b", "c", "d", pilot=frozenset({"c"}))
    assert list(queue.order) == ["c", "a", "b", "d"]
    assert queue.in_pilot("c")
    assert not queue.in_pilot("a")
    assert queue.first_open(ahead=["d", "b"]) == "c"

    queue.set_verdicts("c", {"ana": Verdict.EXCLUDE}, settled=False)
    assert queue.first_open(ahead=["d", "b"]) == "d"
    assert queue.first_open({"a", "b"}, ahead=["d", "b"]) == "b"
    queue.skip("d")
    assert queue.first_open(ahead=["d", "b"]) == "b"
    assert queue.first_open(ahead=["c"]) == "a"


def test_a_filter_goes_round() -> None:
    queue = team_queue("a", "b", "c", "d")
    for record, verdict in (("a", Verdict.INCLUDE), ("c", Verdict.INCLUDE), ("d", Verdict.MAYBE)):
        queue.set_verdicts(record, {"ana": verdict}, settled=False)
    queue.skip("b")

    assert queue.after("a", Only.INCLUDED) == "c"
    assert queue.after("c", Only.INCLUDED) == "a"
    assert queue.after(None, Only.INCLUDED) == "a"
    assert queue.after("not here", Only.INCLUDED) == "a"
    assert queue.after("d", Only.MAYBE) == "d"
    assert queue.after("a", Only.EXCLUDED) is None
    assert queue.after("a", Only.INCLUDED, {"a"}) == "a"
    assert queue.after("a", Only.ALL) == "b"
    assert queue.after("d", Only.ALL) == "a"
    assert queue.after("a", Only.DECIDED) == "c"
    assert queue.after("a", Only.SKIPPED) == "b"
    assert queue.after("a", Only.TODO, {"a"}) is None
    queue.set_verdicts("a", {}, settled=False)
    queue.unskip("b")
    assert queue.after(None, Only.TODO, ahead=["b"]) == "b"


def test_seeds_and_assignments_reach_where_they_count() -> None:
    candidates = [Candidate(record=name, source="s", date="") for name in NAMES]
    assert arrange(candidates, Order.RANDOM, 1) == draw(NAMES, 1)
    assert arrange(candidates, Order.RANDOM, 2) == draw(NAMES, 2)
    assert pilot_records(NAMES, size=5, seed=2) == set(draw(NAMES, 2)[:5])

    names = frozenset({"ana", "rui", "eva"})
    queue = Queue(stand("ab", Rules(needed=1, assigned={"a": names})), reviewer="ana")
    assert (queue.needs("a"), queue.needs("b")) == (3, 1)


def test_what_belongs_to_a_filter() -> None:
    queue = team_queue("a", "b", "c")
    queue.set_verdicts("a", {"ana": Verdict.EXCLUDE}, settled=False)
    queue.skip("c")
    belong = {
        only: [record for record in queue.order if queue.belongs(record, only)] for only in Only
    }
    assert belong == {
        Only.TODO: ["b", "c"],
        Only.MAYBE: [],
        Only.INCLUDED: [],
        Only.EXCLUDED: ["a"],
        Only.DECIDED: ["a"],
        Only.SKIPPED: ["c"],
        Only.ALL: ["a", "b", "c"],
    }
    assert {only: [*queue.belonging(only)] for only in Only} == belong


def test_records_that_are_not_of_the_stage_change_nothing() -> None:
    queue = team_queue("a", "b")
    queue.set_verdicts("elsewhere", {"ana": Verdict.INCLUDE}, settled=False)
    queue.skip("elsewhere")
    assert (queue.own("elsewhere"), queue.agreed("elsewhere")) == (None, None)
    assert (queue.deciders("elsewhere"), queue.in_pilot("elsewhere")) == (0, False)
    assert [*queue.belonging(Only.SKIPPED)] == []
    assert (queue.remaining, queue.first_open()) == (2, "a")


def test_one_s_own_verdicts_and_those_of_all() -> None:
    queue = team_queue("a", "b", "c", needed=3)
    queue.set_verdicts("a", {"ana": Verdict.INCLUDE, "rui": Verdict.EXCLUDE}, settled=False)
    queue.set_verdicts("b", {"rui": Verdict.MAYBE}, settled=False)
    assert queue.verdicts(of_all=False) == {"a": Verdict.INCLUDE}
    assert queue.verdicts(of_all=True) == {"b": Verdict.MAYBE}


def test_verdicts_that_are_loaded_at_once_are_those_that_are_set_one_by_one() -> None:
    decided = {
        "a": {"ana": Verdict.INCLUDE, "rui": Verdict.INCLUDE},
        "b": {"rui": Verdict.EXCLUDE, "eva": Verdict.INCLUDE},
        "c": {"ana": Verdict.EXCLUDE},
        "elsewhere": {"ana": Verdict.INCLUDE},
    }
    decided = {"elsewhere": decided.pop("elsewhere"), **decided}
    step_by_step = team_queue("a", "b", "c", "d", needed=3)
    assert step_by_step.first_open() == "a"
    standings = stand("abcd", Rules(needed=3), decided, {"b", "elsewhere"})
    loaded = Queue(standings, reviewer="ana")
    for record, verdicts in decided.items():
        step_by_step.set_verdicts(record, verdicts, settled=record in {"b", "elsewhere"})

    for queue in (loaded, step_by_step):
        agreed = {"a": Verdict.INCLUDE, "c": Verdict.EXCLUDE}
        assert queue.verdicts(of_all=False) == queue.verdicts(of_all=True) == agreed
        assert [queue.own(record) for record in "abcd"] == [agreed.get(key) for key in "abcd"]
        assert [queue.agreed(record) for record in "abcd"] == [agreed.get(key) for key in "abcd"]
        assert queue.counts == Counter({Verdict.INCLUDE: 1, Verdict.EXCLUDE: 1})
        assert (queue.remaining, queue.closed) == (1, 1)
        assert [queue.deciders(record) for record in "abcd"] == [2, 2, 1, 0]
        assert [record in queue for record in ("a", "elsewhere")] == [True, False]
        assert queue.needs("a") == 3
        assert queue.first_open() == "d"


def test_a_report_that_was_not_retrieved_is_closed_until_it_comes() -> None:
    queue = team_queue("a", "b", "c")
    queue.set_retrieved("a", not_retrieved=True)
    queue.set_retrieved("b", not_retrieved=True)
    queue.set_retrieved("not here", not_retrieved=True)
    assert (queue.remaining, queue.first_open()) == (1, "c")

    queue.set_retrieved("b", not_retrieved=False)
    assert (queue.remaining, queue.first_open()) == (2, "b")
    queue.set_retrieved("a", not_retrieved=False)
    assert (queue.remaining, queue.first_open()) == (3, "a")


def test_what_was_said_last_is_what_counts() -> None:
    queue = team_queue("a", "b", needed=3)
    queue.set_verdicts("a", {"rui": Verdict.INCLUDE, "eva": Verdict.INCLUDE}, settled=True)
    assert (queue.verdicts(of_all=True), queue.remaining) == ({"a": Verdict.INCLUDE}, 1)

    # They differ now, and it is not settled any more.
    queue.set_verdicts("a", {"rui": Verdict.INCLUDE, "eva": Verdict.EXCLUDE}, settled=False)
    assert (queue.verdicts(of_all=True), queue.remaining) == ({}, 2)

    # A record that was decided on waits no more, also when the decision is taken back.
    queue.skip("a")
    queue.set_verdicts("a", {"ana": Verdict.MAYBE}, settled=False)
    assert queue.skipped == set()
    queue.set_verdicts("a", {}, settled=False)
    assert queue.first_open() == "a"


def test_the_records_with_a_verdict_come_in_the_queue_s_order() -> None:
    queue = team_queue("d", "a", "c", "b")
    both = {"rui": Verdict.EXCLUDE, "ana": Verdict.EXCLUDE}
    for record in "cd":
        queue.set_verdicts(record, both, settled=False)
    queue.set_verdicts("a", {"rui": Verdict.EXCLUDE, "ana": Verdict.INCLUDE}, settled=False)
    queue.set_verdicts("b", {"rui": Verdict.INCLUDE}, settled=False)
    for of_all in (True, False):
        for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE):
            wanted = queue.verdicts(of_all=of_all)
            shown = [record for record in queue.order if wanted.get(record) is verdict]
            assert queue.with_verdict(verdict, of_all=of_all) == shown
    assert queue.with_verdict(Verdict.EXCLUDE, of_all=True) == ["d", "c"]
    assert queue.with_verdict(Verdict.INCLUDE, of_all=True) == ["b"]
    assert queue.with_verdict(Verdict.INCLUDE, of_all=False) == ["a"]
