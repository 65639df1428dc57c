"""How the roadmap in force is carried out on the day of a bulletin, as it was known then."""

from collections.abc import Iterator, Sequence

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.ordering import natural
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.reporting.bulletins import content as b
from tenglong.domain.reporting.bulletins.wording import Words
from tenglong.domain.reporting.documents import day_text
from tenglong.queries.campaign.figures import Question
from tenglong.queries.roadmap.accounts import account_of
from tenglong.queries.roadmap.overview import Roadmap, adopted_roadmap
from tenglong.queries.roadmap.slips import SlipGroup, SlipReport, slips_of

MOST_OF_ONE = 8
"""So many milestones of one case may be late, at most."""


def roadmap_course(asked: Question, words: Words) -> b.RoadmapCourse | None:
    """Milestones due by the day, in all, by unit and the latest, as many as the wording names; None where no roadmap
    covers the territory then."""
    scope = Scope(asked.place_ids)
    roadmap = adopted_roadmap(asked.roster, scope, asked.territory, asked.as_of, asked.known_at)
    if roadmap is None or roadmap.adopted_on is None:
        return None
    report = slips_of(roadmap, scope, asked.as_of, asked.known_at, size=words["latest"] * MOST_OF_ONE)
    kind, groups = _units(report)
    return b.RoadmapCourse(
        title=roadmap.title,
        adopted_on=roadmap.adopted_on,
        whole=b.UnitMilestones(
            words["total"], report.due, report.done, max((one.most_days for one in groups), default=0)
        ),
        unit_kind=kind,
        units=tuple(b.UnitMilestones(one.label, one.due, one.done, one.most_days) for one in groups),
        latest=tuple(_latest(report))[: words["latest"]],
        money=_money(words, roadmap, scope),
    )


def _money(words: Words, roadmap: Roadmap, scope: Scope) -> str:
    """The account of the roadmap; nothing where the bulletin is about a part of its place, whose fund is not known."""
    account = account_of(roadmap, scope)
    if account.total is None:
        return ""
    said = "".join(map(str, account.sentences))
    return str(words["money"]).format(facts_on=day_text(roadmap.facts_on), account=said)


def _units(report: SlipReport) -> tuple[str, Sequence[SlipGroup]]:
    """The towns; where there is only one its zones, and where there are none its teams."""
    for kind, groups in (("zone", report.zones), ("team", report.teams)):
        if len(report.towns) <= 1 < len(groups):
            return kind, sorted(groups, key=lambda one: natural(one.label))
    return "town", report.towns


def _latest(report: SlipReport) -> Iterator[b.LateMilestone]:
    """The milestone of each case that is late longest: those after it wait for it."""
    kinds, named = vocabulary().kinds, set()
    for row in report.rows:
        if row.case_id not in named:
            named.add(row.case_id)
            item = kinds[row.kind].zh
            yield b.LateMilestone(
                row.town_name, row.name, item, row.due_on, row.days, row.team, row.provisional
            )
