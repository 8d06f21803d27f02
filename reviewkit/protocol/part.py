"""What every part of a protocol is built on."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from reviewkit.model.languages import language_code

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Year = Annotated[int, Field(ge=1500, le=2200)]


def _code(named: object) -> object:
    """Return the ISO 639-2 code of a language's name or code. Raise ValueError: not known."""
    if not isinstance(named, str):
        return named
    code = language_code(named)
    if code is None:
        raise ValueError("must be a language that reviewkit knows, such as por, English or español")
    return code


LanguageCode = Annotated[
    str,
    BeforeValidator(_code),
    Field(description="A language's name or code, in any usual form: eng, en, English, inglês"),
]
Pmid = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.[0-9]{4,9}/\S+$")]
BoxCount = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A table of the protocol: frozen, with no other keys than its own."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
