"""The cases of a firm as they stand today, each with its roster."""

from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.lateness import Due, due
from tenglong.queries.reading import read


@dataclass(frozen=True)
class OfRoster:
    """The roster of a case, as far as a page about the case names it."""

    pk: int
    code: str
    title: str
    title_en: str
    place_id: int
    deadline: date


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
    department: str
    responsible: str
    origin: str
    said_due_on: date | None
    state: str
    state_on: date | None
    target_on: date | None
    done_on: date | None
    land: int
    energy: int

    @property
    def due(self) -> Due:
        """By when it is to be done."""
        return due(self.said_due_on, self.roster.deadline)

    def days_overdue(self, today: date) -> int:
        """How many days a target is late; 0 when it is done, not a target, or not late."""
        return self.due.days_late(
            today, is_target=self.target_on is not None, is_done=self.done_on is not None
        )


CASES_OF_FIRM = """
SELECT r.id, r.code, r.title, r.title_en, r.place_id, r.deadline,
       c.id, c.number, c.firm_id, c.place_id, c.batch, c.measure, c.team, c.department, c.responsible,
       c.origin, c.due_on,
       s.state, s.state_on, s.target_on, s.done_on, s.land, s.energy
FROM store_case c JOIN store_casestate s ON s.case_id = c.id JOIN store_roster r ON r.id = c.roster_id
WHERE c.firm_id = %s ORDER BY c.roster_id
"""


def cases_of_firm(firm_id: int, scope: Scope) -> list[CaseNow]:
    """The cases of a firm that lie where the person may look, by roster."""
    found = read(lambda *row: CaseNow(OfRoster(*row[:6]), *row[6:]), CASES_OF_FIRM, firm_id)
    return [case for case in found if scope.everywhere or case.place_id in scope.places]
