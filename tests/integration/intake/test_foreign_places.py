"""No table names a place that its uploader does not answer for: kind × column × foreign place × role × wording."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tenglong.actions.intake.applying import Applier
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.intake.kinds import ColumnType, TableKind, table_kinds
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.registry.territory import Level, Place
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Holding, Parcel, Roster
from tenglong.store.models import Place as StoredPlace
from tests.integration.campaign.world import (
    TODAY,
    accepted,
    build_places,
    counts,
    csv_file,
    make_actor,
    make_roster,
    sentences,
    staged,
)

pytestmark = pytest.mark.django_db

JIASHAN, XITANG, PINGHU, ZONE = "330421", "330421103", "330482", "3304G1"
FOREIGN = {
    "330421": (PINGHU, "330482001", ZONE),
    "330421103": (PINGHU, "330482001", ZONE, "330421001"),
}
"""By the territory of a file, places of every level that lie outside."""
GOOD = {ColumnType.DATE: "2021-10-01", ColumnType.YEAR: "2020", ColumnType.NUMBER: "1"}
IMPORTING = sorted(role.id for role in roles().values() if Permission.IMPORT in role.grants)


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


def wordings(place: Place) -> Iterator[str]:
    """How a cell may name a place."""
    tree = territory().at(TODAY)
    yield from (place.name, place.code)
    if place.level is Level.TOWN:
        yield tree.ancestors(place.code)[0].name + place.name


def rows_naming(kind: TableKind, column: str, within: str) -> Iterator[dict[str, str]]:
    """Rows that are good but for one foreign place in `column`, alone and beside the other columns of a place."""
    own = {"county": "嘉善县", "town": "西塘镇"}
    for code in FOREIGN[within]:
        place = territory().at(TODAY).place(code)
        for text in wordings(place):
            yield {**own, column: text}
            if column in own:
                yield {column: text}
                if place.level is Level.ZONE:
                    yield {"county": text, "town": "乍浦镇"}


def required(kind: TableKind) -> dict[str, str]:
    """Good cells for what a kind asks for."""
    return {
        column.id: column.choices[0].label if column.choices else GOOD.get(column.type, "演示")
        for column in kind.columns
        if column.required
    }


def naming_columns(kind: TableKind) -> list[str]:
    return [column.id for column in kind.columns if column.place]


CASES = [(kind, column) for kind in table_kinds().values() for column in naming_columns(kind)]


def test_every_column_that_says_where_is_tried() -> None:
    assert {column for _, column in CASES} == {"county", "town", "zone", "responsible_town"}
    assert len(CASES) == 17


@pytest.mark.parametrize("within", [JIASHAN, XITANG])
@pytest.mark.parametrize("role", IMPORTING)
@pytest.mark.parametrize(("kind", "column"), CASES, ids=lambda one: getattr(one, "id", one))
def test_a_foreign_place_is_refused(
    roster: Roster, kind: TableKind, column: str, role: str, within: str
) -> None:
    columns = list(dict.fromkeys(["county", "town", *required(kind), column]))
    rows = [
        [({**required(kind), **row, "firm_name": f"演示{n}企业厂"}).get(name, "") for name in columns]
        for n, row in enumerate(rows_naming(kind, column, within))
    ]
    batch = staged(
        csv_file([kind.column(name).header for name in columns], *rows),
        kind.id,
        roster=roster,
        actor=make_actor("demo", role, within),
        code=within,
    )
    assert counts(batch) == (0, 0, 0, len(rows)), {row: sentences(batch, row) for row in (2, 3, 4)}
    for row in batch.rows.all():
        assert {said["column"] for said in row.messages} <= {*naming_columns(kind)}, sentences(batch, row.row)


def test_a_roster_takes_no_case_of_another_county(roster: Roster) -> None:
    """Also from who answers for both: the city's office with a roster of Jiashan's."""
    roster = make_roster("jiashan", JIASHAN)
    header, row = ["县(市、区)", "镇(街道)", "企业名称"], ["平湖市", "当湖街道", "平湖试甲厂"]
    batch = staged(csv_file(header, row, ["嘉善县", "西塘镇", "嘉善试乙厂"]), "pushed_roster", roster=roster)
    assert counts(batch) == (1, 0, 0, 1) and "不能列入这份名单" in sentences(batch, 2)


def test_words_beside_are_no_places(roster: Roster) -> None:
    """A block is called as people like; only the full name of a place elsewhere is one."""
    header = ["镇(街道)", "企业名称", "区块", "责任镇(街道)"]
    own = [
        ["西塘镇", f"嘉善试{n}厂", zone, "西塘镇"] for n, zone in enumerate(("港区", "平湖塘西", "2号区块"))
    ]
    batch = staged(csv_file(header, *own), roster=roster, code=JIASHAN)
    assert counts(batch) == (3, 0, 0, 0), sentences(batch, 2)


LAND = ["镇(街道)", "企业名称", "自有用地(亩)", "宗地编号"]


def office(code: str) -> Actor:
    return make_actor(f"demo-{code}", "county_office", code)


def test_land_of_another_county_is_not_named(roster: Roster) -> None:
    accepted(csv_file(LAND, ["当湖街道", "平湖试甲厂", "20", "P-1"]), "firms", code=PINGHU)
    row = ["西塘镇", "嘉善试乙厂", "30", "P-1"]
    batch = staged(csv_file(LAND, row), "firms", code=JIASHAN, actor=office(JIASHAN))
    assert counts(batch) == (0, 0, 0, 1) and "登记在本次导入的辖区之外" in sentences(batch, 2)
    accepted(csv_file(LAND, row), "firms")  # the city answers for both
    again = staged(csv_file(LAND, row), "firms", code=JIASHAN)
    assert counts(again) == (0, 0, 1, 0), sentences(again, 2)  # its own firm holds it by now


def test_a_number_that_the_register_gives_is_not_typed(roster: Roster) -> None:
    batch = staged(csv_file(LAND, ["西塘镇", "嘉善试乙厂", "30", "F12"]), "firms", code=JIASHAN)
    assert counts(batch) == (0, 0, 0, 1) and "由系统起给没有编号的宗地" in sentences(batch, 2)


def test_land_that_became_another_countys_is_not_tied(roster: Roster) -> None:
    """A number that was new at staging, and is Pinghu's by the time of acceptance."""
    batch = staged(csv_file(LAND, ["西塘镇", "嘉善试乙厂", "30", "P-1"]), "firms", code=JIASHAN)
    Parcel.objects.create(number="P-1", place=StoredPlace.objects.get(code=PINGHU))
    applier = Applier(batch, by="演示", at=batch.uploaded_at, branch=None)
    from tenglong.actions.intake.accepting import _parts

    with pytest.raises(Conflict, match="其他辖区"):
        for rows in _parts(batch, list(batch.rows.values_list("id", flat=True))):
            applier.apply(rows)
    assert not Holding.objects.exists()


@pytest.mark.parametrize(("file", "kind", "rows"), [("firms", "firms", 3), ("pushed", "pushed_roster", 1)])
def test_what_was_tried_is_refused(roster: Roster, shared: Path, file: str, kind: str, rows: int) -> None:
    content = (shared / f"cases/matching-t2/m23_zone_{file}.xlsx").read_bytes()
    for code in (JIASHAN, XITANG):
        batch = staged(content, kind, roster=roster, code=code, filename="表.xlsx")
        assert counts(batch) == (0, 0, 0, rows), sentences(batch, 2)
