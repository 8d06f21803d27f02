"""Language names and codes to ISO 639-2 (bibliographic, as PubMed writes them). It guesses nothing.

The set is the one that MEDLINE uses, with what LILACS and SciELO add.
"""

import functools
import unicodedata

# ISO 639-2/B code, then every other name: ISO 639-1, ISO 639-2/T, English, Spanish, Portuguese,
# French, German, its own.
_NAMES = """
afr af afrikaans
alb sq sqi albanian albanes
ara ar arabic arabe arabisch
arm hy hye armenian
aze az azerbaijani
baq eu eus basque euskera vasco
bel be belarusian
ben bn bengali
bos bs bosnian
bul bg bulgarian bulgaro
cat ca catalan catala
chi zh zho chinese chino chines chinois chinesisch mandarin 中文 汉语
cze cs ces czech checo tcheco
dan da danish danes dinamarques
dut nl nld dutch holandes neerlandes flemish nederlands
eng en english ingles anglais englisch 英文 英语
epo eo esperanto
est et estonian
fin fi finnish finlandes
fre fr fra french frances francais franzosisch
geo ka kat georgian
ger de deu german aleman alemao allemand deutsch
gla gd gaelic
gle ga irish
glg gl galician gallego galego
gre el ell greek griego grego
heb he hebrew hebreo hebraico
hin hi hindi
hrv hr croatian croata
hun hu hungarian hungaro
ice is isl icelandic
ind id indonesian
ita it italian italiano italien italienisch
jpn ja japanese japones japonais japanisch
kin rw kinyarwanda
kor ko korean coreano
lat la latin
lav lv latvian
lit lt lithuanian
mac mk mkd macedonian
mal ml malayalam
mao mi mri maori
may ms msa malay
mon mn mongolian
mul multilingual
nob nb bokmal
nno nn nynorsk
nor no norwegian noruego noruegues
per fa fas persian farsi
pol pl polish polaco polones
por pt portuguese portugues portugais portugiesisch
pus ps pashto
que qu quechua
rum ro ron romanian moldavian rumano romeno
rus ru russian ruso russo russe russisch
san sa sanskrit
slo sk slk slovak
slv sl slovenian slovene
spa es spanish espanol castellano castilian espanhol espagnol spanisch
srp sr serbian
swa sw swahili
swe sv swedish sueco
tha th thai
tur tr turkish turco
ukr uk ukrainian
und undetermined
urd ur urdu
vie vi vietnamese
wel cy cym welsh
"""

_CODES: dict[str, str] = {}
for _row in _NAMES.strip().splitlines():
    _CODES |= dict.fromkeys(_row.split(), _row.split()[0])

_SHORT: dict[str, str] = {}
for _row in _NAMES.strip().splitlines():
    _code, _second, *_ = _row.split()
    if len(_second) == 2:
        _SHORT[_code] = _second


def short_code(code: str) -> str:
    """Return the ISO 639-1 code of an ISO 639-2/B code; the code itself where there is none."""
    return _SHORT.get(code, code)


@functools.lru_cache(maxsize=1024)
def language_code(raw: str) -> str | None:
    """Return the ISO 639-2/B code of a language's name or code; None where it is not known.

    "por" is the code of "pt", "pt-BR" and "Português".
    """
    plain = unicodedata.normalize("NFKD", raw.strip().casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    head = plain.replace("_", "-").split("-")[0].split("(")[0].strip()
    return _CODES.get(plain) or _CODES.get(head)
