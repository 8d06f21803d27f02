"""Author names to "Family, Given" or "Family FM", groups apart from persons. No name is dropped.

A group is known by its words, because no format marks it reliably. In doubt the name stays as is.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence

# Lower-case parts that belong to the family name when they stand before it.
_PARTICLE_WORDS = (
    "af al am auf aus ben bin da das dal de degli dei del della den der des di do dos du el ibn la "
    "las le les lo los op 't ten ter van vom von y zu zum zur"
)
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
# Those that stand before a family name with a capital as well: "David De Roure".
_CAPITAL_WORDS = "De Del Della Den Der Des Di Dos Du La Le Ter Van Von"
_CAPITAL_PARTICLES = frozenset(_CAPITAL_WORDS.split())
# Family names of Vietnam, before which "Van" and "Le" are given names.
_VIETNAMESE_WORDS = (
    "bui dang dinh do duong ho hoang huynh le luong ly mai ngo nguyen pham phan ta tran trinh "
    "truong vo vu"
)
_VIETNAMESE = frozenset(_VIETNAMESE_WORDS.split())
_SUFFIX_WORDS = "jr sr ii iii iv jr. sr. 2nd 3rd 4th filho neto júnior junior sobrinho"
SUFFIXES = frozenset(_SUFFIX_WORDS.split())
_BODY_WORDS = (
    "group groupe grupo consortium consorcio consórcio collaboration collaborative collaborators "
    "committee comité comissão society sociedad sociedade association asociación associação "
    "organisation organization organización organização network investigators initiative council "
    "ministry ministerio ministério department institute instituto university universidad "
    "universidade foundation fundación fundação federation team agency commission study trial "
    "registry project program programme panel board"
)
_BODIES = frozenset(_BODY_WORDS.split())
_BODIES_OF_TWO_WORDS = frozenset(
    (word, following)
    for word, following in (
        ("task", "force"), ("working", "party"), ("center", "for"), ("centers", "for"),
        ("centre", "for"), ("centres", "for"),
    )
)  # fmt: skip
_WORDS = re.compile(r"\w+")

_SURNAME_AND_INITIALS = re.compile(r"[^\W\d_][\w'’-]+ (?!II|IV|VI)[A-Z]{1,3}")


def _names_a_body(text: str) -> bool:
    """Return whether a word of the text is a kind of body: "Group", "Task Force"."""
    words = _WORDS.findall(text.casefold())
    return not _BODIES.isdisjoint(words) or not _BODIES_OF_TWO_WORDS.isdisjoint(
        itertools.pairwise(words)
    )


def is_group(name: str) -> bool:
    """Return whether the name is a group's.

    It names a kind of body, and has no comma between family and given name. A surname with
    initials after it is a person's: "Council ML".
    """
    if not _names_a_body(name) or _SURNAME_AND_INITIALS.fullmatch(name.strip()):
        return False
    head, comma, tail = name.partition(",")
    may_be_given = 0 < len(tail.split()) <= 3 and " and " not in tail
    if may_be_given and not _names_a_body(tail):
        return False
    return " " in head.strip() or not comma


def tidy(name: str) -> str:
    """Return the name on one line, a blank after each comma, without marks at its end."""
    return " ".join(name.replace(",", ", ").split()).replace(" ,", ",").strip(" ;")


# "Family, Given" or "Family, F.M.": certainly one person, in order. The family name is one word, or
# several of which none is initials.
_GIVEN = r"(?!and )[^\W\d_][\w.'’-]*(?: (?!and |et al\b)[^\W\d_][\w.'’-]*){0,2}"
_ONE_WORD = rf"[^\W\d_][\w'’-]*, {_GIVEN}"
_SOME_WORDS = rf"[^\W\d_][^\W\d_A-Z][\w'’-]*(?: [^\W\d_][^\W\d_A-Z][\w'’-]*){{0,3}}, {_GIVEN}"
# Atomic groups: of what did not fit, nothing is tried a second time.
_ALL_PLAIN = re.compile(rf"(?>{_ONE_WORD})(?>\n{_ONE_WORD})*+")
_ALL_PERSONS = re.compile(rf"(?>{_ONE_WORD}|{_SOME_WORDS})(?>\n(?>{_ONE_WORD}|{_SOME_WORDS}))*+")


def are_plain(names: Sequence[str]) -> bool:
    """Return whether each of the names is certainly one person's, and as it has to be."""
    text = "\n".join(names)
    if _ALL_PLAIN.fullmatch(text):
        return True
    return _ALL_PERSONS.fullmatch(text) is not None and not any(map(_may_be_body, names))


