"""A roster of six workshops in Xitang for the tests of the API, with a roadmap in force and one that is a draft."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from tenglong.actions import roadmap as roadmaps
from tenglong.actions.campaign.cases import open_case
from tenglong.actions.campaign.rosters import create_roster
from tenglong.actions.ledger.appending import append
from tenglong.domain.kernel.periods import Window
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.roadmap.settings import default_settings
from tenglong.jobs.worker import run_pending
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Case, Place, Roadmap, Roster
from tests import factories
from tests.factories import JIASHAN, MACHINE, XITANG
from tests.integration.evaluation.world import observe

NOON = datetime(2021, 11, 20, 4, tzinfo=UTC)
DAY, DEADLINE = date(2021, 11, 20), date(2022, 5, 31)
SOURCE = {"file": "演示名单.xlsx", "sheet": "名单", "row": 3, "cell": "B3"}
STATED = {
    "title": "纽扣行业整治路线图",
    "period": "month",
    "fund": {"total": "3000"},
    "targets": [{"amount": "write_off", "by": "2022-05-31", "at_least": "2"}],
    "solver": {"seconds": 60, "work": "5", "seed": 1, "gap": "0"},
}


@dataclass
class Planned:
    """What was built: `adopted` is in force, `draft` waits to be."""

    roster: Roster
    cases: list[Case]
    adopted: Roadmap
    draft: Roadmap


def build_planned(world: factories.World) -> Planned:
    """Both asked for by the county office; one adopted by the machine, with its front."""
    roster = create_roster(
        actor=MACHINE, at=NOON, code="buttons", title="纽扣行业整治名单", issuer="嘉善县整治办（演示）",
        place=Place.objects.get(code=JIASHAN), window=Window(DAY, DEADLINE),
        definition_text="在册纽扣加工场所（演示数据）。",
    )  # fmt: skip
    cases = [_case(roster, number) for number in range(6)]
    drafts = [Draft(case.pk, kind, DAY) for kind in ("pushed", "kept", "targeted") for case in cases]
    append(roster, drafts, by="demo-city", at=NOON)
    adopted, draft = (_planned(world, roster) for _ in range(2))
    roadmaps.adopt(actor=MACHINE, at=NOON, roadmap=adopted)
    roadmaps.ask_for_front(actor=MACHINE, at=NOON, roadmap=adopted)
    run_pending(clock=lambda: NOON)
    return Planned(roster, cases, _fresh(adopted), _fresh(draft))


def _case(roster: Roster, number: int) -> Case:
    place = Place.objects.get(code=XITANG, valid_to=None)
    said = {"zone": ("东区", "西区")[number % 2], "team": ("一组", "二组")[number % 2]}
    firm = factories.build_firm(f"演示{number + 1}号纽扣厂", place)
    case = open_case(roster, firm, place, at=NOON, by="演示", source=SOURCE, **said)
    observe(case.firm, year=2020, land=4 + number, energy=60 + 10 * number, tax=20)
    return case


def _planned(world: factories.World, roster: Roster) -> Roadmap:
    county = actor_of(world.people["demo-jiashan"], DAY)
    settings = default_settings(DAY, DEADLINE, **STATED)
    asked = roadmaps.start_planning(actor=county, at=NOON, roster=roster, settings=settings)
    run_pending(clock=lambda: NOON)
    return _fresh(asked)


def _fresh(roadmap: Roadmap) -> Roadmap:
    return Roadmap.objects.select_related("roster", "place").get(pk=roadmap.pk)
