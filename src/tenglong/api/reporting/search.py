"""One search over everything that bears a name or a number."""

from typing import Any

from ninja import Schema

from tenglong.api.callers import Asked
from tenglong.api.topics import Topic
from tenglong.api.values import Text
from tenglong.queries.reporting.search import search

topic = Topic(tags=["search"])


class SearchHitOut(Schema):
    """Something that was found. `sort`: firm, case, roster, bulletin, roadmap, evaluation or import; `id` its number,
    of a roster its code; `matched` is what of it was typed where that is not its title."""

    sort: str
    id: str
    title: str
    detail: str
    matched: str


class FoundOut(Schema):
    """What was found, by sort: firms first, the latest documents first; at most twenty of each."""

    items: list[SearchHitOut]


@topic.get("/search", response={200: FoundOut})
def found(request: Asked, q: Text) -> dict[str, Any]:
    """Firms, cases, rosters and documents by a part of their name, by former name, code or number."""
    caller = request.auth
    return {"items": search(q, caller.actor, caller.today)}
