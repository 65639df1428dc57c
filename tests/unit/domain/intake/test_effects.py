"""What accepting a row does, told from its plan."""

from datetime import date

import pytest

from tenglong.domain.intake.effects import KEYS, About, Deed, changes_of, deeds_of
from tenglong.domain.intake.plans import (
    CaseToOpen,
    Change,
    FirmToMake,
    HoldToBegin,
    Landlord,
    Observed,
    ParcelPlan,
    Plan,
    Question,
    Recorded,
)

FIRM = FirmToMake("演示厂", "", "none", 3, False, {"address": "演示路1号"})
CLOSED = Recorded("closed", date(2021, 10, 5), None, "K7", "", False)
FREED = Recorded("area_vacated", date(2021, 10, 5), 12_500_000, "M7", "", True)


@pytest.mark.parametrize(
    ("plan", "deeds"),
    [
        (Plan(), ()),
        (
            Plan(firm=FIRM, doubts=(Question(1, 600_000, []),), case=CaseToOpen(3, {})),
            ("firm", "question", "case"),
        ),
        (Plan(facts={"address": Change("", "演示路1号")}), ("said_of_firm",)),
        (Plan(processes="染色"), ("said_of_firm",)),
        (Plan(parcel=ParcelPlan(id=4)), ()),
        (Plan(parcel=ParcelPlan(id=4, area=1)), ("land",)),
        (Plan(voids=(7,), entries=(CLOSED,)), ("entries", "corrections")),
    ],
)
def test_the_sorts_of_deed(plan: Plan, deeds: tuple[str, ...]) -> None:
    assert deeds_of(plan) == deeds
    kept = plan.to_json()
    assert {deed for deed, keys in KEYS.items() if set(keys) & set(kept)} == set(deeds) - {Deed.LAND}


def told(plan: Plan, **earlier: Recorded) -> list[tuple[str, str, str]]:
    found = changes_of(Plan.from_json(plan.to_json()), {int(id[1:]): entry for id, entry in earlier.items()})
    return [(one.name, one.was, one.now) for one in found]


def test_old_and_new_of_every_value() -> None:
    plan = Plan(
        facts={"address": Change("演示路1号", "演示路2号")},
        code={"code": Change("", "9133"), "code_status": Change("none", "valid")},
        names=("演示旧厂",),
        processes="染色",
        processes_before="织造",
        attributes={"team": Change("一组", "")},
        parcel=ParcelPlan(id=4, area=3_000_000, moved=True, area_before=2_000_000, held=9,
                          differing={"floor_area": Change(None, 100_000_000)}),
        observations=(Observed(2020, "tax", 5_000_000, "万元", "", "Q7", 4_500_000),),
    )  # fmt: skip
    assert told(plan) == [
        ("code", "", "9133"), ("address", "演示路1号", "演示路2号"), ("further_name", "", "演示旧厂"),
        ("processes", "织造", "染色"), ("team", "一组", ""), ("area", "2", "3"), ("floor_area", "", "100"),
        ("tax", "4.5", "5"),
    ]  # fmt: skip


def test_an_entry_stands_beside_the_one_that_it_takes_the_place_of() -> None:
    before = Recorded("area_vacated", date(2021, 9, 1), 10_000_000, "", "", False)
    alone = Recorded("signed", date(2021, 8, 1), None, "", "", False)
    plan = Plan(voids=(7, 8), entries=(CLOSED, FREED))
    assert told(plan, n7=before, n8=alone) == [
        ("closed", "", "2021-10-05"),
        ("area_vacated", "2021-09-01 10", "2021-10-05 12.5"),
        ("signed", "2021-08-01", ""),
    ]
    found = changes_of(plan, {7: before})
    assert {one.about for one in found} == {About.ENTRY} and [one.unit for one in found] == ["", "mu"]


def test_what_begins_says_what_it_begins_with() -> None:
    hold = HoldToBegin("tenant", None, Landlord("", "演示房东厂"), None, "")
    plan = Plan(
        firm=FIRM, case=CaseToOpen(3, {"team": "一组"}), parcel=ParcelPlan(number="1-2", holding=hold)
    )
    assert told(plan) == [
        ("address", "", "演示路1号"), ("team", "", "一组"), ("relation", "", "tenant"), ("landlord", "", "演示房东厂"),
    ]  # fmt: skip
