"""English names of the languages that records name most often, by ISO 639-2/B code. Pure data."""

from reviewkit.model.messages import in_english, mark

_NAMES = {
    "ara": mark("Arabic"),
    "chi": mark("Chinese"),
    "cze": mark("Czech"),
    "dan": mark("Danish"),
    "dut": mark("Dutch"),
    "eng": mark("English"),
    "fin": mark("Finnish"),
    "fre": mark("French"),
    "ger": mark("German"),
    "gre": mark("Greek"),
    "heb": mark("Hebrew"),
    "hun": mark("Hungarian"),
    "ita": mark("Italian"),
    "jpn": mark("Japanese"),
    "kor": mark("Korean"),
    "nor": mark("Norwegian"),
    "per": mark("Persian"),
    "pol": mark("Polish"),
    "por": mark("Portuguese"),
    "rum": mark("Romanian"),
    "rus": mark("Russian"),
    "spa": mark("Spanish"),
    "swe": mark("Swedish"),
    "tha": mark("Thai"),
    "tur": mark("Turkish"),
    "ukr": mark("Ukrainian"),
    "vie": mark("Vietnamese"),
}


def name_of_language(code: str) -> str:
    """Return the name of a language; a code that is not in the list stays as it is."""
    return _NAMES.get(code) or in_english("the language “{code}”", code=code)
