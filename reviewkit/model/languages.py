"""Language names and codes to ISO 639-2 (bibliographic, as PubMed writes them). It guesses nothing.

The set is the one that MEDLINE uses, with what LILACS and SciELO add, and the names that biblatex
takes from babel ("ngerman", "norsk").
"""

import functools
import unicodedata

# ISO 639-2/B code, then every other name: ISO 639-1, ISO 639-2/T, English, Spanish, Portuguese,
# French, German, its own, babel's.
_NAMES = """
afr af afrikaans
alb sq sqi albanian albanes
amh am amharic
ara ar arabic arabe arabisch العربية
arm hy hye armenian
aze az azerbaijani
baq eu eus basque euskera vasco
bel be belarusian
ben bn bengali
bos bs bosnian
bre br breton
bul bg bulgarian bulgaro
cat ca catalan catala
chi zh zho chinese chino chines chinois chinesisch mandarin 中文 汉语
cze cs ces czech checo tcheco čeština
dan da danish danes dinamarques dansk
dut nl nld dutch holandes neerlandes flemish nederlands
eng en english ingles anglais englisch 英文 英语
eng en american british australian canadian newzealand ukenglish usenglish
epo eo esperanto
est et estonian
fin fi finnish finlandes suomi
fre fr fra french frances francais franzosisch acadian canadien
geo ka kat georgian
ger de deu german aleman alemao allemand deutsch
ger de austrian germanb naustrian ngerman nswissgerman swissgerman
gla gd gaelic
gle ga irish
glg gl galician gallego galego
gre el ell greek griego grego polutonikogreek ελληνικά
heb he hebrew hebreo hebraico עברית
hin hi hindi
hrv hr croatian croata
hun hu hungarian hungaro magyar
ice is isl icelandic
ind id indonesian
ita it italian italiano italien italienisch
jpn ja japanese japones japonais japanisch 日本語
kin rw kinyarwanda
kaz kk kazakh
kor ko korean coreano 한국어
lat la latin
lav lv latvian
lit lt lithuanian
ltz lb luxembourgish
mac mk mkd macedonian
mal ml malayalam
mao mi mri maori
may ms msa malay
mar mr marathi
mlt mt maltese
mon mn mongolian
mul multilingual
nep ne nepali
nob nb bokmal
nno nn nynorsk
nor no norwegian noruego noruegues norsk
oci oc occitan
per fa fas persian farsi فارسی
pol pl polish polaco polones polski
por pt portuguese portugues portugais portugiesisch brazil brazilian portuges
pus ps pashto
que qu quechua
rum ro ron romanian moldavian rumano romeno
rus ru russian ruso russo russe russisch русский
san sa sanskrit
slo sk slk slovak
slv sl slovenian slovene
spa es spanish espanol castellano castilian espanhol espagnol spanisch mexican
srp sr serbian
swa sw swahili
swe sv swedish sueco svenska
tam ta tamil
tel te telugu
tgl tl tagalog filipino fil
tha th thai
tur tr turkish turco türkçe
ukr uk ukrainian українська
und undetermined
urd ur urdu
uzb uz uzbek
vie vi vietnamese
wel cy cym welsh
"""


def _plain(name: str) -> str:
    """Return the name in small letters, without accents."""
    parts = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


_CODES: dict[str, str] = {}
for _row in _NAMES.strip().splitlines():
    _CODES |= dict.fromkeys(map(_plain, _row.split()), _row.split()[0])

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
    plain = _plain(raw)
    head = plain.replace("_", "-").split("-")[0].split("(")[0].strip()
    return _CODES.get(plain) or _CODES.get(head)
