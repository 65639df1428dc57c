"""Parcels and who holds them, as the rows of an accepted import say: entries of the register book, and rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from tenglong.actions.intake.context import own_parcel
from tenglong.actions.registry.book import NewFirm, OpenBook, Statement, TemporaryNumbers, register_firms
from tenglong.domain.intake.plans import HoldToBegin, Landlord, ParcelPlan, Plan
from tenglong.domain.kernel.errors import Bug, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.book import COLUMNS, HOLDING, PARCEL, holding_columns
from tenglong.domain.registry.codes import read_code
from tenglong.queries.registry.register import lies_here
from tenglong.queries.registry.territory import territory
from tenglong.store.bulk import insert, next_ids
from tenglong.store.models import Firm, Holding, Import, MatchPair, Parcel

AT_ONCE = 500
SAME_CODE = msg("信用代码相同")


@dataclass(slots=True)
class PlannedRow:
    """A row that changes something, and what it plans."""

    id: int
    sheet: str
    row: int
    firm_id: int | None
    case_id: int | None
    plan: Plan

    @property
    def the_firm(self) -> int:
        """The firm, which is known or registered by now."""
        if self.firm_id is None:
            raise Bug("the firm of a row is not registered yet", sheet=self.sheet, row=self.row)
        return self.firm_id


OnParcel = tuple[PlannedRow, ParcelPlan]
"""A row that speaks of a parcel."""


@dataclass
class Lease:
    """A landlord to be found, for a holding: since when it is (None: from the start), and how the file names it."""

    holding: int
    since: date | None
    code: str
    name: str
    source: Mapping[str, Any]


@dataclass
class LandApplier:
    """Parcels and holdings of one import; remembers those that the file's earlier rows made."""

    book: OpenBook
    source: dict[str, Any]
    batch: Import
    at: datetime
    numbers: TemporaryNumbers
    leases: list[Lease] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of the file."""
        return self.batch.business_day

    def apply(self, rows: Sequence[PlannedRow]) -> tuple[dict[int, int], frozenset[int]]:
        """The parcel of each row, by the row's id, and which are new; new ones are made, and who holds them."""
        planned = [(row, row.plan.parcel) for row in rows if row.plan.parcel]
        numbers = {
            row.id: str(plan.number or own_parcel(row.firm_id or 0))
            for row, plan in planned
            if plan.id is None
        }
        new = self._make_parcels([(row, plan) for row, plan in planned if plan.id is None], numbers)
        found = {row.id: plan.id or self.made[numbers[row.id]] for row, plan in planned}
        said = [
            statement
            for row, plan in planned
            for statement in self._changes(row, plan, found[row.id], found[row.id] in new)
        ]
        self.book.tell([*said, *self._make_holdings(planned, found)])
        return found, new

    def finish(self) -> None:
        """Tie leases to landlords, who may have stood further down in the file: a firm that this office meets in the
        register anyway, by code, else by name. A code that a firm elsewhere bears is a question to both offices, about
        a record of the landlord that is this office's own, as for a firm (ADR 0019)."""
        if not self.leases:
            return
        members = territory().at(self.day).members(self.batch.code)
        here = Firm.objects.filter(lies_here(members, self.batch.code[:6]), absorbed_by=None)
        codes = _found(here, "code", self.leases)
        codes |= self._own_records([lease for lease in self.leases if lease.code and lease.code not in codes])
        names = _found(here, "name", self.leases)
        said = [
            Statement(HOLDING, lease.holding, {"landlord": str(landlord)}, lease.since, lease.source)
            for lease in self.leases
            if (landlord := codes.get(lease.code) or names.get(lease.name)) is not None
        ]
        self.book.tell(said)

    def _own_records(self, leases: Sequence[Lease]) -> dict[str, int]:
        """By code, a provisional record of each landlord that has a firm elsewhere for a namesake in code."""
        elsewhere = _found(Firm.objects.filter(absorbed_by=None), "code", leases)
        asked = {lease.code: lease for lease in reversed(leases) if lease.code in elsewhere and lease.name}
        if not asked:
            return {}
        holders = Holding.objects.filter(pk__in=[lease.holding for lease in asked.values()])
        places = dict(holders.values_list("pk", "firm__place_id"))
        firms = [
            NewFirm(lease.name, places[lease.holding], code, read_code(code).status.value, provisional=True)
            for code, lease in asked.items()
        ]
        made = register_firms(firms, book=self.book, at=self.at, source=self.source, numbers=self.numbers)
        found = dict(zip(asked, made, strict=True))
        MatchPair.objects.bulk_create(
            MatchPair(
                firm_id=found[code],
                candidate_id=elsewhere[code],
                place_id=places[lease.holding],
                probability_micro=1_000_000,
                reasons=[SAME_CODE.to_json()],
                batch=self.batch,
                created_at=self.at,
            )
            for code, lease in asked.items()
        )
        return found

    def _make_parcels(self, planned: Sequence[OnParcel], numbers: Mapping[int, str]) -> frozenset[int]:
        wanted = {numbers[row.id] for row, _ in planned}
        known = Parcel.objects.filter(number__in=[number for number in wanted if number not in self.made])
        here = territory().at(self.day).members(self.batch.code)
        for number, id, place in known.values_list("number", "id", "place_id"):
            if place not in here:
                problem = "预检之后，宗地“{number}”登记到了其他辖区，请对本文件重新预检后再确认。"
                raise Conflict(msg(problem, number=number))
            self.made[number] = id
        homes = dict(
            Firm.objects.filter(pk__in={row.firm_id for row, _ in planned}).values_list("id", "place_id")
        )
        new: dict[str, tuple[PlannedRow, int | None]] = {}
        for row, plan in planned:
            number = numbers[row.id]
            if number not in self.made and (number not in new or new[number][1] is None):
                new[number] = row, plan.area
        ids = next_ids(Parcel, len(new))
        insert(
            Parcel,
            ("id", "number", "place_id", *COLUMNS[PARCEL]),
            [
                (id, number, homes[row.firm_id or 0], area, "", "")
                for id, (number, (row, area)) in zip(ids, new.items(), strict=True)
            ],
        )
        self.made.update(zip(new, ids, strict=True))
        self.book.tell(
            [
                Statement(PARCEL, id, {} if area is None else {"area": str(area)}, None, self._at(row), True)
                for id, (row, area) in zip(ids, new.values(), strict=True)
            ]
        )
        return frozenset(ids)

    def _changes(
        self, row: PlannedRow, plan: ParcelPlan, parcel_id: int, is_new: bool
    ) -> Iterator[Statement]:
        """What the row says differently of a parcel and a hold that are known, and what it ends."""
        where = self._at(row)
        if plan.area is not None and not is_new:
            day = self.day if plan.moved else None
            yield Statement(PARCEL, parcel_id, {"area": str(plan.area)}, day, where)
        for name, (was, now) in (plan.differing or {}).items():
            day = None if was is None else self.day
            yield Statement(HOLDING, plan.held, {name: str(now)}, day, where)
        if plan.landlord:
            was, named = plan.landlord
            day = None if was is None else self.day
            if isinstance(named, Landlord):
                self.leases.append(Lease(plan.held, day, named.code, named.name, where))
            else:
                yield Statement(HOLDING, plan.held, {"landlord": str(named)}, day, where)
        for left in plan.left:
            yield Statement(HOLDING, left, {"until": self.day.isoformat()}, self.day, where)

    def _make_holdings(self, planned: Sequence[OnParcel], parcels: Mapping[int, int]) -> list[Statement]:
        begun = [(row, plan.holding) for row, plan in planned if plan.holding]
        new = [hold for _, hold in begun if hold.id is None]
        ids, made, told = iter(next_ids(Holding, len(new))), list[tuple[Any, ...]](), list[Statement]()
        for row, hold in begun:
            where = self._at(row)
            id = hold.id or next(ids)
            if hold.id:
                told.append(Statement(HOLDING, id, {"until": ""}, self.day, where))
            else:
                said = _said(row, hold, parcels[row.id])
                made.append((id, *holding_columns(said, where)))
                told.append(Statement(HOLDING, id, said, None, where, True))
            if any(hold.landlord):
                self.leases.append(Lease(id, None, hold.landlord.code, hold.landlord.name, where))
        insert(Holding, ("id", *COLUMNS[HOLDING]), made)
        return told

    def _at(self, row: PlannedRow) -> dict[str, Any]:
        return {**self.source, "sheet": row.sheet, "cell": f"{row.row}"}


def _said(row: PlannedRow, hold: HoldToBegin, parcel_id: int) -> dict[str, str]:
    """What a new hold is, as the book says it."""
    amounts = {"floor_area": hold.floor, "part": hold.part}
    return {
        "parcel": str(parcel_id),
        "holder": str(row.firm_id),
        "relation": hold.relation,
        **{name: str(value) for name, value in amounts.items() if value is not None},
        **({"since": hold.since} if hold.since else {}),
    }


def _found(firms: QuerySet[Firm], column: str, leases: Sequence[Lease]) -> dict[str, int]:
    """By the code or name of landlords, the firms that it speaks of; of several namesakes the first."""
    found: dict[str, int] = {}
    wanted = sorted({text for lease in leases if (text := getattr(lease, column))})
    for start in range(0, len(wanted), AT_ONCE):
        rows = firms.filter(**{f"{column}__in": wanted[start : start + AT_ONCE]})
        for text, id in rows.order_by("-id").values_list(column, "id"):
            found[text] = id
    return found
