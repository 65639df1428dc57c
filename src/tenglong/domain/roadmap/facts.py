"""What is known of a case on the day a roadmap is planned: queries fill it in, options are made from it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LANDLORD, TENANT, OWNER = "landlord", "tenant", "owner"


@dataclass(frozen=True)
class FirmFacts:
    """One case. `id` is its number in the store as text: the firm's id in the problem file.

    Land in mu (owners and landlords; a tenant has none), floor area in m², energy in tce, wastewater and COD in t a
    year, tax, appraisals, offers, prices and what was paid so far in 10,000 yuan, `jobs` in people; None is not known.
    `place` is the code of the town, `landlord` the id of the landlord's case, "" without one. `batch` and `measure`
    were decided before ("" is open). Days are those of the ledger's entries: `started_on` of the first that counts
    after the plan, `appraiser_on` of the joint choice of an appraiser.
    """

    id: str
    number: int
    name: str
    place: str
    town: str = ""
    zone: str = ""
    team: str = ""
    party: str = ""
    landlord: str = ""
    parcel: str = ""
    processes: tuple[str, ...] = ()
    batch: str = ""
    measure: str = ""
    state: str = ""
    grade: str = ""
    land: Decimal | None = None
    floor_area: Decimal | None = None
    energy: Decimal | None = None
    wastewater: Decimal | None = None
    cod: Decimal | None = None
    jobs: Decimal | None = None
    tax: Decimal | None = None
    appraised: Decimal | None = None
    offered: Decimal | None = None
    price: Decimal | None = None
    paid: Decimal | None = None
    signed_on: date | None = None
    emptied_on: date | None = None
    started_on: date | None = None
    done_on: date | None = None
    appraiser_on: date | None = None
    consultations: int = 0
    objections: int = 0

    @property
    def holds_land(self) -> bool:
        """Whether its measure may free land: a tenant's frees floor area only (docs/algorithms/roadmap.md 2.5)."""
        return self.party != TENANT
