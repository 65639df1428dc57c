"""The organisation of a campaign: its units and who holds which post, and recording what changes of it."""

from typing import Annotated, Any, Literal

from ninja import Field, Query, Schema, Status

from tenglong.actions.registry.organisation import take_back_organisation_step, tell_organisation
from tenglong.api.callers import Asked
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, Moment, Text, one_of
from tenglong.domain.registry.organisation import Subject
from tenglong.domain.registry.organisation_rules import organisation_rules
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.queries.registry.organisation import StepLine, organisation_steps, step_line
from tenglong.queries.registry.organisation_chart import Node, PostLine, organigram, people_of

topic = Topic(tags=["organisation"])


class PostOut(Schema):
    """A post: who holds it since when; `acts_for` is the name of whom a deputy stands for, else ""."""

    id: int
    kind: str
    title: str
    person_id: int
    person: str
    username: str
    acts_for: str
    since: Day
    until: Day | None


class UnitOut(Schema):
    """A unit of the organisation; `parent` is the unit above it, `vacant` how many heads it lacks."""

    id: int
    name: str
    kind: str
    territory: str
    parent: int | None
    function: str
    zone: str
    duties: str
    vacant: int
    posts: list[PostOut]


class CadreOut(Schema):
    """Somebody who may hold posts; `username` is the account, "" for who has none."""

    id: int
    name: str
    number: str
    username: str
    territory: str
    units: list[str]
    acts_for: list[str]


class Told(Given):
    """From which day on something holds, and why."""

    day: Day
    reason: Text


class NewUnit(Told):
    """A unit that begins on a day; `parent` is the unit above it."""

    territory: Code
    name: Text
    kind: Annotated[str, one_of(organisation_rules().units)]
    parent: Id | None = None
    function: Annotated[str, one_of(("", *organisation_rules().functions))] = ""
    zone: Text = ""
    duties: Text = ""
    order: Annotated[int, Field(ge=0, le=100_000)] = 0


class UnitSaid(Told):
    """What holds of a unit from a day on; what is not given stays as it is."""

    name: Text | None = None
    parent: Id | None = None
    zone: Text | None = None
    duties: Text | None = None
    order: Annotated[int, Field(ge=0, le=100_000)] | None = None


class NewCadre(Told):
    """Somebody who may hold posts from a day on; `number` tells namesakes apart."""

    territory: Code
    name: Text
    number: Text = ""
    username: Text = ""


class NewPost(Told):
    """A post from a day on, up to, not including, `until`. A `deputy` stands for `acts_for`, who holds a post in the
    same unit."""

    person_id: Id
    unit_id: Id
    kind: Annotated[str, one_of(organisation_rules().posts)]
    acts_for: Id | None = None
    until: Day | None = None


class Ended(Told):
    """What ends: `day` is the first on which it is there no longer."""

    subject: Literal["unit", "person", "post"]
    number: Id


class Mistake(Given):
    """Why a step is taken back."""

    reason: Text


class OrganisationStepOut(ByPeople):
    """What was said; `open` if it may still be taken back, `takes_back` the number of the one that it took back."""

    id: int
    subject: str
    number: int
    about: str
    territory: str
    day: Day
    said: dict[str, Any]
    reason: str
    takes_back: int | None
    open: bool
    recorded_at: Moment
    recorded_by: str


@topic.get("/organisation", response={200: Page[UnitOut]})
def units(
    request: Asked,
    paging: Query[Paging],
    territory: Code | None = None,
    as_of: Day | None = None,
    known_at: Moment | None = None,
) -> dict[str, Any]:
    """The units of the caller's places on a day with who holds which post, each after the one above it."""
    caller = request.auth
    day = as_of or caller.today
    scope = caller.scope.narrowed(caller.places(territory)) if territory else caller.scope
    roots = organigram(scope, day, known_at=known_at).roots
    return paged([unit for root in roots for unit in _units(root)], paging)


