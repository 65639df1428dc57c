"""How the roadmap in force is carried out on the day of a bulletin, as it was known then."""

from collections.abc import Iterable

from tenglong.domain.access.policy import Scope
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.reporting import bulletins as b
from tenglong.domain.reporting.bulletins_roadmap import LATEST, WORDS
from tenglong.queries.figures import Question
from tenglong.queries.roadmaps import adopted_roadmap
from tenglong.queries.roadmaps_slips import SlipGroup, SlipReport, slips_of


def roadmap_course(asked: Question) -> b.RoadmapCourse | None:
    """Milestones due by the day, in all, by unit and the latest; None where no roadmap covers the territory then."""
    scope = Scope(asked.place_ids)
    roadmap = adopted_roadmap(asked.roster, scope, asked.territory, asked.as_of, asked.known_at)
    if roadmap is None or roadmap.adopted_on is None:
        return None
    report = slips_of(roadmap, scope, asked.as_of, asked.known_at, size=LATEST)
    kind, groups = _units(report)
    return b.RoadmapCourse(
        title=roadmap.title,
        adopted_on=roadmap.adopted_on,
        whole=b.UnitMilestones(
            WORDS["total"], report.due, report.done, max((one.most_days for one in groups), default=0)
        ),
        unit_kind=kind,
        units=tuple(b.UnitMilestones(one.label, one.due, one.done, one.most_days) for one in groups),
        latest=tuple(_latest(report)),
    )


def _units(report: SlipReport) -> tuple[str, tuple[SlipGroup, ...]]:
    """The towns; where there is only one its zones, and where there are none its teams."""
    for kind, groups in (("town", report.towns), ("zone", report.zones), ("team", report.teams)):
        if len(groups) > 1:
            return kind, groups
    return "town", report.towns


def _latest(report: SlipReport) -> Iterable[b.LateMilestone]:
    kinds = vocabulary().kinds
    for row in report.rows:
        item = kinds[row.kind].zh
        yield b.LateMilestone(row.town_name, row.name, item, row.due_on, row.days, row.team)
