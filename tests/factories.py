"""A small campaign for tests, built through the real actions: two rosters, nine units, five people, all invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from django.contrib.auth.hashers import make_password

from tenglong.actions.campaign.cases import open_case
from tenglong.actions.campaign.rosters import add_reference, create_roster, set_target
from tenglong.actions.ledger.appending import append, void
from tenglong.actions.registry.book import Statement, tell
from tenglong.actions.registry.territory import install_places
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.quantities import to_micro
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.registry.book import core_of
from tenglong.store.models import Case, Firm, Membership, Parcel, Place, Roster, User
from tests.worlds import built_once

MACHINE = Actor("命令行", everywhere=True)
PASSWORD = "Tenglong-2021"
CITY, JIASHAN, XITANG, PINGHU = "330400", "330421", "330421103", "330482"
UNITS = {
    "330402": "330402007", "330411": "330411002", "330421": "330421103", "330482": "330482001", "330424": "330424001",
    "330481": "330481001", "330483": "330483001", "3304K1": "3304K1", "3304G1": "3304G1",
}  # fmt: skip
PEOPLE = {
    "demo-city": ("市整治办演示员", CITY, "city_office"),
    "demo-jiashan": ("嘉善县整治办演示员", JIASHAN, "county_office"),
    "demo-xitang": ("西塘镇专班演示员", XITANG, "town_team"),
    "demo-pinghu": ("平湖市整治办演示员", PINGHU, "county_office"),
    "demo-audit": ("审计演示员", CITY, "auditor"),
    "demo-nobody": ("没有单位的演示员", "", ""),
}
START, AS_OF = date(2021, 9, 1), date(2021, 11, 9)
BEGAN = datetime(2021, 9, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """What was built."""

    hcle: Roster
    own: Roster
    people: dict[str, User]
    cases: dict[str, list[Case]] = field(default_factory=dict)
    corrected: Case | None = None


@built_once
def build_world(*, per_unit: int = 6) -> World:
    """Places, people, the provincial roster with its race, and the city's own list beside it."""
    install_places(actor=MACHINE, at=BEGAN, code=CITY)
    city = Place.objects.get(code=CITY)
    hcle = create_roster(
        actor=MACHINE, at=BEGAN, code="hcle", title="高耗低效企业整治名单", issuer="嘉兴市整治办（演示）", place=city,
        title_en="High-consumption low-efficiency firms", window=Window(START, date(2021, 12, 31)),
        definition_text="省平台推送的疑似高耗低效企业，经筛选、甄别、增减后确定的整治销号对象（演示数据）。",
        definition_en="Firms pushed by the province as suspected, then screened, verified and settled (demonstration).",
        reference_title="全省平均",
    )  # fmt: skip
    own = create_roster(
        actor=MACHINE, at=BEGAN, code="own", title="两高一低企业整治清单", issuer="嘉兴市整治办（演示）", place=city,
        title_en="The city's own list", window=Window(date(2021, 1, 1), date(2021, 12, 31)),
        definition_text="本市自行排查的高耗能、高排放、低产出企业，按关停淘汰计（演示数据）。",
        done_figure="firms_closed",
    )  # fmt: skip
    world = World(hcle, own, build_people())
    for unit, code in UNITS.items():
        world.cases[unit] = _firms_of(world, code, per_unit)
        set_target(
            actor=MACHINE,
            at=BEGAN,
            roster=hcle,
            code=unit,
            figure="firms_written_off",
            quantity=Decimal(per_unit - 1),
        )
    add_reference(
        actor=MACHINE, at=BEGAN, roster=hcle, figure="write_off_rate", day=date(2021, 10, 26),
        percent=Decimal("41.4"), source="演示",
    )  # fmt: skip
    for order, cases in enumerate(world.cases.values()):
        for n, case in enumerate(cases[: max(per_unit - 1 - order % 4, 1)]):
            _write_off(hcle, case, day=8 + 7 * n + order)
    _own_list(world)
    _correct(world)
    return world


