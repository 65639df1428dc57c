"""What accepting a row will do: said while the row is judged, kept as JSON, carried out when the file is accepted.

Names of what is said of firms and cases are those of the register and the ledger; amounts are whole millionths.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

Said = Mapping[str, str]
"""What is said, by the name of what it is said of."""


class Change(NamedTuple):
    """What something was and what the row makes of it; None and "" are not known."""

    was: Any
    now: Any


Changed = Mapping[str, Change]
"""Changes by the name of what changes."""


class Landlord(NamedTuple):
    """Who lets, as the row names it: a firm of the register or of the same file."""

    code: str
    name: str


class Question(NamedTuple):
    """A firm that may be the row's, of the register or, by its `key`, of the same file: the reasons are messages as
    JSON."""

    firm_id: int
    probability_micro: int
    reasons: list[Any]
    key: str = ""


class Recorded(NamedTuple):
    """An entry to record; `of_land` when its amount belongs to the row's parcel."""

    kind: str
    day: date
    quantity: int | None
    cell: str
    reason: str
    of_land: bool


class Observed(NamedTuple):
    """A yearly indicator to note; `before` is what was known of it."""

    year: int
    indicator: str
    quantity: int
    unit: str
    basis: str
    cell: str
    before: int | None = None


class Granted(NamedTuple):
    """A certificate to note, as domain.uplift.certificates has it; days as ISO texts, "" where there is none. `again`:
    an interval that is known is said anew, which `until` and `ended` were `before`."""

    kind: str
    number: str
    granted: str
    until: str
    ended: str
    cell: str
    again: bool = False
    before: tuple[str, str] = ("", "")


class FirmToMake(NamedTuple):
    """A firm to register; `provisional` while it is in doubt whether it is another one."""

    name: str
    code: str
    status: str
    place: int
    provisional: bool
    facts: Said

    def to_json(self) -> dict[str, Any]:
        *own, facts = self
        return {**dict(zip(self._fields, own, strict=False)), **facts}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "FirmToMake":
        facts = dict(said)
        own = {name: facts.pop(name) for name in cls._fields[:-1]}
        return cls(**own, facts=facts)


class CaseToOpen(NamedTuple):
    """A case to open at a place, and what the row says of it; days as ISO texts."""

    place: int
    said: Said


class HoldToBegin(NamedTuple):
    """The firm is new on the parcel; `id`: it held it before, from the same day. `since`: an ISO text, "" from the
    start. `part`: the owner's own part of a parcel."""

    relation: str
    floor: int | None
    landlord: Landlord
    part: int | None
    since: str
    id: int | None = None

    def to_json(self) -> dict[str, Any]:
        own: dict[str, Any] = {name: getattr(self, name) for name in ("relation", "floor", "part", "since")}
        return {**own, "landlord": list(self.landlord), **({"id": self.id} if self.id else {})}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "HoldToBegin":
        return cls(**{**said, "landlord": Landlord(*said["landlord"])})


class ParcelPlan(NamedTuple):
    """The row's parcel: one that is known by `id`, else by `number` (None: the firm's own), and what the row changes.

    `moved`: the area was another one, `area_before`, until the day of the file. `left` are holds that end, `held` is
    the one that `differing` and `landlord` (who lets: a firm's number, or a name to be looked up) are said of.
    """

    id: int | None = None
    number: str | None = None
    area: int | None = None
    moved: bool = False
    area_before: int | None = None
    holding: HoldToBegin | None = None
    left: tuple[int, ...] = ()
    held: int = 0
    differing: Changed | None = None
    landlord: Change | None = None

    @property
    def changes(self) -> bool:
        """Whether anything is said beyond which parcel it is."""
        return self.area is not None or bool(self.holding or self.left or self.held)

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"number": self.number} if self.id is None else {"id": self.id}
        if self.area is not None:
            found["area"] = self.area
        if self.moved:
            found["moved"], found["area_before"] = True, self.area_before
        if self.holding:
            found["holding"] = self.holding.to_json()
        if self.left:
            found["left"] = self.left
        if self.held:
            found["held"] = self.held
        if self.differing:
            found["differing"] = _pairs(self.differing)
        if self.landlord:
            was, now = self.landlord
            found["landlord"] = [was, list(now) if isinstance(now, Landlord) else now]
        return found

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "ParcelPlan":
        found = dict(said)
        if hold := found.get("holding"):
            found["holding"] = HoldToBegin.from_json(hold)
        if let := found.get("landlord"):
            was, now = let
            found["landlord"] = Change(was, Landlord(*now) if isinstance(now, list) else now)
        if differing := found.get("differing"):
            found["differing"] = _changed(differing)
        return cls(**{**found, "left": tuple(found.get("left", ()))})


