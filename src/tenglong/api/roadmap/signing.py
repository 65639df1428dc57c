"""The board of contracts of a roster."""

from typing import Any

from ninja import Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.questions import Point
from tenglong.api.topics import Topic
from tenglong.api.values import Day, Exact
from tenglong.queries.roadmap.signing import signing_board

topic = Topic(tags=["roadmaps"])


class SigningLineOut(Schema):
    """A team or a zone, "" where none was stated, or all: targets, those signed; money in 10,000 yuan, to the cent."""

    name: str
    targets: int
    signed: int
    landlords: int
    tenants: int
    left: int
    price: Exact
    paid: Exact
    owed: Exact


class SigningDayOut(Schema):
    """A day on which contracts were signed, counted from the roster's first; `even`: what an even pace would leave."""

    day: Day
    number: int
    signed: int
    landlords: int
    tenants: int
    total: int
    left: int
    even: Exact


class SigningMonthOut(Schema):
    """What is due in a month by the instalments on file, and what was paid in it."""

    month: str
    due: Exact
    paid: Exact


class SigningBoardOut(Schema):
    """The board; `within` contracts were signed by `last_day`, the last of the days to sign."""

    whole: SigningLineOut
    teams: list[SigningLineOut]
    zones: list[SigningLineOut]
    days: list[SigningDayOut]
    months: list[SigningMonthOut]
    last_day: Day
    within: int


@topic.get("/signing", response={200: SigningBoardOut})
def board(request: Asked, point: Query[Point]) -> Any:
    """Who has signed under the territory, by team, zone and day, and what is due and paid by month."""
    return signing_board(point.ask(request.auth))
