"""The race board."""

from typing import Any

from ninja import Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.questions import Point
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import Day, Exact, Moment
from tenglong.queries.race.board import board, told

topic = Topic(tags=["race"])


class RankingOut(Schema):
    """A unit on the board. Rates, pace and difference are percent and percentage points, exact and as printed;
    a unit without a target has no rank."""

    unit: str
    name: str
    order: int
    rank: int | None
    last_rank: int | None
    change: int | None
    target: Exact | None
    done: Exact
    new_this_week: Exact
    rate: Exact | None
    rate_printed: str
    pace: Exact
    pace_printed: str
    pace_difference: Exact | None
    pace_difference_printed: str
    card: str | None
    land_vacated: Exact | None
    energy_freed: Exact | None
    roster: str
    calibre: str
    as_of: Day
    known_at: Moment


@topic.get("/race", response={200: Page[RankingOut]})
def listed(request: Asked, point: Query[Point], paging: Query[Paging]) -> dict[str, Any]:
    """The units under the territory by rank, then in official order."""
    asked = point.ask(request.auth)
    return paged([told(row, asked) for row in board(asked)], paging)
