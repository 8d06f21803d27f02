"""What a service is: its address, pace and keys, defined by its caller, set by the environment.

Secrets are in fields that no `repr` shows. Only the transport reads them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from reviewkit.http.messages import Flaw, Response
from reviewkit.model.errors import UsageError

Pairs = tuple[tuple[str, str], ...]


def _never_used_up(response: Response) -> Flaw | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key or address that goes with each request, under `name`, as a parameter or as a header.

    `settings` are environment variables: the first that is set gives the value. `per_second` is the
    pace that the service allows to who has it, where that is another one. `reminder` is said once
    where it is not set.
    """

    name: str
    settings: tuple[str, ...]
    is_header: bool = False
    reminder: str = ""
    per_second: float | None = None

    def value(self, environment: Mapping[str, str]) -> str:
        """The value that is set; empty where there is none."""
        values = (_setting(environment, name) for name in self.settings)
        return next((value for value in values if value), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefinition:
    """A service before the environment is read.

    `REVIEWKIT_<NAME>_URL` replaces its address and `REVIEWKIT_<NAME>_RATE` its pace (requests per
    second, or "unlimited" for a server of one's own). `owner` is the domain of the real service: no
    host there is asked faster than `per_second`. `limit_source` says who sets that limit.
    `has_fixed_rate`: no setting changes the pace. `asks_again_when_busy` is false for a site that
    wants to be left alone once it has answered 429; `busy_hint` names a key that raises its limit.
    `used_up` says whether a 429 means that an allowance of days or weeks is used up: then waiting a
    minute does not help.
    """

    name: str
    label: str
    url: str
    per_second: float
    owner: str
    limit_source: str = ""
    has_fixed_rate: bool = False
    asks_again_when_busy: bool = True
    busy_hint: str = ""
    used_up: Callable[[Response], Flaw | None] = _never_used_up
    parameters: Pairs = ()
    credentials: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One remote service. `per_second` is None for as fast as it goes: a server of one's own.

    `parameters` go with every request and may be seen; `secrets` and `secret_headers` go with it
    and may not. `asks_again_when_busy`, `busy_hint` and `used_up`: see ServiceDefinition.
    `reminders` are said before the first request.
    """

    label: str
    base_url: str
    per_second: float | None = None
    asks_again_when_busy: bool = True
    busy_hint: str = ""
    used_up: Callable[[Response], Flaw | None] = _never_used_up
    reminders: tuple[str, ...] = ()
    parameters: Pairs = ()
    secrets: Pairs = field(default=(), repr=False)
    secret_headers: Pairs = field(default=(), repr=False)

    @property
    def all_secrets(self) -> tuple[str, ...]:
        """The values that must not be seen anywhere."""
        return tuple(value for _, value in (*self.secrets, *self.secret_headers))


def read_services(
    definitions: Iterable[ServiceDefinition], environment: Mapping[str, str]
) -> dict[str, Service]:
    """Every service by name, as the environment sets it.

    Raises UsageError for a URL or rate that cannot be used. The message does not repeat a URL,
    which may hold a password.
    """
    return {service.name: _read_service(service, environment) for service in definitions}


def _read_service(definition: ServiceDefinition, environment: Mapping[str, str]) -> Service:
    url = _read_url(definition, environment)
    values = [(key, key.value(environment)) for key in definition.credentials]
    present = [(key, value) for key, value in values if value]

    return Service(
        label=definition.label,
        base_url=url,
        per_second=_read_rate(definition, environment, url, [key for key, _ in present]),
        asks_again_when_busy=definition.asks_again_when_busy,
        busy_hint=definition.busy_hint,
        used_up=definition.used_up,
        reminders=_reminders(values),
        parameters=definition.parameters,
        secrets=tuple((key.name, value) for key, value in present if not key.is_header),
        secret_headers=tuple((key.name, value) for key, value in present if key.is_header),
    )


def _reminders(values: Iterable[tuple[Credential, str]]) -> tuple[str, ...]:
    """What is to be said of the credentials that are not set."""
    return tuple(key.reminder for key, value in values if key.reminder and not value)


def _setting(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name, "").strip()


def _read_url(definition: ServiceDefinition, environment: Mapping[str, str]) -> str:
    name = f"REVIEWKIT_{definition.name.upper()}_URL"
    url = _setting(environment, name) or definition.url
    parts = _split_url(url)
    if parts is None:
        raise UsageError("is not a web address", where=name, hint=f"for example {definition.url}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "holds more than an address", where=name, hint="leave out user, password, ? and #"
        )

    return f"{url.removesuffix('/')}/"


def _split_url(url: str) -> SplitResult | None:
    """The parts of a web address; `None` for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return None

    return parts


def _read_rate(
    definition: ServiceDefinition,
    environment: Mapping[str, str],
    url: str,
    credentials: Iterable[Credential],
) -> float | None:
    """Requests per second, `None` for no limit.

    Only a host that is not the owner's may be faster.
    """
    allowed = max([definition.per_second, *(key.per_second or 0.0 for key in credentials)])
    name = f"REVIEWKIT_{definition.name.upper()}_RATE"
    setting = _setting(environment, name)
    if definition.has_fixed_rate or not setting:
        return allowed

    rate = _parse_rate(setting, name)
    host = urlsplit(url).hostname or ""
    if host.endswith(definition.owner) and (rate is None or rate > allowed):
        limit_source = definition.limit_source or f"{definition.owner} is asked"
        hint = f"leave it out, or set at most {allowed:g}; faster is only for a server of your own"
        raise UsageError(f"is more than {limit_source}", where=name, hint=hint)

    return rate


def _parse_rate(setting: str, name: str) -> float | None:
    """The rate that a setting gives; `None` for "unlimited". Raises UsageError."""
    if setting.lower() == "unlimited":
        return None
    try:
        rate = float(setting)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        hint = "a number of requests per second, or unlimited for a server of your own"
        raise UsageError(f"cannot be {setting}", where=name, hint=hint)

    return rate