def build_people() -> dict[str, User]:
    """One person for each part a test has to play; all with the same password."""
    found = {}
    for username, (name, code, role) in PEOPLE.items():
        user = User.objects.create(username=username, display_name=name, password=_hashed())
        if role:
            Membership.objects.create(user=user, code=code, role=role)
        found[username] = user
    return found


@cache
def _hashed() -> str:
    """The password as it is stored, made once: that takes its time on purpose."""
    return make_password(PASSWORD)


def build_firm(name: str, place: Place) -> Firm:
    """An invented firm without a code."""
    firm = Firm.objects.create(
        name=name, core_name=core_of(name), code_status="none", temporary_id=f"T-{name}", place=place, synthetic=True,
        created_at=BEGAN,
    )  # fmt: skip
    tell([Statement("firm", firm.pk, {"name": name}, None, {}, is_new=True)], by="甲", at=BEGAN)
    return firm


def _firms_of(world: World, code: str, per_unit: int) -> list[Case]:
    place = Place.objects.get(code=code, valid_to=None)
    source = {"file": "演示名单.xlsx", "sheet": "名单", "row": 3, "cell": "B3"}
    cases = [
        open_case(
            world.hcle,
            build_firm(f"演示{place.name}{n + 1}号厂", place),
            place,
            at=BEGAN,
            by="演示",
            source=source,
        )
        for n in range(per_unit)
    ]
    drafts = [_draft(case, "pushed", 1) for case in cases]
    drafts += [_draft(case, kind, day) for kind, day in (("kept", 4), ("targeted", 6)) for case in cases[:-1]]
    drafts.append(_draft(cases[-1], "removed", 5, details={"reason": "已注销"}))
    append(world.hcle, drafts, by="demo-city", at=at_day(7))
    return cases


def _write_off(roster: Roster, case: Case, day: int) -> None:
    parcel = Parcel.objects.create(number=f"演示{case.pk}", place=case.place)
    tell([Statement("parcel", parcel.pk, {}, None, {}, is_new=True)], by="甲", at=BEGAN)
    day = min(day, 60)
    drafts = [
        _draft(case, "signed", day),
        _draft(case, "emptied", day + 2),
        _draft(case, "area_vacated", day + 2, quantity="17.25", parcel=parcel.pk),
        _draft(case, "energy_freed", day + 2, quantity="602.5"),
        _draft(case, "checked", day + 4),
        _draft(case, "written_off", day + 5),
    ]
    append(roster, drafts, by="demo-xitang", at=at_day(70))


def _own_list(world: World) -> None:
    drafts = []
    for cases in world.cases.values():
        shared = cases[0]
        case = open_case(world.own, shared.firm, shared.place, at=BEGAN, by="演示", source={})
        drafts += [_draft(case, "listed", 1), _draft(case, "targeted", 2), _draft(case, "closed", 20)]
    append(world.own, drafts, by="demo-city", at=at_day(71))


def _correct(world: World) -> None:
    """One write-off turns out to have been entered by mistake: known two days after the as-of day."""
    world.corrected = world.cases["330421"][1]
    draft = _draft(world.corrected, "note", 60)
    append(world.hcle, [draft], by="demo-jiashan", at=at_day(71))
    extra = append(
        world.hcle,
        [_draft(world.corrected, "energy_freed", 61, quantity="650")],
        by="demo-jiashan",
        at=at_day(72),
    )
    void(world.hcle, extra[0], reason="误录", by="demo-jiashan", at=at_day(73))


def _draft(
    case: Case, kind: str, day: int, *, quantity: str | None = None, parcel: int | None = None, details=None
) -> Draft:
    micro = None if quantity is None else to_micro(Decimal(quantity))
    source = {
        "source": {
            "file": "演示台账.xlsx",
            "sheet": "总台账",
            "row": case.number + 2,
            "cell": f"H{case.number + 2}",
        }
    }
    return Draft(
        case.pk, kind, START + timedelta(days=day - 1), parcel, micro, details={**source, **(details or {})}
    )


def at_day(day: int) -> datetime:
    return BEGAN + timedelta(days=day - 1, hours=9)
