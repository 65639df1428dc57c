"""Acting the script out: every step through the action that a page or command would call, at its own instant."""

from collections.abc import Callable
from datetime import datetime
from functools import singledispatchmethod
from pathlib import Path

from tenglong.actions import intake
from tenglong.actions.campaign import cases, rosters
from tenglong.actions.campaign.pieces import give_piece, waive_piece
from tenglong.actions.jobs import claim, finish
from tenglong.actions.reporting import bulletins
from tenglong.demo.evaluations import adopt, finalise, protest, publicise, rate
from tenglong.demo.organisation import assign_all, organise
from tenglong.demo.roadmaps import adopt as adopt_roadmap
from tenglong.demo.roadmaps import plan as plan_roadmap
from tenglong.demo.samples import Proof, piece_sheet, proof_sheet
from tenglong.demo.setting import SETTING
from tenglong.demo.steps import (
    Adopt,
    AdoptRoadmap,
    AssignAll,
    CompleteFile,
    Finalise,
    Found,
    Freeze,
    Issue,
    Organise,
    PlanRoadmap,
    Protest,
    Publicise,
    Rate,
    Record,
    Reference,
    SetTargets,
    Step,
    TakeBack,
    Upload,
)
from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.evidence import files_needed
from tenglong.domain.campaign.matrix import Need
from tenglong.domain.kernel.errors import Bug, Conflict
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.queries.campaign.pieces import pieces_of_case
from tenglong.queries.jobs.overview import waiting_jobs
from tenglong.queries.registry.territory import actor_of, territory
from tenglong.store.models import Case, Entry, Import, Place, Roster, User

LAND = frozenset({"area_vacated"})


