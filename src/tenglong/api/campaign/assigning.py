"""Who answers for cases: the four duties with names, giving cases to somebody, load, and hand-overs."""

from typing import Annotated, Any

from ninja import Query, Schema, Status

from tenglong.actions.campaign.assigning import assign_cases, hand_back, hand_over
from tenglong.api.callers import Asked
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, Text, one_of
from tenglong.queries.campaign.cases import case_by_id
from tenglong.queries.campaign.duties import ATTRIBUTES, Answers, answers_of
from tenglong.queries.campaign.handovers import Handover, handover_by_number, handovers
from tenglong.queries.campaign.load import loads

topic = Topic(tags=["cases", "organisation"])


class DutyPersonOut(Schema):
    """Somebody who answers, by name and title; `deputies` act for them."""

    name: str
    title: str
    deputies: list[str]


class DutyUnitOut(Schema):
    """A unit with those of it who answer; nobody where the posts are vacant or the unit is not registered."""

    name: str
    unit_id: int | None
    people: list[DutyPersonOut]


class DutyOut(Schema):
    """One of the four duties."""

    duty: str
    name: str
    units: list[DutyUnitOut]


class AnswersOut(Schema):
    """Who answers for a case; `unregistered` are those of the three that the organisation does not know."""

    department: str
    team: str
    responsible: str
    unregistered: list[str]
    duties: list[DutyOut]


class Assignment(Given):
    """To whom a case is given: names of the organisation, "" for nobody; what is not given stays as it is."""

    department: Text | None = None
    team: Text | None = None
    responsible: Text | None = None
    reason: Text = ""


class OnHandOut(Schema):
    """What somebody has on hand; `name` "" is what nobody has."""

    name: str
    cases: int
    open: int
    overdue: int
    signed: int
    written_off: int
    registered: bool


class NewHandover(Given):
    """The open cases of `giver`, or those of `case_ids`, go to `taker` from `day` on; after a `leave` they may come
    back."""

    giver: Text
    taker: Text
    day: Day
    reason: Text
    case_ids: list[Id] = []
    leave: bool = False


class Back(Given):
    """From which day on cases are given back, and why."""

    day: Day
    reason: Text


class HandoverOut(ByPeople):
    """Cases that went from one person to another; `back_on` is when they were given back."""

    number: int
    giver: str
    taker: str
    day: Day
    cases: list[int]
    leave: bool
    back_on: Day | None
    reason: str
    recorded_by: str


@topic.get("/cases/{id}/duties", response={200: AnswersOut})
def duties(request: Asked, id: Id, as_of: Day | None = None) -> dict[str, Any]:
    """Who answers for a case, with the names of a day."""
    caller = request.auth
    case_by_id(id, caller.scope)
    return _answers(answers_of([id], as_of or caller.today)[id])


@topic.post("/cases/{id}/assignment", response={200: AnswersOut})
def assign(request: Asked, id: Id, given: Assignment) -> dict[str, Any]:
    """Give a case to a department, a team or a responsible person from today on."""
    caller = request.auth
    case_by_id(id, caller.scope)
    said = given.model_dump(include=set(ATTRIBUTES), exclude_none=True)
    assign_cases(actor=caller.actor, at=caller.now, case_ids=[id], said=said, reason=given.reason)
    return _answers(answers_of([id], caller.today)[id])


@topic.get("/organisation/load", response={200: Page[OnHandOut]})
def load(
    request: Asked,
    roster: Code,
    paging: Query[Paging],
    by: Annotated[str, one_of(ATTRIBUTES)] = "responsible",
    territory: Code | None = None,
) -> dict[str, Any]:
    """What each person, team or department has on hand of a roster; what nobody has comes first."""
    caller = request.auth
    unit = caller.place(territory, caller.today).code
    found = loads(by, roster=caller.roster(roster), unit=unit, scope=caller.scope, today=caller.today)
    return paged([found.nobody, *found.lines], paging)


@topic.get("/organisation/handovers", response={200: Page[HandoverOut]})
def handed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The hand-overs at the caller's places, the latest first."""
    caller = request.auth
    return paged(handovers(caller.scope, caller.today), paging)


@topic.post("/organisation/handovers", response={201: HandoverOut})
def hand(request: Asked, given: NewHandover) -> Status:
    """Hand open cases over."""
    caller = request.auth
    made = hand_over(actor=caller.actor, at=caller.now, **given.model_dump())
    return Status(201, handover_by_number(made.number, caller.actor, caller.today))


@topic.post("/organisation/handovers/{number}/back", response={200: HandoverOut})
def back(request: Asked, number: Id, given: Back) -> Handover:
    """Give back what was handed over for a leave."""
    caller = request.auth
    hand_back(actor=caller.actor, at=caller.now, number=number, day=given.day, reason=given.reason)
    return handover_by_number(number, caller.actor, caller.today)


def _answers(found: Answers) -> dict[str, Any]:
    units = [
        {
            "duty": duty.rule.id,
            "name": duty.rule.zh,
            "units": [
                {
                    "name": one.name,
                    "unit_id": one.unit.id if one.unit else None,
                    "people": [{**vars(person), "title": person.title.zh} for person in one.people],
                }
                for one in duty.units
            ],
        }
        for duty in found.duties
    ]
    return {**vars(found), "duties": units}
