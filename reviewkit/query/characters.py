"""Characters that print and word processors put into queries: quotes, dashes, blanks. Pure.

A database may take them for something else, so they are named and never replaced silently.
"""

import re

from reviewkit.query.tree import Problem, Severity

_SIGNS = {
    "“": ("curly_quote", '"', "a curly quotation mark"),
    "”": ("curly_quote", '"', "a curly quotation mark"),
    "„": ("curly_quote", '"', "a low quotation mark"),
    "«": ("curly_quote", '"', "an angular quotation mark"),
    "»": ("curly_quote", '"', "an angular quotation mark"),
    "‘": ("curly_quote", '"', "a curly single quotation mark"),
    "’": ("curly_quote", '"', "a curly single quotation mark"),
    "–": ("dash", "-", "an en dash, not a hyphen"),
    "—": ("dash", "-", "an em dash, not a hyphen"),
    "‐": ("dash", "-", "a typographic hyphen"),
    "‑": ("dash", "-", "a no-break hyphen"),
    "−": ("dash", "-", "a minus sign, not a hyphen"),
    "\u00ad": ("odd_blank", "", "a soft hyphen, which does not show"),
    "\u00a0": ("odd_blank", " ", "a no-break space"),
    "\u2009": ("odd_blank", " ", "a thin space"),
    "\u202f": ("odd_blank", " ", "a narrow no-break space"),
    "\u200b": ("odd_blank", "", "a space without width"),
    "\ufeff": ("odd_blank", "", "a byte order mark"),
    "∗": ("odd_sign", "*", "an asterisk operator"),
} | {
    chr(plain + 0xFEE0): ("odd_sign", chr(plain), f"a wide {chr(plain)!r}")
    for plain in range(0x21, 0x7F)
}
_ODD = re.compile("|".join(map(re.escape, _SIGNS)))
_SOURCE = "print and word processors change characters; databases differ in what they make of them"


def odd_characters(text: str) -> list[Problem]:
    """Every such character with its place and the plain one for it.

    An apostrophe inside a word (Alzheimer’s) is repaired to a straight one.
    """
    problems = []
    for match in _ODD.finditer(text):
        code, repair, what = _SIGNS[match[0]]
        if match[0] == "’" and _inside_word(text, match.start()):
            repair, what = "'", "a curly apostrophe"
        problems.append(
            Problem(
                code=code,
                severity=Severity.WARNING,
                span=match.span(),
                reason=what,
                source=_SOURCE,
                repair=repair,
            )
        )

    return problems


def _inside_word(text: str, at: int) -> bool:
    before, after = text[:at][-1:], text[at + 1 : at + 2]
    opened = text.rfind("‘", 0, at) > text.rfind("’", 0, at)
    return before.isalnum() and (after.isalpha() or not opened)