def _may_be_body(name: str) -> bool:
    """Return whether a name whose family name has several words names a kind of body."""
    return " " in name.partition(",")[0] and _names_a_body(name)


def family_first(name: str) -> str:
    """Return "Family, Given" of "Given Family".

    Particles go with the family, a suffix stays last: "Beta, Max de, Jr". A name that has a comma
    already, or is one word, or is a group's, stays as it is. So does one in Chinese, Japanese or
    Korean letters, where the family name is first, and one that ends with initials.
    """
    text = tidy(name)
    words = text.split()
    if "," in text or len(words) < 2 or _IN_ORDER.fullmatch(text) or is_group(text):
        return text

    suffix = ""
    if len(words) > 2 and words[-1].casefold() in SUFFIXES:
        suffix = words.pop()
    start = _start_of_family(words)
    parts = (" ".join(words[start:]), " ".join(words[:start]), suffix)
    return ", ".join(part for part in parts if part)


def order_by_initials(name: str) -> str:
    """Return "Family FM" as it is, and "Family, Given" of "Given Family".

    For tables in which either order may stand: initials at the end are not a family name.
    """
    text = tidy(name)
    first, _, last = text.rpartition(" ")
    if _INITIALS.fullmatch(last) and first and not _INITIALS.fullmatch(first.split()[0]):
        return text
    return family_first(text)


_EAST_ASIAN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\s]+"
# Words of letters, at last initials: one letter may be a name, a dot or a second one says no.
_IN_ORDER = re.compile(
    rf"{_EAST_ASIAN}|[^\W\d_]{{2}}.*\s(?!(?:II|III|IV)$)(?:[A-Z]\.(?:-?[A-Z]\.)*|[A-Z]{{2,4}})"
)
_INITIALS = re.compile(r"(?!(?:II|III|IV)$)(?:[^\W\d_a-zß-öø-ÿ]\.?-?){1,4}")


def _start_of_family(words: list[str]) -> int:
    """Return where the family name begins: at its last word or at the particles before it."""
    start = len(words) - 1
    capitals = _CAPITAL_PARTICLES
    if _without_accents(words[start]) in _VIETNAMESE:
        capitals = frozenset()
    while start > 1 and (words[start - 1] in _PARTICLES or words[start - 1] in capitals):
        start -= 1
    return start


def _without_accents(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold().replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part))


def people_in(value: str, *, one_each: bool = False) -> list[str]:
    """Return the names in one author value, which some exporters fill with all of them.

    "Alpha AB, Beta B", "A; B" and "Alpha, A, Beta, B" are several; "A. Author" is "Author, A.".
    E-mail addresses are left out. A group's name is never taken apart. Where `one_each`, other
    values of the record are "Family, Given", and so is "Fonseca C., Efraín R.".
    """
    text = tidy(without_email(value))
    if text.endswith(_AND_OTHERS):
        text = text[: text.rindex("et al")].strip(" ,;")
    if _FAMILY_AND_GIVEN.fullmatch(text):  # as most exports have it: nothing more to find
        return [text]
    text = without_degrees(text)
    if ";" in text:
        names = _filled(text.split(";"))
    elif _is_one(text, one_each=one_each):
        names = [text]
    elif "," in text or " and " in text:
        names = _listed(text)
    else:
        names = [text]
    return [_initials_last(name) for name in map(without_degrees, names) if name]


# Academic degrees as the AMA Manual of Style has them (11th ed., 13.1). Left out are those that are
# names as well: MA, BA, DO, MS. "Md" is a given name, and "MD" a degree.
_DEGREE_NAMES = "MD PhD PHD DPhil MSc BSc MPH MBBS MBChB DrPH PharmD DVM DDS DMD ScD DSc"
_DEGREE = frozenset(_DEGREE_NAMES.split())
_MOST_DEGREES = 6
_ENDS_WITH_INITIALS = re.compile(r".*[^\W\d_]{2} (?:[A-Z]\.?-?){1,3}")
_OF_BODIES = frozenset({"of", "for", "the", "and"})


def without_degrees(name: str) -> str:
    """Return "Alpha, Ada" of "Alpha, Ada, MD, PhD"; any other name as it is.

    Only what stands behind a whole name is a degree: "Smith, MD" may have two initials.
    """
    found, head = name, name
    for _ in range(_MOST_DEGREES):
        head, _, last = head.rpartition(", ")
        if not _is_degree(last):
            break
        if _is_whole_name(head):
            found = head
    return found


