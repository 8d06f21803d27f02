"""What an installation could have and has not: addresses, keys, extras; and the line that adds it.

Nothing of it is a fault: without it some things cannot be done, and the rest can.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from reviewkit.http.services import ServiceDefinition
from reviewkit.model.extras import PACKAGES, USES, install_hint
from reviewkit.protocol.model import Protocol
from reviewkit.sources.services import service_definitions, services_of_sources

_FONTS = ("ReviewkitSans-Bold.ttf", "ReviewkitSans-Regular.ttf")
_ADDRESS, _KEY = "you@example.org", "your-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is not there, and the line that mends it."""

    what: str
    line: str


def missing_parts(protocol: Protocol | None, environment: Mapping[str, str]) -> tuple[Missing, ...]:
    """Return what is not there: addresses and keys for the protocol's sources, and every extra.

    Without a protocol only what a service reminds of is looked for.
    """
    services = _services(protocol)
    return (*_credentials(services, environment), *_extras())


def missing_fonts() -> tuple[str, ...]:
    """Return the fonts that ship with the program and are not in this installation."""
    folder = files("reviewkit.prisma.diagram") / "fonts"
    return tuple(name for name in _FONTS if not (folder / name).is_file())


def _services(protocol: Protocol | None) -> tuple[ServiceDefinition, ...]:
    if protocol:
        return services_of_sources(source.id for source in protocol.sources)
    return tuple(
        service
        for service in service_definitions()
        if any(credential.reminder for credential in service.credentials)
    )


def _credentials(
    services: tuple[ServiceDefinition, ...], environment: Mapping[str, str]
) -> Iterator[Missing]:
    for service in services:
        for credential in service.credentials:
            name = credential.settings[0]
            if not credential.value(environment):
                why = credential.reminder.partition(":")[0]
                what = f"{name} is not set ({why or service.label})"
                yield Missing(what=what, line=_set_line(name))


def _set_line(name: str) -> str:
    """The line that sets a variable in the shell of this system."""
    value = _ADDRESS if name.endswith("EMAIL") else _KEY
    if os.name == "nt":
        return f'setx {name} "{value}"'
    return f'export {name}="{value}"'


def _extras() -> Iterator[Missing]:
    for extra, packages in PACKAGES.items():
        if not all(map(_is_installed, packages)):
            what = f"{USES[extra]} (the extra {extra})"
            yield Missing(what=what, line=install_hint(extra))


def _is_installed(requirement: str) -> bool:
    try:
        version(requirement.partition(">=")[0])
    except PackageNotFoundError:
        return False
    return True
