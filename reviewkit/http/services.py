"""Where each service is, how fast it may be asked, and who asks: read from the environment in one place.

Secrets stand in fields that no `repr` shows; only the transport reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reviewkit.model.errors import UsageError

Pairs = tuple[tuple[str, str], ...]
_EUTILS_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
_BVS_URL = "https://api.bvsalud.org/"
_BVS_PORTAL_URL = "https://pesquisa.bvsalud.org/"
_IDCONV_URL = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/"
_UNPAYWALL_URL = "https://api.unpaywall.org/v2/"
_EUROPEPMC_URL = "https://www.ebi.ac.uk/europepmc/webservices/rest/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One remote service. `per_second` is None for as fast as it goes: a server of one's own.

    `parameters` go with every request and may be seen; `secrets` and `secret_headers` go with it and may not.
    `asks_again_when_busy` is false for a site that wants to be left alone once it has answered 429.
    """

    label: str
    base_url: str
    per_second: float | None = None
    asks_again_when_busy: bool = True
    parameters: Pairs = ()
    secrets: Pairs = field(default=(), repr=False)
    secret_headers: Pairs = field(default=(), repr=False)

    @property
    def all_secrets(self) -> tuple[str, ...]:
        """The values that must not be seen anywhere."""
        return tuple(value for _, value in (*self.secrets, *self.secret_headers))


def services_from(environment: Mapping[str, str]) -> dict[str, Service]:
    """Every service as the environment sets it: `REVIEWKIT_EUTILS_URL`, `REVIEWKIT_EUTILS_RATE` (requests per second
    or "unlimited", for a server of one's own), `NCBI_API_KEY`, `NCBI_EMAIL`; `REVIEWKIT_BVS_URL`, `REVIEWKIT_BVS_RATE`,
    `BVS_API_KEY`; `REVIEWKIT_BVS_PORTAL_URL`; `REVIEWKIT_EUROPEPMC_URL`, `REVIEWKIT_EUROPEPMC_RATE`;
    `REVIEWKIT_IDCONV_URL`, `REVIEWKIT_UNPAYWALL_URL`, `UNPAYWALL_EMAIL` (else `NCBI_EMAIL`), and their `_RATE`.

    Raises UsageError for a URL or rate that cannot be used, without repeating what may hold a password.
    """
    key, address = _value(environment, "NCBI_API_KEY"), _value(environment, "NCBI_EMAIL")
    reader = _value(environment, "UNPAYWALL_EMAIL") or address
    bvs_key = _value(environment, "BVS_API_KEY")
    return {
        "eutils": Service(
            label="PubMed",
            base_url=_url(environment, "REVIEWKIT_EUTILS_URL", _EUTILS_URL),
            per_second=_rate(
                environment, "EUTILS", _EUTILS_URL, allowed=10.0 if key else 3.0, owner="nih.gov"
            ),
            parameters=(("tool", "reviewkit"),),
            secrets=tuple(
                (name, value) for name, value in (("email", address), ("api_key", key)) if value
            ),
        ),
        "bvs": Service(
            label="BVS",
            base_url=_url(environment, "REVIEWKIT_BVS_URL", _BVS_URL),
            per_second=_rate(environment, "BVS", _BVS_URL, allowed=1.0, owner="bvsalud.org"),
            secret_headers=(("apikey", bvs_key),) if bvs_key else (),
        ),
        # The portal is made for people: its pace is nobody's to change.
        "bvs_portal": Service(
            label="BVS portal",
            base_url=_url(environment, "REVIEWKIT_BVS_PORTAL_URL", _BVS_PORTAL_URL),
            per_second=1.0,
            asks_again_when_busy=False,
        ),
        "idconv": Service(
            label="PMC",
            base_url=_url(environment, "REVIEWKIT_IDCONV_URL", _IDCONV_URL),
            per_second=_rate(environment, "IDCONV", _IDCONV_URL, allowed=3.0, owner="nih.gov"),
            parameters=(("tool", "reviewkit"),),
            secrets=(("email", address),) if address else (),
        ),
        # About 100,000 requests a day are allowed there; reviewkit keeps to 3 a second.
        "unpaywall": Service(
            label="Unpaywall",
            base_url=_url(environment, "REVIEWKIT_UNPAYWALL_URL", _UNPAYWALL_URL),
            per_second=_rate(
                environment, "UNPAYWALL", _UNPAYWALL_URL, allowed=3.0, owner="unpaywall.org"
            ),
            secrets=(("email", reader),) if reader else (),
        ),
        "europepmc": Service(
            label="Europe PMC",
            base_url=_url(environment, "REVIEWKIT_EUROPEPMC_URL", _EUROPEPMC_URL),
            per_second=_rate(
                environment, "EUROPEPMC", _EUROPEPMC_URL, allowed=3.0, owner="ebi.ac.uk"
            ),
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
        raise UsageError(
            "holds more than an address", where=name, hint="leave out user, password, ? and #"
        )
    return told if told.endswith("/") else told + "/"


def _rate(
    environment: Mapping[str, str], service: str, default_url: str, *, allowed: float, owner: str
) -> float | None:
    """Requests a second. NCBI allows 3, with a key 10 (NBK25497); BVS and EBI publish no figure, so reviewkit keeps to
    1 and 3. Only a host that is not the owner's may be asked faster.
    """
    name, at = f"REVIEWKIT_{service}_RATE", f"REVIEWKIT_{service}_URL"
    told = _value(environment, name)
    if not told:
        return allowed
    try:
        rate = None if told.lower() == "unlimited" else float(told)
    except ValueError:
        rate = 0.0
    if rate is not None and not 0 < rate < float("inf"):
        hint = "a number of requests per second, or unlimited for a server of your own"
        raise UsageError(f"cannot be {told}", where=name, hint=hint)
    host = urlsplit(_url(environment, at, default_url)).hostname or ""
    if host.endswith(owner) and (rate is None or rate > allowed):
        hint = f"leave it out, or set at most {allowed:g}; faster is only for a server of your own"
        who = "NCBI allows" if owner == "nih.gov" else f"{owner} is asked"
        raise UsageError(f"is more than {who}", where=name, hint=hint)
    return rate
