"""The protocol's [[people]] and [declarations]: what only the authors can say of a review."""

from pydantic import Field

from reviewkit.protocol.part import Part, Text
from reviewkit.protocol.screening_part import Orcid


class Person(Part):
    """A person of the review, with the roles that the review names."""

    name: Text
    orcid: Orcid | None = Field(default=None, description="The person's ORCID")
    affiliation: Text | None = Field(default=None, description="Where the person works")
    roles: tuple[Text, ...] = Field(
        default=(), description="What the person did, such as “search” or “screening”"
    )


class Declarations(Part):
    """The review's declarations (PRISMA 2020, items 24 to 27). What is left out is not stated."""

    registration: Text | None = Field(
        default=None, description="Register and number, or that it was not registered (24a)"
    )
    protocol_access: Text | None = Field(
        default=None, description="Where the protocol can be read (24b)"
    )
    support: Text | None = Field(
        default=None, description="Money and other support, and the role of who gave it (25)"
    )
    interests: Text | None = Field(default=None, description="Competing interests (26)")
    materials: Text | None = Field(
        default=None, description="Which data, code and materials can be had, and where (27)"
    )
