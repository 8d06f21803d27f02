"""What Crossref takes: words, weighed and not required. There is no Boolean search.

So nothing is written from descriptors: a protocol gives the words itself. Limits are filters.
"""

from dataclasses import replace

from reviewkit.protocol.model import Limits
from reviewkit.query.dialects.base import Parameters, printed_only


def limit_parameters(limits: Limits) -> Parameters:
    """Publication date and the day of first deposit, as filters; there is none for languages."""
    filters = []
    if limits.published_from:
        filters.append(f"from-pub-date:{limits.published_from}-01-01")
    if limits.published_to:
        filters.append(f"until-pub-date:{limits.published_to}-12-31")
    if limits.as_of:
        filters.append(f"until-created-date:{limits.as_of:%Y-%m-%d}")
    if not filters:
        return ()

    return (("filter", ",".join(filters)),)


CROSSREF = replace(
    printed_only(
        "crossref",
        "Crossref has no Boolean search: its words are weighed, and none is required",
    ),
    limit_parameters=limit_parameters,
)
