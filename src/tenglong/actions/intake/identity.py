"""Which firm each row speaks of."""

from collections.abc import Iterable, Sequence
from typing import Any

from tenglong.actions.intake.context import Context, Repeated
from tenglong.actions.intake.rows import RowPlan
from tenglong.actions.intake.within import Place as Among
from tenglong.actions.intake.within import Strangers
from tenglong.domain.intake.plans import Change, FirmToMake, Plan, Question
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.intake.swapped import NameColumn
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.codes import CodeReading, CodeStatus, read_code
from tenglong.domain.registry.names import former_names, names_in, normal_name
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


NAMING = frozenset({"firm_name", "former_names", "code", "address", "legal_person"})
"""The columns that `subject` reads."""


def subject(row: ParsedRow, place: Place | None) -> Subject:
    """The firm as the row names it: what a bracket or a column says that it was called are names too."""
    name, *bracketed = names_in(str(row.value("firm_name") or "")) or ("",)
    former = [*bracketed, *former_names(str(row.value("former_names") or ""))]
    return subject_of(
        name,
        str(row.value("code") or ""),
        place.code if place else "",
        address=str(row.value("address") or ""),
        former=tuple(dict.fromkeys(one for one in former if one != name)),
        person=str(row.value("legal_person") or ""),
    )


def find_unmatched(context: Context, rows: Rows) -> None:
    """Look for all rows that nothing matches exactly, together, in the register and among each other: for many rows
    lists are faster than look-ups.

    Raises:
        BadValue: the column of names holds something else, so that columns have changed places.
    """
    column, exact, waiting = NameColumn(), [], []
    for row, place in rows:
        if said := str(row.value("firm_name") or ""):
            column.add(said)
        if not place or not (found := subject(row, place)).name:
            continue
        context.named.add(found.name)
        identity = context.firms.exact(found)
        if identity is None:
            waiting.append(((row.sheet, row.row), found))
        elif identity.firm_id is None:
            exact.append(((row.sheet, row.row), found))
    if column.problem:
        raise BadValue(column.problem)
    answers = dict(
        zip((key for key, _ in waiting), context.firms.near([found for _, found in waiting]), strict=True)
    )
    context.near.update((key, answer) for key, answer in answers.items() if answer != NEW_FIRM)
    unsure = [one for one in waiting if answers[one[0]].firm_id is None]
    context.within = Strangers(sorted([*exact, *unsure], key=lambda one: one[0][1])).places()


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
        _note_former_names(context, plan, who, identity.firm_id)
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
    key, mine = firm_key(plan), Repeated.of(plan.row)
    if key not in context.seen:
        context.seen[key] = mine
        return
    earlier = context.seen[key]
    plan.plan = Plan()
    plan.fresh = plan.changed = False
    if mine.repeats(earlier):
        plan.warn("firm_name", "与第 {row} 行重复，只按第 {row} 行登记一次。", row=earlier.row)
    else:
        problem = "与第 {row} 行是同一家企业，但内容不一致，请核对后只保留一行。"
        plan.error("firm_name", problem, row=earlier.row)


def _note_other_name(context: Context, plan: RowPlan, who: Subject, firm_id: int) -> None:
    firm = context.firms.firms[firm_id]
    mine = normal_name(who.name).full
    if mine not in {normal_name(known).full for known in firm.names}:
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


def _note_former_names(context: Context, plan: RowPlan, who: Subject, firm_id: int) -> None:
    """What the row says that a known firm was called, where the register does not have it yet."""
    known = context.firms.firms[firm_id].names
    fresh = [name for name in who.former if name not in known]
    if fresh:
        plan.intend(names=(*plan.plan.names, *fresh))
        plan.changed = True


def _note_other_code(plan: RowPlan, reading: CodeReading, firm: KnownFirm) -> None:
    """A valid code that nobody else has corrects the firm's; one that fails its check is noted beside a known one."""
    if reading.code in (firm.code, *firm.absorbed_codes, *firm.doubtful_codes):
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
    """A firm not known yet; rows of one file with the same code or name are one firm.

    A code that contradicts the name is no code of the firm: it is kept as a doubtful one.
    """
    among = context.within[plan.row.sheet, plan.row.row]
    code, key = among.code, among.key
    if identity.contradicting:
        code, key = "", f"{key}|{who.reading.code}"
    status = read_code(code).status
    firm = FirmToMake(
        name=who.name,
        code="" if status is CodeStatus.TEMPORARY else code,
        status=status.value,
        place=place.id,
        provisional=bool(identity.doubts or among.siblings),
        facts={"doubtful_code": who.reading.code} if who.reading.code and not code else {},
    )
    plan.fresh = key not in context.new_keys
    plan.intend(firm_key=key, firm=firm, names=who.former)
    if identity.doubts or among.siblings:
        _put_in_doubt(context, plan, identity, among)


def _put_in_doubt(context: Context, plan: RowPlan, identity: Identity, among: Among) -> None:
    """What lies elsewhere is not named."""
    best = context.firms.firms.get(identity.doubts[0].firm_id) if identity.doubts else None
    if identity.contradicting:
        problem = "信用代码是一家企业的，名称是另一家的，暂不登记这个代码，并列入待比对清单，请核对后确认。"
        plan.warn("code", problem)
    elif best:
        problem = "可能就是已登记的“{known}”，暂按新企业登记，并列入待比对清单，请核对后确认。"
        plan.warn("firm_name", problem, known=best.names[0])
    for one in among.siblings:
        problem = "与第 {row} 行的“{name}”可能是同一家企业，暂分别登记，并列入待比对清单，请核对后确认。"
        plan.warn("firm_name", problem, row=one.row, name=one.name)
    known = (Question(one.firm_id, one.probability_micro, _told(one.reasons)) for one in identity.doubts)
    here = (Question(0, one.probability_micro, _told(one.reasons), one.key) for one in among.siblings)
    plan.intend(doubts=(*known, *here))


def _told(reasons: Iterable[Message]) -> list[Any]:
    return [reason.to_json() for reason in reasons]


def firm_facts(row: ParsedRow) -> dict[str, Any]:
    """What the row says of the firm itself, by field of the register."""
    return {name: value for name, column in FIRM_COLUMNS.items() if (value := row.value(column))}
