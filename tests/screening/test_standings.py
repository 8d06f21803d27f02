"""Where records stand: each standing once, by number, and what a kept list of numbers says."""

from reviewkit.model.records import Verdict
from reviewkit.screening.standings import Standing, Standings

SAID = Standing(decided=(("ana", Verdict.INCLUDE),))
SETTLED = Standing(settled=True)


def test_a_kept_list_of_numbers_says_where_each_record_stands() -> None:
    standings = Standings(["a", "b", "c"], [Standing(), SAID], [1, 0, 1])
    assert [standings.at(place) for place in range(3)] == [SAID, Standing(), SAID]
    assert standings.kinds == [Standing(), SAID]


def test_a_standing_has_one_number_and_a_new_one_the_next() -> None:
    standings = Standings(["a"], [Standing(), SAID], [0])
    assert [standings.number(one) for one in (SAID, SETTLED, Standing(), SETTLED)] == [1, 2, 0, 2]
    assert standings.kinds == [Standing(), SAID, SETTLED]


def test_a_verdict_is_agreed_where_all_who_decided_have_it() -> None:
    both = Standing(decided=(("ana", Verdict.INCLUDE), ("rui", Verdict.INCLUDE)))
    apart = Standing(decided=(("ana", Verdict.INCLUDE), ("rui", Verdict.EXCLUDE)))
    assert (both.agreed, apart.agreed, Standing().agreed) == (Verdict.INCLUDE, None, None)
    assert apart.deciders == {"ana", "rui"}
