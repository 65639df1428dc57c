"""What judging the rows of one import needs to know, loaded once or chunk by chunk."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from tenglong.actions.intake.within import Place as Among
from tenglong.actions.intake.within import RowKey
from tenglong.domain.campaign.reports.changes import Known, Reported
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.ledger.entries import Entry
from tenglong.domain.registry.book import OWNER
from tenglong.domain.registry.territory import Level, Place
from tenglong.domain.registry.towns import town_question, towns_in
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.book import kept_firms, observations
from tenglong.queries.registry.register import FirmIndex, Identity, firms_for
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case, Firm, Holding, Import, Parcel, Roster

# Which places a row names. All of them pass `PlaceFinder.find`, which refuses what its uploader does not answer for.

Found = tuple[Place | None, str, Message | None]
OF_THE_FIRM = ("county", "town")
"""The columns that say where a firm lies; others may name a place beside it."""


class PlaceFinder:
    """Remembers every wording met in a file: a hundred thousand rows name few places.

    `within` is the territory of the file, `roster` the place of the roster whose cases its rows are, if they are.
    """

    def __init__(self, kind: str, within: str, day: date, roster: Place | None = None):
        self._tree = territory().at(day)
        self._territory, self._within, self._day = territory(), within, day
        self._roster = roster and self._territory.home(roster, day)
        self.naming = tuple(column.id for column in table_kind(kind).columns if column.place)
        self._known: dict[tuple[str, ...], Found] = {}

    def find(self, row: ParsedRow) -> Found:
        """(place, column, problem): the place of the firm, or the column and sentence why there is none, or why a place
        that the row names must not be named here."""
        said = tuple(str(row.value(column) or "") for column in self.naming)
        if said not in self._known:
            self._known[said] = self._find(dict(zip(self.naming, said, strict=True)))
        return self._known[said]

    def question(self, row: ParsedRow, place: Place) -> Message | None:
        """What is asked where a row says a county only, and its address names a town there."""
        address = str(row.value("address") or "")
        if not address or row.value("town") or place.level != Level.COUNTY:
            return None
        found = towns_in(address, self._territory, within=place.code, day=self._day)
        return town_question(found, self._tree)

    @cached_property
    def members(self) -> frozenset[int]:
        """The places of the territory."""
        return self._tree.members(self._within)

    def under(self, place: Place) -> frozenset[int]:
        """A place and all below it: a row that names the county says nothing against a town of it."""
        return self._tree.members(place.code)

    def _find(self, said: dict[str, str]) -> Found:
        place, column, problem = self._meant(said["county"], said["town"])
        if place is None:
            return None, column, problem
        beside = ((name, self._beside(text)) for name, text in said.items() if name not in OF_THE_FIRM)
        for named, one in ((column, place), *beside):
            if one and (problem := self._foreign(one)):
                return None, named, problem
        return place, column, None

    def _meant(self, county: str, town: str) -> Found:
        """What the columns of the firm mean, wherever it lies."""
        if not county and not town:
            if self._tree.children(self._within):
                return None, "county", msg("没有填写县（市、区）和镇（街道），无法确定属地，请补填。")
            return self._tree.place(self._within), "", None
        within, column = self._within, "county"
        try:
            if county:
                place = self._above(county) or self._named(county, within)
                within = place.code
            if town and not (county and place.level == Level.ZONE and not self._tree.children(within)):
                column = "town"  # a zone's towns are not recorded: it is the unit itself
                place = self._named(town, within)
        except UserError as error:
            return None, column, error.message
        return place, column, None

    def _above(self, county: str) -> Place | None:
        """The territory itself or a place above it: a town's own table names its county too."""
        for place in (self._tree.place(self._within), *self._tree.ancestors(self._within)):
            if county in (place.name, place.code, place.name[:-1], *place.aliases):
                return self._tree.place(self._within) if place.code != self._within else place
        return None

    def _named(self, text: str, within: str) -> Place:
        try:
            return self._territory.find(text, within=within, day=self._day)
        except UserError:
            elsewhere = self._elsewhere(text)
            if elsewhere is None:
                raise
            return elsewhere

    def _elsewhere(self, text: str) -> Place | None:
        """The place outside the territory that bears this name, so that the sentence can say so."""
        root = (self._tree.place(self._within), *self._tree.ancestors(self._within))[-1]
        try:
            found = self._territory.find(text, within=root.code, day=self._day)
        except UserError:
            return None
        return None if found.id in self.members else found

    def _beside(self, text: str) -> Place | None:
        """The place elsewhere that a cell names in full which may also hold other words, such as a block's own name."""
        if not text or (self._above(text) is not None):
            return None
        try:
            self._territory.find(text, within=self._within, day=self._day)
        except UserError:
            found = self._elsewhere(text)
            return found if found and (text.endswith(found.name) or text.isascii()) else None
        return None

    def _foreign(self, place: Place) -> Message | None:
        """Why a place must not be named: it lies outside the territory of the file, or of the roster."""
        if place.id not in self.members:
            problem = "“{place}”不在本次导入的辖区“{within}”之内，不能由您上报，请删去这一行或由当地上报。"
            return msg(problem, place=place.name, within=self._tree.place(self._within).name)
        if self._roster and place.id not in self._tree.members(self._roster.code):
            problem = "“{place}”不在名单的辖区“{within}”之内，不能列入这份名单，请核对所选的名单。"
            return msg(problem, place=place.name, within=self._roster.name)
        return None


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
    abroad: set[int] = field(default_factory=set)
    holdings: dict[int, list[Hold]] = field(default_factory=dict)
    owned: set[int] = field(default_factory=set)
    observations: dict[tuple[int, str, int, str], int] = field(default_factory=dict)
    processes: dict[int, set[str]] = field(default_factory=dict)


