"""Screening (疑似筛查): which rules hit whom and why, what could not be tried, and rosters of suspected firms."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

from ninja import Field, Query, Schema, Status
from pydantic import StringConstraints

from tenglong.actions.evaluation import suspects_to_roster
from tenglong.api.callers import Asked, Caller
from tenglong.api.campaign.rosters import RosterOut
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import Code, Day, Exact, Id, LongText, Sentence, Year, one_of
from tenglong.domain.evaluation.screening import Hit
from tenglong.domain.evaluation.screening.rules import shipped_rules
from tenglong.domain.kernel.messages import label
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.quantities import exact_text
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.evaluation.runs import run_by_id
from tenglong.queries.evaluation.screening import ByRule, SuspectView, by_rule, screened, suspects
from tenglong.queries.evaluation.suspects import Screened, Suspect, suspects_of, suspects_of_run
from tenglong.queries.registry.places import place_of

topic = Topic(tags=["screening"])
RuleId = Annotated[str, one_of(rule.id for rule in shipped_rules().rules if not rule.scope)]
Words = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00]*$")]
Grade = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[^\x00]*$")]


class Looked(Schema):
    """Which firms are screened: those under a place (the caller's own unless told), with the figures of a year."""

    year: Year
    territory: Code | None = None

    def ask(self, caller: Caller) -> Screened:
        """The screening as of today; raises NotFound where the place is not the caller's."""
        return _screened(caller, self.territory, self.year)


class ScreeningRuleOut(Schema):
    """A rule with how many firms it hit; on `untested` firms it could not be tried for lack of the `missing` columns.
    `within` is the rule that says for whom it holds."""

    rule: str
    name: Sentence
    version: str
    source: str
    within: str
    thresholds: dict[str, Exact]
    hits: int
    untested: int
    missing: list[str]


class ScreeningOut(Page[ScreeningRuleOut]):
    """A screening rule by rule: how many firms were tested, how many are suspected; `digest` is that of the rules."""

    territory: str
    year: int
    tested: int
    suspected: int
    digest: str


class HitOut(Schema):
    """A rule that is true of a firm, with everything that the firm may ask."""

    rule: str
    version: str
    sentence: Sentence
    inputs: dict[str, str | bool | None]
    thresholds: dict[str, Exact]
    source: str
    data_source: str
    date: Day


class HintOut(Schema):
    """What may make the hits false, and the code of the removal reason that would then apply."""

    words: Sentence
    reason: str


class SuspectOut(Schema):
    """A firm that was hit. A hit is no finding: it says that somebody must go and look."""

    firm_id: int
    firm: str
    hits: list[HitOut]
    hints: list[HintOut]


class UntestedOut(Schema):
    """A rule that could not be tried on a firm: neither suspected by it nor cleared."""

    rule: str
    firm_id: int
    firm: str
    missing: list[str]


class NewRoster(Given):
    """What the roster of suspected firms means, and from when until when it runs."""

    code: Code
    title: Words
    issuer: Words
    definition: LongText
    start: Day
    deadline: Day


class SuspectsRoster(NewRoster):
    """A roster of the firms that rules hit: which year's figures, under which place, by which rules (all)."""

    year: Year
    territory: Code | None = None
    rules: Annotated[list[RuleId], Field(min_length=1)] | None = None


class GradesRoster(NewRoster):
    """A roster of the firms that got some grades in a run."""

    grades: Annotated[list[Grade], Field(min_length=1, max_length=20)] = ["D"]


@topic.get("/screening", response={200: ScreeningOut})
def rules(request: Asked, asked: Query[Looked], paging: Query[Paging]) -> dict[str, Any]:
    """Every rule tried on the firms of a place: how many it hit and on how many it could not be tried."""
    found = asked.ask(request.auth)
    return {
        **paged(by_rule(found), paging, _rule),
        "territory": found.place,
        "year": found.year,
        "tested": found.tested,
        "suspected": len(found.suspects),
        "digest": found.rules.digest,
    }


@topic.get("/screening/suspects", response={200: Page[SuspectOut]})
def hit(
    request: Asked, asked: Query[Looked], paging: Query[Paging], rule: RuleId | None = None
) -> dict[str, Any]:
    """The firms that were hit, by any rule or by one, each with every hit and what it rests on."""
    return paged(suspects(asked.ask(request.auth), rule or ""), paging, _suspect)


@topic.get("/screening/untested", response={200: Page[UntestedOut]})
def untested(
    request: Asked, asked: Query[Looked], paging: Query[Paging], rule: RuleId | None = None
) -> dict[str, Any]:
    """The rules that could not be tried on a firm, and what is missing."""
    found = asked.ask(request.auth)
    rows = [
        {"rule": one.rule, "firm_id": one.firm, "firm": found.names[one.firm], "missing": one.missing}
        for one in found.screening.untested
        if rule in (None, one.rule)
    ]
    return paged(rows, paging)


@topic.post("/screening/roster", response={201: RosterOut})
def roster(request: Asked, about: SuspectsRoster) -> Status:
    """Make the firms that the rules hit a new roster; they are suspected, nothing more, until they are verified."""
    caller = request.auth
    found = _screened(caller, about.territory, about.year)
    chosen = suspects_of(found.screening, about.rules or ())
    return Status(201, _founded(caller, about, chosen, place_of(found.place, caller.today)))


@topic.post("/evaluations/{id}/roster", response={201: RosterOut})
def roster_of_run(request: Asked, id: Id, about: GradesRoster) -> Status:
    """Make the firms that a run put into some grades, into D unless told, a new roster."""
    caller = request.auth
    run = run_by_id(id, caller.scope)
    chosen = suspects_of_run(run, caller.scope, about.grades)
    return Status(201, _founded(caller, about, chosen, place_of(run.place.code, caller.today)))


def _screened(caller: Caller, territory: str | None, year: int) -> Screened:
    place = caller.place(territory, caller.today)
    return screened(place.code, year, caller.scope, on=caller.today)


def _founded(caller: Caller, about: NewRoster, chosen: Sequence[Suspect], place: Any) -> RosterView:
    founded = suspects_to_roster(
        actor=caller.actor,
        at=caller.now,
        suspects=chosen,
        place=place,
        code=about.code,
        title=about.title,
        issuer=about.issuer,
        definition_text=about.definition,
        window=Window(about.start, about.deadline),
    )
    return RosterView.of(founded)


def _rule(found: ByRule) -> dict[str, Any]:
    rule = found.rule
    return {
        "rule": rule.id,
        "name": label(rule.zh),
        "version": rule.version,
        "source": rule.source,
        "within": rule.within,
        "thresholds": rule.thresholds,
        "hits": found.hits,
        "untested": found.untested,
        "missing": found.missing,
    }


def _suspect(found: SuspectView) -> dict[str, Any]:
    return {
        "firm_id": found.firm_id,
        "firm": found.name,
        "hits": [_hit(one) for one in found.hits],
        "hints": [{"words": label(words), "reason": reason} for words, reason in found.hints],
    }


def _hit(found: Hit) -> dict[str, Any]:
    inputs = {
        id: exact_text(value) if isinstance(value, Fraction) else value for id, value in found.inputs.items()
    }
    own = ("rule", "version", "sentence", "thresholds", "source", "data_source", "date")
    return {**{name: getattr(found, name) for name in own}, "inputs": inputs}
