"""From a roadmap that was asked for to its problem, and from a plan to days and three-ables."""

from dataclasses import dataclass

from tenglong.actions.files import keep
from tenglong.actions.roadmap.saving import Moved, Outcome, Placed, places_of
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.files.facts import facts_to_json
from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.generation.building import Generated
from tenglong.domain.roadmap.generation.parts import SIGNED_BEFORE
from tenglong.domain.roadmap.infeasible.wording import Bound
from tenglong.domain.roadmap.plans import Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.wording import Names
from tenglong.queries.roadmap.facts import facts_of
from tenglong.queries.roadmap.files import generated_for, in_days
from tenglong.queries.roadmap.names import names_of_facts
from tenglong.queries.roadmap.views import MONEY
from tenglong.store.models import Roadmap

LARGEST_FILE = 4 * 1024**3


@dataclass(frozen=True)
class Prepared:
    """What is to be solved, and the kept files it was made from."""

    generated: Generated
    problem: Problem
    facts_digest: str
    problem_digest: str

    @property
    def names(self) -> Names:
        """What sentences call firms, towns and measures."""
        return names_of_facts(self.generated.facts.values(), self.generated.settings.deadline)

    @property
    def bound(self) -> Bound:
        """What is decided before the plan: contracts that are signed, and money that is gone."""
        signed = (id for id, why in self.generated.fixed.items() if why == SIGNED_BEFORE)
        return Bound(frozenset(signed), self.generated.gone)


def prepare(roadmap: Roadmap) -> Prepared:
    """What is known of the cases, and the problem it makes, both kept.

    Raises:
        BadValue: there are no targets on the day, or nobody is left to plan for.
    """
    everywhere = Scope(everywhere=True)
    facts = facts_of(roadmap.roster, roadmap.place.code, roadmap.facts_on, roadmap.known_at, everywhere)
    if not facts:
        problem = "{day} {place}没有列为整治对象的案件，不能编制路线图。请先导入并确认名单，或改变日期。"
        raise BadValue(msg(problem, day=roadmap.facts_on, place=roadmap.place.name))
    generated = generated_for(roadmap, facts)
    raw = generated.to_bytes()
    problem_digest, _ = keep([raw], limit=LARGEST_FILE)
    facts_digest, _ = keep([facts_to_json(facts)], limit=LARGEST_FILE)
    return Prepared(generated, parse_problem(raw, "problem.json"), facts_digest, problem_digest)


def judged(
    generated: Generated, problem: Problem, solution: Solution, *, adjusted: frozenset[str] = frozenset()
) -> Outcome:
    """The plan of a solution in days, with the three-ables; `adjusted` are the cases changed by hand."""
    assert solution.plan is not None
    facts = generated.facts
    planned, ables = in_days(generated, problem, solution.plan)
    placed = {
        id: Placed(place, facts[id].zone, facts[id].team) for id, place in places_of(list(facts)).items()
    }
    names = names_of_facts(facts.values(), generated.settings.deadline)
    owed = [Moved(firm.id, MONEY, day, value) for firm in generated.left_out for day, value in firm.owed]
    return Outcome(problem, solution, solution.plan, planned, placed, ables, names, facts, owed, adjusted)
