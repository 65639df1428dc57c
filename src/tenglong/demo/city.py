"""The city's own list: a calibre of its own that overlaps the province's in part."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tenglong.demo.chance import shares
from tenglong.demo.firms import TRADES, Firm, Registry
from tenglong.demo.hcle import ProvinceList
from tenglong.demo.setting import SETTING
from tenglong.demo.stories import Story, hundredths

GOAL = SETTING["city"]


def city_list(rng: Random, registry: Registry, province: ProvinceList) -> list[Story]:
    """The cases of the city's list, coming out at the article's figures on 7 November.

    A firm that stands on both lists closes on the same day and frees the same there and here.
    """
    shared = _shared(rng, province)
    stories = [_listed(Story(other.firm)) for other in shared]
    counties = [unit["code"] for unit in SETTING["hcle"]["unit"] for _ in range(unit["targets"])]
    for number in range(GOAL["targets"] - len(shared)):
        coded = number >= GOAL["without_code"]
        firm = registry.firm(rng.choice(counties), rng.choice(TRADES), coded=coded)
        if number < GOAL["written_otherwise"]:
            firm = _otherwise(province.listed[200 + number].firm, number)
        stories.append(_listed(Story(replace(firm, parcel=f"YS-SL-{number:04d}"))))
    closed_here = _close_shared(shared, stories)
    own = stories[len(shared) :]
    alone = rng.sample(own, GOAL["closed"] - len(closed_here))
    _close_own(rng, alone, closed_here)
    for story in stories:
        if "energy" not in story.fixed:
            story.fixed.update(energy=hundredths(rng.randint(5000, 300000)), energy_basis="等价")
    return stories


def _shared(rng: Random, province: ProvinceList) -> list[Story]:
    """The firms added to the province's list from here, and some that were pushed as well."""
    added = [story for story in province.stories if story.fixed["list_source"] == "市列"]
    noise = {id(story) for story in (province.relapse, province.mistaken, *province.late)}
    pushed = [
        story
        for story in province.stories[2:]
        if story.fixed["list_source"] == "省推"
        and story.day_of("written_off_on")
        and story.day_of("closed_on")
        if id(story) not in noise
    ]
    return added + rng.sample(pushed, GOAL["also_pushed"])


def _otherwise(firm: Firm, number: int) -> Firm:
    """A firm that is pushed later, as the city's list wrote it: without a code, the name a little different."""
    name = firm.name
    if number % 2:
        name = name[:3] + ("宏" if name[3] != "宏" else "鸿") + name[4:]
    else:
        name = name[:-1] if name.endswith("厂") else name.replace("科技有限公司", "").replace("有限公司", "")
        name += "实业有限公司"
    address = (
        firm.address if number < GOAL["written_otherwise"] // 3 else ""
    )  # without it: somebody must look
    return replace(firm, name=name, code="", address=address)


def _listed(story: Story) -> Story:
    story.fixed.update(list_source="市列", listed_on=GOAL["listed_on"], batch="腾退", measure="关停淘汰")
    if story.firm.parcel:
        story.fixed["parcel_no"] = story.firm.parcel
    return story


def _close_shared(shared: Sequence[Story], stories: Sequence[Story]) -> list[Story]:
    closed = []
    for other, story in zip(shared, stories, strict=False):
        day = other.day_of("closed_on")
        story.fixed.update(energy=other.amount("energy"), energy_basis="等价", land=other.amount("land"))
        if day is None or day >= GOAL["as_of"] or not other.amount("energy_freed"):
            continue
        _close(story, day, other.amount("area_vacated"), other.amount("energy_freed"))
        closed.append(story)
    return closed


def _close_own(rng: Random, alone: Sequence[Story], closed_here: Sequence[Story]) -> None:
    """What the shared firms leave of the totals falls to the firms that stand only here."""
    land = GOAL["land_hundredths"] - int(100 * sum(story.amount("area_vacated") for story in closed_here))
    energy = GOAL["energy_hundredths"] - int(100 * sum(story.amount("energy_freed") for story in closed_here))
    areas = shares(rng, land, len(alone), spread=0.9, least=200)
    saved = shares(rng, energy, len(alone), spread=1.1, least=500)
    first, last = GOAL["listed_on"] + timedelta(days=10), GOAL["as_of"] - timedelta(days=1)
    for story, area, amount in zip(alone, areas, saved, strict=True):
        day = first + timedelta(days=rng.randint(0, (last - first).days))
        story.fixed.update(energy=hundredths(amount), energy_basis="等价", land=hundredths(area))
        _close(story, day, hundredths(area), hundredths(amount))


def _close(story: Story, day: date, area: Decimal, energy: Decimal) -> None:
    """Closed on `day`; the premises are empty the day after, and count from then."""
    emptied = day + timedelta(days=1)
    story.happened("closed_on", day)
    story.happened("emptied_on", emptied)
    story.states("area_vacated", area, emptied)
    story.states("energy_freed", energy, emptied)
