"""Records that may be one firm: both sides, the decision, and taking it back."""

from typing import Any

from ninja import Field, Query, Schema

from tenglong.actions.campaign.matches import decide, reopen, undo
from tenglong.api.callers import Asked, Caller
from tenglong.api.steps import StepOut
from tenglong.api.topics import Given, Page, Paging, Topic
from tenglong.api.values import ByPeople, Exact, Id, Moment, Sentence, Text
from tenglong.domain.access.policy import Offer, Scope, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.matches import (
    PairView,
    count_decided,
    count_open,
    decided_pairs,
    open_pairs,
    pair_in,
    pair_view,
)
from tenglong.queries.matters import open_steps

topic = Topic(tags=["matches"])


class Answer(Given):
    """Whether both records are one firm; if so the reason is due."""

    same: bool
    reason: Text = ""


class WhyUndone(Given):
    """Why."""

    reason: Text


class RosterName(Schema):
    """A roster that the record is on."""

    code: str
    title: str


class SideOut(Schema):
    """One of the two records."""

    firm_id: int
    name: str
    other_names: list[str]
    code: str
    address: str
    place_name: str = Field(validation_alias="place")
    rosters: list[RosterName]


class PairOut(ByPeople):
    """Is `new` the firm `known`? `probability` lies between 0 and 1; `merge` is the merge that an answer caused."""

    id: int
    new: SideOut = Field(validation_alias="left")
    known: SideOut = Field(validation_alias="right")
    probability: Exact
    reasons: list[Sentence]
    state: str
    merge: int | None = Field(validation_alias="merge_id")
    decided_by: str
    decided_at: Moment | None


class PairInFull(PairOut):
    """A question, and the steps that the caller may take or that must wait."""

    steps: list[StepOut]

    @staticmethod
    def resolve_steps(pair: PairView, context: dict[str, Any]) -> tuple[Offer, ...]:
        """What the caller may do with it now."""
        caller = context["request"].auth
        return open_steps(pair_in(_scope(caller), pair.id), caller.actor, caller.today)


@topic.get("/matches", response={200: Page[PairOut]})
def listed(request: Asked, paging: Query[Paging], decided: bool = False) -> dict[str, Any]:
    """The open questions, the most probable first; or those that are decided, the latest first."""
    scope = _scope(request.auth)
    find, count = (decided_pairs, count_decided) if decided else (open_pairs, count_open)
    return {"items": find(scope, start=paging.offset, count=paging.limit), "count": count(scope)}


@topic.get("/matches/{id}", response={200: PairInFull})
def one(request: Asked, id: Id) -> Any:
    """One question with both sides."""
    return pair_view(_scope(request.auth), id)


@topic.post("/matches/{id}/decide", response={200: PairInFull})
def answer(request: Asked, id: Id, given: Answer) -> Any:
    """Say that two records are one firm, which merges them, or are not."""
    caller = request.auth
    decide(id, given.same, actor=caller.actor, at=caller.now, reason=given.reason)
    return pair_view(_scope(caller), id)


@topic.post("/matches/{id}/undo", response={200: PairInFull})
def take_back(request: Asked, id: Id, why: WhyUndone) -> Any:
    """Take a decision back, with the merge that came of it; what was printed stays as it was."""
    caller = request.auth
    merge = pair_in(_scope(caller), id).merge_id
    about: dict[str, Any] = {"actor": caller.actor, "at": caller.now, "reason": why.reason}
    undo(merge, **about) if merge else reopen(id, **about)
    return pair_view(_scope(caller), id)


def _scope(caller: Caller) -> Scope:
    """Where the caller may decide such questions; who may nowhere has none."""
    return scope_of(caller.actor, Permission.MATCH)
