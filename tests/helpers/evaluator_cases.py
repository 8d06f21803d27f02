"""What a query returns, case by case, from NLM's manual and Technical Bulletins.

Each row: query, record, answer, where the rule stands. Y yes, N no, ? unknown. A record is what
differs from an indexed PubMed record without abstract, keywords and headings. UG: PubMed user
guide; TB22, TB24: NLM Technical Bulletins on proximity (29 November 2022) and wildcards (3 June
2024); H04, H08: PubMed help of 2004 and 2008; EI: EInfo's list of fields; SH: NLM's tutorial on
subheadings; SG: NLM on subheading groups; BL: NLM's tutorial on Boolean operators; TIP: NCBI's tip
of August 2022; TG, CS: NLM's text on [tiab] and [tw]; T09: the tutorial of 2009; M: from memory, so
no rule makes more than "unknown" of it; design: our own rule.
"""

from typing import Any

Case = tuple[str, dict[str, Any], str, str]


def ti(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, **more}


def mh(*headings: str, **more: Any) -> dict[str, Any]:
    return {"title": "A work", "headings": headings, **more}


ALS = "Amyotrophic Lateral Sclerosis"
TREE = {"narrower": {"motor neuron disease": frozenset({"amyotrophic lateral sclerosis"})}}
FAMILY = {"narrower": {"asthma": frozenset()}, "families": {"therapy": frozenset({"drug therapy"})}}
ENTRY = {"entry_terms": {"lou gehrig disease": "amyotrophic lateral sclerosis"}}
LISTED = {"headings": frozenset({"dysbiosis", "amyotrophic lateral sclerosis"})}
TYPES = {"types": {"clinical trial": frozenset({"randomized controlled trial"})}}
NOT_FOUND = {"phrases_not_found": frozenset({("gut", "dysbiosis")})}
SCOPUS = {"source": "scopus", "source_id": "1"}
BOTH = mh("Animals", "Humans", title="x")
PHRASE = '"gut dysbiosis"[tiab]'

