"""The evaluation in the demonstration: one year final, the next in publicity with an objection that waits."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import resources

from tenglong.actions import evaluation
from tenglong.actions.jobs import claim, finish
from tenglong.demo.people import CITY, ECONOMY, XITANG
from tenglong.demo.samples import Proof, objection_form
from tenglong.demo.setting import SETTING
from tenglong.demo.steps import Adopt, Finalise, Protest, Publicise, Rate, Step, at
from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.process import DRAFT, PUBLICISED
from tenglong.domain.kernel.errors import Bug
from tenglong.queries.evaluation.runs import job_of_run
from tenglong.store.models import Evaluation, EvaluationResult, Scheme

FILE, YEAR = "demo-jiaxing-2020.toml", "2020"


def evaluation_steps() -> Iterator[Step]:
    """The year before is brought to its end, then the year itself is shown to the public."""
    plan = SETTING["evaluation"]
    for year, day in zip(plan["years"], plan["drafted_on"], strict=True):
        yield Adopt(at(day, 9), ECONOMY, CITY, plan["code"], year)
        yield Rate(at(day, 10), ECONOMY, year)
        yield Publicise(at(day + timedelta(days=1), 9), CITY, year)
    yield Finalise(at(plan["final_on"], 9), CITY, plan["years"][0])
    yield Protest(at(plan["objection_on"], 15), XITANG, plan["years"][-1], plan["town"], plan["claim"])


def adopt(step: Adopt, actor: Actor, other: Actor) -> None:
    """The shipped scheme, said for the year of the step."""
    shipped = resources.files("tenglong.domain.evaluation.methods").joinpath(FILE).read_text(encoding="utf-8")
    text = shipped.replace(YEAR, str(step.year))
    scheme = evaluation.import_scheme(actor=actor, at=step.at, text=text, code=step.code, filename=FILE)
    evaluation.put_in_force(actor=other, at=step.at, scheme=scheme)


def rate(step: Rate, actor: Actor) -> None:
    """A draft run, computed in this process as a worker would."""
    scheme = Scheme.objects.select_related("place").get(year=step.year)
    run = evaluation.start_run(actor=actor, at=step.at, scheme=scheme)
    waiting = job_of_run(run.pk)
    job = claim(waiting.id, at=step.at) if waiting else None
    if job is None:
        raise Bug("the run of the demonstration has no job", run=run.pk)
    done = evaluation.carry_out(run.pk, actor=actor, at=step.at)
    finish(job, {"evaluation": run.pk, "state": done.state}, at=step.at)


def publicise(step: Publicise, actor: Actor) -> None:
    """The draft is shown."""
    evaluation.publicise(actor=actor, at=step.at, run=_run(step.year, DRAFT))


def protest(step: Protest, actor: Actor) -> None:
    """The town hands in the objection of its last firm."""
    run = _run(step.year, PUBLICISED)
    rows = EvaluationResult.objects.filter(evaluation=run, place__code=step.town).exclude(rank=None)
    firm = rows.select_related("firm").order_by("-rank", "firm_id")[0].firm
    form = Proof(objection_form(firm.name, step.claim, step.at), "演示-综合评价异议申请表.xlsx")
    evaluation.record_objection(actor=actor, at=step.at, run=run, firm=firm, claim=step.claim, files=[form])


def finalise(step: Finalise, actor: Actor) -> None:
    """The publicity is over and nobody objected."""
    evaluation.finalise(actor=actor, at=step.at, run=_run(step.year, PUBLICISED))


def _run(year: int, state: str) -> Evaluation:
    return Evaluation.objects.get(year=year, state=state)
