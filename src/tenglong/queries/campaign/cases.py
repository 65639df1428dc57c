"""Cases of a roster as lists: narrowed, ordered, counted, page by page; and one case for whoever may see it."""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from django.db.models import Count, Q, QuerySet, Sum

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.cases import machine
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import recorded, remembered
from tenglong.store.models import Case, FirmName, Roster

T = TypeVar("T")
PAGE_SIZE = 50
SORTS = {
    "number": "number",
    "name": "firm__name",
    "since": "now__state_on",
    "land": "now__land",
    "energy": "now__energy",
}
COLUMNS = ("pk", "number", "firm_id", "firm__name", "place_id", "batch", "measure", "team", "due_on")
STATE_COLUMNS = ("state", "state_on", "target_on", "done_on", "land", "energy")


@dataclass(frozen=True)
class CaseFilter:
    """What a case list is narrowed to, and its order; "" narrows nothing.

    `owner` is the role whose turn it is. `member` is "target" for targets of the roster, "other" for the rest.
    `text` is part of a present or former name, or the beginning of a credit code or temporary id. `sort` is a
    key of SORTS, with "-" before it for descending.
    """

    state: str = ""
    owner: str = ""
    member: str = ""
    batch: str = ""
    measure: str = ""
    team: str = ""
    party: str = ""
    text: str = ""
    overdue: bool = False
    sort: str = "number"


@dataclass(frozen=True)
class Totals:
    """The filtered set: how many cases, land in mu, energy in tce."""

    count: int
    land: Decimal
    energy: Decimal


@dataclass(frozen=True)
class CaseRow:
    """One line of a list. `overdue_days` is 0 unless the case is a target that is late."""

    id: int
    number: int
    firm_id: int
    firm: str
    place: str
    state: str
    owner: str
    since: date | None
    batch: str
    measure: str
    team: str
    due_on: date | None
    overdue_days: int
    land: Decimal
    energy: Decimal


