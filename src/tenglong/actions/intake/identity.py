"""Which firm each row speaks of."""

from collections.abc import Iterable, Sequence
from typing import Any

from tenglong.actions.intake.context import Context
from tenglong.actions.intake.rows import RowPlan
from tenglong.domain.intake.plans import Change, FirmToMake, Plan, Question
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.codes import CodeReading, CodeStatus
from tenglong.domain.registry.names import normal_name
from tenglong.domain.registry.territory import Place
from tenglong.queries.registry.register import NEW_FIRM, Doubt, Identity, KnownFirm, Subject, subject_of

Rows = Iterable[tuple[ParsedRow, Place | None]]

FIRM_COLUMNS = {
    "party_type": "subject_type",
    "size": "scale",
    "industry": "industry_code",
    "address": "address",
}
"""The columns of a table that speak of the firm itself, by field of the register."""


def subject(row: ParsedRow, place: Place | None) -> Subject:
    """The firm as the row names it."""
    former = str(row.value("former_names") or "")
    return subject_of(
        str(row.value("firm_name") or ""),
        str(row.value("code") or ""),
        place.code if place else "",
        address=str(row.value("address") or ""),
        former=tuple(
            name for name in former.replace("，", "、").replace(",", "、").split("、") if name.strip()
        ),
        person=str(row.value("legal_person") or ""),
    )


def find_unmatched(context: Context, rows: Rows) -> None:
    """Look for all rows that nothing matches exactly, together: for many rows lists are faster than look-ups."""
    waiting = []
    for row, place in rows:
        if not place or not (found := subject(row, place)).name:
            continue
        context.named.add(found.name)
        if context.firms.exact(found) is None:
            waiting.append(((row.sheet, row.row), found))
    answers = context.firms.near([found for _, found in waiting])
    context.near.update(
        {key: answer for (key, _), answer in zip(waiting, answers, strict=True) if answer != NEW_FIRM}
    )


def identify(context: Context, plan: RowPlan, place: Place) -> None:
    """Put the row's firm into its plan: known, doubtful or new, or the same as an earlier row's."""
    who = subject(plan.row, place)
    if who.reading.warning:
        plan.warn("code", who.reading.warning.template, **who.reading.warning.params)
    if elsewhere := context.elsewhere.bearers(who.reading.code):
        problem = "信用代码“{code}”登记在其他辖区，请与其整治办核对；双方都认定后才合并为一家企业。"
        plan.warn("code", problem, code=who.reading.code)
    exact = context.firms.exact(who)
    identity = exact if exact is not None else context.near.get((plan.row.sheet, plan.row.row), NEW_FIRM)
    if identity.firm_id is not None:
        plan.firm_id = identity.firm_id
        _note_other_name(context, plan, who, identity.firm_id)
    else:
        _new_firm(context, plan, who, _with_question(identity, elsewhere), place)


def _with_question(identity: Identity, elsewhere: Sequence[int]) -> Identity:
    """A code that a firm elsewhere bears is a question to both offices."""
    asked = tuple(Doubt(id, 1_000_000, (msg("信用代码相同"),)) for id in elsewhere)
    return Identity(None, (*identity.doubts, *asked)) if asked else identity


def firm_key(plan: RowPlan) -> str:
    """What rows of one firm have in common within a file."""
    return f"firm:{plan.firm_id}" if plan.firm_id is not None else plan.plan.firm_key


def settle_duplicate(context: Context, plan: RowPlan) -> None:
    """A row that repeats an earlier good row changes nothing; one that contradicts it is kept out."""
    if plan.refused:
        return
    key = firm_key(plan)
    said = plan.row.digest
    if key not in context.seen:
        context.seen[key] = (plan.row.row, said)
        return
    number, earlier = context.seen[key]
    plan.plan = Plan()
    plan.fresh = plan.changed = False
    if earlier == said:
        plan.warn("firm_name", "与第 {row} 行重复，只按第 {row} 行登记一次。", row=number)
    else:
        plan.error("firm_name", "与第 {row} 行是同一家企业，但内容不一致，请核对后只保留一行。", row=number)


def _note_other_name(context: Context, plan: RowPlan, who: Subject, firm_id: int) -> None:
    firm = context.firms.firms[firm_id]
    mine = normal_name(who.name).full
    if all(normal_name(known).full != mine for known in firm.names):
        by_code = who.reading.code in (firm.code, firm.temporary) and who.reading.code != ""
        problem = "按名称和属地认定为已登记的“{known}”，表中名称作为别名记录。"
        if by_code:
            problem = "信用代码对应的企业登记名称是“{known}”，与表中不同，表中名称作为别名记录。"
        plan.warn("firm_name", problem, known=firm.names[0])
        plan.intend(names=(who.name,))
        plan.changed = True
    elif context.elsewhere.bearers(who.reading.code):
        return
    elif who.reading.code and who.reading.status is not CodeStatus.TEMPORARY:
        _note_other_code(plan, who.reading, firm)


def _note_other_code(plan: RowPlan, reading: CodeReading, firm: KnownFirm) -> None:
    """A valid code that nobody else has corrects the firm's; one that fails its check is noted beside a known one."""
    if reading.code in (firm.code, *firm.absorbed_codes, firm.doubtful_code):
        return
    if firm.code and reading.status is CodeStatus.CHECK_FAILED:
        problem = (
            "信用代码“{value}”校验位不符，登记的代码仍是“{known}”，表中代码作为存疑代码记录，请核对营业执照。"
        )
        plan.warn("code", problem, value=reading.code, known=firm.code)
        plan.intend(code={"doubtful_code": Change("", reading.code)})
    else:
        if firm.code:
            problem = "登记的信用代码是“{known}”，与表中不同，按表中代码更正。"
            plan.warn("code", problem, known=firm.code)
        status = Change(firm.code, reading.status.value)
        plan.intend(code={"code": Change(firm.code, reading.code), "code_status": status})
    plan.changed = True


def _new_firm(context: Context, plan: RowPlan, who: Subject, identity: Identity, place: Place) -> None:
    """A firm not known yet; rows of one file with the same code or name are one firm."""
    name = normal_name(who.name).full
    by_name = context.new_names.get((name, place.code[:6]))
    key = f"code:{who.reading.code}" if who.reading.code else by_name or f"name:{name}|{place.code[:6]}"
    context.new_names.setdefault((name, place.code[:6]), key)
    plan.fresh = key not in context.new_keys
    firm = FirmToMake(
        name=who.name,
        code="" if who.reading.status is CodeStatus.TEMPORARY else who.reading.code,
        status=who.reading.status.value,
        place=place.id,
        provisional=bool(identity.doubts),
        facts={},
    )
    plan.intend(firm_key=key, firm=firm)
    if identity.doubts:
        _put_in_doubt(context, plan, identity)


def _put_in_doubt(context: Context, plan: RowPlan, identity: Identity) -> None:
    """What lies elsewhere is not named."""
    best = context.firms.firms.get(identity.doubts[0].firm_id)
    if best:
        problem = "可能就是已登记的“{known}”，暂按新企业登记，并列入待比对清单，请核对后确认。"
        plan.warn("firm_name", problem, known=best.names[0])
    plan.intend(
        doubts=tuple(
            Question(doubt.firm_id, doubt.probability_micro, [reason.to_json() for reason in doubt.reasons])
            for doubt in identity.doubts
        )
    )


def firm_facts(row: ParsedRow) -> dict[str, Any]:
    """What the row says of the firm itself, by field of the register."""
    return {name: value for name, column in FIRM_COLUMNS.items() if (value := row.value(column))}
