"""Which rows the overview of a wall chart has, and how high they are by themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenglong.domain.reporting.roadmap.chart.parts import ROW, WORDS
from tenglong.domain.reporting.roadmap.content import CaseLine, RoadmapContent, by_team, by_zone

TOTALS = 5  # rows below the last zone: sums, started, done, land, energy


@dataclass(frozen=True)
class Band:
    """A row of the overview: a zone, a measure in it, a team in it, or one of all zones; `kind` names its height."""

    kind: str
    label: str
    cases: tuple[CaseLine, ...]
    measure: str = ""

    @property
    def height(self) -> float:
        """In mm, before it is stretched or pressed to fill a sheet."""
        return float(ROW["zone" if self.kind == "across" else self.kind])


def bands(content: RoadmapContent) -> list[list[Band]]:
    """The rows of each zone, which stay together, then those of the teams that work in several zones."""
    found, across = [], _across(content.cases)
    for zone, cases in by_zone(content.lines).items():
        block = [Band("zone", zone or WORDS["no_zone"], tuple(cases))]
        for id, name in content.measures.items():
            if chosen := tuple(case for case in cases if case.measure == id):
                block.append(Band("measure", name, chosen, id))
        found.append(block + _teams(case for case in cases if case.team not in across))
    if across:
        theirs = tuple(case for case in content.lines if case.team in across)
        found.append([Band("across", WORDS["across"], theirs), *_teams(theirs)])
    return found


def _across(cases: Sequence[CaseLine]) -> set[str]:
    """The teams with cases in more than one zone; cases without a team belong to their zone."""
    zones: dict[str, set[str]] = {}
    for zone, theirs in by_zone(cases).items():
        for case in theirs:
            zones.setdefault(case.team, set()).add(zone)
    return {team for team, where in zones.items() if team and len(where) > 1}


def _teams(cases: Iterable[CaseLine]) -> list[Band]:
    return [Band("team", team or WORDS["no_team"], tuple(theirs)) for team, theirs in by_team(cases).items()]


def bands_height(rows: Sequence[Band], *, last: bool) -> float:
    """How high the rows are by themselves, with the totals on the last sheet."""
    return sum(row.height for row in rows) + (ROW["total"] * TOTALS if last else 0)
