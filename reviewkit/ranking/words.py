"""Split a text in any script into words, for ranking."""

import re
import unicodedata

# Scripts without spaces between words: every character is a word of its own, and pairs of them make
# the real words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff"
_UNSPACED += "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNSPACED += "\U00020000-\U0003ffff"
_ASCII_WORD = re.compile(r"[a-z0-9_]{2,}")
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w){{2,}}")
# Accents, Hebrew points, Arabic vowel signs and lengthening: with or without them, the word is the
# same.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]+"
)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


def words(text: str) -> list[str]:
    """Return the words of two characters or more, in order, without case, accents and markup.

    In Chinese, Japanese and other scripts without spaces, every character is a word.
    """
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())

    unmarked = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _WORD.findall(unicodedata.normalize("NFC", unmarked).casefold())