class Replay:
    """Does steps as their people; keeps each workbook in `folder` as well."""

    def __init__(self, folder: Path):
        self._folder = folder

    @singledispatchmethod
    def do(self, step: Step) -> None:
        """Do one step."""
        raise Bug("a step that nobody knows how to do", step=step)

    @do.register
    def _(self, step: Found) -> None:
        goal = SETTING[step.key]
        rosters.create_roster(
            actor=_actor(step.who, step.at),
            at=step.at,
            code=goal["code"],
            title=goal["title"],
            title_en=goal["title_en"],
            issuer=goal["issuer"],
            definition_text=goal["definition"],
            definition_en=goal["definition_en"],
            place=_place(step.code, step.at),
            window=Window(goal["start"], goal["deadline"]),
            done_figure=goal["done_figure"],
            reference_title=goal.get("reference_title", ""),
            energy_basis=goal.get("energy_basis", ""),
        )

    @do.register
    def _(self, step: Upload) -> None:
        content = step.content()
        (self._folder / step.filename).write_bytes(content)
        batch = intake.upload(
            actor=_actor(step.who, step.at),
            at=step.at,
            kind=step.kind,
            roster=_roster(step.roster) if step.roster else None,
            code=step.code,
            stream=[content],
            filename=step.filename,
            business_day=china_date(step.at),
        )
        batch = _worked(batch, step.at, lambda: intake.stage(batch.pk, at=step.at))
        if batch.state != Import.State.STAGED:
            problem = Message.from_json(batch.problem) if batch.problem else batch.state
            raise Bug("a workbook of the demonstration was refused", file=step.filename, problem=str(problem))
        actor = _actor(step.accepted_by, step.at)
        intake.request_acceptance(batch.pk, actor=actor, at=step.at)
        _worked(batch, step.at, lambda: intake.accept(batch.pk, actor=actor, at=step.at))

    @do.register
    def _(self, step: Freeze) -> None:
        rosters.freeze_version(
            actor=_actor(step.who, step.at),
            at=step.at,
            roster=_roster(step.roster),
            as_of=china_date(step.at),
            note=step.note,
        )

    @do.register
    def _(self, step: SetTargets) -> None:
        for code, quantity in step.targets:
            rosters.set_target(
                actor=_actor(step.who, step.at),
                at=step.at,
                roster=_roster(step.roster),
                code=code,
                figure=step.figure,
                quantity=quantity,
            )

    @do.register
    def _(self, step: Reference) -> None:
        rosters.add_reference(
            actor=_actor(step.who, step.at),
            at=step.at,
            roster=_roster(step.roster),
            figure="write_off_rate",
            day=step.day,
            percent=step.percent,
            source="省淘汰落后专项行动专班周通报（演示数据）",
        )

    @do.register
    def _(self, step: Record) -> None:
        case = _case(step.roster, step.firm)
        proof = Proof(proof_sheet(step), f"演示佐证-{step.firm}-{step.kind}.xlsx")
        cases.record_entry(
            actor=_actor(step.who, step.at),
            at=step.at,
            case=case,
            kind=step.kind,
            effective_on=step.effective_on,
            quantity=step.quantity,
            parcel_id=_parcel_id(case) if step.kind in LAND else None,
            details=step.details,
            files=[proof] * files_needed(SHIPPED, step.kind),
        )

    @do.register
    def _(self, step: CompleteFile) -> None:
        case, who = _case(step.roster, step.firm), _actor(step.who, step.at)
        for line in pieces_of_case(case, who, china_date(step.at)).lines:
            piece = line.item.piece
            if not line.item.blocks or (piece.kinds and line.item.need != Need.MAY):
                continue
            if piece.kinds:
                waived_by, why = _actor(step.waived_by, step.at), "该企业没有须拆除的设备（演示数据）"
                waive_piece(actor=waived_by, at=step.at, case=case, piece=piece.id, reason=why)
            else:
                proof = Proof(piece_sheet(step.firm, piece.zh, step.at), f"演示佐证-{piece.id}.xlsx")
                give_piece(actor=who, at=step.at, case=case, piece=piece.id, files=[proof])

    @do.register
    def _(self, step: TakeBack) -> None:
        case = _case(step.roster, step.firm)
        for kind in step.kinds:
            entry = Entry.objects.filter(case_id=case.pk, kind=kind).order_by("-id")[0]
            cases.void_entry(
                actor=_actor(step.who, step.at), at=step.at, entry_id=entry.pk, reason=step.reason
            )

    @do.register
    def _(self, step: Issue) -> None:
        bulletins.issue(
            actor=_actor(step.who, step.at),
            at=step.at,
            roster=_roster(step.roster),
            code=step.code,
            as_of=step.as_of,
            notice=step.notice,
        )

    @do.register
    def _(self, step: Organise) -> None:
        organise(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: AssignAll) -> None:
        assign_all(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: Adopt) -> None:
        adopt(step, _actor(step.who, step.at), _actor(step.in_force_by, step.at))

    @do.register
    def _(self, step: Rate) -> None:
        rate(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: Publicise) -> None:
        publicise(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: Protest) -> None:
        protest(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: Finalise) -> None:
        finalise(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: PlanRoadmap) -> None:
        plan_roadmap(step, _actor(step.who, step.at))

    @do.register
    def _(self, step: AdoptRoadmap) -> None:
        adopt_roadmap(step, _actor(step.who, step.at), _actor(step.approved_by, step.at))


def _worked(batch: Import, at: datetime, work: Callable[[], Import]) -> Import:
    """Do the one waiting job of an import in this process, as a worker would."""
    ids = waiting_jobs()
    job = claim(ids[-1], at=at) if ids else None
    if job is None or job.params["import"] != batch.pk:
        raise Conflict(Message("另有后台任务正在运行，请停止后台任务后再装载演示数据。"))
    done = work()
    finish(job, {"import": batch.pk, "state": done.state}, at=at)
    return done


def _actor(username: str, at: datetime) -> Actor:
    return actor_of(User.objects.get(username=username), china_date(at))


def _roster(code: str) -> Roster:
    return Roster.objects.get(code=code)


def _place(code: str, at: datetime) -> Place:
    return Place.objects.get(pk=territory().at(china_date(at)).place(code).id)


def _case(roster: str, firm: str) -> Case:
    return Case.objects.select_related("roster", "firm").get(roster__code=roster, firm__name=firm)


def _parcel_id(case: Case) -> int | None:
    """The parcel on which the case's land stands: that of its last amount, else what the firm holds."""
    stated = Entry.objects.filter(case_id=case.pk, parcel_id__isnull=False).order_by("-id").first()
    held = case.firm.holdings.order_by("id").first()
    return stated.parcel_id if stated else held.parcel_id if held else None
