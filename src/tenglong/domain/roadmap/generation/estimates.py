"""Figures of a firm as its options need them: what is known, else an estimate that is named (measures.toml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.kernel.quantities import MU_PER_M2
from tenglong.domain.roadmap.facts import LANDLORD, TENANT, FirmFacts
from tenglong.domain.roadmap.measures import Measure, Measures
from tenglong.domain.roadmap.settings import Settings

NOTHING = Decimal(0)
ASKED = ("land", "floor_area", "energy", "wastewater", "cod", "jobs", "tax")


@dataclass(frozen=True, slots=True)
class Figures:
    """What options are made of, in the units of FirmFacts; nothing is 0.

    `floor_area` is what the firm uses or owns, `let` whether others use it: then their measures empty it.
    """

    land: Decimal
    floor_area: Decimal
    let: bool
    energy: Decimal
    wastewater: Decimal
    cod: Decimal
    jobs: Decimal
    tax: Decimal
    case: Decimal = Decimal(1)

    def freed(self, amount: str) -> Decimal:
        """How much of an amount there is to free."""
        if amount == "floor_area" and self.let:
            return NOTHING
        value: Decimal = getattr(self, amount)
        return value


class Estimates:
    """Figures and compensation of firms; tenants of one landlord share its floor area where theirs is not known."""

    def __init__(self, facts: Sequence[FirmFacts], known: Measures, settings: Settings):
        self._given = {**known.estimates, **settings.estimates}
        self._prices = {
            id: (price, settings.prices.get(id, price.value)) for id, price in known.prices.items()
        }
        self._by_id = {firm.id: firm for firm in facts}
        self._tenants: dict[str, int] = {}
        for firm in facts:
            if firm.party == TENANT and firm.landlord:
                self._tenants[firm.landlord] = self._tenants.get(firm.landlord, 0) + 1

    def figures(self, firm: FirmFacts) -> Figures:
        """The figures of a firm."""
        return Figures(
            land=(firm.land or NOTHING) if firm.holds_land else NOTHING,
            floor_area=self._floor(firm),
            let=firm.party == LANDLORD and firm.id in self._tenants,
            energy=firm.energy or NOTHING,
            wastewater=firm.wastewater or NOTHING,
            cod=firm.cod or NOTHING,
            jobs=firm.jobs or NOTHING,
            tax=firm.tax or NOTHING,
        )

    def compensation(self, firm: FirmFacts, figures: Figures, measure: Measure) -> tuple[Decimal, Decimal]:
        """(compensation, support) of a measure without bonus: the price, else the offer, else the appraisal, else unit
        prices; for measures without compensation nothing of those counts."""
        amounts = [NOTHING, NOTHING]
        for id in measure.pays:
            price, value = self._prices[id]
            if firm.party in price.to:
                amounts[not price.compensation] += value * getattr(figures, price.of)
        replaced = next((one for one in (firm.price, firm.offered, firm.appraised) if one is not None), None)
        if replaced is not None and any(self._prices[id][0].compensation for id in measure.pays):
            amounts[0] = replaced
        return amounts[0], amounts[1]

    def _floor(self, firm: FirmFacts) -> Decimal:
        if firm.floor_area is not None:
            return firm.floor_area
        if firm.party == TENANT:
            landlord = self._by_id.get(firm.landlord)
            if landlord is None or (landlord.floor_area is None and landlord.land is None):
                return self._given["workshop"]
            return self._floor(landlord) / self._tenants[firm.landlord]
        if firm.land is not None:
            return firm.land / MU_PER_M2 * self._given["plot_ratio"]
        return self._given["workshop"]


def unknown(firms: Sequence[FirmFacts]) -> Mapping[str, tuple[str, ...]]:
    """Which figures of each firm are not known; a tenant has no land."""
    found = {}
    for firm in firms:
        names = tuple(
            name for name in ASKED if getattr(firm, name) is None and (name != "land" or firm.holds_land)
        )
        if names:
            found[firm.id] = names
    return found
