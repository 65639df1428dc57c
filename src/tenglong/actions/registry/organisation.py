"""What is said of the organisation: units, people and posts, by whoever manages the places that they belong to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, Conflict, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.reasons import reason_given
from tenglong.domain.registry.organisation import Organisation, Subject
from tenglong.domain.registry.organisation_steps import Statement, cleaned
from tenglong.queries.registry.organisation import (
    codes_of,
    fact_of,
    facts_now,
    forget_organisation,
    organisation,
)
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Import, OrganisationStep, Place, User


@transaction.atomic
def tell_organisation(
    *, actor: Actor, at: datetime, statements: Sequence[Statement], reason: str, batch: Import | None = None
) -> list[OrganisationStep]:
    """Say things of the organisation, all of them or none; what is said already is passed over.

    Raises:
        NotAllowed: the actor does not manage the place; NotFound: a subject is not there.
        BadValue: something is missing or impossible; Conflict: the organisation could not be so.
    """
    take_turns()
    reason, known = reason_given(reason), organisation()
    steps = []
    for one in statements:
        said = cleaned(one, known)
        if one.number and not said:
            continue
        place = _place_of(one, known)
        _check_right(actor, at, place)
        _check_named(actor, at, one, said, known)
        steps.append(
            OrganisationStep(
                subject=one.subject.value, number=one.number, place=place, day=one.day, said=said, reason=reason,
                batch=batch, source=dict(one.source or {}), recorded_at=at, recorded_by=actor.name,
            )
        )  # fmt: skip
    if not steps:
        raise Conflict(msg("没有任何改动，无需保存。"))
    return _write(steps, actor, at)


@transaction.atomic
def take_back_organisation_step(*, actor: Actor, at: datetime, id: int, reason: str) -> OrganisationStep:
    """Say that a step was recorded by mistake: from now on everything is known as if it had not been said.

    Raises:
        NotFound: there is none here; NotAllowed; BadValue: without a reason.
        Conflict: it was taken back already, or others rest on it.
    """
    take_turns()
    reason = reason_given(reason)
    step = OrganisationStep.objects.filter(pk=id).exclude(subject=Subject.HANDOVER.value).first()
    if step is None or not (actor.everywhere or step.place in _seen(actor, at)):
        raise NotFound(msg("没有这一步登记，请刷新页面后再试。"))
    _check_right(actor, at, step.place)
    if step.takes_back_id or OrganisationStep.objects.filter(takes_back=step).exists():
        raise Conflict(msg("这一步已经撤回，或本身就是撤回，不能再撤回。"))
    return _write([taking_back(step, actor, at, reason)], actor, at)[0]


def taking_back(step: OrganisationStep, actor: Actor, at: datetime, reason: str) -> OrganisationStep:
    """What says that a step was a mistake."""
    return OrganisationStep(
        subject=step.subject, number=step.number, place=step.place, day=step.day, reason=reason, takes_back=step,
        recorded_at=at, recorded_by=actor.name,
    )  # fmt: skip


def take_back_batch(batch: Import, *, actor: Actor, at: datetime, reason: str) -> None:
    """What an import said of the organisation counts no longer.

    Raises:
        Conflict: others rest on it.
    """
    take_turns()
    steps = OrganisationStep.objects.filter(batch=batch, taken_back=None).order_by("-pk")
    if steps:
        _write([taking_back(step, actor, at, reason) for step in steps], actor, at)


def take_turns() -> None:
    """One writer at a time: the next one is thought through with what this one said."""
    list(Place.objects.select_for_update().order_by("pk").values_list("pk")[:1])
    forget_organisation()


def write_steps(steps: Sequence[OrganisationStep], actor: Actor, at: datetime) -> list[OrganisationStep]:
    """Write steps that were thought through, with their line in the trail; new subjects get their numbers."""
    numbers = {
        subject: OrganisationStep.objects.filter(subject=subject.value).aggregate(last=Max("number"))["last"]
        or 0
        for subject in Subject
    }
    for step in steps:
        if not step.number:
            numbers[Subject(step.subject)] += 1
            step.number = numbers[Subject(step.subject)]
    made: list[OrganisationStep] = OrganisationStep.objects.bulk_create(steps, batch_size=500)
    about = f"{made[0].subject}:{made[0].number}"
    leave(by=actor.name, at=at, deed="organisation", about=about, steps=[step.pk for step in made])
    transaction.on_commit(forget_organisation)
    return made


def _write(steps: Sequence[OrganisationStep], actor: Actor, at: datetime) -> list[OrganisationStep]:
    """Write steps, if the organisation can be so."""
    known = facts_now()
    if known:
        at = max(at, known[-1].recorded_at)  # who waited for another's turn knows what that one recorded
    for step in steps:
        step.recorded_at = at
    made = write_steps(steps, actor, at)
    forget_organisation()
    try:
        Organisation((*known, *map(fact_of, made))).checked()
    finally:
        forget_organisation()
    return made


def _place_of(one: Statement, known: Organisation) -> str:
    """The code of the place whose office answers for what is said: of a post that of the unit."""
    if one.subject is Subject.POST:
        unit = known.spans(one.subject, one.number)[0].said["unit"] if one.number else one.said["unit"]
        return known.unit_now(unit).place
    if one.number:
        return str(known.spans(one.subject, one.number)[0].said["place"])
    return str(one.said["place"])


def _check_right(actor: Actor, at: datetime, code: str) -> None:
    place = territory().at(china_date(at)).place(code)
    actor.check_may(Permission.ORGANISE, place.id)


def _check_named(
    actor: Actor, at: datetime, one: Statement, said: Mapping[str, Any], known: Organisation
) -> None:
    """What a statement names must be where it may be named: the unit above at the same place or over it, people among
    those that the actor sees, an account that is there and nobody else's.

    Raises:
        BadValue, Conflict, NotFound.
    """
    tree = territory().at(china_date(at))
    if parent := said.get("parent"):
        place, above = _place_of(one, known), known.unit_now(parent)
        if not tree.has(above.place) or not tree.is_under(place, above.place):
            problem = "上级机构“{above}”不在本地或上级单位，请改选。"
            raise BadValue(msg(problem, above=above.name))
    for name in ("person", "acts_for"):
        person = known.people.get(said.get(name) or 0)
        if said.get(name) and (person is None or not _sees(actor, at, person.place)):
            raise NotFound(msg("没有这名干部，或不在您的辖区内，请从列表中选择。"))
    if username := said.get("username"):
        holder = known.account(username)
        if not User.objects.filter(username=username).exists():
            raise BadValue(msg("没有账号“{username}”，请核对，或先建立账号。", username=username))
        if holder and holder.id != one.number:
            problem = "账号“{username}”已属于“{person}”，请核对。"
            raise Conflict(msg(problem, username=username, person=holder.label))


def _sees(actor: Actor, at: datetime, code: str) -> bool:
    return actor.everywhere or code in _seen(actor, at)


def _seen(actor: Actor, at: datetime) -> frozenset[str]:
    return codes_of(scope_of(actor, Permission.VIEW), china_date(at))
