"""The measures that each firm may take, with windows of start periods and amounts (roadmap.md 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.estimates import Estimates, Figures
from tenglong.domain.roadmap.generation.parts import (
    CHOSEN,
    DONE,
    OUT,
    SIGNED_BEFORE,
    TOO_LATE,
    UNSUITED,
    LeftOut,
    Offer,
)
from tenglong.domain.roadmap.generation.timing import Horizon, Parts, Timetable, named, spread, still_due
from tenglong.domain.roadmap.measures import CAPACITIES, LOST, SIGNED, Measure, Measures
from tenglong.domain.roadmap.parks import Group, accepting
from tenglong.domain.roadmap.settings import FixedChoice, Settings

NOTHING = Decimal(0)


@dataclass
class Options:
    """Firm after firm goes in; `offers`, `fixed`, `parks`, `idle` and `left_out` say what came out.

    `parks` are those that a firm may choose from, `cleared` the zones that must be cleared, each with the day, `tables`
    the timetables by name.
    """

    known: Measures
    settings: Settings
    horizon: Horizon
    estimates: Estimates
    offers: dict[str, dict[str, Offer]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    parks: dict[str, Group] = field(default_factory=dict)
    idle: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    tables: dict[str, Timetable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._choices: Mapping[str, FixedChoice] = {one.case: one for one in self.settings.choices}
        within = self.settings.sequence.polluting_within_days
        day = None if within is None else self.settings.start + timedelta(days=within)
        starts = self.horizon.starts
        self._polluting_until = len(starts) - 1 if day is None else sum(start <= day for start in starts) - 1
        self.cleared = {one.zone: one.by for one in self.settings.clearances if one.bonus is None}
        self._tiers: dict[str, tuple[Decimal, ...]] = {}

    def add(self, firm: FirmFacts) -> None:
        """One more firm."""
        if firm.state in self.known.out_states:
            self.left_out.append(LeftOut(firm.id, OUT, self._owed(firm)))
        elif firm.done_on or firm.emptied_on or firm.state in self.known.done_states:
            self.left_out.append(LeftOut(firm.id, DONE, self._owed(firm)))
        else:
            self._offer(firm)

    def _offer(self, firm: FirmFacts) -> None:
        figures, choice = self.estimates.figures(firm), self._choices.get(firm.id)
        parks = accepting(self.settings.parks, firm, figures.floor_area)
        if firm.signed_on or firm.state == SIGNED:
            offers = {one.timetable.measure.id: one for one in [self._contract(firm, figures)]}
            self.fixed[firm.id] = SIGNED_BEFORE
        elif choice:
            measure = self.known.measures[choice.measure]
            offers = self._offers(firm, figures, [measure], choice)
            self.fixed[firm.id] = CHOSEN
        else:
            suitable = self.known.suitable(firm, self.settings.measures)
            offered = [one for one in suitable if parks or not one.park]
            offers = self._offers(firm, figures, offered, None)
            if not offers:
                self.idle[firm.id] = TOO_LATE if offered else UNSUITED
        if parks and any(offer.timetable.measure.park for offer in offers.values()):
            self.parks[firm.id] = parks
        self.offers[firm.id] = offers

    def _offers(
        self, firm: FirmFacts, figures: Figures, measures: Sequence[Measure], choice: FixedChoice | None
    ) -> dict[str, Offer]:
        found = {}
        for measure in measures:
            table = self._table(measure, self._passed(firm, measure))
            window = self._window(firm, table, choice)
            if window is not None:
                found[measure.id] = self._priced(firm, figures, table, window)
        return found

    def _window(
        self, firm: FirmFacts, table: Timetable, choice: FixedChoice | None
    ) -> tuple[int, int] | None:
        """The first and last start period; None where the measure cannot be done in time."""
        if choice and choice.start:
            start = self.horizon.period_of(choice.start)
            return start, start
        if (choice or self.settings.late) and firm.zone not in self.cleared:
            last = len(self.horizon) - 1
        else:
            last = table.last_start(self.cleared.get(firm.zone, self.settings.deadline))
        if not set(firm.processes).isdisjoint(self.settings.sequence.polluting):
            last = min(last, self._polluting_until)
        return (0, last) if last >= 0 else None

    def _contract(self, firm: FirmFacts, figures: Figures) -> Offer:
        """What is left of a contract that is signed: it counts from its day, in the period in which that lies.

        What it pays is its whole price less what the ledger says was paid.
        """
        signed_on = firm.signed_on or self.settings.start
        measure = self.known.contract(firm.measure)
        passed = [step.kind for step in measure.steps].index(SIGNED) + 1
        table = Timetable(
            named(measure, passed, signed_on),
            measure,
            self.horizon,
            self.settings.fund.payments,
            passed,
            signed_on,
        )
        start = min(self.horizon.period_of(signed_on), len(self.horizon) - 1)
        whole = self._money(firm, figures, table, (start, start))[0][0]
        left = still_due(whole, firm.paid or NOTHING, table.due(start), self.horizon.today)
        return self._priced(firm, figures, replace(table, left=left), (start, start))

    def _priced(self, firm: FirmFacts, figures: Figures, table: Timetable, window: tuple[int, int]) -> Offer:
        measure, (first, last) = table.measure, window
        money, bonus = self._money(firm, figures, table, window)
        if table.signed_on is not None:
            money = (self._in_units(sum((part for _, part in table.left), NOTHING)),)
        batch = firm.batch if firm.batch in measure.batches else measure.batches[0]
        return Offer(table, batch, first, last, self._amounts(figures, table), money, bonus)

    def _amounts(self, figures: Figures, table: Timetable) -> dict[str, Decimal]:
        """Everything but the money, rounded as the problem rounds it; nothing is left out."""
        measure = table.measure
        found = {id: share * figures.freed(id) for id, share in measure.frees.items()}
        found |= {id: measure.loses[id] * getattr(figures, id) for id in LOST if id in measure.loses}
        days = sum((each * getattr(figures, _unit(key)) for key, each in measure.staff.items()), NOTHING)
        found["staff_days"] = days * table.staff_left
        found |= {capacity: Decimal(table.uses(capacity)) for capacity in CAPACITIES}
        found["write_off"] = Decimal(1)
        if measure.park:
            found["space"] = figures.floor_area
        rounded = {
            id: half_up(found[id], kind.places) for id, kind in self.known.amounts.items() if id in found
        }
        return {id: value for id, value in rounded.items() if value}

    def _money(
        self, firm: FirmFacts, figures: Figures, table: Timetable, window: tuple[int, int]
    ) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
        """Money and bonus by start period: a contract's price holds the bonus already."""
        compensation, support = self.estimates.compensation(firm, figures, table.measure)
        places = self.known.amounts["money"].places
        priced = firm.price is not None or not table.measure.bonus
        by_tier = {}
        tiers = self._tiers_of(table)[window[0] : window[1] + 1]
        for tier in set(tiers):
            bonus = NOTHING if priced else compensation * self.settings.bonus.rate * tier
            whole = compensation + bonus + support
            by_tier[tier] = half_up(whole, places), half_up(bonus, places)
        return tuple(by_tier[tier][0] for tier in tiers), tuple(by_tier[tier][1] for tier in tiers)

    def _tiers_of(self, table: Timetable) -> tuple[Decimal, ...]:
        """The share of the bonus that a signature earns, by start period."""
        if table.name not in self._tiers:
            bonus, days = self.settings.bonus, range(len(self.horizon))
            since = bonus.counted_from or self.settings.start
            signed = [table.signing_day(start) for start in days]
            late = [None if day is None else (day - since).days + 1 for day in signed]
            self._tiers[table.name] = tuple(
                next((tier.share for tier in bonus.tiers if day is not None and day <= tier.days), NOTHING)
                for day in late
            )
        return self._tiers[table.name]

    def _table(self, measure: Measure, passed: int) -> Timetable:
        name = named(measure, passed, None)
        if name not in self.tables:
            self.tables[name] = Timetable(name, measure, self.horizon, self.settings.fund.payments, passed)
        return self.tables[name]

    def _passed(self, firm: FirmFacts, measure: Measure) -> int:
        """How many steps of a measure count already, by the state of the case."""
        state = self.known.counts_as.get(firm.state, firm.state)
        kinds = [step.kind for step in measure.steps]
        return min(kinds.index(state) + 1, len(kinds) - 1) if state in kinds else 0

    def _owed(self, firm: FirmFacts) -> Parts:
        """What the contract of a firm that takes no part still pays: its price, without support, less what was paid."""
        if not firm.signed_on:
            return ()
        table = self._contract(firm, self.estimates.figures(firm)).timetable
        whole = self.estimates.compensation(firm, self.estimates.figures(firm), table.measure)[0]
        left = still_due(whole, firm.paid or NOTHING, table.due(0), self.horizon.today)
        total = self._in_units(sum((part for _, part in left), NOTHING))
        return spread(total, replace(table, left=left).parts("money", 0), self.known.amounts["money"].places)

    def _in_units(self, money: Decimal) -> Decimal:
        """Money as the problem rounds it: the ledger knows it to the cent."""
        return half_up(money, self.known.amounts["money"].places)


def _unit(key: str) -> str:
    return "case" if key == "base" else key
