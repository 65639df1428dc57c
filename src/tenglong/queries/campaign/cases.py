"""Cases of a roster as lists: narrowed, ordered, counted, page by page; and one case for whoever may see it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeVar

from django.db.models import Count, Q, QuerySet, Sum

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.lateness import due
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.reading import marks, read
from tenglong.queries.registry.names import name_like
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import recorded, remembered
from tenglong.queries.values import Named, Value
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
AT_ONCE = 500
NOBODY = "-"
"""Asked for as the responsible person: cases that have none."""
ROWS = """
SELECT c.id, c.number, c.firm_id, f.name, f.code, c.place_id, s.state, s.state_on, s.target_on, s.done_on,
       c.batch, c.measure, c.team, c.responsible, c.due_on, s.land, s.energy
FROM store_case c JOIN store_firm f ON f.id = c.firm_id JOIN store_casestate s ON s.case_id = c.id
WHERE c.id IN ({marks})
"""


@dataclass(frozen=True)
class CaseFilter:
    """What a case list is narrowed to, and its order; "" narrows nothing.

    `owner` is the role whose turn it is. `responsible` is a name, or NOBODY. `member` is "target" for targets of the
    roster, "other" for the rest. `text` is part of a present or former name, or the beginning of a credit code or
    temporary id. `sort` is a key of SORTS, with "-" before it for descending.
    """

    state: str = ""
    owner: str = ""
    member: str = ""
    batch: str = ""
    measure: str = ""
    team: str = ""
    department: str = ""
    responsible: str = ""
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
    """One line of a list. `overdue_days` is 0 unless the case is a target that is late; `due_by_roster` says that
    nobody set `due_on`, so that it is the roster's deadline."""

    id: int
    number: int
    firm_id: int
    firm: str
    code: str
    place: str
    state: str
    owner: str
    since: date | None
    batch: str
    measure: str
    team: str
    responsible: str
    due_on: date
    due_by_roster: bool
    overdue_days: int
    land: Decimal
    energy: Decimal


class _Read(NamedTuple):
    """A case as ROWS gives it; land and energy in millionths."""

    id: int
    number: int
    firm_id: int
    firm: str
    code: str
    place_id: int
    state: str
    since: date | None
    target_on: date | None
    done_on: date | None
    batch: str
    measure: str
    team: str
    responsible: str
    due_on: date | None
    land: int
    energy: int


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
        first = start // AT_ONCE
        parts = [self._keys(part) for part in range(first, (start + count - 1) // AT_ONCE + 1)]
        start -= first * AT_ONCE
        return self._rows(list(chain(*parts))[start : start + count])

    def _keys(self, part: int) -> list[int]:
        """The keys in their order, so many at once, remembered."""
        start = part * AT_ONCE
        found = self._ordered.values_list("pk", flat=True)[start : start + AT_ONCE]
        return self._remembered("keys", (*astuple(self._wanted), part), lambda: list(found))

    def rows(self) -> Iterator[CaseRow]:
        """Every line, in the same order."""
        keys = list(self._ordered.values_list("pk", flat=True))
        for start in range(0, len(keys), AT_ONCE):
            yield from self._rows(keys[start : start + AT_ONCE])

    def named(self, attribute: str) -> list[str]:
        """What the cases here name as their "team" or "responsible"."""
        named = self._here.exclude(**{attribute: ""}).values_list(attribute, flat=True).distinct()
        return self._remembered("named", (attribute,), lambda: sorted(set(named)))

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
            name: value
            for name in ("batch", "measure", "team", "department", "responsible", "party")
            if (value := getattr(wanted, name))
        }
        if wanted.responsible == NOBODY:
            equal["responsible"] = ""
        found = self._here.filter(**equal)
        if wanted.state:
            found = found.filter(now__state=wanted.state)
        if wanted.owner:
            states = [state.id for state in machine().states.values() if state.owner == wanted.owner]
            found = found.filter(now__state__in=states)
        if wanted.member:
            found = found.filter(now__target_on__isnull=wanted.member != "target")
        if wanted.overdue:
            found = found.filter(self._late)
        return found.filter(_speaks_of(wanted.text)) if wanted.text else found

    @property
    def _late(self) -> Q:
        """Targets that are not done and whose day (domain/campaign/lateness.py) is over."""
        said = Q(due_on__lt=self._today)
        late = said | Q(due_on__isnull=True) if self._roster.deadline < self._today else said
        return late & Q(now__target_on__isnull=False, now__done_on__isnull=True)

    @property
    def _ordered(self) -> QuerySet[Case]:
        name, descending = self._wanted.sort.removeprefix("-"), self._wanted.sort.startswith("-")
        column = SORTS[name]
        order = [f"-{column}" if descending else column]
        return self._narrowed.order_by(*order, *([] if name == "number" else ["number"]))

    def _rows(self, keys: Sequence[int]) -> list[CaseRow]:
        """The lines of some cases, in the order of their keys."""
        rows = {row.id: row for row in read(_Read, ROWS.format(marks=marks(keys)), *keys)} if keys else {}
        return [self._row(rows[key]) for key in keys]

    def _row(self, row: _Read) -> CaseRow:
        by = due(row.due_on, self._roster.deadline)
        return CaseRow(
            id=row.id,
            number=row.number,
            firm_id=row.firm_id,
            firm=row.firm,
            code=row.code,
            place=self._place_name(row.place_id),
            state=row.state,
            owner=machine().states[row.state].owner,
            since=row.since,
            batch=row.batch,
            measure=row.measure,
            team=row.team,
            responsible=row.responsible,
            due_on=by.on,
            due_by_roster=by.by_roster,
            overdue_days=by.days_late(
                self._today, is_target=row.target_on is not None, is_done=row.done_on is not None
            ),
            land=from_micro(row.land),
            energy=from_micro(row.energy),
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


@dataclass(frozen=True)
class CaseHead(Value):
    """What stands above every page about one case."""

    pk: int
    number: int
    firm: Named
    roster: RosterView


@dataclass(frozen=True)
class Stands(Value):
    """Where a case stands today; land and energy in millionths of mu and tce."""

    state_on: date | None
    suspended: bool
    land: int
    energy: int


@dataclass(frozen=True)
class CaseView(CaseHead):
    """A case as it stands today; the columns are those of Case."""

    firm_id: int
    place_id: int
    party: str
    zone: str
    team: str
    batch: str
    measure: str
    department: str
    responsible: str
    origin: str
    due_on: date | None
    now: Stands


def case_by_id(id: int, scope: Scope) -> Case:
    """A case with its roster and firm.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = Case.objects.select_related("roster", "roster__place", "firm", "now").filter(pk=id).first()
    if found is None or not (scope.everywhere or found.place_id in scope.places):
        raise NotFound(msg("没有这个案件，或不在您的辖区内，请从案件列表中选择。"))
    return found


def case_in_roster(code: str, number: int) -> int:
    """The case at a number of a roster's list.

    Raises:
        NotFound: there is no such line.
    """
    found = Case.objects.filter(roster__code=code, number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(
            msg("名单“{code}”没有第 {number} 户，请核对名单编号和名单序号。", code=code, number=number)
        )
    return found


def _speaks_of(text: str) -> Q:
    former = FirmName.objects.filter(name_like(text)).values("firm_id")
    named = name_like(text, "firm__") | Q(firm_id__in=former)
    return named | Q(firm__code__startswith=text.upper()) | Q(firm__temporary_id__startswith=text)
