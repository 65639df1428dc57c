"""Choice among parks: the limits that a problem needs, and who moves where in the end."""

from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.roadmap.parks import Mover, groups_of, housed

PARKS = st.frozensets(st.sampled_from("甲乙丙"), min_size=1)
MOVERS = st.lists(st.tuples(st.integers(1, 9), PARKS), min_size=1, max_size=6).map(
    lambda rows: [Mover(str(n), Decimal(area), parks) for n, (area, parks) in enumerate(rows)]
)
VACANT = st.fixed_dictionaries({name: st.integers(0, 20).map(Decimal) for name in "甲乙丙"})


def fits(movers: list[Mover], homes: dict[str, str], vacant: dict[str, Decimal]) -> bool:
    """Whether no park takes in more than it has."""
    used = {name: sum(one.area for one in movers if homes[one.id] == name) for name in vacant}
    return all(used[name] <= vacant[name] for name in vacant)


def test_firms_that_choose_from_all_parks_need_one_limit_and_those_that_overlap_their_union() -> None:
    one, two, three = (frozenset(names) for names in ("甲", "甲乙", "丙"))
    assert set(groups_of([one, two, three])) == {one, two, three}
    assert set(groups_of([frozenset("甲乙"), frozenset("乙丙")])) == {
        frozenset("甲乙"),
        frozenset("乙丙"),
        frozenset("甲乙丙"),
    }


@given(MOVERS, VACANT)
def test_what_fits_keeps_the_limits_and_everybody_has_a_park_that_takes_them(
    movers: list[Mover], vacant: dict[str, Decimal]
) -> None:
    homes = housed(movers, vacant)
    assert all(homes[one.id] in one.parks for one in movers)
    kept = all(
        sum(one.area for one in movers if one.parks <= group) <= sum(vacant[name] for name in group)
        for group in groups_of([one.parks for one in movers])
    )
    possible = any(
        fits(movers, dict(zip([one.id for one in movers], tried, strict=True)), vacant)
        for tried in product(*[sorted(one.parks) for one in movers])
    )
    assert kept or not possible
    assert possible or not fits(movers, homes, vacant)


def test_one_firm_goes_elsewhere_to_make_room() -> None:
    both, first = frozenset("甲乙"), frozenset("甲")
    movers = [Mover("1", Decimal(6), both), Mover("2", Decimal(5), both), Mover("3", Decimal(4), both)]
    vacant = {"甲": Decimal(9), "乙": Decimal(6)}
    assert fits(movers, housed(movers, vacant), vacant)
    crowded = [Mover("1", Decimal(5), both), Mover("2", Decimal(4), first), Mover("3", Decimal(3), first)]
    assert fits(
        crowded, housed(crowded, {"甲": Decimal(7), "乙": Decimal(5)}), {"甲": Decimal(7), "乙": Decimal(5)}
    )


def test_who_finds_no_room_is_put_where_there_is_most() -> None:
    alone = [Mover("1", Decimal(9), frozenset("甲乙")), Mover("2", Decimal(1), frozenset())]
    assert housed(alone, {"甲": Decimal(3), "乙": Decimal(5)}) == {"1": "乙"}