def _is_degree(part: str) -> bool:
    return part.replace(".", "").replace(" ", "") in _DEGREE


def _is_whole_name(head: str) -> bool:
    """Return whether a text before a degree is surely one person's family and given name."""
    if ";" in head or _names_a_body(head) or not _OF_BODIES.isdisjoint(head.split()):
        return False

    family, *rest = head.split(", ")
    if _ENDS_WITH_INITIALS.fullmatch(family):
        return not rest
    if len(rest) == 2:
        return rest[1].casefold() in SUFFIXES
    return len(rest) == 1 and (rest[0] == "MD" or not _is_degree(rest[0]))


def without_email(name: str) -> str:
    """Return the name without e-mail addresses."""
    if "@" not in name:
        return name
    return " ".join(_EMAIL.sub(" ", name).split())


def _is_one(text: str, *, one_each: bool) -> bool:
    return is_group(text) or (one_each and text.count(",") == 1 and " and " not in text)


_FAMILY_AND_GIVEN = re.compile(r"[^\W\d_]+, [^\W\d_]+")
_EMAIL = re.compile(r"[(<\[]?\b[^\s@()<>,;]{1,64}@[^\s@()<>,;]{1,255}[)>\]]?")
_AND_OTHERS = (" et al", " et al.")
_GIVEN_FIRST = re.compile(r"((?:[^\W\d_a-z]\.[ -]?){1,4}) ?([^\W\d_][^\W\d_].*)")
_DEGREE_WORDS = "md phd msc bsc ma ba rn mph dr dds dvm mbbs frcp dphil"
_DEGREES = frozenset(_DEGREE_WORDS.split())


def _listed(text: str) -> list[str]:
    """Return the names of a list at commas or "and" where that is certain; else the whole text."""
    names = split_names(text)
    if len(names) > 1:
        return names

    parts = [part.strip() for part in text.split(",")]
    if len(parts) < 4 or len(parts) % 2 or not all(map(_is_name_part, parts)):
        return [text]
    return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]


def _is_name_part(part: str) -> bool:
    """Return whether a text between two commas may be a family or given name by itself."""
    plain = part.casefold().rstrip(".")
    words = part.split()
    odd = plain in SUFFIXES or plain.replace(".", "") in _DEGREES
    return 0 < len(words) <= 4 and not odd and not any(map(str.isdigit, part))


def _initials_last(name: str) -> str:
    """Return "Author, A. B." of "A. B. Author"; any other name as it is."""
    if "." not in name or "," in name:
        return name
    match = _GIVEN_FIRST.fullmatch(name)
    if match is None or is_group(name):
        return name
    return f"{match[2].strip()}, {match[1].strip()}"


def split_names(listed: str) -> list[str]:
    """Return the names of a list.

    It is split at semicolons, bars or " and " where there are any, else at commas between "Family
    FM"
    names. "Family, Given" alone, or anything else that commas leave unclear, stays one name.
    """
    listed = " ".join(listed.split())
    if ";" in listed or "|" in listed or " and " in listed:
        return _filled(re.split(r"[;|]|,? and ", listed))

    return split_short_names(listed)


def split_short_names(listed: str) -> list[str]:
    """Return the names of a list with commas between: "Alpha AB, Beta BC" or "A Alpha, B Beta…".

    Anything else is one name, as "Family, Given" is.
    """
    names = _filled(listed.rstrip(". …").split(","))
    for pattern in (_SHORT_NAME, _INITIALS_FIRST):
        if len(names) > 1 and all(map(pattern.fullmatch, names)):
            return [_with_last_dot(name) for name in names]

    return _filled([listed])


def _filled(names: list[str]) -> list[str]:
    return [name.strip() for name in names if name.strip()]


def _with_last_dot(name: str) -> str:
    """Return the name with the dot that the end of the list took from it: "Alpha A.B."."""
    if "." in name and not name.endswith("."):
        return f"{name}."
    return name


_SHORT_NAME = re.compile(
    r"[^\W\d_].{0,80}\s(?:[A-Z]\.?[- ]?){1,4}(?:\s(?:Jr|Sr|2nd|3rd|II|III))?\.?"
)
_INITIALS_FIRST = re.compile(r"(?:[A-Z]\.?[- ]?){1,3}\s[^\W\d_][\w'’-]+(?: [\w'’-]{2,}){0,2}")
