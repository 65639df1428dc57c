"""The four duties of a task, with names: who answers for it on a day, as the posts and the task itself say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenglong.domain.registry.organisation import Chart, Post, Unit
from tenglong.domain.registry.organisation_rules import DEPUTY, DutyRule, Labelled, organisation_rules


@dataclass(frozen=True)
class Task:
    """What duties are asked for: `places` are the codes of its place and those above, nearest first; department, team
    and responsible person as it names them."""

    places: tuple[str, ...]
    batch: str = ""
    department: str = ""
    team: str = ""
    responsible: str = ""


@dataclass(frozen=True)
class Named:
    """Somebody by name and title; `deputies` are the names of who acts for them."""

    name: str
    title: Labelled
    deputies: tuple[str, ...]


@dataclass(frozen=True)
class Answering:
    """A unit with those of it who answer; nobody where the posts are vacant. A unit that is not registered has no
    `unit`, and is called as the task calls it."""

    name: str
    unit: Unit | None
    people: tuple[Named, ...]


@dataclass(frozen=True)
class Duty:
    """One of the four duties, and who bears it."""

    rule: DutyRule
    units: tuple[Answering, ...]


def four_duties(task: Task, chart: Chart) -> tuple[Duty, ...]:
    """Who bears each of the four duties on the day of the chart."""
    return tuple(
        Duty(rule, tuple(_answering(rule, task, chart))) for rule in organisation_rules().duties.values()
    )


def unit_named(text: str, attribute: str, places: Iterable[str], chart: Chart) -> Unit | None:
    """The unit that a task means by a text: at its place or above, nearest first, by the name of the day or an earlier
    one; None where none is registered."""
    kinds = set(organisation_rules().named_by(attribute))
    codes = list(places)
    units = [unit for unit in chart.units.values() if unit.kind in kinds and unit.place in codes]
    units.sort(key=lambda unit: codes.index(unit.place))
    named = (unit for unit in units if unit.name == text)
    former = (unit for unit in units if text in chart.whole.names_of(unit.id))
    return next(named, None) or next(former, None) if text else None


def unregistered(task: Task, chart: Chart) -> tuple[str, ...]:
    """The attributes of a task whose texts name nobody who is registered."""
    units = [
        attribute
        for attribute in ("department", "team")
        if (text := getattr(task, attribute)) and unit_named(text, attribute, task.places, chart) is None
    ]
    unknown = task.responsible and task.responsible not in chart.whole.labelled
    return (*units, "responsible") if unknown else tuple(units)


def _answering(rule: DutyRule, task: Task, chart: Chart) -> Iterable[Answering]:
    if rule.of:
        text = getattr(task, rule.of)
        unit = unit_named(text, rule.of, task.places, chart)
        if text:
            yield Answering(text, unit, _people(unit, rule.posts, chart) if unit else ())
        return
    for unit in chart.of_kinds(rule.kinds, task.places):
        if not rule.joins or _joins(unit, task):
            yield Answering(unit.name, unit, _people(unit, rule.posts, chart))


def _joins(unit: Unit, task: Task) -> bool:
    """Whether a department takes part in a task that another one leads."""
    function = organisation_rules().functions.get(unit.function)
    return function is not None and task.batch in function.joins and unit.name != task.department


def _people(unit: Unit, kinds: Sequence[str], chart: Chart) -> tuple[Named, ...]:
    posts = chart.posts_in(unit.id)
    return tuple(_named(post, unit, posts, chart) for post in posts if post.kind in kinds)


def _named(post: Post, unit: Unit, posts: Sequence[Post], chart: Chart) -> Named:
    people = chart.whole.people
    acting = (one for one in posts if one.kind == DEPUTY and one.acts_for == post.person)
    title = organisation_rules().title(unit.kind, post.kind)
    return Named(people[post.person].label, title, tuple(people[one.person].label for one in acting))
