"""How OpenAlex reads a query: words and phrases with AND, OR, NOT; stems, no fields, no headings.

It is sent to titles and abstracts only.
"""

from reviewkit.query.fields import named_fields
from reviewkit.query.language import (
    AND_FIRST,
    CLOSE,
    OPEN,
    SPACE,
    TITLE_ABSTRACT,
    Between,
    Language,
    reference,
    words_in,
)

FIELDS = {"title_and_abstract": words_in(TITLE_ABSTRACT)}

LANGUAGE = Language(
    id="openalex",
    label="OpenAlex",
    tokens=(
        SPACE,
        OPEN,
        CLOSE,
        ("op", r"(?:AND|OR|NOT)(?![^\s()\"“])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\"“”,|]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.AND,
    read_field=named_fields(FIELDS, source="OpenAlex documentation: search"),
    words_untagged=words_in(TITLE_ABSTRACT),
)
