"""The province's list: pushed, reviewed, made final, written off week by week."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tenglong.demo.chance import dealt, shares, steps_before
from tenglong.demo.firms import TRADES, Firm, Registry
from tenglong.demo.setting import SETTING
from tenglong.demo.stories import Story, hundredths

GOAL = SETTING["hcle"]
REASONS = ("D类两年以上", "亩均税收低于3万元", "亩均税收低于5万元且能耗强度高", "高耗低效行业清单")
REMOVALS = ("1", "2", "3", "4", "5", "6", "7", "8")


@dataclass(frozen=True)
class Way:
    """A way to be rid of a case: its batch and measure, the columns of its steps, what it must not skip."""

    batch: str
    measure: str
    steps: tuple[str, ...]
    needed: tuple[str, ...]


WAYS = {
    "close": Way("腾退", "关停淘汰", ("planned_on", "approved_on", "closed_on"), ("closed_on",)),
    "enforce": Way("执法", "关停淘汰", ("case_filed_on", "decided_on", "closed_on"), ("closed_on",)),
    "vacate": Way(
        "腾退",
        "腾退收回",
        ("planned_on", "approved_on", "appraised_on", "signed_on", "emptied_on"),
        ("signed_on", "emptied_on"),
    ),
    "upgrade": Way(
        "提升",
        "改造提升",
        ("planned_on", "approved_on", "constructing_on", "completed_on"),
        ("completed_on",),
    ),
}
TROUBLES = (
    "与邻厂共用电表，断电前须先分表",
    "宗地已抵押，须先解押再签约",
    "拟搬迁至县内园区，腾出用能按净额核减",
    "亩均评价D类，处于重大项目保护期，暂缓差别化措施",
)
CLOSING = ("checked_on", "publicised_on", "written_off_on")


@dataclass
class Listed:
    """A firm on its way through the review: what was pushed, what was found, what was decided."""

    firm: Firm
    decision: str
    reason: str
    push_reason: str = ""


@dataclass
class ProvinceList:
    """Everything about the province's list; the named cases are the demonstration's noise."""

    listed: list[Listed] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    late: list[Story] = field(default_factory=list)
    relapse: Story | None = None
    mistaken: Story | None = None
    twice_returned: Story | None = None
    moved: Story | None = None


def province_list(rng: Random, registry: Registry) -> ProvinceList:
    """The list with its cases, coming out at the article's figures on 9 November."""
    result = ProvinceList()
    counties = [unit["code"] for unit in GOAL["unit"] for _ in range(unit["targets"])]
    rng.shuffle(counties)
    for number, county in enumerate(counties):
        firm = registry.firm(county, rng.choice(TRADES))
        firm = replace(firm, parcel=f"YS-{county}-{number:04d}")
        added = number >= GOAL["kept"]
        why = "市级整治清单企业，用能高、产出低" if added else ""
        result.listed.append(
            Listed(firm, "新增" if added else "保留", why, "" if added else rng.choice(REASONS))
        )
        source = "市列" if added else "省推"
        result.stories.append(Story(firm, {"list_source": source, "parcel_no": firm.parcel}))
    for _ in range(GOAL["pushed"] - GOAL["kept"]):
        reason = rng.choice(REMOVALS)
        firm = registry.firm(rng.choice(counties), rng.choice(TRADES))
        result.listed.append(Listed(firm, "剔除", reason, rng.choice(REASONS)))
    _mar(result)
    done, open_ = _choose(rng, result.stories)
    _write_off(rng, done)
    _resources(rng, done, open_)
    _begin(rng, open_)
    _name_the_noise(result, done, open_)
    return result


def _mar(result: ProvinceList) -> None:
    """One code that fails its check, and two firms of different counties that share a trade name."""
    first, second = result.stories[0], result.stories[1]
    twin = next(story for story in result.stories[2:] if story.firm.county != second.firm.county)
    places = SETTING["places"]["names"]
    code = first.firm.code
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    name = second.firm.name.replace(places[second.firm.county], places[twin.firm.county], 1)
    changes = {
        id(first): replace(first.firm, code=wrong),
        id(twin): replace(twin.firm, name=name, trade=second.firm.trade),
    }
    for number, story in enumerate(result.stories):
        if id(story) in changes:
            story.firm = changes[id(story)]
            result.listed[number].firm = story.firm


def _choose(rng: Random, stories: Sequence[Story]) -> tuple[list[Story], list[Story]]:
    done: list[Story] = []
    for unit in GOAL["unit"]:
        here = [story for story in stories if story.firm.county == unit["code"]]
        done += rng.sample(here, unit["written_off"])
    rng.shuffle(done)
    chosen = {id(story) for story in done}
    return done, [story for story in stories if id(story) not in chosen]


def _write_off(rng: Random, done: Sequence[Story]) -> None:
    ways = dealt(rng, [("close", 210), ("enforce", 70), ("vacate", 150), ("upgrade", 90)])
    start, before = GOAL["final_on"] + timedelta(days=1), 0
    last = start
    days: list[date] = []
    for week in GOAL["week"]:
        span = (week["day"] - last).days
        days += sorted(
            last + timedelta(days=rng.randint(1, span)) for _ in range(week["written_off"] - before)
        )
        last, before = week["day"], week["written_off"]
    for story, day, way in zip(done, days, ways, strict=True):
        take_way(rng, story, WAYS[way], start, day)


