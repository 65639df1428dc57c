"""The cases of a firm as they stand today, each with its roster."""

from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.queries.reading import read


@dataclass(frozen=True)
class OfRoster:
    """The roster of a case, as far as a page about the case names it."""

    pk: int
    code: str
    title: str
    title_en: str
    place_id: int


@dataclass(frozen=True)
class CaseNow:
    """A case as it stands today; land and energy in millionths of mu and tce."""

    roster: OfRoster
    id: int
    number: int
    firm_id: int
    place_id: int
    batch: str
    measure: str
    team: str
    origin: str
    due_on: date | None
    state: str
    state_on: date | None
    target_on: date | None
    done_on: date | None
    land: int
    energy: int

    def days_overdue(self, today: date) -> int:
        """How many days a target is late; 0 when it is done, not a target, or not late."""
        if self.due_on is None or not self.target_on or self.done_on:
            return 0
        return max((today - self.due_on).days, 0)


CASES_OF_FIRM = """
SELECT r.id, r.code, r.title, r.title_en, r.place_id,
       c.id, c.number, c.firm_id, c.place_id, c.batch, c.measure, c.team, c.origin, c.due_on,
       s.state, s.state_on, s.target_on, s.done_on, s.land, s.energy
FROM store_case c JOIN store_casestate s ON s.case_id = c.id JOIN store_roster r ON r.id = c.roster_id
WHERE c.firm_id = %s ORDER BY c.roster_id
"""


def cases_of_firm(firm_id: int, scope: Scope) -> list[CaseNow]:
    """The cases of a firm that lie where the person may look, by roster."""
    found = read(lambda *row: CaseNow(OfRoster(*row[:5]), *row[5:]), CASES_OF_FIRM, firm_id)
    return [case for case in found if scope.everywhere or case.place_id in scope.places]
