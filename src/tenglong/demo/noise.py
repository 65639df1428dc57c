"""What officers of the demonstration record on the page, beside the ledgers: the campaign's accidents."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tenglong.demo.campaign import Campaign
from tenglong.demo.people import CITY, CITY_SECOND, CITY_THIRD
from tenglong.demo.setting import SETTING
from tenglong.demo.steps import CompleteFile, Record, Step, TakeBack, at
from tenglong.demo.stories import Story

HCLE = SETTING["hcle"]


def noise(made: Campaign) -> Iterator[Step]:
    """What officers record on the page: a relapse, a write-off returned twice, one taken back as a mistake."""
    yield from _relapse(made)
    yield from _mistake(made)
    yield from _returned_twice(made)


def _relapse(made: Campaign) -> Iterator[Step]:
    story, day = made.province.relapse, date(2021, 11, 1)
    assert story is not None
    firm, why = story.firm.name, "回头看发现用电量回升，设备恢复运行，撤销销号"
    yield Record(at(day, 10), CITY, HCLE["code"], firm, "reopened", day, reason=why)


def _mistake(made: Campaign) -> Iterator[Step]:
    story = made.province.mistaken
    assert story is not None
    kinds = ("written_off", "area_vacated", "energy_freed")
    why = "误将同名企业的销号登记到本企业，核查后更正"
    yield TakeBack(at(date(2021, 10, 21), 10), CITY, HCLE["code"], story.firm.name, kinds, why)


def _returned_twice(made: Campaign) -> Iterator[Step]:
    story = made.province.twice_returned
    assert story is not None
    done = story.day_of("completed_on")
    assert done is not None
    day = done
    for why in ("现场仍有落后设备未拆除，退回整改", "能耗凭证不齐，退回整改"):
        yield from _completed_and_checked(story, day)
        day += timedelta(days=3)
        yield _by_hand(story, "returned", day, reason=why)
        day += timedelta(days=4)
    last = story.day_of("written_off_on")
    assert last is not None
    yield from _completed_and_checked(story, day)
    yield from _passed(story, day + timedelta(days=3))
    yield _by_hand(story, "written_off", last, who=CITY_SECOND)
    for kind in ("area_vacated", "energy_freed"):
        yield _by_hand(story, kind, last, quantity=story.amount(kind))


def _passed(story: Story, day: date) -> Iterator[Step]:
    """The file is whole, the levels pass it, one after the other, each by another person, and it is publicised."""
    if story.day_of("approved_on") is None:
        yield _by_hand(story, "approved", day, who=CITY_SECOND)
    yield CompleteFile(at(day, 9, 30), CITY, HCLE["code"], story.firm.name, CITY_SECOND)
    yield _by_hand(story, "town_passed", day)
    yield _by_hand(story, "county_passed", day, who=CITY_THIRD)
    yield _by_hand(story, "publicised", day)


def _completed_and_checked(story: Story, day: date) -> Iterator[Step]:
    yield _by_hand(story, "completed", day)
    yield _by_hand(story, "checked", day + timedelta(days=2), who=CITY_SECOND)


def _by_hand(
    story: Story,
    kind: str,
    day: date,
    *,
    who: str = CITY,
    quantity: Decimal | None = None,
    reason: str = "",
) -> Record:
    minute = {"area_vacated": 31, "energy_freed": 32}.get(kind, 30)
    return Record(at(day, 9, minute), who, HCLE["code"], story.firm.name, kind, day, quantity, reason)
