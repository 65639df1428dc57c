"""Rosters: founding them, their targets and reference series, and freezing a version."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tenglong.actions.steps import Course, Done, Taking, begin, by_scope, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.figures import definition, definitions
from tenglong.domain.campaign.processes import roster_process
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.quantities import MICRO, exact_text, to_micro
from tenglong.queries.campaign.rosters import member_ids, roster_by_code
from tenglong.queries.ledger.fold import last_id_at
from tenglong.queries.matters import roster_matter, roster_to_come
from tenglong.store.models import Place, ReferencePoint, Roster, RosterTerms, RosterVersion, Target
from tenglong.store.models.rosters import TERMS

ROSTER: Course[Roster] = Course(
    roster_process(),
    see=by_scope(lambda roster, scope: roster_by_code(roster.code, scope)),
    hold=lambda roster: Roster.objects.select_for_update().get(pk=roster.pk),
    matter=roster_matter,
    named=lambda roster: f"roster:{roster.pk}",
)
"""The process of a roster at work. What is said of one, its targets and its values are rows of their own."""


@dataclass(frozen=True)
class Wording:
    """What may be said anew of a roster."""

    title: str
    issuer: str
    definition: str
    deadline: date
    title_en: str
    definition_en: str

    def differing(self, roster: Roster) -> dict[str, Any]:
        """What `roster` does not say yet."""
        return {name: text for name, text in asdict(self).items() if getattr(roster, name) != text}


def create_roster(
    *,
    actor: Actor,
    at: datetime,
    code: str,
    title: str,
    issuer: str,
    definition_text: str,
    place: Place,
    window: Window,
    done_figure: str = "firms_written_off",
    title_en: str = "",
    definition_en: str = "",
    reference_title: str = "",
    energy_basis: str = "",
) -> Roster:
    """A new calibre. Its definition in words is required: a list without one cannot be compared.

    Raises:
        NotAllowed: the person may not do this there.
        BadValue: title, issuer or definition is empty, or `done_figure` is none that counts as done.
        Conflict: the code is taken.
    """
    roster = Roster(
        code=code,
        title=title.strip(),
        title_en=title_en,
        issuer=issuer.strip(),
        definition=definition_text.strip(),
        definition_en=definition_en,
        place=place,
        start=window.start,
        deadline=window.deadline,
        done_figure=done_figure,
        energy_basis=energy_basis,
        reference_title=reference_title,
    )
    return begin(ROSTER, "found", roster_to_come(place.pk), actor=actor, at=at, roster=roster)


def amend_roster(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    title: str,
    issuer: str,
    definition_text: str,
    deadline: date,
    reason: str,
    title_en: str = "",
    definition_en: str = "",
) -> Roster:
    """Say anew what a roster means, from now on; answers as known before stay, and what was issued stays as printed.

    Code, territory, first day and what counts as done cannot change: that would be another calibre.

    Raises:
        NotFound, NotAllowed; BadValue: a text or the reason is empty, or the deadline lies before the first day.
        Conflict: nothing is different.
    """
    wording = Wording(
        title=title.strip(),
        issuer=issuer.strip(),
        definition=definition_text.strip(),
        deadline=deadline,
        title_en=title_en.strip(),
        definition_en=definition_en.strip(),
    )
    return take(ROSTER, "amend", roster, actor=actor, at=at, reason=reason, wording=wording)


def set_target(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    code: str,
    figure: str,
    quantity: Decimal,
    window: Window | None = None,
    reason: str = "",
) -> Target:
    """What a unit has to reach; from now on it counts in place of an earlier one of the same unit and figure.

    Raises:
        NotFound, NotAllowed; BadValue: the quantity is negative.
    """
    span = window or Window(roster.start, roster.deadline)
    target = Target(
        roster=roster, code=code, figure=definition(figure).id, start=span.start, deadline=span.deadline
    )
    return take(
        ROSTER, "set_target", roster, actor=actor, at=at, reason=reason, target=target, quantity=quantity
    )


def add_reference(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    figure: str,
    day: date,
    percent: Decimal,
    source: str,
    reason: str = "",
) -> ReferencePoint:
    """A value of the series the roster is compared with, with where it was printed.

    Another value for a day that has one corrects it, from now on.

    Raises:
        NotFound, NotAllowed; BadValue: the source is missing, the value is negative, or it corrects another without a
            reason. Conflict: value and source of the day are recorded already.
    """
    point = ReferencePoint(roster=roster, day=day, figure=definition(figure).id, source=source.strip())
    return take(
        ROSTER, "add_reference", roster, actor=actor, at=at, reason=reason, point=point, percent=percent
    )


def freeze_version(
    *, actor: Actor, at: datetime, roster: Roster, as_of: date, note: str = ""
) -> RosterVersion:
    """Freeze who is on the roster: numbered, in order, with a digest. Later changes make a further version.

    Raises:
        NotFound, NotAllowed; Conflict: the roster has no members yet, or nothing changed since the last version.
    """
    return take(ROSTER, "freeze", roster, actor=actor, at=at, as_of=as_of, note=note)


@ROSTER.effect("found", deed="create_roster")
def _found(taking: Taking[Roster], *, roster: Roster) -> Done:
    _check_words(roster)
    if not definition(roster.done_figure).done:
        known = listed(figure.zh for figure in definitions().values() if figure.done)
        problem = "“{figure}”不能作为完成口径，可用的有：{known}。"
        raise BadValue(msg(problem, figure=label(definition(roster.done_figure).zh), known=known))
    if Roster.objects.filter(code=roster.code).exists():
        raise Conflict(msg("名单代码“{code}”已被使用，请换一个代码。", code=roster.code))
    roster.created_by, roster.created_at = taking.actor.name, taking.at
    roster.save()
    _record_terms(roster, taking)
    return Done({"code": roster.code}, made=roster)


@ROSTER.effect("amend", deed="amend_roster")
def _amend(taking: Taking[Roster], *, wording: Wording) -> Done:
    roster = taking.subject
    changed = wording.differing(roster)
    if not changed:
        raise Conflict(msg("没有任何改动，无需保存。"))
    details = {name: [str(getattr(roster, name)), str(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(roster, name, value)
    _check_words(roster)
    Window(roster.start, roster.deadline)
    roster.amended_at = taking.at
    _record_terms(roster, taking)
    return Done(details)


@ROSTER.effect("set_target", deed="set_target")
def _set_target(taking: Taking[Roster], *, target: Target, quantity: Decimal) -> Done:
    if quantity < 0:
        raise BadValue(msg("目标数不能为负数：{quantity}，请改正。", quantity=quantity))
    target.quantity, target.reason = to_micro(quantity), taking.reason[:300]
    _put(target, taking)
    return Done({"code": target.code, "quantity": str(quantity)}, gives=target)


@ROSTER.effect("add_reference", deed="add_reference")
def _add_reference(taking: Taking[Roster], *, point: ReferencePoint, percent: Decimal) -> Done:
    if not point.source:
        raise BadValue(msg("{day} 的参照值缺少来源，请注明出处。", day=point.day))
    if percent < 0:
        raise BadValue(msg("参照值不能为负数：{percent}，请改正。", percent=percent))
    point.quantity, point.reason = to_micro(percent), taking.reason[:300]
    same = ReferencePoint.objects.filter(roster=taking.subject, figure=point.figure, day=point.day)
    if known := same.order_by("id").last():
        _check_correction(known, point)
    _put(point, taking)
    return Done({"day": str(point.day), "value": str(percent)}, gives=point)


@ROSTER.effect("freeze", deed="freeze_version")
def _freeze(taking: Taking[Roster], *, as_of: date, note: str) -> Done:
    roster = taking.subject
    members = member_ids(roster, as_of)
    if not members:
        raise Conflict(msg("名单“{title}”还没有整治对象，不能冻结。请先完成核定。", title=roster.title))
    last = roster.versions.order_by("-number").first()
    if last and last.case_ids == members:
        raise Conflict(msg("名单与第 {number} 版完全一致，无需再次冻结。", number=last.number))
    version = RosterVersion.objects.create(
        roster=roster,
        number=last.number + 1 if last else 1,
        as_of=as_of,
        frozen_at=taking.at,
        frozen_by=taking.actor.name,
        last_entry_id=last_id_at(roster.pk, None),
        case_ids=members,
        digest=hashlib.sha256(",".join(map(str, members)).encode()).hexdigest(),
        note=note,
    )
    return Done({"number": version.number}, gives=version)


def _record_terms(roster: Roster, taking: Taking[Roster]) -> None:
    terms = RosterTerms(
        roster=roster, reason=taking.reason[:300], **{name: getattr(roster, name) for name in TERMS}
    )
    _put(terms, taking)


def _put(row: RosterTerms | Target | ReferencePoint, taking: Taking[Roster]) -> None:
    row.recorded_by, row.recorded_at = taking.actor.name, taking.at
    row.save()


def _check_words(roster: Roster) -> None:
    if not roster.title or not roster.issuer:
        raise BadValue(msg("名单须有名称和确定单位，请补填。"))
    if not roster.definition:
        raise BadValue(msg("名单“{title}”缺少口径说明，请写明统计范围和依据。", title=roster.title))


def _check_correction(known: ReferencePoint, point: ReferencePoint) -> None:
    """A value that takes another's place is another one and says why."""
    if (known.quantity, known.source) == (point.quantity, point.source):
        raise Conflict(msg("没有任何改动，无需保存。"))
    if not point.reason:
        problem = "{day} 的参照值已登记为 {known}%，更正须写明理由，请补充理由。"
        raise BadValue(msg(problem, day=known.day, known=exact_text(Fraction(known.quantity, MICRO))))
