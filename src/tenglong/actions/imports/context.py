"""What judging the rows of one import needs to know, loaded once or chunk by chunk."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from tenglong.actions.imports.places import PlaceFinder
from tenglong.domain.campaign.reports.reported import Known, Reported
from tenglong.domain.ledger.entries import Entry
from tenglong.domain.registry.book import OWNER
from tenglong.queries.ledger import facts_of_cases
from tenglong.queries.merges import kept_firms
from tenglong.queries.observations import observations
from tenglong.queries.register import FirmIndex, Identity, load_firms
from tenglong.queries.states import surviving_history
from tenglong.store.models import Case, Firm, Holding, Import, Parcel, Roster

NOT_RECORDED = 2**61
STAGED_AT = datetime.min.replace(tzinfo=UTC)
CASE_FIELDS = (
    "party", "zone", "team", "batch", "measure", "department", "responsible", "processes", "origin", "due_on",
)  # fmt: skip
FIRM_FIELDS = ("party_type", "size", "industry", "address")
HELD = (
    "id",
    "parcel_id",
    "firm_id",
    "relation",
    "landlord_id",
    "floor_area_micro",
    "part_micro",
    "since",
    "until",
)
NOTHING = Known()


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case of the roster with what may be compared."""

    id: int
    place_id: int
    attributes: dict[str, Any]


class Hold(NamedTuple):
    """A holding as the register has it."""

    id: int
    parcel_id: int
    firm_id: int
    relation: str
    landlord_id: int | None
    floor: int | None
    part: int | None
    since: date | None
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it stands on the day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass
class Chunk:
    """What is known about the firms and cases of some rows."""

    known: dict[int, Known] = field(default_factory=dict)
    firms: dict[int, dict[str, Any]] = field(default_factory=dict)
    parcels: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    holdings: dict[int, list[Hold]] = field(default_factory=dict)
    owned: set[int] = field(default_factory=set)
    observations: dict[tuple[int, str, int, str], int] = field(default_factory=dict)
    processes: dict[int, set[str]] = field(default_factory=dict)


class Context:
    """One import while it is staged."""

    def __init__(self, batch: Import):
        self.batch = batch
        self.day: date = batch.business_day
        self.roster: Roster | None = batch.roster
        self.places = PlaceFinder(batch.code, batch.business_day)
        self.firms: FirmIndex = load_firms()
        self.cases = _cases(batch.roster)
        self.near: dict[tuple[str, int], Identity] = {}
        self.seen: dict[str, tuple[int, str]] = {}
        self.new_names: dict[tuple[str, str], str] = {}
        self.new_keys: set[str] = set()
        self.pending: dict[int, list[Entry]] = {}
        self.new_parcels: dict[str, tuple[str, int]] = {}
        self.new_holds: set[tuple[str, str, str]] = set()
        self.named: set[str] = set()
        self.chunk = Chunk()

    def open_chunk(self, firm_ids: Iterable[int], parcel_numbers: Iterable[str]) -> None:
        """Load what is known about the firms of the coming rows."""
        ids = sorted(set(firm_ids))
        numbers = sorted({*parcel_numbers, *(own_parcel(id) for id in ids)})
        case_ids = [self.cases[id].id for id in ids if id in self.cases]
        parcels = {
            row["number"]: (row["id"], row["area_micro"])
            for row in _in_parts(Parcel.objects.values("id", "number", "area_micro"), "number__in", numbers)
        }
        self.chunk = Chunk(
            known={id: self._with_pending(id, facts) for id, facts in facts_of_cases(case_ids).items()},
            firms={
                row["id"]: row
                for row in _in_parts(Firm.objects.values("id", *FIRM_FIELDS, "name"), "id__in", ids)
            },
            parcels=parcels,
            holdings=_holdings(ids),
            owned=_owned([id for id, _ in parcels.values()], self.day),
            observations=self._observations(ids),
            processes=self._processes(ids),
        )

    def remember(self, case_id: int, added: Iterable[Reported]) -> None:
        """Later rows of the file build on these entries (only event lists have several rows per case)."""
        waiting = self.pending.setdefault(case_id, [])
        for item in added:
            number = NOT_RECORDED + len(waiting)
            details = {"reason": item.reason}
            waiting.append(
                Entry(
                    number, 0, case_id, item.kind, item.day, STAGED_AT, "", None, item.quantity, None, details
                )
            )
        facts = self.chunk.known.get(case_id, NOTHING).facts
        self.chunk.known[case_id] = _known([*(f for f in facts if f.id < NOT_RECORDED), *waiting])

    def _with_pending(self, case_id: int, facts: Sequence[Entry]) -> Known:
        return _known([*facts, *self.pending.get(case_id, ())])

    def _observations(self, ids: Sequence[int]) -> dict[tuple[int, str, int, str], int]:
        if self.batch.kind != "observations":
            return {}
        columns = ("firm_id", "indicator", "year", "basis", "quantity")
        rows = _in_parts(observations().order_by("id").values(*columns), "firm_id__in", ids)
        return {(r["firm_id"], r["indicator"], r["year"], r["basis"]): r["quantity"] for r in rows}

    def _processes(self, ids: Sequence[int]) -> dict[int, set[str]]:
        """What the cases of the firms say, for a table of firms."""
        found: dict[int, set[str]] = {}
        if self.batch.kind == "firms":
            for row in _in_parts(Case.objects.values("firm_id", "processes"), "firm_id__in", ids):
                found.setdefault(row["firm_id"], set()).add(row["processes"])
        return found


def own_parcel(firm_id: int) -> str:
    """The number of the plot of a firm whose parcels have none."""
    return f"F{firm_id}"


def _known(facts: Sequence[Entry]) -> Known:
    return Known.of(surviving_history(facts)) if facts else NOTHING


def _cases(roster: Roster | None) -> dict[int, KnownCase]:
    """The roster's cases by the firm that they stand for."""
    if roster is None:
        return {}
    rows = Case.objects.filter(roster=roster).values("id", "firm_id", "place_id", *CASE_FIELDS)
    return {
        row["firm_id"]: KnownCase(row["id"], row["place_id"], {name: row[name] for name in CASE_FIELDS})
        for row in rows.iterator()
    }


def _holdings(firm_ids: Sequence[int]) -> dict[int, list[Hold]]:
    """What firms hold or held, those of records that turned out to be them included."""
    kept = kept_firms()
    wanted = set(firm_ids)
    records = sorted({*wanted, *(id for id, into in kept.items() if into in wanted)})
    found: dict[int, list[Hold]] = defaultdict(list)
    for row in _in_parts(Holding.objects.order_by("id").values(*HELD), "firm_id__in", records):
        landlord = row["landlord_id"]
        hold = Hold(*(row[name] for name in HELD))._replace(landlord_id=kept.get(landlord, landlord))
        found[kept.get(hold.firm_id, hold.firm_id)].append(hold)
    return found


def _owned(parcel_ids: Sequence[int], day: date) -> set[int]:
    """The parcels of which some firm is the owner on the day."""
    rows = Holding.objects.filter(relation=OWNER).values(*HELD)
    holds = (Hold(*(row[name] for name in HELD)) for row in _in_parts(rows, "parcel_id__in", parcel_ids))
    return {hold.parcel_id for hold in holds if hold.holds_on(day)}


def _in_parts(rows: Any, condition: str, values: Sequence[Any]) -> Iterable[dict[str, Any]]:
    """`rows` whose column is among many values, asked for in parts that every database takes."""
    for start in range(0, len(values), 900):
        yield from rows.filter(**{condition: values[start : start + 900]})
