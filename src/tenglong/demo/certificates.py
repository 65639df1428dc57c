"""What the firms of the button cluster rose to: certificates that add up to the article's figures. All invented."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from tenglong.demo.setting import SETTING
from tenglong.demo.sheets import Row, county_name
from tenglong.demo.stories import Story

RISE = SETTING["buttons"]["certificates"]
FIRST, LAST = RISE["first"], SETTING["buttons"]["as_of"]


def certificate_rows(stories: Sequence[Story], upto: date) -> list[Row]:
    """The table of certificates as it is handed in on a day: everything that was granted by then."""
    rows = [*_granted(stories), *_beside(stories)]
    return [row for row in rows if isinstance(row["granted_on"], date) and row["granted_on"] <= upto]


def _granted(stories: Sequence[Story]) -> Iterator[Row]:
    """So many of each kind before the campaign and within it, dealt to the firms in turn."""
    for kind, goal in RISE["kinds"].items():
        for number in range(goal["last"]):
            story = stories[number % goal.get("holders", goal["last"])]
            said = f"{goal['mark']}{number + 1:03d}" if goal["mark"] else ""
            yield _row(story, kind, said, _day(number, goal))


def _day(number: int, goal: Mapping[str, int]) -> date:
    """Before the campaign for those that were there already, then spread over it."""
    before, all_ = goal["first"], goal["last"]
    if number < before:
        return FIRST - timedelta(days=200 + 31 * number)
    days = (LAST - FIRST).days - 1
    return FIRST + timedelta(days=1 + days * (number - before) // max(1, all_ - before))


def _beside(stories: Sequence[Story]) -> Iterator[Row]:
    """What does not count: one that had expired before it was granted anew, one that lapsed, one that was revoked."""
    yield _row(stories[0], "高新技术企业", "GR2017-YS01", date(2017, 11, 13))
    yield {**_row(stories[1], "发明专利", "ZL-YS-900", date(2016, 5, 3)), "ended_on": date(2020, 10, 12)}
    yield {**_row(stories[9], "品字标企业", "PZB-YS-900", date(2021, 3, 2)), "ended_on": date(2021, 7, 20)}


def _row(story: Story, kind: str, number: str, granted: date) -> Row:
    who = {
        "county": county_name(story.firm.county),
        "town": story.firm.town,
        "firm_name": story.firm.name,
        "code": story.firm.code,
    }
    return {
        **who,
        "certificate": kind,
        "certificate_no": number,
        "granted_on": granted,
        "note": SETTING["mark"],
    }
