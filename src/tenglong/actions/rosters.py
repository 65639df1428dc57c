"""Rosters: founding them, their targets and reference series, and freezing a version."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import Max

from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.processes import check_step
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.domain.kernel.quantities import MICRO, exact_text, to_micro
from tenglong.domain.reporting.figures import definition, definitions
from tenglong.queries.ledger import last_id_at
from tenglong.queries.matters import roster_matter, roster_to_come
from tenglong.queries.rosters import member_ids
from tenglong.store.models import Place, ReferencePoint, Roster, RosterTerms, RosterVersion, Target
from tenglong.store.models.rosters import TERMS


@transaction.atomic
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
        BadValue: title, issuer or definition is empty, or `done_figure` is none that counts as done.
        Conflict: the code is taken.
    """
    check_step(roster_to_come(place.pk), "found", actor, china_date(at))
    _check_words(title, issuer, definition_text)
    if not definition(done_figure).done:
        known = listed(figure.zh for figure in definitions().values() if figure.done)
        problem = "“{figure}”不能作为完成口径，可用的有：{known}。"
        raise BadValue(msg(problem, figure=label(definition(done_figure).zh), known=known))
    if Roster.objects.filter(code=code).exists():
        raise Conflict(msg("名单代码“{code}”已被使用，请换一个代码。", code=code))
    roster = Roster.objects.create(
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
        created_at=at,
        created_by=actor.name,
    )
    _record_terms(roster, actor, at)
    leave(by=actor.name, at=at, deed="create_roster", about=f"roster:{roster.pk}", code=code)
    return roster


@transaction.atomic
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
        BadValue: a text or the reason is empty, or the deadline lies before the first day.
        Conflict: nothing is different.
    """
    check_step(roster_matter(roster), "amend", actor, china_date(at))
    _check_words(title, issuer, definition_text)
    if not reason.strip():
        raise BadValue(msg("修改名单口径须写明理由，请补充理由。"))
    Window(roster.start, deadline)
    found = Roster.objects.select_for_update().get(pk=roster.pk)
    said = {
        "title": title.strip(),
        "issuer": issuer.strip(),
        "definition": definition_text.strip(),
        "deadline": deadline,
        "title_en": title_en.strip(),
        "definition_en": definition_en.strip(),
    }
    changed = {name: value for name, value in said.items() if getattr(found, name) != value}
    if not changed:
        raise Conflict(msg("没有任何改动，无需保存。"))
    details = {name: [str(getattr(found, name)), str(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(found, name, value)
    found.amended_at = at
    found.save(update_fields=[*changed, "amended_at"])
    _record_terms(found, actor, at, reason.strip())
    leave(by=actor.name, at=at, deed="amend_roster", about=f"roster:{roster.pk}", **details)
    return found


def _record_terms(roster: Roster, actor: Actor, at: datetime, reason: str = "") -> None:
    said = {name: getattr(roster, name) for name in TERMS}
    RosterTerms.objects.create(
        roster=roster, recorded_at=at, recorded_by=actor.name, reason=reason[:300], **said
    )


def _check_words(title: str, issuer: str, definition_text: str) -> None:
    if not title.strip() or not issuer.strip():
        raise BadValue(msg("名单须有名称和确定单位，请补填。"))
    if not definition_text.strip():
        raise BadValue(msg("名单“{title}”缺少口径说明，请写明统计范围和依据。", title=title))


@transaction.atomic
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
    """What a unit has to reach; from now on it counts in place of an earlier one of the same unit and figure."""
    check_step(roster_matter(roster), "set_target", actor, china_date(at))
    span = window or Window(roster.start, roster.deadline)
    if quantity < 0:
        raise BadValue(msg("目标数不能为负数：{quantity}，请改正。", quantity=quantity))
    target = Target.objects.create(
        roster=roster,
        code=code,
        figure=definition(figure).id,
        quantity=to_micro(quantity),
        start=span.start,
        deadline=span.deadline,
        reason=reason.strip()[:300],
        recorded_at=at,
        recorded_by=actor.name,
    )
    leave(
        by=actor.name,
        at=at,
        deed="set_target",
        about=f"roster:{roster.pk}",
        code=code,
        quantity=str(quantity),
    )
    return target


@transaction.atomic
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
        BadValue: the source is missing, the value is negative, or it corrects another without a reason.
        Conflict: value and source of the day are recorded already.
    """
    check_step(roster_matter(roster), "add_reference", actor, china_date(at))
    if not source.strip():
        raise BadValue(msg("{day} 的参照值缺少来源，请注明出处。", day=day))
    if percent < 0:
        raise BadValue(msg("参照值不能为负数：{percent}，请改正。", percent=percent))
    known = (
        ReferencePoint.objects.filter(roster=roster, figure=definition(figure).id, day=day)
        .order_by("id")
        .last()
    )
    if known:
        _check_correction(known, to_micro(percent), source.strip(), reason.strip())
    point = ReferencePoint.objects.create(
        roster=roster,
        day=day,
        figure=definition(figure).id,
        quantity=to_micro(percent),
        source=source.strip(),
        reason=reason.strip()[:300],
        recorded_at=at,
        recorded_by=actor.name,
    )
    leave(
        by=actor.name,
        at=at,
        deed="add_reference",
        about=f"roster:{roster.pk}",
        day=str(day),
        value=str(percent),
    )
    return point


def _check_correction(known: ReferencePoint, quantity: int, source: str, reason: str) -> None:
    """A value that takes another's place is another one and says why."""
    if (known.quantity, known.source) == (quantity, source):
        raise Conflict(msg("没有任何改动，无需保存。"))
    if not reason:
        problem = "{day} 的参照值已登记为 {known}%，更正须写明理由，请补充理由。"
        raise BadValue(msg(problem, day=known.day, known=exact_text(Fraction(known.quantity, MICRO))))


@transaction.atomic
def freeze_version(
    *, actor: Actor, at: datetime, roster: Roster, as_of: date, note: str = ""
) -> RosterVersion:
    """Freeze who is on the roster: numbered, in order, with a digest. Later changes make a further version.

    Raises:
        Conflict: the roster has no members yet, or nothing changed since the last version.
    """
    check_step(roster_matter(roster), "freeze", actor, china_date(at))
    members = member_ids(roster, as_of)
    if not members:
        raise Conflict(msg("名单“{title}”还没有整治对象，不能冻结。请先完成核定。", title=roster.title))
    last = roster.versions.order_by("-number").first()
    if last and last.case_ids == members:
        raise Conflict(msg("名单与第 {number} 版完全一致，无需再次冻结。", number=last.number))
    number = (roster.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = RosterVersion.objects.create(
        roster=roster,
        number=number,
        as_of=as_of,
        frozen_at=at,
        frozen_by=actor.name,
        last_entry_id=last_id_at(roster.pk, None),
        case_ids=members,
        digest=hashlib.sha256(",".join(map(str, members)).encode()).hexdigest(),
        note=note,
    )
    leave(by=actor.name, at=at, deed="freeze_version", about=f"roster:{roster.pk}", number=number)
    return version