class CaseList:
    """The cases of `roster` in `places` as they stand today, narrowed by `wanted`."""

    def __init__(self, *, roster: Roster, unit: str, scope: Scope, wanted: CaseFilter, today: date):
        self._roster, self._unit, self._wanted, self._today = roster, unit, wanted, today
        self._tree = territory().at(today)
        self._places = scope.narrowed(self._tree.members(unit)).places
        self._whole = self._places >= self._tree.members(roster.place.code)
        self._names: dict[int, str] = {}

    def narrowed(self, wanted: CaseFilter) -> "CaseList":
        """The cases of the same place and moment, narrowed and ordered by `wanted`."""
        found = copy(self)
        found._wanted = wanted
        vars(found).pop("totals", None)
        return found

    @cached_property
    def totals(self) -> Totals:
        """Counted and added up in one query, and remembered until something is recorded."""
        return self._remembered("totals", astuple(self._wanted), self._add_up)

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(-(-self.totals.count // PAGE_SIZE), 1)

    def page(self, number: int) -> list[CaseRow]:
        """One page, counted from 1."""
        return self.slice((number - 1) * PAGE_SIZE, PAGE_SIZE)

    def slice(self, start: int, count: int) -> list[CaseRow]:
        """`count` lines after the first `start`: first the keys in their order, then the rows of these few."""
        part = self._ordered.values_list("pk", flat=True)[start : start + count]
        keys = self._remembered("keys", (*astuple(self._wanted), start, count), lambda: list(part))
        rows = {row.id: row for row in self._rows(Case.objects.filter(pk__in=keys))}
        return [rows[key] for key in keys]

    def rows(self) -> Iterator[CaseRow]:
        """Every line, in the same order."""
        return self._rows(self._ordered)

    def teams(self) -> list[str]:
        """The teams that have cases here."""
        named = self._here.exclude(team="").values_list("team", flat=True).distinct()
        return self._remembered("teams", (), lambda: sorted(set(named)))

    def _add_up(self) -> Totals:
        sums = self._narrowed.aggregate(count=Count("pk"), land=Sum("now__land"), energy=Sum("now__energy"))
        land, energy = (from_micro(int(sums[name] or 0)) for name in ("land", "energy"))
        return Totals(sums["count"], land, energy)

    @property
    def _here(self) -> QuerySet[Case]:
        cases = Case.objects.filter(roster=self._roster)
        return cases if self._whole else cases.filter(place_id__in=self._places)

    @property
    def _narrowed(self) -> QuerySet[Case]:
        wanted = self._wanted
        equal = {
            name: value for name in ("batch", "measure", "team", "party") if (value := getattr(wanted, name))
        }
        found = self._here.filter(**equal)
        if wanted.state:
            found = found.filter(now__state=wanted.state)
        if wanted.owner:
            states = [state.id for state in machine().states.values() if state.owner == wanted.owner]
            found = found.filter(now__state__in=states)
        if wanted.member:
            found = found.filter(now__target_on__isnull=wanted.member != "target")
        if wanted.overdue:
            found = found.filter(
                due_on__lt=self._today, now__target_on__isnull=False, now__done_on__isnull=True
            )
        return found.filter(_speaks_of(wanted.text)) if wanted.text else found

    @property
    def _ordered(self) -> QuerySet[Case]:
        name, descending = self._wanted.sort.removeprefix("-"), self._wanted.sort.startswith("-")
        column = SORTS[name]
        order = [f"-{column}" if descending else column]
        return self._narrowed.order_by(*order, *([] if name == "number" else ["number"]))

    def _rows(self, cases: QuerySet[Case]) -> Iterator[CaseRow]:
        columns = [*COLUMNS, *(f"now__{name}" for name in STATE_COLUMNS)]
        for row in cases.values(*columns).iterator():
            yield self._row(row)

    def _row(self, row: dict) -> CaseRow:
        late = row["due_on"] is not None and row["now__target_on"] and not row["now__done_on"]
        days = (self._today - row["due_on"]).days if late else 0
        return CaseRow(
            id=row["pk"],
            number=row["number"],
            firm_id=row["firm_id"],
            firm=row["firm__name"],
            place=self._place_name(row["place_id"]),
            state=row["now__state"],
            owner=machine().states[row["now__state"]].owner,
            since=row["now__state_on"],
            batch=row["batch"],
            measure=row["measure"],
            team=row["team"],
            due_on=row["due_on"],
            overdue_days=max(days, 0),
            land=from_micro(row["now__land"]),
            energy=from_micro(row["now__energy"]),
        )

    def _place_name(self, place_id: int) -> str:
        """The place's name today, with the names between it and the unit that is looked at."""
        if place_id not in self._names:
            places = self._tree.territory
            place = places.places[place_id]
            path = [places.home(place, self._today) or place]
            for above in self._tree.ancestors(path[0].code):
                if self._unit in (above.code, path[0].code):
                    break
                path.append(above)
            self._names[place_id] = "".join(place.name for place in reversed(path))
        return self._names[place_id]

    def _remembered(self, what: str, more: Iterable[object], find: Callable[[], T]) -> T:
        """What `find` gives, kept until an entry or a deed of the trail is recorded, or the day ends."""
        key = f"cases:{what}:{hash((*self._known, *more))}"
        return remembered(key, find)

    @cached_property
    def _known(self) -> tuple[object, ...]:
        """The place and the moment that an answer belongs to."""
        return self._roster.pk, self._unit, self._places, self._today, recorded()


def case_by_id(id: int, scope: Scope) -> Case:
    """A case with its roster and firm.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = Case.objects.select_related("roster", "roster__place", "firm", "now").filter(pk=id).first()
    if found is None or not (scope.everywhere or found.place_id in scope.places):
        raise NotFound(msg("没有这个案件，或不在您的辖区内，请从案件列表中选择。"))
    return found


def _speaks_of(text: str) -> Q:
    former = FirmName.objects.filter(name__contains=text).values("firm_id")
    named = Q(firm__name__contains=text) | Q(firm_id__in=former)
    return named | Q(firm__code__startswith=text.upper()) | Q(firm__temporary_id__startswith=text)
