"""Which encoding a text file has: shown by its first bytes, valid as UTF-8, or guessed from it all.

A file may hold several: lines that are UTF-8 are read as UTF-8, whatever the others are. For the
others charset-normalizer says which encodings are possible, and their letters decide: a language's
own letters stand together, and a capital does not stand inside a word.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WESTERN = "cp1252"  # where nothing else is better: most files that are not UTF-8
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_LINE = 4_000_000
_LARGEST_SAMPLE = 40_000  # bytes; charset-normalizer looks at no more of a long text
_CERTAIN = 5  # letters beyond ASCII that are valid UTF-8 by chance in no line of another encoding
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž")
# The letters beyond ASCII of the languages written in a code page, best page first.
_LATIN = {
    "cp1252": (
        "ãçáéíóúâêôàü", "ñáéíóúü", "éèêëàâçîïôûùüÿœæ", "äöüß", "äöåé", "æøåéò", "àèéìòù",
        "éëïèöü", "àèéíïòóúüç",
    ),
    "cp1254": ("çğıöşüâîûi̇",),
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "mac_roman": ("ãçáéíóúâêôàü", "ñáéíóúü", "éèêëàâçîïôûùüÿœæ", "äöüß", "äöåé", "æøåé",
                  "àèéìòù"),
}  # fmt: skip
_PORTUGUESE = re.compile("õe|ÕE")  # the only pair in which Portuguese has this letter
# An alphabet's letters, and the ones that make up half of any text in it.
_CYRILLIC = re.compile(r"[Ѐ-ӿ]"), re.compile(r"[оеаинтсрОЕАИНТСР]")
_GREEK = re.compile(r"[Ͱ-Ͽἀ-῿]"), re.compile(r"[αοιετσνηρςόίάήέΑΟΙΕΤΣΝΗΡ]")
_ALPHABETS = {"cp1251": _CYRILLIC, "koi8_r": _CYRILLIC, "cp1253": _GREEK}
_KANA = re.compile(r"[぀-ヿ]")
_HANGUL = re.compile(r"[가-힣]")
_CANDIDATES = (
    *_LATIN,
    *_ALPHABETS,
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
)
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_SIGNS = frozenset("“”‘’«»‹›„‚–—…°±µ·×§©®™€£ªº¿¡•¹²³½¼¾´¨\xa0№")
_GLUED = re.compile(r"[^\W\d_][£¤¥¦§©®±¹²³¼½¾¿¡]|[£¤¥¦§©®¼½¾][^\W\d_]")  # a sign in a word
_CAPITAL_INSIDE = re.compile(r"(?<=[^\W\d_A-Z])[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoding:
    """How to read a file's lines.

    `name` is the encoding of the file, `fallback` that of a line that is not valid in it.
    `is_stated` is true where a person named it. `sample` is a line as the guess reads it; "" where
    nothing was guessed.
    """

    name: str
    fallback: str = WESTERN
    sample: str = ""
    is_stated: bool = False

    @property
    def guessed(self) -> bool:
        return bool(self.sample)


def shown_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark or the zeros of UTF-16 show; None without any."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name

    even, odd = head[0:512:2].count(0), head[1:512:2].count(0)
    half = max(1, len(head[:512]) // 2)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.1:
        return "utf-16-be"

    return None


def is_all_utf8(chunks: Iterable[bytes]) -> bool:
    """Return whether the text that comes in pieces is UTF-8 to its last byte, as most texts are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(chunks: Iterable[bytes], *, head: bytes) -> TextEncoding:
    """Return how to read the text that comes in pieces; `head` is its beginning."""
    shown = shown_encoding(head)
    if shown is not None and not shown.startswith("utf-8"):
        return TextEncoding(name=shown)

    survey = _Survey()
    for block in _blocks(chunks):
        survey.add(block)

    found = survey.result()
    if shown is not None:
        return TextEncoding(name=shown, fallback=found.fallback)
    return found


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text in pieces of whole lines; pieces of pure ASCII are left out."""
    rest = b""
    for chunk in chunks:
        if not rest and chunk.isascii():
            continue

        data = rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not end and len(data) < _LONGEST_LINE:
            rest = data
            continue

        end = end or len(data)
        yield data[:end]
        rest = data[end:]

    yield rest


class _Survey:
    """Counts of a file's lines that are not ASCII, and the text of those that are not UTF-8."""

    def __init__(self) -> None:
        self.valid = 0
        self.certain = 0
        self.other = 0
        self.sample: list[bytes] = []
        self.sampled = 0

    def add(self, block: bytes) -> None:
        letters = _beyond_ascii(block)
        if letters is not None:
            lines = min(letters, block.count(b"\n") + 1)
            self.valid += lines
            self.certain += lines
            return

        for line in block.replace(b"\r", b"\n").split(b"\n"):
            if not line.isascii():
                self._add_line(line)

    def _add_line(self, line: bytes) -> None:
        letters = _beyond_ascii(line)
        if letters is not None:
            self.valid += 1
            self.certain += letters >= 3
            return

        self.other += 1
        if self.sampled < _LARGEST_SAMPLE:
            self.sample.append(line[:_LARGEST_SAMPLE])
            self.sampled += len(line)

    def result(self) -> TextEncoding:
        if not self.other:
            return TextEncoding(name="utf-8")

        guess = guess_encoding(b"\n".join(self.sample))
        line = max(self.sample, key=lambda one: len(_HIGH.findall(one[:200])))
        shown = " ".join(line.decode(guess, "replace").split())[:60]
        # In another encoding few lines are valid UTF-8 by chance, and those are short.
        if self.valid >= self.other or self.certain * 20 >= self.other:
            return TextEncoding(name="utf-8", fallback=guess)
        return TextEncoding(name=guess, fallback=guess, sample=shown)


