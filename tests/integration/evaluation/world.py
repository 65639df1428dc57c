"""A county with ten invented firms in two towns, their yearly observations, and a small scheme, for tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tenglong.actions import evaluation
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.quantities import MICRO
from tenglong.jobs.worker import run_pending
from tenglong.store.models import Evaluation, Firm, Observation, Place, Scheme
from tests.integration.campaign.world import build_places, make_actor

COUNTY, XITANG, WEITANG = "330421", "330421103", "330421001"
MORNING = datetime(2021, 9, 13, 1, tzinfo=UTC)  # a Monday; the 20th and 21st are holidays, the 18th is worked
YEAR = 2020

SCHEME = """
id = "jiashan-test"
title = "嘉善县亩均效益综合评价（测试）"
title_en = "Jiashan (test): benefit per mu"
place = "嘉善县"
year = 2020
version = {version}
source = "为测试而设"

[column.scale]
zh = "规模"
en = "Size class"
type = "text"
[column.tax]
zh = "税收"
en = "Tax"
unit = "万元"
[column.land]
zh = "用地面积"
en = "Land"
unit = "亩"
[column.value_added]
zh = "工业增加值"
en = "Value added"
unit = "万元"
[column.energy]
zh = "综合能耗"
en = "Energy"
unit = "吨标煤"
basis = "equivalent"
[column.utility]
zh = "公用事业"
en = "Public utility"
type = "flag"
[column.years_in_d]
zh = "连续D类年数"
en = "Years in D in a row"
unit = "年"
[column.shared_parcel]
zh = "合并评价宗地"
en = "Shared parcel"
type = "text"

[scope]
when = "scale = '规上'"

[merge]
by = "shared_parcel"
host = "land"

[[exempt]]
id = "utility"
zh = "公用事业"
en = "Public utility"
when = "utility"
grade = "T"

[[indicator]]
id = "tax_per_mu"
zh = "亩均税收"
en = "Tax per mu"
numerator = "tax"
denominator = "land"
unit = "万元/亩"
weight = 60
cap = 2
missing = "not_rated"
benchmark = {{ average = "pooled" }}

[[indicator]]
id = "va_per_tce"
zh = "单位能耗增加值"
en = "Value added per tce"
numerator = "value_added"
denominator = "energy"
unit = "万元/吨标煤"
weight = 40
missing = "excluded"
benchmark = {{ given = 2 }}

[grades]
by = "quota"
steps = [
    {{ grade = "A", share = 20 }},
    {{ grade = "B", share = 40 }},
    {{ grade = "C", share = 20 }},
    {{ grade = "D" }},
]
"""


@dataclass(frozen=True)
class County:
    """Who acts, and the firms from the most tax per mu to the least; odd ones lie in Xitang."""

    drafter: Actor
    chief: Actor
    town: Actor
    other_town: Actor
    firms: list[Firm]


def at(day: int, hour: int = 1) -> datetime:
    """The morning of a day of September 2021 (30 and more: October)."""
    return MORNING + timedelta(days=day - 13, hours=hour - 1)


def build_county(*, firms: int = 10) -> County:
    """Firms 1…n with 100, 90, … ten thousand yuan of tax on ten mu each."""
    build_places()
    places = {code: Place.objects.get(code=code, valid_to=None) for code in (XITANG, WEITANG)}
    made = []
    for number in range(1, firms + 1):
        place = places[XITANG if number % 2 else WEITANG]
        made.append(
            Firm.objects.create(
                name=f"演示{number}号厂",
                core_name=f"演示{number}号厂",
                code_status="none",
                size="above_scale",
                temporary_id=f"T-{number}",
                industry="C1713",
                place=place,
                synthetic=True,
                created_at=MORNING,
            )  # fmt: skip
        )
        observe(made[-1], tax=(firms + 1 - number) * 10, land=10, value_added=200, energy=100)
    return County(
        drafter=make_actor("drafter", "county_office", COUNTY),
        chief=make_actor("chief", "county_office", COUNTY),
        town=make_actor("xitang", "town_team", XITANG),
        other_town=make_actor("weitang", "town_team", WEITANG),
        firms=made,
    )


UNITS = {"tax": "万元", "land": "mu", "value_added": "万元", "energy": "tce"}


def observe(firm: Firm, *, year: int = YEAR, basis: str = "equivalent", **amounts: int) -> None:
    """What was observed of a firm in a year."""
    for indicator, amount in amounts.items():
        Observation.objects.create(
            firm=firm, year=year, indicator=indicator, quantity=amount * MICRO, unit=UNITS.get(indicator, ""),
            basis=basis if indicator == "energy" else "", recorded_at=MORNING, recorded_by="demo",
        )  # fmt: skip


def scheme_in_force(county: County, *, version: int = 1) -> Scheme:
    """The scheme, brought in by one person and put in force by another."""
    text = SCHEME.format(version=version)
    scheme = evaluation.import_scheme(actor=county.drafter, at=at(13), text=text, code=COUNTY)
    return evaluation.put_in_force(actor=county.chief, at=at(13), scheme=scheme)


def drafted(county: County, scheme: Scheme) -> Evaluation:
    """A draft run, computed by the worker."""
    run = evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme)
    return worked(run)


def worked(run: Evaluation) -> Evaluation:
    """The run after the worker has done what was waiting."""
    run_pending(clock=lambda: at(13))
    return Evaluation.objects.select_related("scheme", "place", "revises__scheme").get(pk=run.pk)


def grades(run: Evaluation) -> str:
    """The grades of the firms in their order, "-" for none."""
    return "".join(row.grade or "-" for row in run.results.order_by("firm_id"))


class Paper:
    """A file that a person hands in."""

    name: str | None = "异议书.pdf"
    content_type: str | None = "application/pdf"

    def __init__(self, content: bytes = b"%PDF-1.7 stamped"):
        self._content = content

    def chunks(self) -> Iterable[bytes]:
        """The content in pieces."""
        yield self._content
