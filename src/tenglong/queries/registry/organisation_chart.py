"""The organisation of a day as a tree: units with who holds which post, by name."""

from dataclasses import dataclass
from datetime import date, datetime

from tenglong.domain.access.policy import Scope
from tenglong.domain.registry.organisation import Chart, Person, Post, Unit
from tenglong.domain.registry.organisation_rules import DEPUTY, Labelled, UnitKind, organisation_rules
from tenglong.queries.registry.organisation import codes_of, organisation
from tenglong.queries.registry.territory import territory


@dataclass(frozen=True)
class PostLine:
    """A post with who holds it; `acts_for` is the name of whom a deputy stands for, else ""."""

    post: Post
    title: Labelled
    person: Person
    acts_for: str


@dataclass(frozen=True)
class Node:
    """A unit, who leads it, who else belongs to it, and the units under it. `vacant` says how many heads it lacks."""

    unit: Unit
    kind: UnitKind
    place: str
    posts: tuple[PostLine, ...]
    below: tuple["Node", ...]
    vacant: int

    @property
    def people(self) -> int:
        """How many people hold a post here."""
        return len({line.person.id for line in self.posts})


@dataclass(frozen=True)
class Organigram:
    """What a scope holds of the organisation of a day. `loose` are people without a post."""

    roots: tuple[Node, ...]
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    loose: tuple[Person, ...]


def organigram(scope: Scope, day: date, *, known_at: datetime | None = None) -> Organigram:
    """The units at the places of a scope, each under the one above it where that is among them."""
    chart, codes = organisation(known_at).at(day), codes_of(scope, day)
    here = {id: unit for id, unit in chart.units.items() if unit.place in codes}
    roots = [unit for unit in here.values() if unit.parent not in here]
    people = sorted((one for one in chart.people.values() if one.place in codes), key=lambda one: one.id)
    loose = tuple(one for one in people if not chart.posts_of(one.id))
    return Organigram(tuple(_node(unit, chart) for unit in roots), tuple(here.values()), tuple(people), loose)


def post_line(post: Post, chart: Chart) -> PostLine:
    """A post with its title and the names of people."""
    people = chart.whole.people
    other = people.get(post.acts_for or 0)
    title = organisation_rules().title(chart.units[post.unit].kind, post.kind)
    return PostLine(post, title, people[post.person], other.label if other else "")


def _node(unit: Unit, chart: Chart) -> Node:
    kind = organisation_rules().units[unit.kind]
    posts = tuple(post_line(post, chart) for post in chart.posts_in(unit.id))
    heads = sum(line.post.kind == "head" for line in posts)
    tree = territory().at(chart.day)
    return Node(
        unit,
        kind,
        tree.place(unit.place).name if tree.has(unit.place) else unit.place,
        posts,
        tuple(_node(below, chart) for below in chart.below(unit.id)),
        max(kind.heads - heads, 0),
    )


@dataclass(frozen=True)
class PersonLine:
    """A cadre with the posts of a day."""

    person: Person
    posts: tuple[tuple[str, PostLine], ...]
    acting: tuple[str, ...]


def people_of(scope: Scope, day: date) -> list[PersonLine]:
    """The people of a scope, with unit and title of each post and for whom they act."""
    known = organisation()
    chart, found = known.at(day), list[PersonLine]()
    for person in organigram(scope, day).people:
        posts = tuple(
            (chart.units[post.unit].name, post_line(post, chart)) for post in chart.posts_of(person.id)
        )
        acting = tuple(line.acts_for for _, line in posts if line.post.kind == DEPUTY)
        found.append(PersonLine(person, posts, acting))
    return found
