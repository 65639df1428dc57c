"""The organisation as it is known, read once and kept until something is said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.access.roles import Permission
from tenglong.domain.registry.organisation import Acting, Fact, Organisation, Subject
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Value
from tenglong.store.models import OrganisationStep

LAST = "SELECT MAX(id) FROM store_organisationstep"
COLUMNS = ("id", "subject", "number", "day", "said", "recorded_at", "takes_back_id")
SHOWN = 100


class _Kept(NamedTuple):
    """The facts up to the last, and what they make."""

    last: int
    facts: tuple[Fact, ...]
    now: Organisation


_kept: dict[str, _Kept] = {}


def organisation(known_at: datetime | None = None) -> Organisation:
    """The organisation as it is known now, or as it was known at a moment."""
    kept = _kept_now()
    if known_at is None:
        return kept.now
    return Organisation(fact for fact in kept.facts if fact.recorded_at <= known_at)


def facts_now() -> tuple[Fact, ...]:
    """Every fact that is known."""
    return _kept_now().facts


def forget_organisation() -> None:
    """Read it again: a transaction that was rolled back may have been read."""
    _kept.clear()


def _kept_now() -> _Kept:
    """Facts are only ever added: those that are new to this process are read."""
    with connection.cursor() as cursor:
        cursor.execute(LAST)
        last = cursor.fetchone()[0] or 0
    kept = _kept.get("now")
    if kept is None or kept.last != last:
        known = kept.facts if kept and kept.last < last else ()
        after = known[-1].id if known else 0
        rows = OrganisationStep.objects.filter(pk__gt=after, pk__lte=last).order_by("pk")
        facts = (*known, *map(_fact, rows.values_list(*COLUMNS).iterator()))
        kept = _kept["now"] = _Kept(last, facts, Organisation(facts))
    return kept


def fact_of(step: OrganisationStep) -> Fact:
    """What a step says."""
    return _fact(tuple(getattr(step, name) for name in COLUMNS))


def _fact(row: Sequence[Any]) -> Fact:
    id, subject, number, day, said, recorded_at, takes_back = row
    return Fact(id, Subject(subject), number, day, said, recorded_at, takes_back)


def acting_on(username: str, day: date) -> tuple[Acting, ...]:
    """For whom the holder of an account may act on a day, and in which posts."""
    known = organisation()
    person = known.account(username)
    return known.acting(person.id, day) if person else ()


@dataclass(frozen=True)
class Holder:
    """Who holds a post; `username` is "" for who has no account. `acts_for` is the name of whom a deputy stands for."""

    post: int
    kind: str
    name: str
    username: str
    acts_for: str


def holders_on(unit: int, day: date, kinds: Iterable[str] = ()) -> tuple[Holder, ...]:
    """Who holds which post in a unit on a day, heads first; `kinds` narrows the posts."""
    known = organisation()
    wanted = set(kinds)
    posts = (post for post in known.at(day).posts_in(unit) if not wanted or post.kind in wanted)
    return tuple(
        Holder(
            post.id,
            post.kind,
            known.people[post.person].label,
            known.people[post.person].username,
            known.people[post.acts_for].label if post.acts_for else "",
        )
        for post in posts
    )


def may_organise(actor: Actor, code: str, day: date) -> bool:
    """Whether the actor manages the organisation of the place with a code."""
    tree = territory().at(day)
    return actor.everywhere or (tree.has(code) and actor.may(Permission.ORGANISE, tree.place(code).id))


def codes_of(scope: Scope, day: date) -> frozenset[str]:
    """The codes of the places that a scope holds."""
    places = territory().at(day).territory.places.values()
    return frozenset(place.code for place in places if scope.everywhere or place.id in scope.places)


@dataclass(frozen=True)
class OrganisationStepView(Value):
    """A step as it was recorded."""

    pk: int
    subject: str
    number: int
    place: str
    day: date
    said: dict[str, Any]
    reason: str
    recorded_by: str
    recorded_at: datetime
    takes_back_id: int | None


@dataclass(frozen=True)
class StepLine:
    """A step, whom it speaks of, and whether it may still be taken back."""

    step: OrganisationStepView
    about: str
    open: bool


def organisation_steps(scope: Scope, day: date, *, shown: int = SHOWN) -> list[StepLine]:
    """The last things said of the organisation of the places that a scope holds, the latest first."""
    rows = OrganisationStep.objects.select_related("taken_back").order_by("-pk")
    rows = rows.exclude(subject=Subject.HANDOVER.value)
    if not scope.everywhere:
        rows = rows.filter(place__in=codes_of(scope, day))
    return [step_line(row) for row in rows[:shown]]


def step_line(row: OrganisationStep) -> StepLine:
    """A step with what it speaks of."""
    open_ = row.takes_back_id is None and not hasattr(row, "taken_back")
    return StepLine(OrganisationStepView.of(row), _about(Subject(row.subject), row.number), open_)


def _about(subject: Subject, number: int) -> str:
    """What a subject is called."""
    known = organisation()
    if number not in known.every(subject):
        return ""
    if subject is Subject.UNIT:
        return known.unit_now(number).name
    if subject is Subject.PERSON:
        return known.people[number].label
    said = known.spans(subject, number)[-1].said
    unit = known.every(Subject.UNIT).get(said.get("unit", 0))
    person = known.people.get(said.get("person", 0))
    return f"{unit[-1].said['name'] if unit else ''}{person.label if person else ''}"
