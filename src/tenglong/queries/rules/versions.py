"""Rule files of the city as people see them: what is in force at a place, what was put, how two texts differ."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tenglong.domain.access.policy import Matter, Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import shipped
from tenglong.domain.rules.owned import Owned, owned, owned_by, rule_process
from tenglong.queries.kernel.rules import Released, Shelf, rule_file, shelf, text_of
from tenglong.queries.registry.rulebook import path_of
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Named, Value
from tenglong.store.models import RuleVersion


@dataclass(frozen=True)
class VersionView(Value):
    """A rule file that somebody put, as pages show it."""

    pk: int
    rule: str
    place: Named
    place_id: int
    from_day: date
    digest: str
    filename: str
    state: str
    put_by: str
    put_at: datetime
    released_by: str
    released_at: datetime | None


@dataclass(frozen=True)
class InForce:
    """What counts of one rule file at a place on a day: the text with its digest, where it comes from.

    `place` is whose own it is and `from_day` its first day; without a place it is what ships with the program.
    """

    file: Owned
    digest: str
    text: str
    source: str
    version: int | None
    place: str
    from_day: date | None
    waiting: int


def rules_in_force(code: str, day: date) -> list[InForce]:
    """Every rule file that a city may replace, as it counts at a place on a day, in order."""
    counting = shelf().counting(path_of(code, day), day)
    waiting = RuleVersion.objects.filter(
        state=RuleVersion.State.SUBMITTED, place__code__in=path_of(code, day)
    )
    count: dict[str, int] = {}
    for rule in waiting.values_list("rule", flat=True):
        count[rule] = count.get(rule, 0) + 1
    return [_in_force(file, counting.get(id), count.get(id, 0)) for id, file in owned().items()]


def rule_in_force(id: str, code: str, day: date) -> InForce:
    """One rule file as it counts at a place on a day.

    Raises:
        NotFound: there is no such file.
    """
    file = owned_by(id)
    return next(one for one in rules_in_force(code, day) if one.file.id == file.id)


def versions_of(id: str, code: str, day: date, scope: Scope) -> list[RuleVersion]:
    """What was put of a rule file for a place, those above it and those below, the latest first."""
    path, places = path_of(code, day), territory().at(day).members(code)
    rows = RuleVersion.objects.filter(rule=id).select_related("place").order_by("-id")
    return [
        row for row in rows if (row.place_id in places or row.place.code in path) and _sees(row, scope, day)
    ]


def version_by_id(id: int, scope: Scope, day: date | None = None) -> RuleVersion:
    """A rule file that was put for a place of the person, or one above.

    Raises:
        NotFound: there is none, or not for this person.
    """
    row = RuleVersion.objects.select_related("place").filter(pk=id).first()
    if row is None or not _sees(row, scope, day or row.from_day):
        raise NotFound(msg("没有第 {id} 号规则文件，请从本市规则的列表中选择。", id=str(id)))
    return row


def version_text(row: RuleVersion) -> str:
    """The text that was put."""
    return text_of(row.rule, row.digest) or ""


def before(row: RuleVersion) -> str:
    """The text that counts without a version: what it would take the place of, or took."""
    day = row.from_day
    others = Shelf(tuple(one for one in shelf().versions if one.id != row.pk and _earlier(one, row)))
    counting = others.counting(path_of(row.place.code, day), day).get(row.rule)
    return (text_of(row.rule, counting.digest) if counting else None) or owned()[row.rule].shipped_text


def _earlier(one: Released, row: RuleVersion) -> bool:
    return row.released_at is None or one.released_at < row.released_at


def difference(before: str, after: str) -> tuple[str, ...]:
    """How a text differs from another, line by line as programmers write it (+ new, - gone)."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "现行", "新", lineterm="", n=2)
    return tuple(lines)


def version_matter(row: RuleVersion) -> Matter:
    """A rule file that was put, as the gate sees it."""
    return Matter(rule_process(), row.state, {"": row.place_id}, {"put": [row.put_by]})


def version_to_come(place_id: int) -> Matter:
    """A rule file that somebody wants to put for a place."""
    return Matter(rule_process(), "", {"": place_id})


def _sees(row: RuleVersion, scope: Scope, day: date) -> bool:
    """Rules are seen where they are made, and everywhere below."""
    if scope.everywhere or row.place_id in scope.places:
        return True
    tree = territory().at(day)
    return tree.has(row.place.code) and not scope.places.isdisjoint(tree.members(row.place.code))


def _in_force(file: Owned, one: Released | None, waiting: int) -> InForce:
    if one is None:
        ours = shipped(file.rule)
        return InForce(file, ours.digest, file.shipped_text, ours.source, None, "", None, waiting)
    own = rule_file(file.id, one.digest)
    place = territory().at(one.from_day)
    name = place.place(one.code).name if place.has(one.code) else one.code
    text = text_of(file.id, one.digest) or ""
    return InForce(file, own.digest, text, own.source, one.id, name, one.from_day, waiting)


def lines_of(texts: Sequence[str]) -> list[tuple[str, str]]:
    """The lines of a difference, each with what it is: "new", "gone", "where" or "same"."""
    kinds = {"+": "new", "-": "gone", "@": "where"}
    return [(kinds.get(line[:1], "same"), line) for line in texts]
