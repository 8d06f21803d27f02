"""What every part of a protocol is built on."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Year = Annotated[int, Field(ge=1500, le=2200)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
Pmid = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.[0-9]{4,9}/\S+$")]
BoxCount = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A table of the protocol: frozen, with no other keys than its own."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
