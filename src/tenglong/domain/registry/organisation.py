"""The organisation of a campaign: units, people and the posts that they hold, each from a day to a day.

What is known of it are facts, each of a day and known since a moment, that are only ever added: like entries they are
laid over each other by day, then in the order in which they became known. A fact that was recorded by mistake is taken
back by another one. The facts known at a moment are an `Organisation`, which answers for every day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from tenglong.domain.kernel.errors import Conflict, NotFound
from tenglong.domain.kernel.messages import Message, either, label, msg
from tenglong.domain.registry.organisation_rules import DEPUTY, HEAD, UnitKind, organisation_rules

_CHARTS_KEPT = 40


class Subject(StrEnum):
    """What a fact speaks of."""

    UNIT = "unit"
    PERSON = "person"
    POST = "post"
    HANDOVER = "handover"


@dataclass(frozen=True)
class Fact:
    """What holds of one subject from `day` on. `said` names only what is new; `until` in it is the first day on which
    the subject is there no longer, "" for none. `takes_back` is the fact that this one says was a mistake."""

    id: int
    subject: Subject
    number: int
    day: date
    said: Mapping[str, Any]
    recorded_at: datetime
    takes_back: int | None = None


@dataclass(frozen=True)
class Span:
    """What holds of a subject from `since` up to, not including, `until`."""

    number: int
    since: date
    until: date | None
    said: Mapping[str, Any]

    def valid_on(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Unit:
    """A unit at a place; `parent` is the unit above it, `function` what a department answers for, `zone` the block of
    a zone task force or team, `duties` what it does, in words."""

    id: int
    name: str
    kind: str
    place: str
    parent: int | None
    function: str
    zone: str
    duties: str
    order: int


@dataclass(frozen=True)
class Person:
    """Somebody who may hold posts; `username` is the account, "" for who has none. `label` tells namesakes apart."""

    id: int
    name: str
    number: str
    username: str
    place: str
    label: str


@dataclass(frozen=True)
class Post:
    """A post that a person holds in a unit from `since` up to, not including, `until`. A deputy stands for the person
    `acts_for`, who holds a post in the same unit."""

    id: int
    person: int
    unit: int
    kind: str
    acts_for: int | None
    since: date
    until: date | None

    def held_on(self, day: date) -> bool:
        """Whether it is held on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Acting:
    """Somebody may act as `deputy` in the post `instead`, which another person holds in the same unit."""

    deputy: Post
    instead: Post


