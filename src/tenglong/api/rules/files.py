"""Rule files of the city: what counts where, checking and putting one, its release by a second person."""

from datetime import date
from typing import Annotated, Any

from ninja import Query, Schema, Status
from pydantic import StringConstraints

from tenglong.actions.rules.releasing import put_rules, release_rules, withdraw_rules
from tenglong.api.callers import Asked, Caller
from tenglong.api.steps import Deed, Moved, StepOut, add_steps
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import Code, Day, Id, Moment, PlaceCode, Sentence, Text, one_of
from tenglong.domain.rules.owned import MOST_BYTES, file_problems, owned, owned_by
from tenglong.queries.matters import open_steps
from tenglong.queries.rules.versions import (
    InForce,
    RuleVersion,
    VersionView,
    before,
    difference,
    rule_in_force,
    rules_in_force,
    version_by_id,
    version_text,
    versions_of,
)

topic = Topic(tags=["rules"])
RuleId = Annotated[str, one_of(owned())]
RuleToml = Annotated[str, StringConstraints(max_length=MOST_BYTES, pattern=r"^[^\x00]*$")]


class Where(Given):
    """A territory (the caller's own unless told) and a day (today unless told)."""

    territory: Code | None = None
    day: Day | None = None


class RuleFileText(Given):
    """A rule file; `filename` is how its problems call it."""

    text: RuleToml
    filename: Text = "rules.toml"


class NewRuleFile(RuleFileText):
    """A rule file, the territory that it is for with all below it, and the day on which it begins."""

    territory: Code
    from_day: Day


class CheckedRuleOut(Schema):
    """Everything that is wrong with a rule file, a sentence for each; empty where it may be put."""

    problems: list[Sentence]


class RuleOut(Schema):
    """A rule file that a city may replace, and what counts of it: `version` is null for what ships with the program."""

    id: str
    title: str
    title_en: str
    decides: str
    decides_en: str
    digest: str
    source: str
    version: int | None
    from_day: Day | None
    waiting: int


class RuleInFull(RuleOut):
    """The same with the text that counts."""

    text: str


class RuleVersionOut(Schema):
    """A rule file that somebody put; it counts from its day on once it is released."""

    id: int
    rule: str
    territory: PlaceCode
    from_day: Day
    digest: str
    state: str
    put_by: str
    put_at: Moment
    released_by: str
    released_at: Moment | None


class RuleVersionInFull(RuleVersionOut):
    """The same with its text, how that differs from what counts without it, and the steps open to the caller."""

    text: str
    difference: list[str]
    steps: list[StepOut]


@topic.get("/rules", response={200: Page[RuleOut]})
def listed(request: Asked, where: Query[Where], paging: Query[Paging]) -> dict[str, Any]:
    """The rule files that a city may replace, and what counts of each."""
    code, day = _where(request.auth, where)
    return paged(rules_in_force(code, day), paging, _rule)


@topic.get("/rules/{rule}", response={200: RuleInFull})
def one(request: Asked, rule: RuleId, where: Query[Where]) -> dict[str, Any]:
    """One rule file as it counts in a territory on a day."""
    found = rule_in_force(rule, *_where(request.auth, where))
    return _rule(found) | {"text": found.text}


@topic.get("/rules/{rule}/versions", response={200: Page[RuleVersionOut]})
def versions(request: Asked, rule: RuleId, where: Query[Where], paging: Query[Paging]) -> dict[str, Any]:
    """What was put of a rule file for a territory, those above and those below, the latest first."""
    code, day = _where(request.auth, where)
    return paged(versions_of(rule, code, day, request.auth.scope), paging, _version)


@topic.post("/rules/{rule}/check", response={200: CheckedRuleOut})
def checked(request: Asked, rule: RuleId, given: RuleFileText) -> dict[str, Any]:
    """Everything that is wrong with a rule file; nothing is stored."""
    return {"problems": file_problems(owned_by(rule), given.filename, given.text.encode())}


@topic.post("/rules/{rule}", response={201: RuleVersionInFull})
def put(request: Asked, rule: RuleId, given: NewRuleFile) -> Status:
    """Put a rule file. One with a fault is not stored; the first fault is the error."""
    caller = request.auth
    version = put_rules(
        actor=caller.actor,
        at=caller.now,
        rule=rule,
        raw=given.text.encode(),
        code=caller.place(given.territory, caller.today).code,
        from_day=given.from_day,
        filename=given.filename,
    )
    return Status(201, _in_full(caller, version.pk))


@topic.get("/rule-versions/{id}", response={200: RuleVersionInFull})
def version(request: Asked, id: Id) -> dict[str, Any]:
    """A rule file that somebody put, with its text."""
    return _in_full(request.auth, id)


def _where(caller: Caller, where: Where) -> tuple[str, date]:
    day = where.day or caller.today
    return caller.place(where.territory, day).code, day


def _rule(one: InForce) -> dict[str, Any]:
    own = ("digest", "source", "version", "from_day", "waiting")
    words = ("id", "title", "title_en", "decides", "decides_en")
    return {name: getattr(one, name) for name in own} | {name: getattr(one.file, name) for name in words}


def _version(row: RuleVersion) -> dict[str, Any]:
    shown = VersionView.of(row)
    return {**vars(shown), "id": shown.pk, "territory": shown.place_id}


def _in_full(caller: Caller, id: int) -> dict[str, Any]:
    row = version_by_id(id, caller.scope)
    text = version_text(row)
    return {
        **_version(row),
        "text": text,
        "difference": list(difference(before(row), text)),
        "steps": open_steps(row, caller.actor, caller.today),
    }


add_steps(
    topic,
    "/rule-versions",
    Moved("version", version_by_id, _in_full, RuleVersionInFull),
    (
        Deed("release", "Let it count from its day on. Not by who put it.", release_rules),
        Deed("withdraw", "Take back what is not released.", withdraw_rules),
    ),
)
