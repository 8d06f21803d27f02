"""PubMed's search fields: names, parts of the record, and which explode.

From EInfo's list of fields and the user guide; `[tiab]` holds author keywords too.
"""

from reviewkit.query.language import (
    ABSTRACT,
    EVERYTHING,
    KEYWORDS,
    TEXT_WORDS,
    TITLE,
    TITLE_ABSTRACT_KEYWORDS,
    Field,
    heading,
    value,
    words_in,
)
from reviewkit.query.tree import Kind, Part

_FIELDS: dict[tuple[str, ...], Field] = {
    ("ti", "title"): words_in(TITLE),
    ("tiab", "title/abstract"): words_in(TITLE_ABSTRACT_KEYWORDS),
    ("ab", "abstract"): words_in(ABSTRACT),
    ("tw", "text word", "text words", "word"): words_in(TEXT_WORDS),
    ("all", "all fields"): words_in(EVERYTHING),
    ("ot", "other term"): words_in(KEYWORDS),
    ("tt", "transliterated title"): words_in(frozenset({Part.OTHER_TITLE})),
    ("ad", "affiliation"): words_in(frozenset({Part.AFFILIATION})),
    ("mh", "mesh", "mesh terms", "mesh term", "mh:exp", "mesh:exp"): heading("mesh", explode=True),
    ("mh:noexp", "mesh:noexp", "mesh terms:noexp", "mesh term:noexp"): heading(
        "mesh", explode=False
    ),
    ("majr", "mesh major topic", "majr:exp"): heading("mesh", explode=True, major=True),
    ("majr:noexp", "mesh major topic:noexp"): heading("mesh", explode=False, major=True),
    ("sh", "subheading", "mesh subheading"): value(Kind.SUBHEADING, "mesh", explode=True),
    ("sh:noexp", "subheading:noexp", "mesh subheading:noexp"): value(Kind.SUBHEADING, "mesh"),
    ("pt", "ptyp", "publication type"): value(Kind.TYPE, "mesh", explode=True),
    ("pt:noexp", "ptyp:noexp", "publication type:noexp"): value(Kind.TYPE, "mesh"),
    ("la", "lang", "language"): value(Kind.LANGUAGE),
    ("dp", "pdat", "date - publication", "publication date"): value(Kind.DATE, "publication"),
    ("crdt", "date - create", "create date"): value(Kind.DATE, "create"),
    ("edat", "date - entry", "entrez date", "date - entrez", "entry date"): value(
        Kind.DATE, "entry"
    ),
    ("mhda", "date - mesh", "mesh date"): value(Kind.DATE, "indexing"),
    ("dcom", "date - completion", "completion date"): value(Kind.DATE, "completion"),
    ("lr", "mdat", "date - modification", "modification date"): value(Kind.DATE, "revision"),
    ("epdat", "electronic publication date"): value(Kind.DATE, "electronic publication"),
    ("ppdat", "print publication date"): value(Kind.DATE, "print publication"),
    ("au", "author"): value(Kind.AUTHOR),
    ("1au", "author - first", "first author"): value(Kind.AUTHOR, "first"),
    ("lastau", "author - last", "last author"): value(Kind.AUTHOR, "last"),
    ("fau", "full author name", "author - full"): value(Kind.AUTHOR, "full"),
    ("ta", "jour", "journal"): value(Kind.JOURNAL),
    ("nm", "substance name", "supplementary concept"): value(Kind.SUBSTANCE, "name"),
    ("rn", "ec/rn number", "ecno"): value(Kind.SUBSTANCE, "number"),
    ("pa", "pharmacological action"): value(Kind.OTHER, "pharmacological action", explode=True),
    ("si", "secondary source id"): value(Kind.DATABANK),
    ("uid", "pmid"): value(Kind.NUMBER),
    ("sb", "filter", "subset"): value(Kind.FILTER),
}
_OTHERS = {
    ("aid", "article identifier"): "article identifier",
    ("lid", "location id"): "location",
    ("cn", "corporate author", "author - corporate"): "corporate author",
    ("ir", "investigator"): "investigator",
    ("ps", "personal name as subject"): "person as subject",
    ("gr", "grant number", "grants and funding"): "grant",
    ("vi", "volume"): "volume",
    ("ip", "issue"): "issue",
    ("pg", "pagination"): "pages",
    ("is", "issn"): "issn",
    ("isbn",): "isbn",
    ("book",): "book",
    ("ed", "editor"): "editor",
    ("cois", "conflict of interest statements"): "conflict of interest statement",
    ("jid", "nlm unique id"): "journal number",
    ("pl", "place of publication"): "place of publication",
    ("pubn", "publisher"): "publisher",
}

FIELDS: dict[str, Field] = {}
for _names, _field in _FIELDS.items():
    FIELDS |= dict.fromkeys(_names, _field)
for _names, _detail in _OTHERS.items():
    FIELDS |= dict.fromkeys(_names, value(Kind.OTHER, _detail))

PROXIMITY = frozenset({"ti", "title", "tiab", "title/abstract", "ad", "affiliation", "ab"})
"""Fields that take a distance (NLM Technical Bulletin, November 2022); [ab] by one guide."""
