"""Where each service is, how fast it may be asked, and who asks: read from the environment in one place.

Secrets stand in fields that no `repr` shows; only the transport reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reviewkit.errors import UsageError

Pairs = tuple[tuple[str, str], ...]
_EUTILS_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
_BVS_URL = "https://api.bvsalud.org/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One remote service. `per_second` is None for as fast as it goes: a server of one's own.

    `parameters` go with every request and may be seen; `secrets` and `secret_headers` go with it and may not.
    """

    label: str
    base_url: str
    per_second: float | None = None
    parameters: Pairs = ()
    secrets: Pairs = field(default=(), repr=False)
    secret_headers: Pairs = field(default=(), repr=False)

    @property
    def all_secrets(self) -> tuple[str, ...]:
        """The values that must not be seen anywhere."""
        return tuple(value for _, value in (*self.secrets, *self.secret_headers))


def services_from(environment: Mapping[str, str]) -> dict[str, Service]:
    """Every service as the environment sets it: `REVIEWKIT_EUTILS_URL`, `REVIEWKIT_EUTILS_RATE` (requests per second
    or "unlimited", for a server of one's own), `NCBI_API_KEY`, `NCBI_EMAIL`, `REVIEWKIT_BVS_URL`, `BVS_API_KEY`.

    Raises UsageError for a URL or rate that cannot be used, without repeating what may hold a password.
    """
    key, address = _value(environment, "NCBI_API_KEY"), _value(environment, "NCBI_EMAIL")
    bvs_key = _value(environment, "BVS_API_KEY")
    return {
        "eutils": Service(
            label="PubMed",
            base_url=_url(environment, "REVIEWKIT_EUTILS_URL", _EUTILS_URL),
            per_second=_eutils_rate(environment, 10.0 if key else 3.0),
            parameters=(("tool", "reviewkit"),),
            secrets=tuple((name, value) for name, value in (("email", address), ("api_key", key)) if value),
        ),
        "bvs": Service(
            label="BVS",
            base_url=_url(environment, "REVIEWKIT_BVS_URL", _BVS_URL),
            per_second=1.0,
            secret_headers=(("apikey", bvs_key),) if bvs_key else (),
        ),
    }


def _value(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name, "").strip()


def _url(environment: Mapping[str, str], name: str, default: str) -> str:
    told = _value(environment, name) or default
    try:
        parts = urlsplit(told)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        bare = not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        usable = bare = False
    if not usable:
        raise UsageError("is not a web address", where=name, hint=f"for example {default}")
    if not bare:
        raise UsageError("holds more than an address", where=name, hint="leave out user, password, ? and #")
    return told if told.endswith("/") else told + "/"


def _eutils_rate(environment: Mapping[str, str], allowed: float) -> float | None:
    """NCBI allows 3 requests a second, 10 with a key (NBK25497); only another host may be asked faster."""
    told = _value(environment, "REVIEWKIT_EUTILS_RATE")
    if not told:
        return allowed
    try:
        rate = None if told.lower() == "unlimited" else float(told)
    except ValueError:
        rate = 0.0
    if rate is not None and not 0 < rate < float("inf"):
        hint = "a number of requests per second, or unlimited for a server of your own"
        raise UsageError(f"cannot be {told}", where="REVIEWKIT_EUTILS_RATE", hint=hint)
    host = urlsplit(_url(environment, "REVIEWKIT_EUTILS_URL", _EUTILS_URL)).hostname or ""
    if host.endswith("nih.gov") and (rate is None or rate > allowed):
        hint = f"leave it out, or set at most {allowed:g}; faster is only for a server of your own"
        raise UsageError("is more than NCBI allows", where="REVIEWKIT_EUTILS_RATE", hint=hint)
    return rate