class Organisation:
    """The units, people and posts that are known at a moment."""

    def __init__(self, facts: Iterable[Fact]):
        known = sorted(facts, key=lambda fact: fact.id)
        taken = {fact.takes_back for fact in known}
        told: dict[tuple[Subject, int], list[Fact]] = defaultdict(list)
        for fact in known:
            if fact.takes_back is None and fact.id not in taken:
                told[fact.subject, fact.number].append(fact)
        self._spans: dict[Subject, dict[int, list[Span]]] = {subject: {} for subject in Subject}
        for (subject, number), ones in told.items():
            self._spans[subject][number] = _laid(number, ones)
        self._charts: dict[date, Chart] = {}

    def at(self, day: date) -> "Chart":
        """The units, people and posts of a day."""
        if day not in self._charts:
            while len(self._charts) >= _CHARTS_KEPT:
                self._charts.pop(next(iter(self._charts)), None)
            self._charts[day] = Chart(self, day)
        return self._charts[day]

    @cached_property
    def people(self) -> Mapping[int, Person]:
        """Everybody who is or was registered, by number."""
        last = {number: spans[-1] for number, spans in self._spans[Subject.PERSON].items() if spans}
        named = Counter(span.said.get("name", "") for span in last.values())
        return {number: _person(span, named) for number, span in last.items()}

    @cached_property
    def posts(self) -> Mapping[int, Post]:
        """Every post that is or was held; it ends at the latest with the unit and when the person leaves."""
        found = {number: self._post(spans) for number, spans in self._spans[Subject.POST].items() if spans}
        return {
            number: post for number, post in found.items() if post.until is None or post.since < post.until
        }

    @cached_property
    def labelled(self) -> Mapping[str, Person]:
        """People by what they are called on cases."""
        return {person.label: person for person in self.people.values()}

    def account(self, username: str) -> Person | None:
        """The person whose account it is."""
        return next((one for one in self.people.values() if username and one.username == username), None)

    def acting(self, person: int, day: date) -> tuple[Acting, ...]:
        """For whom a person may act on a day, and in which of their posts: as long as both hold what they hold."""
        chart = self.at(day)
        return tuple(
            Acting(post, other)
            for post in chart.posts_of(person)
            if post.kind == DEPUTY
            for other in chart.posts_of(post.acts_for or 0)
            if other.unit == post.unit and other.kind != DEPUTY
        )

    def spans(self, subject: Subject, number: int) -> Sequence[Span]:
        """What holds of a subject, in the order of days.

        Raises:
            NotFound: it was never recorded, or only by mistake.
        """
        found = self._spans[subject].get(number)
        if not found:
            raise NotFound(msg("组织机构里没有第 {number} 号记录，请刷新页面后再选。", number=number))
        return found

    def every(self, subject: Subject) -> Mapping[int, Sequence[Span]]:
        """The spans of all subjects of a sort."""
        return {number: spans for number, spans in self._spans[subject].items() if spans}

    def unit_now(self, number: int) -> Unit:
        """What was last known of a unit; raises NotFound."""
        return _unit(self.spans(Subject.UNIT, number)[-1])

    def names_of(self, number: int) -> frozenset[str]:
        """Every name that a unit bears or bore."""
        return frozenset(str(span.said["name"]) for span in self._spans[Subject.UNIT].get(number, ()))

    def checked(self) -> "Organisation":
        """Itself, where it can be.

        Raises:
            Conflict: a unit stands under none or under one of the wrong kind, has more heads than its kind has, or a
                namesake; a post is held by nobody or nowhere; a deputy stands for nobody who holds a post there.
        """
        for spans in self.every(Subject.UNIT).values():
            for span in spans:
                self._check_unit(span)
        self._check_names()
        for number, spans in self.every(Subject.POST).items():
            self._check_post(number, spans)
        self._check_heads()
        return self

    def _post(self, spans: Sequence[Span]) -> Post:
        first, last = spans[0], spans[-1]
        said = last.said
        ends = [last.until, self._end(Subject.UNIT, said["unit"]), self._end(Subject.PERSON, said["person"])]
        until = min((day for day in ends if day), default=None)
        return Post(
            first.number, said["person"], said["unit"], said["kind"], said.get("acts_for"), first.since, until
        )

    def _end(self, subject: Subject, number: int) -> date | None:
        spans = self._spans[subject].get(number)
        return spans[-1].until if spans else None

    def _alive(self, subject: Subject, number: int, since: date, until: date | None) -> bool:
        """Whether a subject is there for the whole time."""
        spans = self._spans[subject].get(number)
        if not spans or since < spans[0].since:
            return False
        end = spans[-1].until
        return end is None or (until is not None and until <= end)

    def _check_unit(self, span: Span) -> None:
        unit, rules = _unit(span), organisation_rules()
        kind = rules.units[unit.kind]
        if unit.parent is None:
            if "" not in kind.under:
                problem = "“{unit}”是{kind}，须设在“{above}”之下，请选择上级机构。"
                raise Conflict(msg(problem, unit=unit.name, kind=label(kind.zh), above=_kinds(kind)))
            return
        if not self._alive(Subject.UNIT, unit.parent, span.since, span.until):
            problem = "“{unit}”的上级机构在 {day} 起的这段时间里不存在，请先调整它的上级或日期。"
            raise Conflict(msg(problem, unit=unit.name, day=span.since))
        above = self.unit_now(unit.parent)
        if above.kind not in kind.under:
            problem = "{kind}“{unit}”不能设在{other}“{above}”之下，应设在“{kinds}”之下。"
            raise Conflict(
                msg(
                    problem, unit=unit.name, kind=label(kind.zh), above=above.name,
                    other=label(rules.units[above.kind].zh), kinds=_kinds(kind),
                )
            )  # fmt: skip

    def _check_names(self) -> None:
        """No two units of a place bear one name at a time."""
        named: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for spans in self.every(Subject.UNIT).values():
            for span in spans:
                named[span.said["place"], span.said["name"]].append(span)
        for spans in named.values():
            spans.sort(key=lambda span: span.since)
            for first, second in zip(spans, spans[1:], strict=False):
                if first.number != second.number and (first.until is None or second.since < first.until):
                    problem = "同一地方已有“{unit}”，请换一个名称，或核对是否已登记。"
                    raise Conflict(msg(problem, unit=str(second.said["name"])))

    def _check_post(self, number: int, spans: Sequence[Span]) -> None:
        first, said = spans[0], spans[-1].said
        post = self.posts.get(number)
        person = self.people.get(said["person"])
        if (
            person is None
            or post is None
            or not self._alive(Subject.PERSON, person.id, post.since, post.until)
        ):
            raise Conflict(msg("任职的干部在 {day} 还没有登记，请先登记干部。", day=first.since))
        if not self._alive(Subject.UNIT, post.unit, post.since, post.until):
            problem = "“{person}”任职的机构在 {day} 不存在，请核对日期。"
            raise Conflict(msg(problem, person=person.label, day=first.since))
        if post.kind == DEPUTY:
            self._check_deputy(post, person)

    def _check_deputy(self, post: Post, person: Person) -> None:
        other = self.people.get(post.acts_for or 0)
        if other is None or other.id == person.id:
            problem = "代理须写明代理谁，且不能代理自己，请从本机构任职的干部中选择。"
            raise Conflict(msg(problem))
        held = (one for one in self._held[other.id] if one.unit == post.unit and one.kind != DEPUTY)
        if not any(one.held_on(post.since) for one in held):
            problem = "“{other}”在 {day} 没有在该机构任职，“{person}”不能代理，请核对。"
            raise Conflict(msg(problem, other=other.label, person=person.label, day=post.since))

    @cached_property
    def _held(self) -> Mapping[int, Sequence[Post]]:
        held: dict[int, list[Post]] = defaultdict(list)
        for post in self.posts.values():
            held[post.person].append(post)
        return held

    def _check_heads(self) -> None:
        """No unit has more heads at once than its kind has; nobody holds the same post twice at a time."""
        heads: dict[int, list[Post]] = defaultdict(list)
        same: dict[tuple[Any, ...], list[Post]] = defaultdict(list)
        for post in self.posts.values():
            same[post.unit, post.person, post.kind, post.acts_for].append(post)
            if post.kind == HEAD:
                heads[post.unit].append(post)
        for unit, posts in heads.items():
            found = self.unit_now(unit)
            most = organisation_rules().units[found.kind].heads
            if any(sum(one.held_on(post.since) for one in posts) > most for post in posts):
                problem = "“{unit}”的正职最多 {most} 人，请先结束原正职的任职，再登记新的。"
                raise Conflict(msg(problem, unit=found.name, most=most))
        for posts in same.values():
            if any(sum(one.held_on(post.since) for one in posts) > 1 for post in posts):
                person = self.people[posts[0].person]
                raise Conflict(msg("“{person}”已有这一任职，无需重复登记。", person=person.label))


