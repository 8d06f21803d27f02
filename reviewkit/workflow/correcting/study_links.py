"""Links of reports to studies, inside an open transaction."""

from collections.abc import Iterable

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.store import Store
from reviewkit.store.studies import StudyLink, add_study_link, current_study_links
from reviewkit.workflow.correcting.author import Author

_LONGEST_NAME = 200


def set_links(
    store: Store, study: str, keys: Iterable[str], author: Author, *, linked: bool
) -> tuple[str, ...]:
    """Append what is not so already; return the records that changed."""
    current = {(link.study, link.record) for link in current_study_links(store)}
    changed = []
    for key in dict.fromkeys(keys):
        if ((study, key) in current) is linked:
            continue
        link = StudyLink(
            study=study,
            record=key,
            linked=linked,
            why=author.why,
            reviewer=author.reviewer,
            linked_at=author.at,
        )
        add_study_link(store, link, protocol=author.protocol_sha256)
        changed.append(key)
    return tuple(changed)


def checked_name(name: str) -> str:
    """Return a study's name with single spaces. Raises UsageError for an empty or a long one."""
    words = " ".join(name.split())
    if not words:
        raise UsageError(tr("a study's name must not be empty"), hint='"ALS-FMT trial"')
    if len(words) > _LONGEST_NAME:
        raise UsageError(
            tr("a study's name has at most {most} characters", most=_LONGEST_NAME),
            hint=tr("shorten it"),
        )
    return words
