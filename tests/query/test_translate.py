"""Queries in other languages: what is exact reads back as the same, and known traps are not exact."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.query.canonical import canonical
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.dialects.writers import WRITERS
from reviewkit.query.lines import read_strategy
from reviewkit.query.translate import Mark, Translation, translate
from tests.helpers.effort import examples


def translated(text: str, source: str, target: str) -> Translation:
    tree = read_strategy(text, LANGUAGES[source]).tree
    assert tree is not None
    return translate(tree, text, LANGUAGES[source], target)


@pytest.mark.parametrize(
    ("source", "text", "target", "written", "mark"),
    [
        ("pubmed", "gut[tiab]", "ovid", "gut.ti,ab,kf.", "exact"),
        ("pubmed", "gut[tiab]", "embase", "gut:ti,ab,kw", "exact"),
        ("pubmed", '"Gut"[mh]', "ovid", "exp Gut/", "exact"),
        ("pubmed", '"Gut"[mh:noexp]', "ovid", "Gut/", "exact"),
        ("pubmed", '"Gut"[majr]', "ovid", "exp *Gut/", "exact"),
        ("pubmed", '"Gut"[mh]', "cochrane", '[mh "Gut"]', "exact"),
        ("pubmed", '"Gut"[mh:noexp]', "lilacs", 'mh:"Gut"', "exact"),
        ("pubmed", '"a1 b1"[tiab:~3]', "ovid", "(a1 adj4 b1).ti,ab,kf.", "exact"),
        ("pubmed", '"a1 b1"[tiab:~3]', "embase", "(a1 NEAR/4 b1):ti,ab,kw", "exact"),
        ("ovid", "(a1 adj4 b1).ti,ab,kf.", "pubmed", '"a1 b1"[tiab:~3]', "exact"),
        ("ovid", "diagnos$.ti,ab,kf.", "pubmed", "diagnos*[tiab]", "exact"),
        ("ovid", "exp Gut/", "pubmed", '"Gut"[mh]', "exact"),
        ("ovid", "gut.tw.", "pubmed", "gut[tiab]", "wider"),
        ("pubmed", "2010:2020[dp]", "wos", "PY=(2010-2020)", "exact"),
        ("pubmed", "eng[la]", "ovid", "eng.lg.", "exact"),
        ("pubmed", "therapy[sh]", "ovid", "therapy.xs.", "exact"),
        ("ovid", "drug therapy.fs.", "pubmed", '"drug therapy"[sh:noexp]', "exact"),
        ("ovid", "gut.mp.", "pubmed", "(gut[tw] OR gut[tt])", "wider"),
    ],
)
def test_clauses(source: str, text: str, target: str, written: str, mark: str) -> None:
    found = translated(text, source, target)
    assert (found.text, found.clauses[0].mark) == (written, mark)


# What the reference says is not exact, whatever a table of fields might say.
TRAPS = [
    ("pubmed", '"Gut"[mh]', "embase"),
    ("pubmed", '"Gut"[mh]', "cinahl"),
    ("pubmed", '"Gut"[mh]', "scopus"),
    ("pubmed", '"Gut"[mh]', "wos"),
    ("pubmed", '"Gut"[mh]', "lilacs"),
    ("pubmed", '"Gut"[majr]', "cochrane"),
    ("pubmed", "asthma/th[mh]", "ovid"),
    ("pubmed", "review[pt]", "ovid"),
    ("pubmed", "gut", "ovid"),
    ("pubmed", "gut[tiab]", "cochrane"),
    ("pubmed", "gut[tiab]", "cinahl"),
    ("pubmed", "gut[tiab]", "scopus"),
    ("pubmed", "gut[tiab]", "wos"),
    ("pubmed", "gut[tiab]", "lilacs"),
    ("pubmed", "gut[tiab]", "europepmc"),
    ("pubmed", "gut[tw]", "ovid"),
    ("pubmed", '"a1 b1 c1"[tiab:~2]', "ovid"),
    ("pubmed", '"a1 b1"[tiab:~2]', "lilacs"),
    ("pubmed", "organi*ation[tiab]", "ovid"),
    ("pubmed", '"a1 micr*"[tiab]', "embase"),
    ("pubmed", "2010/05:2020[dp]", "wos"),
    ("pubmed", "2010:2020[crdt]", "wos"),
    ("pubmed", "free full text[sb]", "ovid"),
    ("ovid", "gut.tw.", "pubmed"),
    ("ovid", "h?emorrhage.ti,ab,kf.", "pubmed"),
    ("ovid", "diagnos$3.ti,ab,kf.", "pubmed"),
    ("ovid", "(gut adj3 (flora or microb$)).ti,ab,kf.", "pubmed"),
    ("ovid", "gut.mp.", "pubmed"),
    ("embase", "'gut'/exp", "pubmed"),
    ("embase", "(a1 NEXT/3 b1):ti", "pubmed"),
    ("cinahl", 'MH "Gut+"', "pubmed"),
    # One-letter signs are not the same sign, and PubMed has none.
    ("ovid", "wom#n.ti,ab,kf.", "pubmed"),
    ("embase", "colo$r:ti", "pubmed"),
    ("embase", "wom?n:ti", "cochrane"),
    ("wos", "TI=(colo$r)", "pubmed"),
    ("cinahl", "TI colo#r", "pubmed"),
    # Truncation under four letters, or inside what takes none.
    ("ovid", "mic$.ti,ab,kf.", "pubmed"),
    ("ovid", "(gut adj3 microb$).ti,ab,kf.", "pubmed"),
    ("pubmed", '"breast feed*"[tiab]', "cochrane"),
    # Order: `NEXT`, `W3` and `PRE/3` keep it, PubMed's distance does not.
    ("cinahl", "TI a1 W3 b1", "pubmed"),
    ("scopus", "TITLE(a1 PRE/3 b1)", "pubmed"),
    ("scopus", "TITLE(a1 PRE/3 b1)", "ovid"),
    # Fields that share a name, or hold more.
    ("pubmed", "gut[tw]", "embase"),
    ("pubmed", "gut[tw]", "cinahl"),
    ("pubmed", "gut[tw]", "wos"),
    ("ovid", "gut.mp.", "embase"),
    ("ovid", "gut.ot.", "embase"),
    ("wos", "TS=(gut)", "pubmed"),
    # What the other database adds by itself is lost: lemmas, plurals, variants.
    ("wos", "TI=(gut)", "pubmed"),
    ("cinahl", "TI gut", "ovid"),
    ("scopus", "TITLE(gut)", "embase"),
    ("cochrane", "gut:ti", "pubmed"),
    ("scopus", "TITLE-ABS-KEY(gut)", "pubmed"),
    # Vocabularies, stars and types.
    ("pubmed", '"Gut"[majr]', "embase"),
    ("pubmed", '"Gut"[majr]', "lilacs"),
    ("pubmed", '"Gut"[mh:noexp]', "wos"),
    ("pubmed", '"Gut"[mh:noexp]', "europepmc"),
    ("pubmed", "review[pt]", "cinahl"),
    ("pubmed", "therapy[sh]", "embase"),
    ("embase", "'gut'/exp/mj", "ovid"),
    # Dates, people, sets that change.
    ("pubmed", "2010:2020[edat]", "ovid"),
    ("pubmed", "smith j[au]", "wos"),
    ("pubmed", "medline[sb]", "embase"),
    ("pubmed", "NCT01234567[si]", "scopus"),
    # A register adds synonyms, an index of stems knows no fields, headings and wildcards.
    ("pubmed", "gut[tiab]", "clinicaltrials"),
    ("pubmed", '"Gut"[mh]', "clinicaltrials"),
    ("pubmed", "2010:2020[dp]", "clinicaltrials"),
    ("clinicaltrials", "AREA[BriefTitle]gut", "pubmed"),
    ("clinicaltrials", "AREA[ConditionMeshTerm]gut", "pubmed"),
    ("pubmed", "gut[tiab]", "openalex"),
    ("pubmed", '"Gut"[mh]', "openalex"),
    ("pubmed", "microb*[tiab]", "openalex"),
    ("openalex", "gut", "pubmed"),
    ("openalex", "gut", "europepmc"),
]


@pytest.mark.parametrize(("source", "text", "target"), TRAPS)
def test_what_is_known_not_to_be_the_same_is_not_exact(source: str, text: str, target: str) -> None:
    found = translated(text, source, target)
    assert all(clause.mark is not Mark.EXACT for clause in found.clauses)
    assert all(clause.why for clause in found.clauses)
    if found.has_gaps:
        assert "‹" in found.text


def test_a_heading_is_never_guessed_in_another_vocabulary() -> None:
    for target in ("embase", "cinahl"):
        found = translated('"Amyotrophic Lateral Sclerosis"[mh]', "pubmed", target)
        assert found.clauses[0].mark is Mark.NOT_EXPRESSIBLE
        assert "by hand" in found.clauses[0].why


WORD = st.sampled_from(["gut", "brain", "flora", "microbes"])
TERMS = {
    "pubmed": st.one_of(
        st.builds("{}[{}]".format, WORD, st.sampled_from(["ti", "tiab", "tw", "ot"])),
        st.builds('"{} {}"[tiab]'.format, WORD, WORD),
        st.builds('"{}"[{}]'.format, WORD, st.sampled_from(["mh", "mh:noexp", "majr", "majr:noexp"])),
        st.builds('"gut {}"[tiab:~2]'.format, st.sampled_from(["brain", "flora"])),
        st.sampled_from(["2010:2020[dp]", "eng[la]", "review[pt]", "microb*[tiab]", "5[uid]", "therapy[sh]", "therapy[sh:noexp]"]),
    ),
    "ovid": st.one_of(
        st.builds("{}.{}.".format, WORD, st.sampled_from(["ti", "ti,ab", "ti,ab,kf", "mp", "tw"])),
        st.builds("{}{}/".format, st.sampled_from(["", "exp ", "*", "exp *"]), WORD),
        st.builds("({} adj{} flora).ti,ab,kf.".format, st.sampled_from(["gut", "brain"]), st.integers(1, 5)),
        st.sampled_from(["diagnos$.ti,ab.", "wom#n.ti.", "h?em.ti.", "english.lg.", "gut/di", "review.pt.", "therapy.fs.", "therapy.xs."]),
    ),
    "embase": st.one_of(
        st.builds("{}:{}".format, WORD, st.sampled_from(["ti", "ti,ab", "ti,ab,kw"])),
        st.builds("'{}'/{}".format, WORD, st.sampled_from(["exp", "de", "exp/mj"])),
        st.builds("(gut NEAR/{} flora):ti,ab".format, st.integers(1, 5)),
        st.sampled_from(["[2010-2020]/py", "english:la", "wom?n:ti", "colo$r:ti"]),
    ),
    "scopus": st.sampled_from(["TITLE(gut)", "ABS(gut W/3 flora)", "LANGUAGE(english)", "PMID(5)"]),
    "wos": st.sampled_from(["TI=(gut)", "PY=2010-2020", "AB=(gut NEAR/3 flora)", "LA=(English)"]),
    "cinahl": st.sampled_from(["TI gut", "TI (gut N3 flora)", 'MH "Gut+"', "LA english"]),
    "cochrane": st.sampled_from(["gut:ti", "[mh Gut]", '[mh ^"Gut"/DT]', "(gut NEAR/3 flora):ti,ab"]),
    "lilacs": st.sampled_from(["ti:gut", 'mh:"Gut"', "tw:(gut OR flora)"]),
    "europepmc": st.sampled_from(["TITLE:gut", "ABSTRACT:gut", "LANG:eng"]),
    "clinicaltrials": st.sampled_from(["gut", "AREA[BriefTitle]gut", 'AREA[Keyword]"gut flora"', "AREA[StartDate]RANGE[2010-01-01,2020-01-01]"]),
    "openalex": st.sampled_from(["gut", '"gut flora"', "(gut OR flora)"]),
}  # fmt: skip


def test_every_language_that_is_written_is_in_the_pairs() -> None:
    assert set(TERMS) == set(WRITERS) == set(LANGUAGES)


@given(data=st.data(), source=st.sampled_from(sorted(TERMS)), target=st.sampled_from(sorted(TERMS)))
@settings(max_examples=examples(300), deadline=None)
def test_what_is_exact_comes_back_as_the_same_tree(
    data: st.DataObject, source: str, target: str
) -> None:
    """For every pair of languages; MeSH headings come back from DeCS by their names."""
    pieces = data.draw(st.lists(TERMS[source], min_size=1, max_size=3))
    text = " AND ".join(f"({piece})" for piece in pieces)
    found = translated(text, source, target)
    if any(clause.mark is not Mark.EXACT for clause in found.clauses):
        return
    back = translated(found.text, target, source)
    if target == "lilacs" and back.has_gaps:
        # DeCS has every heading of MeSH and more: from DeCS alone a heading of MeSH is not known.
        return
    ours = read_strategy(text, LANGUAGES[source]).tree
    theirs = read_strategy(back.text, LANGUAGES[source]).tree
    assert ours is not None
    assert theirs is not None
    signs = WRITERS[source].signs
    assert canonical(theirs, signs) == canonical(ours, signs)


def single_terms(source: str) -> list[str]:
    """Terms of a language, without chance: those that the strategies above are made of."""
    return {
        "pubmed": ["gut[ti]", "gut[tiab]", "gut[tw]", '"gut flora"[tiab]', '"Gut"[mh]', '"Gut"[majr]',
                   '"Gut"[mh:noexp]', '"gut flora"[tiab:~2]', "2010:2020[dp]", "eng[la]", "review[pt]",
                   "microb*[ti]", "5[uid]", "therapy[sh]", "asthma/th[mh:noexp]"],
        "ovid": ["gut.ti.", "gut.ti,ab,kf.", "gut.mp.", "exp *Gut/", "Gut/di", "(gut adj3 flora).ti.",
                 "wom#n.ti.", "h?em.ti.", "diagnos$2.ti.", "english.lg.", "review.pt.", "therapy.fs."],
        "embase": ["gut:ti,ab,kw", "'gut'/exp", "(gut NEAR/3 flora):ti", "(gut NEXT/2 flora):ti",
                   "[2010-2020]/py", "english:la", "wom?n:ti"],
        "cochrane": ["gut:ti,ab,kw", '[mh "Gut"]', '[mh ^"Gut"/DT]', "(gut NEAR/3 flora):ti"],
        "cinahl": ["TI gut", "TI (gut W3 flora)", 'MM "Gut"', "LA english", "TI colo#r"],
        "scopus": ["TITLE(gut)", "ABS(gut PRE/2 flora)", "LANGUAGE(english)", "PMID(5)"],
        "wos": ["TI=(gut)", "AB=(gut NEAR/3 flora)", "LA=(English)", "PY=2010-2020", "PMID=(5)"],
        "lilacs": ["ti:(gut)", 'mh:"Gut"', 'mj:"Gut"'],
        "europepmc": ["TITLE:(gut)", "ABSTRACT:(gut)", "LANG:eng"],
        "clinicaltrials": ["gut", "AREA[BriefTitle]gut", 'AREA[ConditionMeshTerm]"Gut"',
                           "AREA[StudyFirstPostDate]RANGE[2010-01-01,2020-01-01]"],
        "openalex": ["gut", '"gut flora"', "gut NOT flora"],
    }[source]  # fmt: skip


@pytest.mark.parametrize("source", sorted(TERMS))
def test_every_pair_of_languages_comes_back_where_it_is_exact(source: str) -> None:
    signs, compared = WRITERS[source].signs, 0
    for target in sorted(TERMS):
        for text in single_terms(source):
            found = translated(text, source, target)
            if any(clause.mark is not Mark.EXACT for clause in found.clauses):
                continue
            back = translated(found.text, target, source)
            if target == "lilacs" and back.has_gaps:
                continue
            ours, theirs = (read_strategy(one, LANGUAGES[source]).tree for one in (text, back.text))
            assert ours is not None
            assert theirs is not None
            assert canonical(theirs, signs) == canonical(ours, signs), (text, target)
            compared += 1
    # Both look for synonyms, or stems, that no other language asks for.
    assert compared or source in {"clinicaltrials", "openalex"}


@given(data=st.data(), source=st.sampled_from(sorted(TERMS)))
@settings(max_examples=examples(60), deadline=None)
def test_into_its_own_language_a_query_stays_the_same(data: st.DataObject, source: str) -> None:
    text = data.draw(TERMS[source])
    found = translated(text, source, source)
    if found.has_gaps or any(clause.mark is not Mark.EXACT for clause in found.clauses):
        return
    ours, theirs = (read_strategy(one, LANGUAGES[source]).tree for one in (text, found.text))
    assert ours is not None
    assert theirs is not None
    signs = WRITERS[source].signs
    assert canonical(theirs, signs) == canonical(ours, signs)
