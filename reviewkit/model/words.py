"""Plain words of a printed text in any script, without markup, accents and case."""

import html
import re
import unicodedata

# Formulas have long tags: '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">'.
_TAG = re.compile(r"</?[A-Za-z](?:[^<>]{0,60}|[\w:-]{0,30}+\s[^<>=]{0,60}=[^<>]{0,300})>")
# Chinese and Japanese characters one by one, so that one exchanged character shows.
_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\u3040-\u30ff\u3400-\u9fff]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W_]+")
# A letter that a conversion lost: "An?sth?sie".
_LOST = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
# NFKD does not decompose these; databases without the letter write the value on the right.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i", "α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "κ": " kappa ",
        "λ": " lambda ", "μ": "u", "µ": "u", "ω": " omega ", "™": " ", "®": " ", "©": " ",
    }
)  # fmt: skip


# Accents of Latin, Greek and Cyrillic, points of Hebrew and vowel signs of Arabic, as NFKD
# separates them.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc]+"
)


def unmark(text: str) -> str:
    """Return the text without HTML or JATS markup, and with entities resolved."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return text


def fold(text: str) -> str:
    """Return the text in lower case, without accents, special letters as databases spell them."""
    text = text.lower()
    if text.isascii():
        return text

    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    if text.isascii():
        return text

    return unicodedata.normalize("NFC", _MARKS.sub("", text))


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in order; apostrophes do not split a word."""
    if "?" in text:
        text = _LOST.sub("", text)
    spaced = _WORD.findall(_APOSTROPHE.sub("", fold(text)))
    if text.isascii() or not is_unspaced(text):
        return spaced

    pieces: list[str] = []
    for word in spaced:
        if is_unspaced(word):
            pieces += _SIGN.findall(word)
        else:
            pieces.append(word)

    return pieces


def is_unspaced(text: str) -> bool:
    """Return whether the script has no spaces between words (Chinese, Japanese, Thai)."""
    return _UNSPACED.search(text) is not None
