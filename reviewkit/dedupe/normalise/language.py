"""The language of a title, by its script, its small words, its letters and the ends of its words.

A title says little: where nothing speaks clearly for one language, the answer is "" (not known),
and no rule may build on it. Only languages of many titles in medical databases are told apart.
"""

import re
from functools import lru_cache

from reviewkit.model.words import fold, unmark

_SMALL_WORDS = {
    "eng": "the of and in for with by on from to an is at as after during among between versus vs "
    "using its their or a into than through not does do can how what who",
    "por": "o os as um uma do da dos das no na nos nas em ao aos com por para pelo pela e de "
    "como entre sobre apos ou que sua seu pacientes estudo doenca uso",
    "spa": "el la los las un una del de en con por para y al como entre sobre tras o que su sus "
    "desde hacia pacientes estudio enfermedad uso",
    "fre": "le la les un une du de des dans chez par pour et en au aux avec sur sans ou que entre "
    "apres lors son sa etude maladie cas propos",
    "ger": "der die das des dem den ein eine einer eines und von vom zu zum zur bei beim mit im in "
    "fur auf nach durch uber unter aus als oder sowie",
    "ita": "il lo la gli le un uno una del della dei degli delle dello di da dal dalla nel nella "
    "nei nelle con per e tra fra su sul sulla come studio malattia pazienti",
    "dut": "de het een van der en in op bij met voor door naar uit als of tot na aan over om is",
    "pol": "oraz przez od dla przy nie jako wplyw leczenie opis ocena osob chorych",
    "cze": "ve pri jako nebo vliv lecba deti",
    "tur": "ve ile bir icin olan olgu sunumu etkisi tedavisi hastalarda",
    "scandinavian": "och og av af hos med till til ved vid efter etter mellan mellom eller som",
}
_ENDS = {
    "eng": "ing|ness|ship|tion|tions|ity|ties|ically|ally|ysis|ment|ments|ed|ly|cy|ncy|ers|ists"
    "|ism|ous|sis|ics|cal|als|ies|rs|ts|ks|wn|th|ght|ve",
    "por": "cao|coes|sao|soes|oes|aes|dade|dades|agem|agens|encia|encias|eis|ais|ico|ica|mento|avel"
    "|nho|nha|nhos|oria",
    "spa": "cion|ciones|sion|siones|dad|dades|encia|encias|aje|ales|ico|ica|miento|able|os|as|oria",
    "fre": "tion|tions|ite|ites|eux|euse|aux|ique|iques|ement|ements|age|ales|elle|elles|ienne|aire"
    "|aires|eur|eurs|ee|ees|ence",
    "ger": "ung|ungen|keit|heit|lich|liche|lichen|isch|ische|ischen|ischer|schaft|en|ern|er|ie|ion"
    "|kung|eit|ers",
    "ita": "zione|zioni|ita|aggio|enza|enze|ico|ica|ici|iche|mento|menti|ale|ali|osi|oni|etto",
    "dut": "heid|heden|ing|ingen|isch|ische|atie|aties|lijk|lijke|en|ij|ijs",
    "pol": "owych|owego|iego|owej|osci|anie|enie|ania|enia|ych|cja|cji|skie|skiego|acych|ieka",
    "cze": "eho|ych|ovych|osti|ovani|skych|ani|eni",
    "tur": "lar|ler|lari|leri|larin|lerin|sinin|sinda|sinde|larda|lerde|mesi|masi|ligi|nin",
    "scandinavian": "ningar|ninger|ningen|iska|iske|arna|erne|heten|heden|aren|else|elser",
}
_LETTERS = {
    "por": "ãõâêôç",
    "spa": "ñ¿¡",
    "fre": "èêàœùëîûç",
    "ger": "ßäöü",
    "ita": "àèìòù",
    "pol": "ąćęłńśźż",
    "cze": "ěĕřůčšžď",
    "tur": "şğı",
    "scandinavian": "åøæäö",
}
# Words with an acute accent: in Portuguese and Spanish; "é" also in French.
_ACUTE = re.compile("[áíóú]")
_SCRIPTS = (
    ("jpn", re.compile("[\u3040-\u30ff]")),
    ("kor", re.compile("[\uac00-\ud7af]")),
    ("chi", re.compile("[\u3400-\u9fff]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("greek", re.compile("[\u0370-\u03ff]{4}")),
    ("ara", re.compile("[\u0600-\u06ff]")),
    ("heb", re.compile("[\u0590-\u05ff]")),
    ("tha", re.compile("[\u0e00-\u0e7f]")),
)
# Among languages that share a small word, it speaks for each of them less.
_SPEAKERS: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _SPEAKERS.setdefault(_word, []).append(_language)
_END_OF = {name: re.compile(f"(?:{ends})$") for name, ends in _ENDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
# How much must speak for a language, and how much more than for the next one.
_ENOUGH = 1.4
_AHEAD = 0.6


def script_of(text: str) -> str:
    """Return a name for the script that is not Latin and that the text is in; "" for Latin."""
    if text.isascii():
        return ""
    return next((name for name, pattern in _SCRIPTS if pattern.search(text)), "")


@lru_cache(maxsize=16384)
def language_of(raw: str) -> str:
    """Return the language of a text as an ISO 639-2 code or the name of a script; "" if unclear."""
    text = unmark(raw)
    script = script_of(text)
    if script:
        return script

    points = dict.fromkeys(_SMALL_WORDS, 0.0)
    lowered = text.lower()
    for word in map(fold, _WORD.findall(lowered)):
        _count_word(word, points)
    for language, letters in _LETTERS.items():
        points[language] += sum(min(lowered.count(letter), 2) for letter in letters) * 0.7
    if _ACUTE.search(lowered):
        points["por"] += 0.5
        points["spa"] += 0.5

    # One name with a foreign letter says nothing against English, several words do.
    foreign = sum(not word.isascii() for word in _WORD.findall(lowered))
    points["eng"] -= 0.7 * max(foreign - 1, 0)

    best, following = sorted(points, key=lambda language: -points[language])[:2]
    if points[best] < _ENOUGH or points[best] - points[following] < _AHEAD:
        return ""
    return best


def _count_word(word: str, points: dict[str, float]) -> None:
    speakers = _SPEAKERS.get(word)
    if speakers:
        for language in speakers:
            points[language] += 1.6 / len(speakers)
        return
    if len(word) < 5:
        return

    ends = [language for language, pattern in _END_OF.items() if pattern.search(word)]
    for language in ends:
        points[language] += 0.9 / len(ends)


# ISO 639-2 has two codes for some languages; a record's field may hold either, or a name.
_SAME_CODE = {
    "fra": "fre", "deu": "ger", "nld": "dut", "zho": "chi", "rus": "cyrillic", "ukr": "cyrillic",
    "bul": "cyrillic", "srp": "cyrillic", "gre": "greek", "ell": "greek", "ces": "cze",
    "swe": "scandinavian", "dan": "scandinavian", "nor": "scandinavian",
}  # fmt: skip


def language_codes(languages: tuple[str, ...]) -> frozenset[str]:
    """Return a record's languages in the codes that `language_of` gives."""
    return frozenset(_SAME_CODE.get(code, code) for code in languages)
