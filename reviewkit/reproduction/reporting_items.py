"""Which of six PRISMA-S items a review reports: those by which Rethlefsen et al. 2024 judge reruns.

Source: J Clin Epidemiol 2024;166:111229.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.messages import in_english, mark
from reviewkit.protocol.model import ByDate, ByLanguage, Limits, Origin, Protocol
from reviewkit.protocol.reported import Reported
from reviewkit.reproduction.outcomes import ReportingItem, SourceOutcome

_NAMES = {
    1: mark("Database and platform named"),
    2: mark("Multi-database searching stated"),
    8: mark("Full strategy for each database"),
    9: mark("Limits and restrictions"),
    13: mark("Date of each search"),
    15: mark("Total records per source"),
}
_NOTHING_SEARCHED = mark("nothing is searched yet")
_Platforms = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """How many of the things that an item asks for are there;
    `needed` 0: the item does not apply.
    """

    present: int
    needed: int

    def answer(self, otherwise: str = "no") -> str:
        """Return "yes", "partly", "not applicable", or `otherwise` where nothing is there."""
        if self.needed == 0:
            return in_english("not applicable")
        if self.present >= self.needed:
            return in_english("yes")
        if self.present:
            return in_english("partly")

        return otherwise


def judge_reporting(protocol: Protocol) -> tuple[ReportingItem, ...]:
    """Return the six items, as far as the protocol says that the published review reports them."""
    return (
        _databases_named(protocol),
        _multi_database(protocol),
        _strategies_printed(protocol),
        _limits_stated(protocol),
        _date_reported(protocol),
        _counts_reported(protocol),
    )


def own_reporting(
    protocol: Protocol, sources: Sequence[SourceOutcome]
) -> tuple[ReportingItem, ...]:
    """Return the same six items of a review that reviewkit itself runs:
    what its searches let it report.
    """
    all_run = _Share(present=sum(source.run is not None for source in sources), needed=len(sources))
    platforms = {one.id: one.platform for one in protocol.sources}
    strategies = sum(_is_strategy_known(source) for source in sources)
    with_strategy = _Share(present=strategies, needed=len(sources))
    printed = in_english("strategies: {n} of {all}", n=strategies, all=len(sources))
    where = mark("What was searched")

    return (
        _own_databases(sources, platforms, where),
        _own_platforms(sources, platforms),
        _item(8, with_strategy.answer(), printed, where),
        _own_limits(protocol.limits, sources),
        _item(13, all_run.answer(), _own_dates(sources), where),
        _item(15, all_run.answer(), _own_counts(sources), where),
    )


def _is_strategy_known(source: SourceOutcome) -> bool:
    """Return whether a query of the source is known: a file that was imported may have none."""
    return bool(source.query or (source.run and source.run.query))


def _databases_named(protocol: Protocol) -> ReportingItem:
    """Return item 1; the sources are named in any protocol, so it is at least partly reported."""
    sources = protocol.sources
    platforms = sum(source.platform is not None for source in sources)
    answer = _Share(present=platforms, needed=len(sources)).answer("partly")
    names = ", ".join(source.name for source in sources)
    places = _places(source.where for source in sources)
    evidence = in_english("{names}; platforms given: {n}", names=names, n=platforms)

    return _item(1, answer, evidence, places)


def _multi_database(protocol: Protocol) -> ReportingItem:
    """Return item 2: it applies where several databases were searched at once."""
    reported = protocol.reported
    if reported is None or reported.methods.multi_database is None:
        nothing = in_english("nothing is stated of one platform searched as several")
        return _item(2, "not applicable", nothing)
    where = reported.where.get("multi_database", "")
    return _item(2, "yes", reported.methods.multi_database, where)


def _strategies_printed(protocol: Protocol) -> ReportingItem:
    """Return item 8. A strategy counts for the sources that it is printed for; one in words alone
    counts for all.
    """
    published = [s for s in protocol.strategies if s.origin is Origin.PUBLISHED]
    printed = {source for strategy in published for source in strategy.queries}
    if any(not strategy.queries for strategy in published):
        printed |= {source.id for source in protocol.sources}

    share = _Share(present=len(printed), needed=len(protocol.sources))
    places = _places(strategy.where for strategy in published)
    evidence = in_english(
        "strategies printed for {n} of {all} sources", n=share.present, all=share.needed
    )
    return _item(8, share.answer(), evidence, places)


def _limits_stated(protocol: Protocol) -> ReportingItem:
    """Return item 9. Eligibility by date or language is no limit of the search by itself."""
    limits = protocol.limits
    is_any = bool(limits.published_from or limits.published_to or limits.languages)
    evidence, where = _limits(limits), limits.where or ""
    if not is_any and limits.origin is not Origin.PUBLISHED:
        return _item(9, "no", evidence, where)
    if limits.origin is Origin.READING or (limits.origin is None and _is_eligibility(protocol)):
        evidence += f"; {in_english('stated as eligibility, not as limits of the search')}"
        return _item(9, "partly", evidence, where)

    return _item(9, "yes", evidence, where)


def _is_eligibility(protocol: Protocol) -> bool:
    return any(isinstance(c.check, ByDate | ByLanguage) for c in protocol.criteria)


def _date_reported(protocol: Protocol) -> ReportingItem:
    """Return item 13, which asks for the date of each search: one day for all is a part of it."""
    reported = protocol.reported
    dates = reported.search_dates if reported else {}
    where = reported.where.get("search_date", "") if reported else ""
    if reported and dates:
        share = _Share(present=len(dates), needed=len(protocol.sources))
        return _item(13, share.answer(), _days(reported), where)
    if reported is None or reported.search_date is None:
        return _item(13, "no", protocol.limits.as_of_basis or in_english("no date given"), where)

    answer = "yes" if len(protocol.sources) == 1 else "partly"
    evidence = f"{reported.search_date:%Y-%m-%d}"
    if answer == "partly":
        evidence = in_english(
            "{day}, one date for {n} sources", day=evidence, n=len(protocol.sources)
        )
    return _item(13, answer, evidence, where)


def _days(reported: Reported) -> str:
    """Return the day of each search, and the one that the review gives for all."""
    days = [f"{source} {day:%Y-%m-%d}" for source, day in reported.search_dates.items()]
    if reported.search_date:
        days.append(f"{reported.search_date:%Y-%m-%d}")
    return "; ".join(days)


def _counts_reported(protocol: Protocol) -> ReportingItem:
    counts, where = 0, ""
    if protocol.reported:
        counts = len(protocol.reported.sources)
        where = protocol.reported.where.get("sources", "")
    share = _Share(present=counts, needed=len(protocol.sources))
    evidence = in_english("counts given for {n} of {all}", n=counts, all=share.needed)
    return _item(15, share.answer(), evidence, where)


def _own_databases(
    sources: Sequence[SourceOutcome], platforms: _Platforms, where: str
) -> ReportingItem:
    """Return item 1: a platform that the protocol states, or the service that was asked."""
    stated = {s.name: platforms.get(s.source) or s.run.endpoint for s in sources if s.run}
    share = _Share(present=sum(map(bool, stated.values())), needed=len(sources))
    lines = (_on_platform(name, place) for name, place in stated.items())
    return _item(1, share.answer(), "; ".join(lines) or _NOTHING_SEARCHED, where)


def _on_platform(name: str, place: str | None) -> str:
    if not place:
        return in_english("{source}: platform not stated", source=name)
    return f"{name}, {place}"


def _own_platforms(sources: Sequence[SourceOutcome], platforms: _Platforms) -> ReportingItem:
    """Return item 2: of files, only a platform of its own tells that a source was alone."""
    stated = [platform for platform in platforms.values() if platform]
    imported = [source for source in sources if source.run and not source.run.endpoint]
    unknown = [s.name for s in imported if stated.count(platforms.get(s.source) or "") != 1]
    if unknown:
        evidence = in_english(
            "imported, platform not stated or shared: {names}", names=", ".join(unknown)
        )
        return _item(2, "no", evidence)
    return _item(2, "not applicable", in_english("each source was searched by itself"))


def _own_dates(sources: Sequence[SourceOutcome]) -> str:
    dates = (
        in_english("{source}: searched {day}", source=source.name, day=source.run.searched_at)
        for source in sources
        if source.run
    )
    return "; ".join(dates) or _NOTHING_SEARCHED


def _own_counts(sources: Sequence[SourceOutcome]) -> str:
    counts = (f"{source.name} {source.rerun}" for source in sources if source.run)
    return "; ".join(counts) or _NOTHING_SEARCHED


def _own_limits(limits: Limits, sources: Sequence[SourceOutcome]) -> ReportingItem:
    """Return item 9: the limits of the searches that were run as the protocol gives them."""
    ran = [source for source in sources if source.run]
    known = sum(source.has_limits_of_protocol for source in ran)
    share = _Share(present=known, needed=len(ran) or 1)
    evidence = _limits(limits, without=mark("none were set"))
    if known < len(ran):
        searches = in_english("known for {n} of {all} searches", n=known, all=len(ran))
        evidence = f"{evidence}; {searches}"
    if not ran:
        evidence = _NOTHING_SEARCHED
    return _item(9, share.answer(), evidence, mark("the protocol's [limits]") if known else "")


def _limits(limits: Limits, *, without: str = mark("no limits stated")) -> str:
    parts = []
    if limits.published_from or limits.published_to:
        first, last = str(limits.published_from or "…"), str(limits.published_to or "…")
        parts.append(in_english("published {first} to {last}", first=first, last=last))
    if limits.languages:
        parts.append(in_english("languages: {codes}", codes=", ".join(limits.languages)))
    return "; ".join(parts) or without


def _places(places: Iterable[str | None]) -> str:
    return "; ".join(dict.fromkeys(place for place in places if place))


def _item(number: int, answer: str, evidence: str, where: str = "") -> ReportingItem:
    return ReportingItem(
        number=number, item=_NAMES[number], answer=answer, evidence=evidence, where=where
    )