def take_way(rng: Random, story: Story, way: Way, start: date, written_off: date) -> None:
    """The steps of `way` from `start` to the write-off; steps that may be skipped go first when days are few."""
    story.fixed.update(batch=way.batch, measure=way.measure)
    wanted = [*way.steps, *CLOSING]
    must = {*way.needed, "checked_on", "written_off_on"}
    for step in [step for step in wanted if step not in must]:
        if len(wanted) > (written_off - start).days + 1:
            wanted.remove(step)
    days = steps_before(rng, start, written_off, len(wanted))
    days = [days[0]] * (len(wanted) - len(days)) + days
    for column, day in zip(wanted, days, strict=True):
        story.happened(column, day)


def _resources(rng: Random, done: Sequence[Story], open_: Sequence[Story]) -> None:
    land = shares(rng, GOAL["land_hundredths"], len(done), spread=0.9, least=60)
    energy = shares(rng, GOAL["energy_hundredths"], len(done), spread=1.1, least=300)
    for story, area, saved in zip(done, land, energy, strict=True):
        upgraded = story.fixed["measure"] == "改造提升"
        baseline = saved * rng.randint(2, 4) if upgraded else saved
        _before(story, area * rng.randint(2, 5) if upgraded else area, baseline)
        day = story.day_of("written_off_on")
        assert day is not None
        story.states("area_vacated", hundredths(area), story.day_of("emptied_on") or day)
        story.states("energy_freed", hundredths(saved), day)
    for story in open_:
        _before(story, rng.randint(200, 5000), rng.randint(2000, 150000))


def _before(story: Story, area: int, energy: int) -> None:
    story.firm = replace(story.firm, land=hundredths(area))
    story.fixed.update(land=hundredths(area), energy=hundredths(energy), energy_basis="等价")


def _begin(rng: Random, open_: Sequence[Story]) -> None:
    """Cases under way: some only planned, some signed or building, none finished."""
    for story in open_:
        way = WAYS[rng.choice(["close", "vacate", "upgrade"])]
        story.fixed.update(batch=way.batch, measure=way.measure)
        day = GOAL["final_on"] + timedelta(days=rng.randint(4, 20))
        for column in way.steps[: rng.randint(1, len(way.steps) - 1)]:
            story.happened(column, day)
            day += timedelta(days=rng.randint(3, 11))


def _name_the_noise(result: ProvinceList, done: Sequence[Story], open_: Sequence[Story]) -> None:
    weeks = [week["day"] for week in GOAL["week"]]
    late = [story for story in _pushed(done) if _written_off_between(story, weeks[3], weeks[4])][
        : GOAL["late"]
    ]
    for story in late:
        story.facts = [
            replace(fact, known_on=fact.known_on + timedelta(days=9)) if fact.known_on > weeks[3] else fact
            for fact in story.facts
        ]
    result.late = late
    result.twice_returned = next(story for story in reversed(done) if story.fixed["measure"] == "改造提升")
    result.moved = next(
        story
        for story in done
        if story.fixed["measure"] == "腾退收回" and _written_off_between(story, weeks[6], weeks[8])
    )
    _move(result.moved)
    result.relapse = next(story for story in _pushed(open_) if story.firm.county == "330481")
    result.mistaken = next(story for story in _pushed(open_) if story.firm.county == "330483")
    calm = [story for story in _pushed(open_) if story not in (result.relapse, result.mistaken)]
    for story, trouble in zip(calm, TROUBLES, strict=False):
        story.fixed["note"] = trouble
    result.twice_returned.by_hand_from = result.twice_returned.day_of("completed_on")
    result.relapse.by_hand_from, result.mistaken.by_hand_from = date(2021, 10, 30), date(2021, 10, 20)
    for story, day in ((result.relapse, date(2021, 10, 11)), (result.mistaken, date(2021, 10, 15))):
        story.facts.clear()
        take_way(Random(1), story, WAYS["close"], GOAL["final_on"] + timedelta(days=3), day)
        story.states("area_vacated", story.amount("land"), day)
        story.states("energy_freed", story.amount("energy"), day)


def _move(story: Story) -> None:
    """Begun as an upgrade, then vacated: batch and measure change in the ledger."""
    story.fixed.update(batch="提升", measure="改造提升")
    first = GOAL["final_on"] + timedelta(days=1)
    signed = story.day_of("signed_on")
    assert signed is not None
    story.facts = [fact for fact in story.facts if fact.known_on >= signed]
    story.happened("planned_on", first)
    story.happened("constructing_on", first + timedelta(days=1))
    for column, value in (("batch", "腾退"), ("measure", "腾退收回")):
        story.states(column, value, signed)
    story.states("note", "企业资金链断裂，由改造提升转为腾退收回", signed)


def _pushed(stories: Sequence[Story]) -> list[Story]:
    """Those that the province pushed: they may carry noise that the city's list does not share."""
    return [story for story in stories if story.fixed["list_source"] == "省推"]


def _written_off_between(story: Story, after: date, upto: date) -> bool:
    day = story.day_of("written_off_on")
    return day is not None and after < day <= upto
