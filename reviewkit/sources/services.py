"""Every service that reviewkit asks: those of the sources, and those that know free full texts."""

from collections.abc import Iterable, Iterator, Mapping

from reviewkit.http import Service, ServiceDefinition, read_services
from reviewkit.sources.base import Source
from reviewkit.sources.open_access import ACCESS_SERVICES
from reviewkit.sources.registry import SOURCES


def services_from(environment: Mapping[str, str]) -> dict[str, Service]:
    """Every service by name, as the environment sets it. Raises UsageError for a wrong setting."""
    return read_services(service_definitions(), environment)


def service_definitions() -> tuple[ServiceDefinition, ...]:
    """Every service as it is before the environment is read, each once."""
    named = {service.name: service for service in (*_source_services(), *ACCESS_SERVICES)}
    return tuple(named.values())


def key_settings() -> tuple[str, ...]:
    """The environment variables that hold keys and addresses for the sources, each once."""
    settings: list[str] = []
    for service in service_definitions():
        for credential in service.credentials:
            settings.extend(credential.settings)

    return tuple(dict.fromkeys(settings))


def services_of_sources(ids: Iterable[str]) -> tuple[ServiceDefinition, ...]:
    """The services of sources by their ids, each once. Unknown ids have none."""
    known = [SOURCES[name] for name in ids if name in SOURCES]
    return tuple({service.name: service for service in _services_of(known)}.values())


def _source_services() -> Iterator[ServiceDefinition]:
    return _services_of(SOURCES.values())


def _services_of(sources: Iterable[Source]) -> Iterator[ServiceDefinition]:
    for source in sources:
        for way in (source.network, source.portal):
            if way:
                yield way.service
