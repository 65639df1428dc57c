"""The territory as a tree on any day."""

from typing import Any

from ninja import Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import Code, Day
from tenglong.queries.registry.territory import territory

topic = Topic(tags=["territory"])


class PlaceOut(Schema):
    """A place as it was on the day; `parent` is null where the caller's own territory begins."""

    code: str
    name: str
    level: str
    parent: str | None
    valid_from: Day
    valid_to: Day | None


@topic.get("/territory", response={200: Page[PlaceOut]})
def tree(
    request: Asked,
    paging: Query[Paging],
    as_of: Day | None = None,
    within: Code | None = None,
) -> dict[str, Any]:
    """The caller's places on a day, each before what lies below it, in official order."""
    caller = request.auth
    day = as_of or caller.today
    there = territory().at(day)
    tops = (
        [caller.place(within, day).code]
        if within
        else [code for code in caller.actor.codes if there.has(code)]
    )
    found = {place.code: place for top in tops for place in there.descendants(top)}
    rows = []
    for place in found.values():
        above = there.parent_code(place)
        rows.append(
            {
                "code": place.code,
                "name": place.name,
                "level": str(place.level),
                "parent": above if above in found else None,
                "valid_from": place.valid_from,
                "valid_to": place.valid_to,
            }
        )
    return paged(rows, paging)
