"""What every part of a protocol is built on."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Part(BaseModel):
    """A table of the protocol: frozen, with no other keys than its own."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