class Repeated(NamedTuple):
    """What a row says, to be held against later rows of the same firm; `bare` leaves the credit code out."""

    row: int
    digest: str
    bare: int
    coded: bool

    @classmethod
    def of(cls, row: ParsedRow) -> "Repeated":
        """What a row says."""
        bare = hash(frozenset((name, str(cell.value)) for name, cell in row.cells.items() if name != "code"))
        return cls(row.row, row.digest, bare, row.value("code") is not None)

    def repeats(self, other: "Repeated") -> bool:
        """Whether both say the same, or would if one of them did not leave the code out."""
        return self.digest == other.digest or (self.bare == other.bare and not (self.coded and other.coded))


class Context:
    """One import while it is staged."""

    def __init__(self, batch: Import):
        self.batch = batch
        self.day: date = batch.business_day
        self.roster: Roster | None = batch.roster
        of_roster = territory().places[batch.roster.place_id] if batch.roster else None
        self.places = PlaceFinder(batch.kind, batch.code, batch.business_day, of_roster)
        register = firms_for(self.places.members, batch.code[:6])
        self.firms: FirmIndex = register.here
        self.elsewhere: FirmIndex = register.elsewhere
        self.cases = _cases(batch.roster)
        self.near: dict[tuple[str, int], Identity] = {}
        self.seen: dict[str, Repeated] = {}
        self.within: dict[RowKey, Among] = {}
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
        columns = Parcel.objects.values("id", "number", "area_micro", "place_id")
        rows = list(_in_parts(columns, "number__in", numbers))
        parcels = {row["number"]: (row["id"], row["area_micro"]) for row in rows}
        self.chunk = Chunk(
            known={id: self._with_pending(id, facts) for id, facts in facts_of_cases(case_ids).items()},
            firms={
                row["id"]: row
                for row in _in_parts(Firm.objects.values("id", *FIRM_FIELDS, "name"), "id__in", ids)
            },
            parcels=parcels,
            abroad={row["id"] for row in rows if row["place_id"] not in self.places.members},
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


def is_own_parcel(number: str) -> bool:
    """Whether a parcel is called as one that has no number."""
    return re.fullmatch(r"[Ff]\d+", number) is not None


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
