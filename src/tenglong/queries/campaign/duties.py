"""Who answers for a case on a day, and whom it may be given to by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tenglong.domain.registry.duties import Duty, Task, four_duties, unregistered
from tenglong.domain.registry.organisation import Chart
from tenglong.domain.registry.organisation_rules import organisation_rules
from tenglong.queries.registry.organisation import organisation
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case

ATTRIBUTES = ("department", "team", "responsible")
"""What says of a case who answers for it."""


class Given(Protocol):
    """What a case says of who answers for it, and where it lies."""

    @property
    def place_id(self) -> int: ...
    @property
    def batch(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def responsible(self) -> str: ...


@dataclass(frozen=True)
class Answers:
    """Who answers for a case: by name the department that leads, the team and the responsible person; the four duties;
    which of the three name nobody who is registered."""

    department: str
    team: str
    responsible: str
    duties: tuple[Duty, ...]
    unregistered: tuple[str, ...]


@dataclass(frozen=True)
class Offered:
    """Whom a case may be given to by hand: names of registered departments, teams and people."""

    department: tuple[str, ...]
    team: tuple[str, ...]
    responsible: tuple[str, ...]


def answers_of(case_ids: Iterable[int], day: date) -> dict[int, Answers]:
    """Who answers for cases on a day."""
    return {case.pk: answers_for(case, day) for case in Case.objects.filter(pk__in=list(case_ids))}


def answers_for(case: Given, day: date) -> Answers:
    """Who answers for a case that was read already."""
    chart = organisation().at(day)
    task = Task(places_above(case.place_id, day), case.batch, case.department, case.team, case.responsible)
    duties, lacking = four_duties(task, chart), unregistered(task, chart)
    return Answers(case.department, case.team, case.responsible, duties, lacking)


def places_above(place_id: int, day: date) -> tuple[str, ...]:
    """The codes of a place and those above it, nearest first."""
    known = territory()
    home = known.home(known.places[place_id], day)
    if home is None:
        return ()
    return (home.code, *(place.code for place in known.at(day).ancestors(home.code)))


def offered(place_id: int, day: date) -> Offered:
    """Whom a case at a place may be given to: departments and teams there, above, and under it; people with a post in
    a unit there, above, or under it."""
    chart = organisation().at(day)
    codes = _around(place_id, day)
    units = {
        attribute: tuple(
            unit.name for unit in chart.of_kinds(organisation_rules().named_by(attribute), codes)
        )
        for attribute in ("department", "team")
    }
    return Offered(units["department"], units["team"], _people(chart, codes))


def _around(place_id: int, day: date) -> frozenset[str]:
    tree, above = territory().at(day), places_above(place_id, day)
    under = tree.descendants(above[0]) if above else ()
    return frozenset((*above, *(place.code for place in under)))


def _people(chart: Chart, codes: frozenset[str]) -> tuple[str, ...]:
    posts = (post for post in chart.posts if chart.units[post.unit].place in codes)
    ids = dict.fromkeys(post.person for post in posts)
    return tuple(chart.people[id].label for id in ids if id in chart.people)
