"""Names and trees of places, for any input: what must hold whatever people write and whatever is merged."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.registry.codes import mask_identity, read_code
from tenglong.domain.registry.names import normalise
from tenglong.domain.registry.territory import Level, Place, Territory

START = date(2000, 1, 1)
COUNTY, TOWN = Level.COUNTY, Level.TOWN
NAME = st.text(alphabet="嘉善县浙江省华東东纽钮扣厂有限公司（）()【个人】 *甲1/Ａ·", max_size=14)


@given(NAME | st.text(max_size=14))
def test_a_normal_name_is_its_own_normal_form(name: str) -> None:
    full = normalise(name).full
    assert normalise(full).full == full


@given(NAME)
def test_a_name_keeps_its_parts_in_order(name: str) -> None:
    found = normalise(name)
    assert len(found.core) >= min(2, len(found.prefix + found.core + found.legal_form))


@given(st.text(alphabet="0123456789X91330421MATE5T017P（）/ O无-", max_size=22))
def test_reading_a_code_twice_changes_nothing(text: str) -> None:
    code = read_code(text).code
    assert read_code(code).code == code
    assert mask_identity(mask_identity(text)) == mask_identity(text)


@st.composite
def histories(draw: st.DrawFn) -> list[Place]:
    """One city, three counties, nine towns; some towns end and count under another town from then on."""
    rows = [Place(1, "9900", "市", Level.CITY, None, 1, START)]
    rows += [Place(2 + n, f"99000{n}", f"{n}县", COUNTY, 1, n, START) for n in range(3)]
    towns = [Place(10 + n, f"99000{n % 3}10{n}", f"{n}镇", TOWN, 2 + n % 3, n, START) for n in range(9)]
    for _ in range(draw(st.integers(0, 5))):
        towns = _merged(draw, towns, START)
    return rows + towns


def _merged(draw: st.DrawFn, towns: list[Place], after: date) -> list[Place]:
    alive = [town for town in towns if town.valid_to is None]
    if len(alive) < 2:
        return towns
    gone, heir = draw(st.permutations(alive))[:2]
    ends = [town.valid_to for town in towns if town.valid_to]
    day = max([after, *ends]) + timedelta(days=draw(st.integers(1, 400)))
    ended = replace(gone, valid_to=day, successor_id=heir.id)
    return [ended if town.id == gone.id else town for town in towns]


@given(histories(), st.integers(0, 3000))
def test_children_share_out_what_counts_under_their_parent(rows: list[Place], days: int) -> None:
    tree = Territory(rows).at(START + timedelta(days=days))
    assert tree.members("9900") == {row.id for row in rows}
    for parent in [place for place in rows if place.level is not TOWN]:
        shares = [tree.members(child.code) for child in tree.children(parent.code)]
        assert sum(len(share) for share in shares) == len(frozenset().union(*shares))
        assert frozenset().union(*shares) | {parent.id} == tree.members(parent.code)


@given(histories(), st.data())
def test_a_later_merger_never_rewrites_the_past(rows: list[Place], data: st.DataObject) -> None:
    towns = [row for row in rows if row.level is TOWN]
    later = _merged(data.draw, towns, START)
    changed = {town.id: town for town in later} | {row.id: row for row in rows if row.level is not TOWN}
    new_days = {town.valid_to for town in later} - {town.valid_to for town in towns}
    last_day = min([day for day in new_days if day], default=date(2030, 1, 1)) - timedelta(days=1)
    day = START + timedelta(days=data.draw(st.integers(0, (last_day - START).days)))
    before, after = Territory(rows).at(day), Territory(changed.values()).at(day)
    assert {p.code: before.members(p.code) for p in before.descendants("9900")} == {
        p.code: after.members(p.code) for p in after.descendants("9900")
    }