@topic.get("/organisation/people", response={200: Page[CadreOut]})
def people(request: Asked, paging: Query[Paging], as_of: Day | None = None) -> dict[str, Any]:
    """The people of the caller's places who hold posts or may hold them, on a day."""
    caller = request.auth
    lines = people_of(caller.scope, as_of or caller.today)
    return paged(
        lines,
        paging,
        lambda line: {
            "id": line.person.id,
            "name": line.person.label,
            "number": line.person.number,
            "username": line.person.username,
            "territory": line.person.place,
            "units": [unit for unit, _ in line.posts],
            "acts_for": list(line.acting),
        },
    )


@topic.get("/organisation/steps", response={200: Page[OrganisationStepOut]})
def steps(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """What was said of the organisation of the caller's places, the latest first."""
    caller = request.auth
    return paged(organisation_steps(caller.scope, caller.today), paging, _step)


@topic.post("/organisation/units", response={201: OrganisationStepOut})
def begin_unit(request: Asked, unit: NewUnit) -> Status:
    """A unit that begins."""
    said = unit.model_dump(exclude={"day", "reason", "territory"}) | {"place": unit.territory}
    return _tell(request, Statement(Subject.UNIT, unit.day, said), unit.reason)


@topic.post("/organisation/units/{id}", response={201: OrganisationStepOut})
def change_unit(request: Asked, id: Id, unit: UnitSaid) -> Status:
    """What holds of a unit from a day on."""
    said = unit.model_dump(exclude={"day", "reason"}, exclude_none=True)
    return _tell(request, Statement(Subject.UNIT, unit.day, said, id), unit.reason)


@topic.post("/organisation/people", response={201: OrganisationStepOut})
def register_person(request: Asked, person: NewCadre) -> Status:
    """Somebody who may hold posts."""
    said = {"name": person.name, "number": person.number, "username": person.username}
    statement = Statement(Subject.PERSON, person.day, said | {"place": person.territory})
    return _tell(request, statement, person.reason)


@topic.post("/organisation/posts", response={201: OrganisationStepOut})
def begin_post(request: Asked, post: NewPost) -> Status:
    """A post that somebody holds."""
    said = {"person": post.person_id, "unit": post.unit_id, "kind": post.kind, "acts_for": post.acts_for}
    until = {"until": post.until.isoformat()} if post.until else {}
    return _tell(request, Statement(Subject.POST, post.day, said | until), post.reason)


@topic.post("/organisation/ends", response={201: OrganisationStepOut})
def end(request: Asked, ended: Ended) -> Status:
    """A unit or a post that ends, or somebody who leaves; posts end with both."""
    said = {"until": ended.day.isoformat()}
    return _tell(request, Statement(Subject(ended.subject), ended.day, said, ended.number), ended.reason)


@topic.post("/organisation/steps/{id}/take-back", response={201: OrganisationStepOut})
def take_back(request: Asked, id: Id, why: Mistake) -> Status:
    """Say that a step was recorded by mistake."""
    caller = request.auth
    taken = take_back_organisation_step(actor=caller.actor, at=caller.now, id=id, reason=why.reason)
    return Status(201, _step(step_line(taken)))


def _tell(request: Asked, statement: Statement, reason: str) -> Status:
    caller = request.auth
    (made,) = tell_organisation(actor=caller.actor, at=caller.now, statements=[statement], reason=reason)
    return Status(201, _step(step_line(made)))


def _step(line: StepLine) -> dict[str, Any]:
    step = line.step
    same = ("subject", "number", "day", "said", "reason", "recorded_at", "recorded_by")
    more = {
        "id": step.pk,
        "about": line.about,
        "territory": step.place,
        "takes_back": step.takes_back_id,
        "open": line.open,
    }
    return {name: getattr(step, name) for name in same} | more


def _units(node: Node) -> list[dict[str, Any]]:
    unit = node.unit
    same = ("id", "name", "kind", "parent", "function", "zone", "duties")
    own = {name: getattr(unit, name) for name in same}
    more = {"territory": unit.place, "vacant": node.vacant, "posts": [_post(line) for line in node.posts]}
    return [own | more, *(one for below in node.below for one in _units(below))]


def _post(line: PostLine) -> dict[str, Any]:
    return {
        "id": line.post.id,
        "kind": line.post.kind,
        "title": line.title.zh,
        "person_id": line.person.id,
        "person": line.person.label,
        "username": line.person.username,
        "acts_for": line.acts_for,
        "since": line.post.since,
        "until": line.post.until,
    }