CASES: list[Case] = [
    ("dysbiosis[tiab]", ti("Gut dysbiosis in ALS"), "Y", "UG"),
    ("dysbiosis[ti]", ti("A", abstract="dysbiosis"), "N", "UG"),
    ("dysbiosis[tiab]", ti("A", keywords=("dysbiosis",)), "Y", "TG: author keywords"),
    ("dysbiosis[tiab]", mh("Dysbiosis"), "N", "TG"),
    ("dysbiosis[tw]", mh("Dysbiosis"), "Y", "CS: words of headings"),
    ("dysbiosis[tiab]", ti("A", other={"OAB": ("La dysbiosis",)}), "Y", "TG: other abstract"),
    ("disbiosis[tiab]", ti("A", original_title="La disbiosis"), "N", "TG names no TT"),
    ("disbiosis[tt]", ti("A", original_title="La disbiosis"), "Y", "EI"),
    ("dysbiosis[tiab]", ti("A", **SCOPUS), "?", "design: no abstract was seen"),
    ("dysbiosis[tiab]", ti("A"), "N", "design: PubMed's record is whole"),
    ("microbiom*[tiab]", ti("microbiomes"), "Y", "TB24"),
    ("microbiom*[tiab]", ti("microbiota"), "N", "TB24"),
    ("micro*[tiab]", ti("microbe"), "Y", "TB24"),
    ("mic*[tiab]", ti("microbe"), "?", "TB24: four letters"),
    ("organi*ation*[tiab]", ti("organisational"), "Y", "TB24"),
    ('"breast feed*"[tiab]', ti("breast feeding rates"), "Y", "TB24"),
    ('"breast feed*"[tiab]', ti("feeding at the breast"), "?", "TIP"),
    ("colo*r[tiab]", ti("colour"), "Y", "TB24"),
    ("wom?n[tiab]", ti("woman"), "?", "T09: no sign of PubMed"),
    (PHRASE, ti("gut dysbiosis"), "Y", "UG"),
    (PHRASE, ti("dysbiosis of the gut"), "?", "UG splits; zero was seen"),
    (PHRASE, ti("the gut"), "N", "TIP: the last word keeps its tag"),
    ("gut dysbiosis[tiab]", ti("dysbiosis of the gut"), "?", "TIP"),
    ('"dysbiosis gut"[tiab:~0]', ti("gut dysbiosis"), "Y", "UG: any order"),
    ('"gut dysbiosis"[tiab:~2]', ti("gut microbial community dysbiosis"), "Y", "TB22"),
    ('"gut dysbiosis"[tiab:~1]', ti("gut microbial community dysbiosis"), "N", "TB22"),
    ('"hip pain"[tiab:~2]', ti("hip-related pain"), "Y", "TB22"),
    ('"hip pain"[tiab:~2]', ti("pain after total hip arthroplasty"), "Y", "TB22"),
    ('"hip pain"[ti:~2]', ti("A", abstract="hip pain"), "N", "TB22"),
    ('"gut dysbiosis"[tiab:~3]', ti("of the gut", abstract="dysbiosis is"), "?", "M"),
    ('"a b c"[tiab:~2]', ti("a x b y y c"), "?", "TB22 does not say"),
    ('"gut dysbios*"[tiab:~3]', ti("gut dysbiosis"), "?", "M"),
    ('"gut dysbiosis"[mh:~2]', ti("gut dysbiosis"), "?", "TB22: other fields"),
    ("COVID-19[tiab]", ti("COVID 19 pandemic"), "Y", "TIP"),
    ("kidney-allograft", ti("allograft of the kidney"), "N", "TIP: phrase or nothing"),
    ('"Dysbiosis"[mh]', mh("Dysbiosis"), "Y", "H04"),
    ('"Dysbiosis"[mh]', mh("Dysbiosis/therapy"), "Y", "H04"),
    ('"Motor Neuron Disease"[mh]', mh(ALS), "?", "H04: explosion"),
    ('"Motor Neuron Disease"[mh]', mh(ALS, known=TREE), "Y", "SH"),
    ('"Motor Neuron Disease"[mh:noexp]', mh(ALS), "N", "SH"),
    ("leukemia[mh:noexp]", mh("Leukemia, Myeloid"), "N", "EI: whole value"),
    ('"Dysbiosis"[majr]', mh("Dysbiosis"), "N", "H04"),
    ('"Dysbiosis"[majr]', mh("Dysbiosis/*therapy"), "Y", "H04"),
    ('"Asthma/therapy"[mh:noexp]', mh("Asthma/therapy"), "Y", "SH"),
    ('"Asthma/therapy"[mh]', mh("Asthma/drug therapy"), "?", "SH: family"),
    ("asthma/th[mh:noexp]", mh("Asthma/drug therapy"), "N", "SH"),
    ('"Asthma/therapy"[mh:noexp]', mh("Asthma", "Cough/therapy"), "N", "SH: same line"),
    ("asthma[mh:noexp] AND therapy[sh:noexp]", mh("Asthma", "Cough/therapy"), "Y", "H04"),
    ("lou gehrig disease[mh]", mh(ALS), "?", "H04: entry terms"),
    ('"Dysbiosis"[mh]', ti("A"), "N", "H04: not indexed"),
    ('"Dysbiosis"[mh]', ti("A", **SCOPUS), "?", "design"),
    ('"clinical trial"[pt]', ti("A", types=("Randomized Controlled Trial",)), "?", "EI"),
    ("review[pt]", ti("A", types=("Systematic Review",)), "?", "EI: whole value"),
    ("eng[la] AND english[la]", ti("A", languages=("eng",)), "Y", "H04"),
    ("spanish[la]", ti("A", languages=("eng", "spa")), "Y", "H04"),
    ("2020[dp]", ti("A", published="2020-03-05"), "Y", "H04"),
    ("2020/03:2020/06[dp]", ti("A", published="2020"), "?", "H04"),
    ("2019:2020[dp]", ti("A", published="2021-01", published_online="2020-11-15"), "?", "M"),
    ("2020/01/01:2020/12/31[crdt]", ti("A", created="2020-12-31"), "Y", "M: inclusive"),
    ("smith j[au]", ti("A", authors=("Smith JA",)), "Y", "H04"),
    ('"smith j"[au]', ti("A", authors=("Smith JA",)), "N", "H04"),
    ("smith ja[au]", ti("A", authors=("Smith J",)), "N", "H04"),
    ("smith[au]", ti("A", authors=("Smithson A",)), "N", "H04"),
    (
        '"J Biol Chem"[ta] AND 0021-9258[ta]',
        ti("A", journal_abbreviation="J Biol Chem", issns=("0021-9258",)),
        "Y",
        "H04",
    ),
    ("NCT01234567[si]", ti("A", other={"SI": ("ClinicalTrials.gov/NCT01234567",)}), "Y", "H04"),
    ("123[uid] OR 456[uid]", ti("A", pmid="456"), "Y", "H04"),
    ("free full text[sb]", ti("A"), "?", "a live set"),
    ("dysbiosis", ti("Dysbiosis"), "Y", "HE: mapping"),
    ("cancer", mh("Neoplasms", title="A tumour"), "?", "HE: mapping widens"),
    ("a[ti] OR b[ti] AND c[ti]", ti("a"), "N", "BL: left to right"),
    ("c[ti] AND a[ti] OR b[ti]", ti("b"), "Y", "BL"),
    ("a[ti] NOT b[ti] OR c[ti]", ti("b c"), "Y", "BL"),
    ("x[ti] NOT (animals[mh:noexp] NOT humans[mh:noexp])", BOTH, "Y", "BL"),
    ("x[ti] NOT animals[mh]", BOTH, "N", "BL"),
    ("free full text[sb] AND x[ti]", ti("y"), "N", "Kleene"),
    ("free full text[sb] OR x[ti]", ti("x"), "Y", "Kleene"),
    ("x[ti] NOT free full text[sb]", ti("x"), "?", "Kleene"),
    ("x[tittle]", ti("x"), "?", "an unknown tag"),
    ("“gut dysbiosis”[tiab]", ti("gut dysbiosis"), "?", "curly quotes"),
    ("x[ti] y[ti]", ti("x y"), "Y", "BL: a blank is AND"),
    (PHRASE, mh("Gastrointestinal Tract", title="dysbiosis"), "?", "TIP: the first word is mapped"),
    (PHRASE, ti("gut, dysbiosis"), "Y", "M: punctuation"),
    (PHRASE, ti("gut-dysbiosis"), "Y", "TB22: hyphen"),
    (PHRASE, ti("Gut Dysbiosis"), "Y", "UG: case"),
    ("leukemia*[mh]", mh("Leukemia, Myeloid"), "?", "T09: no explosion"),
    (PHRASE, ti("gut dysbiosis", known=NOT_FOUND), "?", "zero was seen"),
    # Beyond the first reference table.
    ("dysbiosis[ti]", ti("Dysbioses"), "N", "UG: no stemming with a tag"),
    ("dysbiosis[ab]", ti("dysbiosis", abstract="gut"), "N", "a library guide: [ab]"),
    ("dysbiosis[ab]", ti("A", abstract="dysbiosis"), "Y", "a library guide: [ab]"),
    ("dysbiosis[ot]", ti("dysbiosis", keywords=("gut",)), "N", "H04"),
    ("dysbiosis[ot]", ti("A", keywords=("gut dysbiosis",)), "Y", "H04"),
    ("therapy[tw]", mh("Asthma/therapy"), "Y", "CS: words of subheadings"),
    ("review[tw]", ti("A", types=("Review",)), "Y", "CS: publication types"),
    ("dysbiosin[tw]", ti("A", other={"RN": ("0 (Dysbiosin)",)}), "Y", "CS: substances"),
    ("dysbiosin[tiab]", ti("A", other={"RN": ("0 (Dysbiosin)",)}), "N", "TG"),
    ("nature[all]", ti("A", journal="Nature"), "Y", "H08"),
    ("nature[tw]", ti("A", journal="Nature"), "N", "CS"),
    ("smith[all]", ti("A", authors=("Smith J",)), "Y", "H08"),
    ("célula[ti]", ti("Celula"), "Y", "M: accents"),
    ("celula[ti]", ti("Célula"), "Y", "M: accents"),
    ("beta[ti]", ti("β-amyloid"), "?", "M: Greek letters"),
    ('"Dysbiosis"[majr]', mh("*Dysbiosis"), "Y", "H04"),
    ('"Dysbiosis"[majr:noexp]', mh("Dysbiosis", "*Asthma"), "N", "H04"),
    ('"Dysbiosis"[majr]', mh("Dysbiosis", "*Asthma"), "?", "H04: explosion"),
    ('"Motor Neuron Disease"[majr]', mh(f"*{ALS}", known=TREE), "Y", "H04"),
    ('"Motor Neuron Disease"[majr]', mh(ALS, known=TREE), "N", "H04"),
    ('"Motor Neuron Disease"[mh:noexp]', mh(ALS, known=TREE), "N", "SH"),
    ("lou gehrig disease[mh]", mh(ALS, known=ENTRY), "Y", "H04: entry terms"),
    ("lou gehrig disease[mh:noexp]", mh(ALS, known=LISTED), "?", "H04: no known heading"),
    ("Dysbiosis[mh:noexp]", mh(ALS, known=LISTED), "N", "SH"),
    ('"Asthma/therapy"[mh]', mh("Asthma/drug therapy", known=FAMILY), "Y", "SG"),
    ('"Asthma/therapy"[mh]', mh("Asthma/etiology", known=FAMILY), "N", "SG"),
    ('"Asthma/therapy"[mh]', mh("Asthma"), "N", "SH: a subheading is needed"),
    ("asthma/th[majr:noexp]", mh("Asthma/*therapy"), "Y", "SH: two letters"),
    ("therapy[sh]", mh("Cough/drug therapy"), "?", "SG: family"),
    ("therapy[sh]", mh("Cough/drug therapy", known=FAMILY), "Y", "SG"),
    ("therapy[sh:noexp]", mh("Cough/drug therapy"), "N", "SG"),
    ("th[sh]", mh("Cough/therapy"), "Y", "H04"),
    (
        '"clinical trial"[pt]',
        ti("A", types=("Randomized Controlled Trial",), known=TYPES),
        "Y",
        "EI",
    ),
    ('"clinical trial"[pt:noexp]', ti("A", types=("Randomized Controlled Trial",)), "N", "EI"),
    ("review[pt]", ti("A"), "N", "EI: no type at all"),
    ("review[pt]", ti("A", types=("Review",)), "Y", "H04"),
    ("jpn[la]", ti("A", languages=("jpn",)), "Y", "H04"),
    ("french[la]", ti("A", languages=("eng",)), "N", "H04"),
    ("klingon[la]", ti("A", languages=("eng",)), "?", "no such language is known"),
    ("2019[dp]", ti("A", published="2020-03-05"), "N", "H04"),
    ("2020/03[dp]", ti("A", published="2020-03-05"), "Y", "H04"),
    ("2019:2020[dp]", ti("A", published="2021", published_online="2021-01-02"), "N", "H04"),
    ("2010:3000[dp]", ti("A", published="2020"), "Y", "M: open end"),
    ("2020[edat]", ti("A", other={"EDAT": ("2020/05/01 06:00",)}), "Y", "entry date"),
    ("2020[mhda]", ti("A"), "?", "design: the date was not seen"),
    ("2020/12/30[crdt]", ti("A", created="2020-12-31"), "N", "H04"),
    ("smith j[1au]", ti("A", authors=("Jones B", "Smith J")), "N", "H08"),
    ("smith j[lastau]", ti("A", authors=("Jones B", "Smith J")), "Y", "H08"),
    ("smith j[au]", ti("A", authors=("Smith, John A",)), "Y", "H04: full names"),
    ("jones[au]", ti("A", authors=("Smith J",), **SCOPUS), "?", "design: the list may be cut"),
    ("gut journal[ta]", ti("A", journal="Nature"), "?", "H04: names that are not seen"),
    ("NCT1[si]", ti("A"), "N", "H04"),
    ("hasabstract", ti("A"), "?", "an untagged word"),
    ("hasabstract[sb]", ti("A", abstract="x"), "Y", "the abstract is there"),
    ("hasabstract[sb]", ti("A"), "N", "the abstract is not there"),
    ("123[uid]", ti("A", **SCOPUS), "?", "design: no PMID was seen"),
    ("microb* gut", ti("gut microbes"), "?", "TB24: no quotes, no tag"),
    ("microb*", ti("microbes"), "Y", "TB24"),
    ("microb*", ti("gut"), "N", "T09: a star stops the mapping"),
    ('"the gut"[tiab]', ti("in the gut"), "Y", "M: stop words keep their places"),
    ('"gut gut"[tiab:~2]', ti("gut"), "N", "TB22: each word has its place"),
    ('"a b c"[tiab:~2]', ti("a x b c"), "Y", "TB22"),
    ('"a b c"[tiab:~2]', ti("a x x x b c"), "N", "TB22"),
    ("a[ti] NOT a[ti]", ti("a"), "N", "Kleene"),
    ("free full text[sb] NOT a[ti]", ti("a"), "N", "Kleene"),
    ("#1 a[ti]\n#2 b[ti]\n#3 #1 NOT #2", ti("a"), "Y", "lines"),
    ("(a[ti] OR b[ti])[ti]", ti("b"), "Y", "a tag on a parenthesis is spread"),
]
