"""MeSH's subheadings and their two letters, as PubMed and Ovid write them (NLM's list)."""

_NAMES = """
ab abnormalities
ad administration & dosage
ae adverse effects
ag agonists
aa analogs & derivatives
an analysis
ah anatomy & histology
ai antagonists & inhibitors
bi biosynthesis
bs blood supply
bl blood
cf cerebrospinal fluid
ch chemistry
ci chemically induced
cs chemical synthesis
cl classification
co complications
cn congenital
cy cytology
df deficiency
di diagnosis
dg diagnostic imaging
du diagnostic use
dh diet therapy
dt drug therapy
de drug effects
ed education
em embryology
en enzymology
ep epidemiology
es ethics
eh ethnology
et etiology
ge genetics
gd growth & development
hi history
im immunology
in injuries
ir innervation
is instrumentation
ip isolation & purification
lj legislation & jurisprudence
ma manufacturing
me metabolism
mt methods
mi microbiology
mo mortality
nu nursing
og organization & administration
ps parasitology
py pathogenicity
pa pathology
pk pharmacokinetics
pd pharmacology
pp physiopathology
ph physiology
po poisoning
pc prevention & control
px psychology
ra radiography
ri radionuclide imaging
rt radiotherapy
re radiation effects
rh rehabilitation
sc secondary
st standards
sn statistics & numerical data
sd supply & distribution
su surgery
tu therapeutic use
th therapy
to toxicity
tm transmission
tr transplantation
td trends
us ultrasonography
ul ultrastructure
ur urine
ve veterinary
vi virology
"""

NAMES: dict[str, str] = {line[:2]: line[3:] for line in _NAMES.strip().splitlines()}
CODES = {name: code for code, name in NAMES.items()}


def name_of(printed: str) -> str:
    """The full name of a subheading given by name or by its two letters; else as printed."""
    plain = " ".join(printed.lower().split())
    return NAMES.get(plain, plain)


def code_of(printed: str) -> str | None:
    """The two letters of a subheading; `None` where it is not known."""
    plain = " ".join(printed.lower().split())
    if plain in NAMES:
        return plain
    return CODES.get(plain)