class Plan(NamedTuple):
    """All that accepting one row does; what is empty is nothing to do.

    `firm_key` is what rows of one new firm have in common. `again`: nothing said of the case counts any more, so that
    `attributes` open it anew. `processes_before`: what the firm's cases say of it so far.
    """

    firm_key: str = ""
    firm: FirmToMake | None = None
    names: tuple[str, ...] = ()
    doubts: tuple[Question, ...] = ()
    facts: Changed | None = None
    code: Changed | None = None
    processes: str = ""
    observations: tuple[Observed, ...] = ()
    certificate: Granted | None = None
    parcel: ParcelPlan | None = None
    case: CaseToOpen | None = None
    attributes: Changed | None = None
    again: bool = False
    voids: tuple[int, ...] = ()
    entries: tuple[Recorded, ...] = ()
    processes_before: str = ""

    def to_json(self) -> dict[str, Any]:
        """The plan as it is kept; what is empty is left out."""
        said = zip(self._fields, self, strict=True)
        return {name: WRITTEN[name](value) if name in WRITTEN else value for name, value in said if value}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Plan":
        """The plan that was kept."""
        found = {name: READ[name](value) if name in READ else value for name, value in said.items()}
        return cls(**found)


def _changed(said: Mapping[str, Any]) -> Changed:
    return {name: Change(*pair) for name, pair in said.items()}


def _case(said: Mapping[str, Any]) -> CaseToOpen:
    return CaseToOpen(said["place"], {name: text for name, text in said.items() if name != "place"})


def _granted(row: Sequence[Any]) -> Granted:
    kind, number, granted, until, ended, cell, again, (was, was_ended) = row
    return Granted(kind, number, granted, until, ended, cell, again, (was, was_ended))


def _pairs(changed: Changed) -> dict[str, list[Any]]:
    return {name: [was, now] for name, (was, now) in changed.items()}


def _rows(parts: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(part) for part in parts]


WRITTEN: dict[str, Callable[[Any], Any]] = {
    "firm": FirmToMake.to_json,
    "doubts": _rows,
    "facts": _pairs,
    "code": _pairs,
    "observations": _rows,
    "certificate": list,
    "parcel": ParcelPlan.to_json,
    "case": lambda case: {"place": case.place, **case.said},
    "attributes": _pairs,
    "entries": lambda rows: [
        [kind, day.isoformat(), quantity, cell, reason, of_land]
        for kind, day, quantity, cell, reason, of_land in rows
    ],
}
READ: dict[str, Callable[[Any], Any]] = {
    "firm": FirmToMake.from_json,
    "names": tuple,
    "doubts": lambda rows: tuple(Question(*row) for row in rows),
    "facts": _changed,
    "code": _changed,
    "observations": lambda rows: tuple(Observed(*row) for row in rows),
    "certificate": _granted,
    "parcel": ParcelPlan.from_json,
    "case": _case,
    "attributes": _changed,
    "voids": tuple,
    "entries": lambda rows: tuple(
        [Recorded(kind, date.fromisoformat(day), *rest) for kind, day, *rest in rows]
    ),
}
