"""The page on settings: every environment variable that reviewkit reads."""

from collections.abc import Iterator, Mapping

from reviewkit.sources.services import key_settings, service_definitions
from tools.reference import NOTE
from tools.reference.commands import verbs

KEYS: Mapping[str, str] = {
    "NCBI_EMAIL": "your address, for PubMed and MeSH. Without it a line on stderr reminds",
    "NCBI_API_KEY": "your key to PubMed: 10 requests per second instead of 3",
    "BVS_API_KEY": "your key to BVS: LILACS and DeCS",
    "OPENALEX_API_KEY": "your free key to OpenAlex, from openalex.org/settings/api",
    "CROSSREF_EMAIL": "your address for Crossref; without it `NCBI_EMAIL`",
    "UNPAYWALL_EMAIL": "your address for Unpaywall; without it `NCBI_EMAIL`",
    "SCOPUS_API_KEY": "your key to Scopus",
    "SCOPUS_INSTTOKEN": "the token that Scopus needs off campus",
    "WOS_API_KEY": "your key to the Web of Science Starter API",
}
OPTIONS: Mapping[str, str] = {
    "REVIEWKIT_PROTOCOL": "the protocol, as `--protocol`",
    "REVIEWKIT_DB": "the database, as `--db`",
    "REVIEWKIT_CACHE": "the cache folder, as `--cache`",
    "REVIEWKIT_REVIEWER": "your name in the review, as `--reviewer`",
}
REST: Mapping[str, str] = {
    "REVIEWKIT_CONFIG": "your file of keys and colours; else the system's `config.toml`",
    "REVIEWKIT_WEBHOOK_URL": "where `reviewkit update --webhook` sends the news",
    "REVIEWKIT_DEBUG": "any text: an unexpected error shows its traceback",
    "SOURCE_DATE_EPOCH": "what time it is, in Unix seconds, for equal files every time",
    "LC_ALL": "the language of the screens, before `LC_MESSAGES` and `LANG`",
    "LC_MESSAGES": "the language of the screens, before `LANG`",
    "LANG": "the language of the screens, such as `pt_BR.UTF-8`",
    "NO_COLOR": "any text: no colours",
    "TERM": "`dumb`: no colours, no moving lines, no full screen",
    "COLORFGBG": "set by some terminals: whether the background is light",
    "BROWSER": "the program that opens addresses",
    "DISPLAY": "set by the system: whether a browser can open",
    "WAYLAND_DISPLAY": "the same under Wayland",
    "TEXTUAL_FPS": "how often in a second the screen may be drawn anew; 240 without it",
    "PYTHONPATH": "handed on to the process that ranks records",
}


def settings_page() -> str:
    """Return the page."""
    return "\n".join([NOTE, *_page()]) + "\n"


def option_settings() -> dict[str, str]:
    """Return the variables that stand for an option, with the option."""
    found: dict[str, str] = {}
    for _, _, command in verbs():
        for parameter in command.params:
            if parameter.envvar:
                found.setdefault(parameter.envvar, parameter.opts[0])
    return found


def service_settings() -> dict[str, str]:
    """Return the variables that move a service to another address or pace, with the service."""
    found: dict[str, str] = {}
    for service in service_definitions():
        name = f"REVIEWKIT_{service.name.upper()}"
        found[f"{name}_URL"] = f"another address of {service.label}"
        if not service.has_fixed_rate:
            found[f"{name}_RATE"] = "its pace: requests per second, or `unlimited` for your own"
    return found


def _page() -> Iterator[str]:
    yield "# Settings\n"
    yield "Environment variables; each is optional. `reviewkit doctor` says which are set."
    yield "It shows no secret.\n"
    sections = (
        ("Keys and addresses", {name: KEYS[name] for name in key_settings()}),
        ("In place of an option", {name: OPTIONS[name] for name in option_settings()}),
        ("Other", REST),
        ("Proxies, mirrors and servers of one's own", service_settings()),
    )
    for title, meanings in sections:
        yield f"## {title}\n"
        yield "| variable | what it is |\n| --- | --- |"
        for name, meaning in meanings.items():
            yield f"| `{name}` | {meaning} |"
        yield ""
    yield "Keys and addresses reach no log, cache, database or report."
