"""Two years of evaluations in Jiashan for the tests of the API: last year's final, this year's in publicity."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tenglong.actions import evaluation
from tenglong.domain.access.policy import Actor
from tenglong.jobs.worker import run_pending
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Evaluation, Firm, MatchPair, Objection, Place, Scheme
from tests import factories
from tests.factories import JIASHAN, MACHINE, XITANG
from tests.integration.evaluation.world import SCHEME, WEITANG, Paper, observe

EARLY, LATE = datetime(2021, 10, 11, 4, tzinfo=UTC), datetime(2021, 10, 25, 4, tzinfo=UTC)
NOON = datetime(2021, 11, 20, 4, tzinfo=UTC)
LAST, THIS = 2019, 2020
GIVEN = "benchmark = { given = 2 }"
RANGE = 'method = "minmax"'


@dataclass
class Rated:
    """What was built; the odd firms lie in Xitang, the first ones have a case. `fresh` is a scheme and `draft` a run
    that nobody has seen yet."""

    firms: list[Firm]
    earlier: Scheme
    scheme: Scheme
    fresh: Scheme
    final: Evaluation
    run: Evaluation
    draft: Evaluation
    objection: Objection
    match: MatchPair


def build_rated(world: factories.World) -> Rated:
    """Brought in and run by the county office, publicised by the machine, objected to by the town."""
    county = actor_of(world.people["demo-jiashan"], EARLY.date())
    firms = [case.firm for case in world.cases[JIASHAN]] + [_firm(number) for number in range(9)]
    for number, firm in enumerate(firms):
        firm.size, firm.industry = "above_scale", "C1713"
        firm.save()
        for year in (LAST, THIS):
            observe(firm, year=year, tax=_tax(number, year), land=10, value_added=400 - 30 * number,
                    energy=100 + 5 * number, utility=int(number == 4))  # fmt: skip
    earlier, scheme = (in_force(text_of(year), by=county) for year in (LAST, THIS))
    fresh = evaluation.import_scheme(actor=county, at=EARLY, text=text_of(THIS, 3), code=JIASHAN)
    final = _computed(earlier, by=county, at=EARLY)
    evaluation.publicise(actor=MACHINE, at=EARLY, run=final)
    evaluation.finalise(actor=MACHINE, at=LATE, run=final)
    run, draft = (_computed(scheme, by=county, at=NOON) for _ in range(2))
    evaluation.publicise(actor=MACHINE, at=NOON, run=run)
    objection = evaluation.record_objection(
        actor=actor_of(world.people["demo-xitang"], NOON.date()), at=NOON, run=run, firm=firms[0],
        claim="税收少计二十万元", files=[Paper()],
    )  # fmt: skip
    match = MatchPair.objects.create(
        firm=firms[-1], candidate=firms[-3], place=firms[-1].place, probability_micro=730_000, created_at=NOON
    )
    return Rated(firms, earlier, scheme, fresh, final, run, draft, objection, match)


def text_of(year: int, version: int = 1) -> str:
    """The scheme of a year: this year's takes a range where last year's gave a number."""
    text = SCHEME.format(version=version).replace("year = 2020", f"year = {year}")
    return text if year == LAST else text.replace(GIVEN, RANGE)


def in_force(text: str, *, by: Actor) -> Scheme:
    """A scheme, brought in by one person and put in force by the machine."""
    scheme = evaluation.import_scheme(actor=by, at=EARLY, text=text, code=JIASHAN)
    return evaluation.put_in_force(actor=MACHINE, at=EARLY, scheme=scheme)


def _computed(scheme: Scheme, *, by: Actor, at: datetime) -> Evaluation:
    run = evaluation.start_run(actor=by, at=at, scheme=scheme)
    run_pending(clock=lambda: at)
    return Evaluation.objects.select_related("scheme", "place", "revises__scheme").get(pk=run.pk)


def _tax(number: int, year: int) -> int:
    """Less from firm to firm, but for one that rose this year just above the one before it, and out of its grade."""
    return 45 if (number, year) == (8, THIS) else 110 - 10 * number


def _firm(number: int) -> Firm:
    place = Place.objects.get(code=WEITANG if number % 2 else XITANG, valid_to=None)
    return factories.build_firm(f"虚构{place.name}{number + 1}号机械厂", place)
