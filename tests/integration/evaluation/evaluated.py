"""A county of invented firms with a scheme in force and a draft run, through the real actions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from tenglong.actions import evaluation
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.quantities import to_micro
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Evaluation, Firm, Observation, Place, Scheme, User
from tests.factories import MACHINE, World, build_world
from tests.worlds import built_once

YEAR = 2025
AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
TOWNS = {"330421103": 14, "330421001": 10, "330482001": 4}
INDUSTRIES = ("C1761", "C2110", "C3311")
UNITS = {"tax": "万元", "value_added": "万元", "land": "亩", "energy": "吨标煤"}
SCHEME = """
id = "jiashan-demo"
title = "嘉善县亩均效益综合评价办法（演示）"
title_en = "Benefit per mu in Jiashan (demonstration)"
place = "嘉善县"
year = 2025
version = 1
source = "演示"

[column.tax]
zh = "税收"
en = "Tax"
unit = "万元"
[column.value_added]
zh = "工业增加值"
en = "Value added"
unit = "万元"
[column.land]
zh = "用地面积"
en = "Land used"
unit = "亩"
[column.energy]
zh = "综合能耗"
en = "Energy"
unit = "吨标煤"
basis = "equivalent"
[column.scale]
zh = "规模"
en = "Size class"
type = "text"
[column.industry]
zh = "行业大类"
en = "Industry division"
type = "text"
[column.years_in_d]
zh = "连续D类年数"
en = "Years in D in a row"
unit = "年"
[column.accident]
zh = "责任事故"
en = "Accident"
type = "flag"
[column.under_construction]
zh = "建设期"
en = "Under construction"
type = "flag"

[[exempt]]
id = "under_construction"
zh = "建设期企业"
en = "Under construction"
when = "under_construction"
grade = "T"
source = "演示文件第三条"

[[indicator]]
id = "tax_per_mu"
zh = "亩均税收"
en = "Tax per mu"
numerator = "tax"
denominator = "land"
unit = "万元/亩"
unit_en = "10,000 CNY/mu"
weight = 60
cap = 1.5
missing = "not_rated"
benchmark = { average = "pooled", by = ["industry"], at_least = 3 }
assumed = { weight = "演示所设" }
[[indicator]]
id = "va_per_tce"
zh = "单位能耗增加值"
en = "Value added per tce"
numerator = "value_added"
denominator = "energy"
unit = "万元/吨标煤"
unit_en = "10,000 CNY/tce"
weight = 40
cap = 1.5
missing = "excluded"
benchmark = { average = "pooled" }

[grades]
by = "quota"
peers = ["scale"]
steps = [
    { grade = "A", zh = "优先发展类", en = "Developed first", share = 20 },
    { grade = "B", zh = "鼓励提升类", en = "Encouraged to improve", share = 50 },
    { grade = "C", zh = "监管调控类", en = "Supervised", share = 20 },
    { grade = "D", zh = "落后整治类", en = "To be rectified" },
]
tie_break = ["tax_per_mu"]

[[adjust]]
id = "accident"
zh = "发生责任事故，不评为A、B类"
en = "Accident: not A or B"
when = "accident"
kind = "veto"
grade = "C"
"""


@dataclass
class Evaluated:
    """What was built: the campaign, the scheme in force, a computed draft, and the firms in the order made."""

    world: World
    scheme: Scheme
    run: Evaluation
    firms: list[Firm]


@built_once
def build_evaluated() -> Evaluated:
    """Two towns of Jiashan with a draft run, and a few firms of Pinghu that are none of its business."""
    world = build_world(per_unit=2)
    firms = build_firms()
    scheme = evaluation.import_scheme(
        actor=who("demo-jiashan"), at=AT, text=SCHEME, code="330421", filename="jiashan.toml"
    )
    evaluation.put_in_force(actor=MACHINE, at=AT, scheme=scheme)
    return Evaluated(world, scheme, computed(scheme, by=MACHINE), firms)


def computed(scheme: Scheme, *, by: Actor, year: int | None = None) -> Evaluation:
    """A draft run of the scheme, as the worker leaves it."""
    run = evaluation.start_run(actor=by, at=AT, scheme=scheme, year=year)
    return evaluation.carry_out(run.pk, actor=by, at=AT)


def build_firms() -> list[Firm]:
    """Firms from good to bad within each town; one without tax, one under construction, one with an accident."""
    found: list[Firm] = []
    observed: list[Observation] = []
    for code, count in TOWNS.items():
        place = Place.objects.get(code=code, valid_to=None)
        for n in range(count):
            firm = _firm(f"虚构{place.name}{n + 1}号机械厂", place, len(found))
            found.append(firm)
            observed += _observations(firm, n, len(found))
    Observation.objects.bulk_create(observed)
    return found


def who(username: str) -> Actor:
    """A person of the tests as somebody acting."""
    return actor_of(User.objects.get(username=username), AT.date())


def _firm(name: str, place: Place, number: int) -> Firm:
    return Firm.objects.create(
        name=name, core_name=name, code_status="none", temporary_id=f"E-{number}", place=place, synthetic=True,
        party_type="enterprise", size="above_scale" if number % 2 else "below_scale",
        industry=INDUSTRIES[number % 3], created_at=AT,
    )  # fmt: skip


def _observations(firm: Firm, n: int, number: int) -> list[Observation]:
    """Last year's figures and this one's, a little better."""
    values = {
        "tax": Decimal(400 - 24 * n) + number,
        "value_added": Decimal(2600 - 130 * n),
        "land": Decimal(20 + n),
        "energy": Decimal(900 + 70 * n),
    }
    if number == 5:
        del values["tax"]
    if number == 7:
        values["under_construction"] = Decimal(1)
    if number == 2:
        values["accident"] = Decimal(1)
    return [
        Observation(
            firm=firm, year=year, indicator=id, quantity=to_micro(value * (100 - 3 * (YEAR - year)) / 100),
            unit=UNITS.get(id, ""), basis="equivalent" if id == "energy" else "", source={"file": "演示年度数据.xlsx"},
            recorded_at=AT, recorded_by="演示",
        )
        for year in (YEAR - 1, YEAR)
        for id, value in values.items()
    ]  # fmt: skip
