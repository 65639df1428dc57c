"""Everything that a process moves, in one place: which process a thing has, and the steps that a person may take."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from tenglong.domain.access.policy import Actor, Matter, Needless, Offer, offers
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.processes import match_process, roster_process
from tenglong.domain.evaluation.process import objection_process, run_rules, scheme_process
from tenglong.domain.intake.process import import_process
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.process import Process
from tenglong.domain.roadmap.process import roadmap_rules
from tenglong.domain.rules.owned import rule_process
from tenglong.queries.evaluation.objections import objection_matter
from tenglong.queries.evaluation.runs import run_matter
from tenglong.queries.evaluation.schemes import scheme_matter
from tenglong.queries.intake.imports import import_matter
from tenglong.queries.roadmap.steps import roadmap_matter
from tenglong.queries.rules.versions import version_matter
from tenglong.store.models import (
    Evaluation,
    Import,
    MatchPair,
    Objection,
    Roadmap,
    Roster,
    RuleVersion,
    Scheme,
)


@cache
def processes() -> dict[str, Process]:
    """Every process by its id."""
    found = (
        import_process(),
        roster_process(),
        match_process(),
        scheme_process(),
        run_rules().process,
        objection_process(),
        roadmap_rules().process,
        rule_process(),
    )
    return {process.id: process for process in found}


def check_processes() -> None:
    """Raises BadRules where the file of a process, or of the life of a case, does not fit together; asked at every
    start."""
    processes()
    machine()


def roster_matter(roster: Roster) -> Matter:
    """A roster as the gate sees it."""
    return Matter(roster_process(), "in_use", {"": roster.place_id})


def roster_to_come(place_id: int) -> Matter:
    """A roster that somebody wants to found in a place."""
    return Matter(roster_process(), "", {"": place_id})


def match_matter(pair: MatchPair) -> Matter:
    """A question whether two records are one firm, as the gate sees it: a merge needs both offices."""
    known = pair.candidate.place_id

    def both(actor: Actor, today: date) -> None:
        if not actor.may(Permission.MATCH, known):
            raise Needless(msg("对方企业登记在其他辖区，须双方整治办都认定，请先提请认定。"))

    def one_of_two(actor: Actor, today: date) -> None:
        if actor.may(Permission.MATCH, pair.place_id) and actor.may(Permission.MATCH, known):
            raise Needless(msg("两份记录都在您的辖区内，请直接认定。"))

    def alone(actor: Actor, today: date) -> None:
        if pair.merge_id is not None:
            raise Needless(msg("这条比对没有单独的结论可以撤销；已合并的请撤销合并。"))

    conditions = {"same": both, "claim": one_of_two, "deny": one_of_two, "reopen": alone}
    return Matter(match_process(), pair.state, {"": pair.place_id, "known": known}, conditions=conditions)


MATTERS: dict[type, Callable[[Any], Matter]] = {
    Evaluation: run_matter,
    Import: import_matter,
    MatchPair: match_matter,
    Objection: objection_matter,
    Roadmap: roadmap_matter,
    Roster: roster_matter,
    RuleVersion: version_matter,
    Scheme: scheme_matter,
}


def matter_of(subject: Any) -> Matter:
    """A thing that a process moves, as the gate sees it."""
    return MATTERS[type(subject)](subject)


def open_steps(subject: Any, actor: Actor, today: date) -> tuple[Offer, ...]:
    """The steps that `actor` has the right to take as the subject stands, each with what bars it today.

    Call it only with a subject that the person may see.
    """
    return offers(matter_of(subject), actor, today)
