"""Names of journals and meetings: one, two, or not to be compared."""

import pytest

from reviewkit.dedupe.compare.journals import journal_likeness

ONE = (
    ("STOC", "Proceedings of the 21st Annual ACM Symposium on Theory of Computing"),
    ("COLT-93", "Proceedings of the Sixth Annual Conference on Computational Learning Theory"),
    ("NIPS", "Advances in Neural Information Processing Systems 7"),
    ("FOCS", "Foundations of Computer Science"),
    ("IJCAI", "Thirteenth International Joint Conference on Artificial Intelligence"),
    ("SIGMOD Record", "ACM SIGMOD Record"),
    ("VLDB J.", "The VLDB Journal -- The International Journal on Very Large Data Bases"),
    ("VLDB J.", "The VLDB Journal The International Journal on Very Large Data Bases"),
    ("Proc. ACM SIGMOD", "SIGMOD Conference"),
    ("MIS Q.", "Management Information Systems Quarterly"),
    ("CHI 2020", "Human Factors in Computing Systems, CHI 2020"),
    ("Proc. of ICML-93", "Machine Learning: Proceedings of a Conference (ICML)"),
    ("Comp. Surv.", "ACM Computing Surveys"),
    (
        "Principles of Programming Languages (POPL)",
        "Proceedings of the 41st ACM SIGPLAN-SIGACT Symposium on Principles of Programming Languages",
    ),
)
UNKNOWN = (
    ("SIGMOD Conference", "International Conference on Management of Data"),
    ("VLDB", "Proceedings of the 27th International Conference on Very ..."),
    ("Technical Report TR-93-12", "ICML"),
)
TWO = (
    ("Medical J.", "Medical Journal International Journal of Nursing"),
    ("ICML", "KDD"),
    ("Chest", "Circulation"),
    ("Cancer", "Proceedings of the Annual Meeting of the American Society of Nephrology"),
    ("Machine Learning", "Artificial Intelligence"),
    ("ICML", "International Conference on Learning Representations of Data"),
    ("Machine Learning", "Proceedings of the Twelfth Conference on Machine Learning (ICML)"),
    ("CHI 2019", "CHI Extended Abstracts 2019"),
    ("OOPSLA 2007", "Companion to the Conference on Object-Oriented Programming, OOPSLA 2007"),
    ("Hospital Practice, USA 1994", "Radiology, USA 1994"),
    ("Conference on Data Engineering", "Symposium on Theory of Computing"),
)


def likeness(one: str, two: str) -> float:
    return journal_likeness((one,), (two,), frozenset(), frozenset())


@pytest.mark.parametrize(("one", "two"), ONE)
def test_two_databases_words_for_one_venue_are_one(one: str, two: str) -> None:
    assert min(likeness(one, two), likeness(two, one)) >= 0.85


@pytest.mark.parametrize(("one", "two"), UNKNOWN)
def test_what_is_cut_or_cannot_be_spelled_out_is_not_compared(one: str, two: str) -> None:
    assert likeness(one, two) == likeness(two, one) == -1


@pytest.mark.parametrize(("one", "two"), TWO)
def test_other_venues_differ(one: str, two: str) -> None:
    assert max(likeness(one, two), likeness(two, one)) < 0.5
