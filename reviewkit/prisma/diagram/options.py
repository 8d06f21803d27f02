"""How a flow is drawn: template, language, theme and words. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramOptions:
    """The options of a diagram.

    `template` "auto" is the smallest with a box for every count. `detail` lists each source.
    `labels` overrides any key of `wording.toml`, also its definitions ("box4").
    `links` has addresses by box ("box4") or by data key ("records_screened").
    """

    template: str = "auto"
    language: str = "en"
    theme: str = "official"
    detail: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    # Lines that are left out, and whether optional lines with 0 are drawn, or which of them.
    hide: tuple[str, ...] = ()
    show_zero: bool | tuple[str, ...] = True
    horizontal: bool = False
    standard: str = "prisma-2020"
    # Whether source and licence of the template stand under the picture.
    credit: bool = False
    # What the author of a template CSV says of a line, by data key.
    descriptions: Mapping[str, str] = field(default_factory=dict)