@dataclass
class Chart:
    """The organisation of one day."""

    whole: Organisation
    day: date
    units: Mapping[int, Unit] = field(init=False)
    posts: Sequence[Post] = field(init=False)

    def __post_init__(self) -> None:
        valid = (
            span
            for spans in self.whole.every(Subject.UNIT).values()
            for span in spans
            if span.valid_on(self.day)
        )
        units = sorted(map(_unit, valid), key=lambda unit: (_rank(unit.kind), unit.order, unit.id))
        self.units = {unit.id: unit for unit in units}
        held = [post for post in self.whole.posts.values() if post.held_on(self.day)]
        self.posts = sorted(held, key=lambda post: (_post_rank(post.kind), post.since, post.id))

    @cached_property
    def _by_unit(self) -> Mapping[int, Sequence[Post]]:
        return _grouped(self.posts, "unit")

    @cached_property
    def _by_person(self) -> Mapping[int, Sequence[Post]]:
        return _grouped(self.posts, "person")

    @cached_property
    def _below(self) -> Mapping[int, Sequence[Unit]]:
        return _grouped(self.units.values(), "parent")

    @cached_property
    def people(self) -> Mapping[int, Person]:
        """The people who are registered on the day."""
        spans = self.whole.every(Subject.PERSON)
        there = (number for number, ones in spans.items() if any(span.valid_on(self.day) for span in ones))
        return {number: self.whole.people[number] for number in there}

    def posts_in(self, unit: int) -> Sequence[Post]:
        """Who holds which post in a unit, heads first."""
        return self._by_unit.get(unit, ())

    def posts_of(self, person: int) -> Sequence[Post]:
        """The posts that a person holds."""
        return self._by_person.get(person, ())

    def below(self, unit: int) -> Sequence[Unit]:
        """The units directly under one."""
        return self._below.get(unit, ())

    def of_kinds(self, kinds: Iterable[str], places: Iterable[str]) -> list[Unit]:
        """The units of some kinds at some places."""
        wanted, where = set(kinds), set(places)
        return [unit for unit in self.units.values() if unit.kind in wanted and unit.place in where]


def _grouped(ones: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for one in ones:
        found[getattr(one, name)].append(one)
    return found


def _laid(number: int, facts: Sequence[Fact]) -> list[Span]:
    """Facts of one subject, laid over each other by day, then in the order in which they became known."""
    ordered = sorted(facts, key=lambda fact: (fact.day, fact.id))
    spans, said = list[Span](), dict[str, Any]()
    for place, fact in enumerate(ordered):
        said = {**said, **fact.said}
        following = ordered[place + 1].day if place + 1 < len(ordered) else None
        ends = [following, date.fromisoformat(said["until"]) if said.get("until") else None]
        until = min((day for day in ends if day), default=None)
        if until is None or fact.day < until:
            spans.append(Span(number, fact.day, until, said))
    return spans


def _unit(span: Span) -> Unit:
    said = span.said
    return Unit(
        id=span.number,
        name=said["name"],
        kind=said["kind"],
        place=said["place"],
        parent=said.get("parent"),
        function=said.get("function", ""),
        zone=said.get("zone", ""),
        duties=said.get("duties", ""),
        order=said.get("order", 0),
    )


def _person(span: Span, named: Mapping[str, int]) -> Person:
    name, number = span.said["name"], span.said.get("number", "")
    shown = name if named[name] == 1 else f"{name}（{number or span.number}）"
    return Person(span.number, name, number, span.said.get("username", ""), span.said["place"], shown)


def _rank(kind: str) -> int:
    return list(organisation_rules().units).index(kind)


def _post_rank(kind: str) -> int:
    return list(organisation_rules().posts).index(kind)


def _kinds(kind: UnitKind) -> Message | str:
    units = organisation_rules().units
    return either(units[id].zh for id in kind.under if id)
