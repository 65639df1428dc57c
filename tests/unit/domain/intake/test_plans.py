"""Plans of rows come back from the store as they were made."""

import json
from datetime import date

import pytest

from tenglong.domain.intake.plans import (
    CaseToOpen,
    Change,
    FirmToMake,
    Granted,
    HoldToBegin,
    Landlord,
    Observed,
    ParcelPlan,
    Plan,
    Question,
    Recorded,
)
from tenglong.domain.kernel.jsontext import compact, read

HOLD = HoldToBegin("tenant", 2_000_000, Landlord("", "演示数据房东"), None, "2021-03-01", 7)
FULL = Plan(
    firm_key="name:演示数据|330106",
    firm=FirmToMake("演示数据厂", "", "missing", 9, True, {"size": "small", "address": "演示路1号"}),
    names=("演示数据旧厂",),
    doubts=(Question(4, 700_000, [{"template": "信用代码相同"}]),),
    facts={"size": Change("", "small")},
    code={"code": Change("A", "B")},
    processes="喷漆、电镀",
    observations=(Observed(2020, "tax", 5, "万元", "", "C3"),),
    certificate=Granted("hnte", "GR1", "2021-01-05", "2024-01-04", "", "D3", True, ("2023-01-04", "")),
    parcel=ParcelPlan(number="P-1", area=3_000_000, holding=HOLD, left=(1, 2)),
    case=CaseToOpen(9, {"zone": "演示片区", "due_on": "2021-12-31"}),
    attributes={"team": Change("一组", "二组")},
    again=True,
    voids=(11, 12),
    entries=(Recorded("area_vacated", date(2021, 3, 1), 1_000_000, "F7", "", True),),
    processes_before="织造",
)
HELD = ParcelPlan(
    id=5,
    area=4,
    moved=True,
    held=8,
    differing={"part": Change(None, 3)},
    landlord=Change(2, Landlord("", "演示数据房东")),
)


@pytest.mark.parametrize("plan", [FULL, Plan(), Plan(parcel=HELD), Plan(parcel=ParcelPlan(number=None))])
def test_a_plan_is_read_as_it_was_kept(plan: Plan) -> None:
    assert Plan.from_json(read(compact(plan.to_json()))) == plan


def test_every_part_of_a_plan_is_tried() -> None:
    assert all(FULL)


def test_what_is_empty_takes_no_room() -> None:
    assert Plan().to_json() == {}
    assert json.loads(compact(Plan(parcel=ParcelPlan(id=5)).to_json())) == {"parcel": {"id": 5}}


def test_plans_kept_by_earlier_versions_are_read() -> None:
    kept = {
        "voids": [],
        "entries": [["area_vacated", "2021-03-01", 5, "F7", "", 1]],
        "attributes": {},
        "again": False,
    }
    assert Plan.from_json(kept).entries == (Recorded("area_vacated", date(2021, 3, 1), 5, "F7", "", True),)


@pytest.mark.parametrize(
    ("parcel", "changes"),
    [
        (ParcelPlan(id=5), False),
        (ParcelPlan(number="P-1"), False),
        (ParcelPlan(id=5, area=0), True),
        (ParcelPlan(id=5, holding=HOLD), True),
        (ParcelPlan(id=5, left=(1,)), True),
        (HELD, True),
    ],
)
def test_naming_a_parcel_alone_changes_nothing(parcel: ParcelPlan, changes: bool) -> None:
    assert parcel.changes is changes
