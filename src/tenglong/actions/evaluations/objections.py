"""What firms say against their results, and how it is decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tenglong.actions.evaluations.publicity import locked, window_of
from tenglong.actions.files import UploadedFile, keep_evidence
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.access.steps import check_other_person, given_reason
from tenglong.domain.evaluation.corrections import check_corrections
from tenglong.domain.evaluation.kept import corrected
from tenglong.domain.evaluation.process import check_step, check_taking_objections, process
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.calendar import working_calendar
from tenglong.queries.evaluations import corrections_of, scheme_file, table_of
from tenglong.queries.evaluations_objections import known_groups
from tenglong.store.models import Evaluation, EvaluationResult, Firm, Objection


@transaction.atomic
def record_objection(
    *,
    actor: Actor,
    at: datetime,
    run: Evaluation,
    firm: Firm,
    claim: str,
    files: Sequence[UploadedFile] = (),
) -> Objection:
    """Record what a firm says against its result in publicity, with the stamped form and its evidence.

    Raises:
        NotAllowed: the person may not do this where the firm is; NotFound: the firm has no result in the run.
        BadValue: nothing is claimed, or evidence is missing; BadFile: a file is none that is accepted.
        Conflict: the run is not in publicity, or the publicity is over.
    """
    found = locked(run)
    step = check_step("object", found.state)
    result = EvaluationResult.objects.filter(evaluation=found, firm=firm).first()
    if result is None or not actor.may(Permission.VIEW, result.place_id):
        raise NotFound(msg("这次评价中没有“{firm}”的结果，或不在您的辖区内。", firm=firm.name))
    actor.check_may(step.permission, result.place_id)
    today, calendar = china_date(at), working_calendar()
    check_taking_objections(window_of(found), today, calendar)
    if not claim.strip():
        raise BadValue(msg("请写明企业对评价结果有何异议。"))
    if len(files) < process().files:
        problem = "登记异议须上传至少 {needed} 份盖章的异议材料，目前 {files} 份，请补充后提交。"
        raise BadValue(msg(problem, needed=process().files, files=len(files)))
    within = process().decide_within
    last = Objection.objects.filter(evaluation=found).aggregate(last=Max("number"))["last"] or 0
    objection = Objection.objects.create(
        evaluation=found,
        firm=firm,
        place_id=result.place_id,
        number=last + 1,
        claim=claim.strip(),
        files=[keep_evidence(file) for file in files],
        recorded_by=actor.name,
        recorded_at=at,
        due_on=calendar.add_working_days(today, within),
        due_in=within,
    )
    leave(
        by=actor.name, at=at, deed="record_objection", about=f"evaluation:{found.pk}", number=objection.number
    )
    return objection


@transaction.atomic
def decide(
    *,
    actor: Actor,
    at: datetime,
    objection: Objection,
    uphold: bool,
    reason: str,
    corrections: Mapping[str, str | None] | None = None,
) -> Objection:
    """Decide an objection. Upheld, it names the values to correct: column of the scheme to text (None: missing).

    Raises:
        NotAllowed: the person may not, or recorded the objection themselves.
        BadValue: the reason is missing, or the corrections are, or cannot be (domain.evaluation.corrections).
        Conflict: it has been decided, or the run is no longer in publicity.
    """
    run = locked(objection.evaluation)
    found = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    step = check_step("decide", run.state)
    actor.check_may(step.permission, run.place_id)
    check_other_person(step, actor.name, {"recorded": found.recorded_by})
    _check_open(found)
    said = given_reason(step, reason)
    found.corrections = _checked(run, found, dict(corrections or {}), uphold=uphold)
    found.state = Objection.State.UPHELD if uphold else Objection.State.DISMISSED
    found.reason, found.decided_by, found.decided_at = said, actor.name, at
    found.save()
    leave(
        by=actor.name,
        at=at,
        deed="decide_objection",
        about=f"evaluation:{run.pk}",
        number=found.number,
        state=found.state,
    )
    return found


@transaction.atomic
def withdraw_objection(*, actor: Actor, at: datetime, objection: Objection, reason: str) -> Objection:
    """Take an objection back that waits for its decision: the firm gave it up, or it was recorded by mistake.

    Raises:
        NotAllowed: the person may not, or somebody else recorded it.
        BadValue: the reason is missing; Conflict: it has been decided, or the run is no longer in publicity.
    """
    run = locked(objection.evaluation)
    found = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    step = check_step("take_back", run.state)
    actor.check_may(step.permission, found.place_id)
    if found.recorded_by != actor.name:
        raise NotAllowed(
            msg(
                "第 {number} 号异议由{who}登记，只能由登记人撤回。",
                number=found.number,
                who=found.recorded_by,
            )
        )
    _check_open(found)
    said = given_reason(step, reason)
    found.state, found.reason = Objection.State.WITHDRAWN, said
    found.decided_by, found.decided_at = actor.name, at
    found.save()
    leave(by=actor.name, at=at, deed="withdraw_objection", about=f"evaluation:{run.pk}", number=found.number)
    return found


def _check_open(objection: Objection) -> None:
    if objection.state == Objection.State.WITHDRAWN:
        raise Conflict(msg("第 {number} 号异议已经撤回，不能再改。", number=objection.number))
    if objection.state != Objection.State.OPEN:
        raise Conflict(msg("第 {number} 号异议已经裁定，不能再改。", number=objection.number))


def _checked(
    run: Evaluation, objection: Objection, corrections: dict[str, str | None], *, uphold: bool
) -> dict[str, str | None]:
    """The corrections of an upheld objection; a dismissed one has none."""
    if not uphold and corrections:
        raise BadValue(msg("异议不成立时不更正任何数值，请去掉更正内容。"))
    if uphold and not corrections:
        raise BadValue(msg("异议成立须写明更正哪一项、更正为多少。"))
    if corrections:
        scheme, firm = scheme_file(run.scheme), str(objection.firm_id)
        table = corrected(table_of(run), scheme, run.year, corrections_of(run))
        now = next(row for row in table.rows if row["id"] == firm and row["year"] == run.year)
        check_corrections(scheme, table, now, corrections, known_groups(run))
    return {column: (text or "").strip() or None for column, text in corrections.items()}
