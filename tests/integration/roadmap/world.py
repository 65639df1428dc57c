"""A county with thirteen invented workshops in two towns and three zones, to be planned for, for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from tenglong.actions import roadmap
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.roadmap.settings import Settings, default_settings
from tenglong.jobs.worker import run_pending
from tenglong.store.models import Case, Roadmap, Roster
from tests.integration.campaign.world import NOON, TODAY, accepted, build_places, csv_file, make_roster
from tests.worlds import built_once

COUNTY, XITANG, WEITANG = "330421", "330421103", "330421001"
DEADLINE = date(2022, 4, 30)
HEADER = [
    "县(市、区)", "镇(街道)", "区块", "攻坚小组", "企业名称", "房东/承租关系", "房东名称", "宗地编号", "主要工序",
    "实际用地(亩)", "厂房面积(㎡)", "综合能耗(吨标煤)", "废水(吨)", "COD(吨)", "列入日期", "签约日期", "腾空日期",
]  # fmt: skip
FLOOR = "厂房面积(㎡)"
LATER = NOON + timedelta(days=40)


def row(name: str, town: str = "西塘镇", **cells: Any) -> list[Any]:
    """A workshop as the ledger has it; what is not named is usual."""
    usual = {
        "县(市、区)": "嘉善县",
        "镇(街道)": town,
        "区块": "东区" if town == "西塘镇" else "魏塘片",
        "攻坚小组": "一组",
        "企业名称": name,
        "综合能耗(吨标煤)": "60",
        "废水(吨)": "500",
        "COD(吨)": "0.2",
        "列入日期": "2021-05-01",
    }
    return [(usual | cells).get(column, "") for column in HEADER]


def own(parcel: str, land: int) -> dict[str, str]:
    """A workshop on its own parcel."""
    return {"房东/承租关系": "自有", "宗地编号": parcel, "实际用地(亩)": str(land)}


def workshops() -> list[list[Any]]:
    """A landlord with four tenants, owners in two zones, and three workshops in the other town."""
    let = {"房东/承租关系": "承租", "房东名称": "嘉善房东纽扣厂", "宗地编号": "P1", "攻坚小组": "二组"}
    land = {"房东/承租关系": "房东", "宗地编号": "P1", "实际用地(亩)": "12"}
    landlord = row("嘉善房东纽扣厂", **land, **{FLOOR: "5000"})
    tenants = [
        row(f"嘉善承租{n}纽扣厂", **let, **{FLOOR: "600", "主要工序": "染色" if n == 1 else ""})
        for n in range(1, 5)
    ]
    owners = [
        row(
            f"嘉善自有{n}纽扣厂",
            **own(f"P1{n}", 3 + n),
            **{FLOOR: "1500", "区块": "西区" if n > 2 else "东区"},
        )
        for n in range(1, 6)
    ]
    others = [row(f"魏塘{n}纽扣厂", "魏塘街道", **own(f"W{n}", 5), **{"攻坚小组": ""}) for n in range(1, 4)]
    return [landlord, *tenants, *owners, *others]


@built_once
def build_world() -> Roster:
    """The places, the roster and its cases."""
    build_places()
    roster = make_roster()
    accepted(csv_file(HEADER, *workshops()), roster=roster)
    return roster


def settings(**stated: Any) -> Settings:
    """Settings that are solved at once, and always to the same plan."""
    solver = {"seconds": 60, "work": "200", "seed": 1, "gap": "0"}
    usual = {"start": TODAY, "deadline": DEADLINE, "title": "整治路线图", "period": "month", "solver": solver}
    return default_settings(**(usual | stated))


def planned(
    roster: Roster, actor: Actor, *, at: datetime = NOON, code: str = COUNTY, **stated: Any
) -> Roadmap:
    """A roadmap from the day on, planned by the worker."""
    stated = {"start": max(TODAY, china_date(at))} | stated
    asked = roadmap.start_planning(actor=actor, at=at, roster=roster, code=code, settings=settings(**stated))
    run_pending(clock=lambda: at)
    asked.refresh_from_db()
    return asked


def case_of(name: str) -> Case:
    """The case of a workshop."""
    return Case.objects.get(firm__name=name)
