"""Carrying out what rows plan of parcels and of who holds them: entries of the register book, and rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tenglong.actions.intake.context import own_parcel
from tenglong.actions.intake.planned import PlannedRow
from tenglong.actions.registry.book import OpenBook, Statement
from tenglong.domain.registry.book import HOLDING, PARCEL
from tenglong.queries.registry.register_columns import COLUMNS, holding_columns
from tenglong.store.bulk import insert, next_ids
from tenglong.store.models import Firm, Holding, Parcel

AT_ONCE = 500


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
    source: Mapping[str, Any]
    day: date
    leases: list[Lease] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)

    def apply(self, rows: Sequence[PlannedRow]) -> tuple[dict[int, int], frozenset[int]]:
        """The parcel of each row, by the row's id, and which are new; new ones are made, and who holds them."""
        numbers = {
            row.id: str(row.plan["parcel"].get("number") or own_parcel(row.firm_id or 0))
            for row in rows
            if "id" not in row.plan["parcel"]
        }
        new = self._make_parcels([row for row in rows if row.id in numbers], numbers)
        found = {row.id: row.plan["parcel"].get("id") or self.made[numbers[row.id]] for row in rows}
        said = [one for row in rows for one in self._changes(row, found[row.id], found[row.id] in new)]
        self.book.tell([*said, *self._make_holdings(rows, found)])
        return found, new

    def finish(self) -> None:
        """Tie leases to landlords that stood further down in the file."""
        known = _landlords(self.leases)
        said = [
            Statement(HOLDING, lease.holding, {"landlord": str(landlord)}, lease.since, lease.source)
            for lease in self.leases
            if (landlord := known.get(lease.code) or known.get(lease.name)) is not None
        ]
        self.book.tell(said)

    def _make_parcels(self, rows: Sequence[PlannedRow], numbers: Mapping[int, str]) -> frozenset[int]:
        wanted = {numbers[row.id] for row in rows}
        known = Parcel.objects.filter(number__in=[number for number in wanted if number not in self.made])
        self.made.update(known.values_list("number", "id"))
        homes = dict(Firm.objects.filter(pk__in={row.firm_id for row in rows}).values_list("id", "place_id"))
        new: dict[str, tuple[PlannedRow, int | None]] = {}
        for row in rows:
            number, area = numbers[row.id], row.plan["parcel"].get("area")
            if number not in self.made and (number not in new or new[number][1] is None):
                new[number] = row, area
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

    def _changes(self, row: PlannedRow, parcel_id: int, is_new: bool) -> Iterator[Statement]:
        """What the row says differently of a parcel and a hold that are known, and what it ends."""
        plan, where = row.plan["parcel"], self._at(row)
        if "area" in plan and not is_new:
            day = self.day if plan.get("moved") else None
            yield Statement(PARCEL, parcel_id, {"area": str(plan["area"])}, day, where)
        for name, (was, now) in plan.get("differing", {}).items():
            day = None if was is None else self.day
            yield Statement(HOLDING, plan["held"], {name: str(now)}, day, where)
        if "landlord" in plan:
            was, named = plan["landlord"]
            day = None if was is None else self.day
            if isinstance(named, int):
                yield Statement(HOLDING, plan["held"], {"landlord": str(named)}, day, where)
            else:
                self.leases.append(Lease(plan["held"], day, named[0], named[1], where))
        for left in plan.get("left", ()):
            yield Statement(HOLDING, left, {"until": self.day.isoformat()}, self.day, where)

    def _make_holdings(self, rows: Sequence[PlannedRow], parcels: Mapping[int, int]) -> list[Statement]:
        begun = [(row, row.plan["parcel"]["holding"]) for row in rows if "holding" in row.plan["parcel"]]
        new = [(row, hold) for row, hold in begun if "id" not in hold]
        ids, made, told = iter(next_ids(Holding, len(new))), list[tuple[Any, ...]](), list[Statement]()
        for row, hold in begun:
            where = self._at(row)
            id = hold.get("id") or next(ids)
            if "id" in hold:
                told.append(Statement(HOLDING, id, {"until": ""}, self.day, where))
            else:
                said = _said(row, hold, parcels[row.id])
                made.append((id, *holding_columns(said, where)))
                told.append(Statement(HOLDING, id, said, None, where, True))
            if any(hold["landlord"]):
                code, name = hold["landlord"]
                self.leases.append(Lease(id, None, code, name, where))
        insert(Holding, ("id", *COLUMNS[HOLDING]), made)
        return told

    def _at(self, row: PlannedRow) -> dict[str, Any]:
        return {**self.source, "sheet": row.sheet, "cell": f"{row.row}"}


def _said(row: PlannedRow, hold: Mapping[str, Any], parcel_id: int) -> dict[str, str]:
    """What a new hold is, as the book says it."""
    amounts = {"floor_area": hold["floor"], "part": hold["part"]}
    return {
        "parcel": str(parcel_id),
        "holder": str(row.firm_id),
        "relation": hold["relation"],
        **{name: str(value) for name, value in amounts.items() if value is not None},
        **({"since": hold["since"]} if hold["since"] else {}),
    }


def _landlords(leases: Sequence[Lease]) -> dict[str, int]:
    """The firms that landlords' codes and names speak of; of several namesakes the first."""
    found: dict[str, int] = {}
    for column in ("code", "name"):
        wanted = sorted({text for lease in leases if (text := getattr(lease, column))})
        for start in range(0, len(wanted), AT_ONCE):
            rows = Firm.objects.filter(**{f"{column}__in": wanted[start : start + AT_ONCE]}, absorbed_by=None)
            for text, id in rows.order_by("-id").values_list(column, "id"):
                found[text] = id
    return found
