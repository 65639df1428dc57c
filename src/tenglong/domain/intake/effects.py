"""What accepting a row does, told from its plan: which sorts of deed, and old and new of every value."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenglong.domain.intake.plans import Change, Changed, Granted, ParcelPlan, Plan, Recorded
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.kinds import vocabulary


class Deed(StrEnum):
    """One sort of thing that accepting a row does."""

    FIRM = "firm"
    QUESTION = "question"
    CASE = "case"
    SAID_OF_FIRM = "said_of_firm"
    SAID_OF_CASE = "said_of_case"
    LAND = "land"
    INDICATORS = "indicators"
    CERTIFICATE = "certificate"
    ENTRIES = "entries"
    CORRECTIONS = "corrections"


KEYS = {
    Deed.FIRM: ("firm",),
    Deed.QUESTION: ("doubts",),
    Deed.CASE: ("case",),
    Deed.SAID_OF_FIRM: ("facts", "code", "names", "processes"),
    Deed.SAID_OF_CASE: ("attributes",),
    Deed.INDICATORS: ("observations",),
    Deed.CERTIFICATE: ("certificate",),
    Deed.ENTRIES: ("entries",),
    Deed.CORRECTIONS: ("voids",),
}
"""The fields of a plan that say so; LAND_KEYS are those of its parcel."""
LAND_KEYS = ("area", "holding", "left", "held")


def deeds_of(plan: Plan) -> tuple[Deed, ...]:
    """The sorts of deed in a plan, in the order of `Deed`."""
    found = {deed for deed, keys in KEYS.items() if any(getattr(plan, key) for key in keys)}
    if plan.parcel and plan.parcel.changes:
        found.add(Deed.LAND)
    return tuple(deed for deed in Deed if deed in found)


class About(StrEnum):
    """What the name of a change names: an attribute of the register, one of a case, an indicator, a kind of entry, a
    column of the table of certificates."""

    REGISTER = "register"
    CASE = "case"
    INDICATOR = "indicator"
    ENTRY = "entry"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class CellChange:
    """A value as it was and as the row makes it; "" is not known, and taken back where it is the new one.

    Days are ISO texts, amounts plain numbers in `unit`; an entry with an amount says both. `cell` is where the row says
    so, as far as the plan kept it.
    """

    about: About
    name: str
    was: str
    now: str
    unit: str = ""
    year: int = 0
    cell: str = ""


Earlier = Mapping[int, Recorded]
"""Entries that plans take back, by number."""


def changes_of(plan: Plan, earlier: Earlier) -> tuple[CellChange, ...]:
    """Every value that a plan changes; of a firm and a case that begin, what is said of them first."""
    return tuple(_changes(plan, earlier))


def _changes(plan: Plan, earlier: Earlier) -> Iterator[CellChange]:
    if plan.firm:
        yield from _said(About.REGISTER, {name: Change("", now) for name, now in plan.firm.facts.items()})
    yield from _said(About.REGISTER, plan.code or {})
    yield from _said(About.REGISTER, plan.facts or {})
    yield from (CellChange(About.REGISTER, "further_name", "", name) for name in plan.names)
    if plan.processes:
        yield CellChange(About.CASE, "processes", plan.processes_before, plan.processes)
    if plan.case:
        yield from _said(About.CASE, {name: Change("", now) for name, now in plan.case.said.items()})
    yield from _said(About.CASE, plan.attributes or {})
    if plan.parcel:
        yield from _land(plan.parcel)
    for year, indicator, quantity, unit, _, cell, before in plan.observations:
        was, now = _amount(before), _amount(quantity)
        yield CellChange(About.INDICATOR, indicator, was, now, unit, year, cell)
    if plan.certificate:
        yield from _certificate(plan.certificate)
    yield from _entries(plan.entries, [earlier[id] for id in plan.voids if id in earlier])


def _said(about: About, changed: Changed) -> Iterator[CellChange]:
    for name, (was, now) in changed.items():
        if name != "code_status":  # follows from the code beside it
            yield CellChange(about, name, str(was or ""), str(now or ""))


def _certificate(one: Granted) -> Iterator[CellChange]:
    """What is said of a certificate; of one that is known, what is said otherwise."""
    if not one.again:
        for name, text in (
            ("certificate", one.kind),
            ("certificate_no", one.number),
            ("granted_on", one.granted),
        ):
            yield from (CellChange(About.CERTIFICATE, name, "", text, cell=one.cell),) if text else ()
    for name, was, now in zip(("valid_until", "ended_on"), one.before, (one.until, one.ended), strict=True):
        if was != now:
            yield CellChange(About.CERTIFICATE, name, was, now, cell=one.cell)


def _land(parcel: ParcelPlan) -> Iterator[CellChange]:
    if parcel.area is not None:
        yield CellChange(About.REGISTER, "area", _amount(parcel.area_before), _amount(parcel.area), "mu")
    for name, (was, now) in (parcel.differing or {}).items():
        yield CellChange(About.REGISTER, name, _amount(was), _amount(now), "mu" if name == "part" else "㎡")
    if parcel.holding:
        yield CellChange(About.REGISTER, "relation", "", parcel.holding.relation)
        if name := parcel.holding.landlord.name:
            yield CellChange(About.REGISTER, "landlord", "", name)


def _entries(recorded: Iterable[Recorded], earlier: Iterable[Recorded]) -> Iterator[CellChange]:
    """Each entry beside the one of its kind that it takes the place of; what is only taken back comes last."""
    before = {entry.kind: entry for entry in earlier}
    for entry in recorded:
        was = before.pop(entry.kind, None)
        yield _entry(entry.kind, _on(was), _on(entry), entry.cell)
    yield from (_entry(kind, _on(entry), "", "") for kind, entry in before.items())


def _entry(kind: str, was: str, now: str, cell: str) -> CellChange:
    return CellChange(About.ENTRY, kind, was, now, vocabulary().kind(kind).quantity or "", cell=cell)


def _on(entry: Recorded | None) -> str:
    if entry is None:
        return ""
    return " ".join(filter(None, (entry.day.isoformat(), _amount(entry.quantity))))


def _amount(micro: int | None) -> str:
    return "" if micro is None else f"{from_micro(micro):f}"
