"""Services as the environment sets them: polite, and without a secret in sight."""

import pytest

from reviewkit.http import Service
from reviewkit.model.errors import (
    UsageError,
)
from reviewkit.sources.services import services_from
from tests.helpers.retrieval import EMAIL, KEY, services_at


def test_services_show_no_secret_and_take_their_rates_from_the_key() -> None:
    plain, keyed = (
        services_from({}),
        services_from({"NCBI_API_KEY": KEY, "NCBI_EMAIL": EMAIL, "BVS_API_KEY": KEY}),
    )
    assert (plain["eutils"].per_second, keyed["eutils"].per_second) == (3.0, 10.0)
    assert plain["eutils"].base_url == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
    assert KEY not in repr(keyed)
    assert EMAIL not in repr(keyed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REVIEWKIT_EUTILS_URL", "ftp://somewhere/"),
        ("REVIEWKIT_EUTILS_URL", "eutils.example.org"),
        ("REVIEWKIT_EUTILS_URL", "http://user:hunter22222@example.org/"),
        ("REVIEWKIT_EUTILS_URL", "http://[::1/"),
        ("REVIEWKIT_EUTILS_RATE", "quick"),
        ("REVIEWKIT_EUTILS_RATE", "-1"),
        ("REVIEWKIT_EUTILS_RATE", "nan"),
        ("REVIEWKIT_EUTILS_RATE", "unlimited"),
        ("REVIEWKIT_EUTILS_RATE", "50"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(UsageError) as raised:
        services_from({name: value})
    assert raised.value.where == name
    assert "hunter" not in f"{raised.value} {raised.value.hint}"


def test_a_server_of_ones_own_may_be_asked_at_any_rate() -> None:
    services = services_at("http://127.0.0.1:9")
    assert services["eutils"].per_second is None
    assert services["eutils"].base_url == "http://127.0.0.1:9/"
    assert isinstance(services["bvs"], Service)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("REVIEWKIT_BVS_RATE", "unlimited", "more than bvsalud.org is asked"),
        ("REVIEWKIT_BVS_RATE", "5", "more than bvsalud.org is asked"),
        ("REVIEWKIT_EUROPEPMC_RATE", "fast", "cannot be fast"),
        ("REVIEWKIT_EUROPEPMC_URL", "ftp://x", "not a web address"),
        ("REVIEWKIT_BVS_PORTAL_URL", "https://user:pass@x/", "more than an address"),
    ],
)
def test_a_setting_that_would_be_impolite_or_wrong_is_refused(
    setting: str, value: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        services_from({setting: value})
    assert "pass" not in str(raised.value)


def test_the_portal_s_pace_is_nobody_s_to_change() -> None:
    own = "http://127.0.0.1:1/"
    settings = {
        "REVIEWKIT_BVS_PORTAL_URL": own,
        "REVIEWKIT_BVS_URL": own,
        "REVIEWKIT_BVS_RATE": "unlimited",
    }
    services = services_from(settings)
    assert (services["bvs_portal"].per_second, services["bvs"].per_second) == (1.0, None)