def _beyond_ascii(text: bytes) -> int | None:
    """Return about how many characters of UTF-8 are beyond ASCII; None where it is not UTF-8."""
    try:
        return len(text) - len(text.decode())
    except UnicodeDecodeError:
        return None


def is_surely_utf8(line: bytes) -> bool:
    """Return whether so much of the line is UTF-8 that it is so in a file of another encoding."""
    return (_beyond_ascii(line) or 0) >= _CERTAIN


def guess_encoding(sample: bytes) -> str:
    """Return the most likely encoding of lines that are not UTF-8; Windows-1252 in doubt."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  only for files that are not UTF-8

    matches = from_bytes(sample, cp_isolation=list(_CANDIDATES), enable_fallback=False)
    possible = set[str]()
    for match in matches:
        possible.update(match.could_be_from_charset)

    if _share_of_high_bytes(sample) > 0.6:
        return _dense(sample, possible) or WESTERN

    scores = {name: _latin_score(sample, name) for name in _LATIN if name in possible}
    if not scores:
        return WESTERN
    return max(scores, key=lambda name: scores[name])


def _share_of_high_bytes(sample: bytes) -> float:
    """Return the share of bytes beyond ASCII in the words that have any: 0.2 in French, 1 in
    Russian.
    """
    words = [word for word in _LETTERS.findall(sample) if not word.isascii()]
    letters = sum(map(len, words))
    return sum(len(_HIGH.findall(word)) for word in words) / max(1, letters)


def _dense(sample: bytes, possible: set[str]) -> str | None:
    """Return the encoding of a text whose words have few ASCII letters: an alphabet of its own, or
    one of East Asia.
    """
    return _by_script(sample) or _by_alphabet(sample, possible) or _by_table(sample)


def _by_script(sample: bytes) -> str | None:
    """Return the encoding that shows kana, or hangul only."""
    for name, script, least in (
        ("euc_jp", _KANA, 0.03),
        ("cp932", _KANA, 0.03),
        ("cp949", _HANGUL, 0.9),
    ):
        text = _decoded(sample, name)
        if text and _share(text, script) > least:
            return name
    return None


def _by_alphabet(sample: bytes, possible: set[str]) -> str | None:
    """Return the encoding in which the text has the common letters of Cyrillic or Greek."""
    scores = {name: _alphabet_score(sample, name) for name in _ALPHABETS if name in possible}
    best = max(scores, key=lambda name: scores[name], default="")
    if best and scores[best] > 1.1 and not _decoded(sample, "gb2312"):
        return best
    return None


def _by_table(sample: bytes) -> str | None:
    """Return the Chinese encoding in whose table every character is; the smaller table first."""
    for name, page in (("gb2312", "gb18030"), ("big5", "big5"), ("gb18030", "gb18030")):
        if _decoded(sample, name):
            return page
    return None


def _decoded(sample: bytes, encoding: str) -> str:
    """Return the sample as text; "" where it is not valid in the encoding."""
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _share(text: str, pattern: re.Pattern[str]) -> float:
    """Return the share of the characters beyond ASCII that the pattern fits."""
    beyond = sum(character > "\x7f" for character in text)
    return len(pattern.findall(text)) / max(1, beyond)


def _alphabet_score(sample: bytes, encoding: str) -> float:
    """Return how much of the text is of the alphabet, and how much is of its common letters: 1.5 in
    a text in its language.
    """
    text = _decoded(sample, encoding)
    alphabet, common = _ALPHABETS[encoding]
    return _share(text, alphabet) + _share(text, common) - _misplaced_capitals(text)


def _latin_score(sample: bytes, encoding: str) -> float:
    """Return how many of the text's letters beyond ASCII the language has that has most."""
    text = _decoded(sample, encoding) or sample.decode(encoding, "replace")
    letters = [letter.casefold() for letter in text if letter > "\x7f" and letter not in _SIGNS]
    if not letters:
        return 0.0

    counts = Counter(letters)
    known = [sum(map(counts.__getitem__, language)) for language in _LATIN[encoding]]
    best = max(known) + len(_PORTUGUESE.findall(text))
    return best / len(letters) - _misplaced_capitals(text) - len(_GLUED.findall(text)) / len(text)


def _misplaced_capitals(text: str) -> float:
    """Return the share of letters beyond ASCII that are capitals after a small letter."""
    inside: list[str] = _CAPITAL_INSIDE.findall(text)
    beyond = [letter for letter in inside if letter > "\x7f"]
    return sum(letter.isupper() for letter in beyond) / max(1, len(beyond))
