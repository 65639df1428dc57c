"""What each kind of job does. A handler may be run again from the start after a crash."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from tenglong.actions import evaluation, intake, tidying
from tenglong.actions import roadmap as roadmaps
from tenglong.actions.campaign import duplicates
from tenglong.actions.checkpoints import take_checkpoint
from tenglong.actions.reporting import bulletins
from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.messages import Progress, msg
from tenglong.domain.kernel.periods import Clock
from tenglong.queries.campaign.rosters import roster_by_code, visible_rosters
from tenglong.queries.evaluation.firm import cheapest_change
from tenglong.queries.evaluation.runs import run_by_id
from tenglong.queries.roadmap.explanations import changes_from_json
from tenglong.queries.verification import verify
from tenglong.queries.verification_records import verify_files, verify_records

Handler = Callable[[dict[str, Any], Actor, Clock, Progress], dict[str, Any]]


def stage_import(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Read an uploaded file and decide row by row what it would change."""
    batch = intake.stage(params["import"], at=clock(), progress=progress)
    return {"import": batch.pk, "state": batch.state}


def accept_import(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Carry out what staging decided; it is known from the instant at which it is joined to the ledger."""
    batch = intake.accept(params["import"], actor=actor, at=clock(), clock=clock, progress=progress)
    return {"import": batch.pk, "state": batch.state}


def find_duplicates(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Hold the firms of a territory against each other."""
    found = duplicates.find_duplicates(params["code"], actor=actor, at=clock(), progress=progress)
    return {"code": params["code"], "questions": found}


def issue_bulletin(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Freeze and number the bulletin of a day."""
    roster = roster_by_code(params["roster"], scope_of(actor))
    as_of = date.fromisoformat(params["as_of"])
    progress(0, 1, msg("正在生成通报"))
    issued = bulletins.issue(
        actor=actor,
        at=clock(),
        roster=roster,
        code=params["code"],
        as_of=as_of,
        notice=params.get("notice", ""),
        asked_at=datetime.fromisoformat(params["asked_at"]) if "asked_at" in params else None,
        typed=params.get("typed"),
    )
    return {"bulletin": issued.pk}


def evaluate(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Compute a run of a scheme over the firms of a place."""
    run = evaluation.carry_out(params["evaluation"], actor=actor, at=clock(), progress=progress)
    return {"evaluation": run.pk, "state": run.state}


def find_cheapest(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Find the cheapest change that lifts a firm; the answer is kept for its sheet."""
    scope = scope_of(actor)
    progress(0, 1, msg("正在逐一试算怎样改变能够升档"))
    cheapest_change(run_by_id(params["evaluation"], scope), params["firm"], scope)
    return {"evaluation": params["evaluation"], "firm": params["firm"]}


def plan_roadmap(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Plan a roadmap and keep it with its certificate."""
    roadmap = roadmaps.carry_out(params["roadmap"], actor=actor, at=clock(), progress=progress)
    return {"roadmap": roadmap.pk, "state": roadmap.state}


def find_front(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Find the front between money and benefit; it is kept with its roadmap."""
    roadmaps.find_front(params["roadmap"], actor=actor, progress=progress)
    return {"roadmap": params["roadmap"]}


def what_if(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Plan a roadmap under other limits; the answer is kept for its page."""
    changes = changes_from_json(params["changes"])
    roadmaps.answer_what_if(params["roadmap"], changes, actor=actor, progress=progress)
    return {"roadmap": params["roadmap"]}


def verify_ledger(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Check the chain and the stored states of every roster the person may see."""
    actor.check_may(Permission.VERIFY)
    rosters = visible_rosters(scope_of(actor))
    reports: list[Any] = []
    for done, roster in enumerate(rosters):
        progress(done, len(rosters), msg("正在查验“{title}”", title=roster.title))
        for one in verify([roster]):
            reports.append({"roster": roster.pk, "holds": one.holds, "sentence": one.sentence.to_json()})
    for record in (*verify_records(), verify_files()):
        reports.append({"roster": None, "holds": record.holds, "sentence": record.sentence.to_json()})
    return {"reports": reports}


def checkpoint(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Sign how far every book went."""
    actor.check_may(Permission.VERIFY)
    progress(0, 1, msg("正在生成校验点"))
    return {"checkpoint": take_checkpoint(at=clock()).number}


def tidy_up(params: dict[str, Any], actor: Actor, clock: Clock, progress: Progress) -> dict[str, Any]:
    """Clear what the rules keep no longer."""
    progress(0, 1, msg("正在清理过期的登录、解答和工作数据"))
    tidying.tidy_up(actor=actor, at=clock())
    return {}


HANDLERS: dict[str, Handler] = {
    "stage_import": stage_import,
    "accept_import": accept_import,
    "find_duplicates": find_duplicates,
    "issue_bulletin": issue_bulletin,
    "evaluate": evaluate,
    "find_cheapest": find_cheapest,
    "plan_roadmap": plan_roadmap,
    "find_front": find_front,
    "what_if": what_if,
    "verify_ledger": verify_ledger,
    "checkpoint": checkpoint,
    "tidy_up": tidy_up,
}


def check_handlers() -> None:
    """Raises BadRules where a kind of job has no lane, or a kind in lanes.toml no handler; asked at every start."""
    lanes().check_kinds(HANDLERS)
