"""What firms say against their results, and how it is decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tenglong.actions.evaluation.courses import OBJECTION, locked
from tenglong.actions.files import UploadedFile, keep_evidence
from tenglong.actions.steps import Done, Taking, begin, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.corrections import check_corrections
from tenglong.domain.evaluation.kept import corrected
from tenglong.domain.evaluation.process import objection_process
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.evaluation.objections import known_groups, objection_to_come
from tenglong.queries.evaluation.runs import corrections_of, scheme_file, table_of
from tenglong.queries.kernel.calendar import working_calendar
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
    result = EvaluationResult.objects.filter(evaluation=found, firm=firm).first()
    if result is None or not actor.may(Permission.VIEW, result.place_id):
        raise NotFound(msg("这次评价中没有“{firm}”的结果，或不在您的辖区内。", firm=firm.name))
    matter = objection_to_come(found, result.place_id)
    return begin(
        OBJECTION, "object", matter, actor=actor, at=at, files=files, result=result, claim=claim.strip()
    )


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
    corrected = dict(corrections or {})
    return take(
        OBJECTION,
        "decide",
        objection,
        actor=actor,
        at=at,
        reason=reason,
        uphold=uphold,
        corrections=corrected,
    )


def withdraw_objection(*, actor: Actor, at: datetime, objection: Objection, reason: str) -> Objection:
    """Take an objection back that waits for its decision: the firm gave it up, or it was recorded by mistake.

    Raises:
        NotAllowed: the person may not, or somebody else recorded it.
        BadValue: the reason is missing; Conflict: it has been decided, or the run is no longer in publicity.
    """
    return take(OBJECTION, "take_back", objection, actor=actor, at=at, reason=reason)


@OBJECTION.effect("object", deed="record_objection")
def _record(
    taking: Taking[Objection], *, result: EvaluationResult, claim: str, files: Sequence[UploadedFile]
) -> Done:
    if not claim:
        raise BadValue(msg("请写明企业对评价结果有何异议。"))
    run, step, today = result.evaluation_id, objection_process().steps["decide"], china_date(taking.at)
    last = Objection.objects.filter(evaluation=run).aggregate(last=Max("number"))["last"] or 0
    objection = Objection.objects.create(
        evaluation_id=run,
        firm_id=result.firm_id,
        place_id=result.place_id,
        number=last + 1,
        claim=claim,
        files=[vars(keep_evidence(file)) for file in files],
        recorded_by=taking.actor.name,
        recorded_at=taking.at,
        due_on=step.due(today, working_calendar()),
        due_in=step.within,
    )
    return Done({"number": objection.number}, made=objection)


@OBJECTION.effect("decide", deed="decide_objection")
def _decide(taking: Taking[Objection], *, uphold: bool, corrections: dict[str, str | None]) -> Done:
    objection = taking.subject
    objection.corrections = _checked(objection.evaluation, objection, corrections, uphold=uphold)
    _close(taking)
    to = Objection.State.UPHELD if uphold else Objection.State.DISMISSED
    return Done({"number": objection.number, "state": to.value}, to=to.value)


@OBJECTION.effect("take_back", deed="withdraw_objection")
def _take_back(taking: Taking[Objection]) -> Done:
    _close(taking)
    return Done({"number": taking.subject.number})


def _close(taking: Taking[Objection]) -> None:
    found = taking.subject
    found.reason, found.decided_by, found.decided_at = taking.reason, taking.actor.name, taking.at


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
