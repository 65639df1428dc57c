"""Changing a roadmap by hand: a new roadmap with the same options and the same bound."""

from datetime import datetime

from tenglong.actions.roadmap.computing import finish
from tenglong.actions.roadmap.courses import ROADMAP, next_number
from tenglong.actions.roadmap.preparing import Prepared, judged
from tenglong.actions.steps import Done, Taking, take
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.plans import Reason, Solution, Status
from tenglong.queries.roadmap.adjusting import Changed, Choices, changed_by_hand
from tenglong.queries.roadmap.files import generated_of, problem_of
from tenglong.store.models import Roadmap, RoadmapLine

EVERYWHERE = Scope(everywhere=True)


def adjust(
    *, actor: Actor, at: datetime, roadmap: Roadmap, choices: Choices, title: str = "", note: str = ""
) -> Roadmap:
    """A new roadmap with some choices changed by hand; the certificate of the one it adjusts says how good it is.

    Raises:
        NotAllowed: the person may not; BadValue: nothing changes, or a case has no such option.
        Conflict: the change breaks a limit or an order (all of them are named), the roadmap is no plan, or the rules by
            which options are made have changed since.
    """
    return take(ROADMAP, "adjust", roadmap, actor=actor, at=at, choices=choices, title=title, note=note)


@ROADMAP.effect("adjust", deed="adjust_roadmap")
def _adjust(taking: Taking[Roadmap], *, choices: Choices, title: str, note: str) -> Done:
    found = taking.subject
    changed = changed_by_hand(found, choices, EVERYWHERE)
    if not changed.firms:
        raise BadValue(msg("没有改动任何企业的措施或日期，请先调整再保存。"))
    if changed.verdict.broken:
        raise Conflict(msg("调整后的路线图不可行：{why}", why=_all_of(changed.verdict.broken)))
    made = _copy(found, title, note, taking.actor, taking.at)
    generated = generated_of(found)
    before = RoadmapLine.objects.filter(roadmap=found, adjusted=True).values_list("case_id", flat=True)
    by_hand = changed.firms | {str(case) for case in before}
    outcome = judged(generated, changed.problem, _solution(changed), adjusted=by_hand)
    prepared = Prepared(generated, problem_of(found), found.facts_digest, found.problem_digest)
    kept = finish(made, prepared, outcome, taking.at, stability=found.stability)
    said = {str(case): None if one is None else [one[0], str(one[1])] for case, one in choices.items()}
    return Done({"adjusts": found.pk, "choices": said}, made=kept)


def _copy(found: Roadmap, title: str, note: str, actor: Actor, at: datetime) -> Roadmap:
    """A roadmap that is asked for as the other was, not yet planned."""
    return Roadmap.objects.create(
        roster=found.roster,
        place=found.place,
        number=next_number(found.roster_id),
        title=(title.strip() or found.title)[:120],
        settings=found.settings,
        settings_digest=found.settings_digest,
        facts_on=found.facts_on,
        known_at=found.known_at,
        replans_id=found.replans_id,
        adjusts=found,
        note=note.strip()[:300],
        requested_by=actor.name,
        requested_at=at,
    )


def _solution(changed: Changed) -> Solution:
    best = changed.certificate is not None and changed.plan.value == changed.certificate.bound
    status, reason = (Status.OPTIMAL, Reason.CERTIFIED) if best else (Status.FEASIBLE, Reason.BY_HAND)
    return Solution(status, reason, BY_HAND, changed.plan, changed.certificate)


def _all_of(sentences: tuple[Message, ...]) -> Message:
    found = sentences[-1]
    for one in reversed(sentences[:-1]):
        found = msg("{first}{rest}", first=one, rest=found)
    return found


BY_HAND = "by_hand"
"""The method of a plan that somebody changed."""
