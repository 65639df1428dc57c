"""A screening as the page shows it: by rule and by firm. The same question is answered once for a while."""

import hashlib
from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.screening import Hit
from tenglong.domain.evaluation.screening_rules import Rule
from tenglong.queries.remembered import recorded, remembered
from tenglong.queries.suspects import Screened, screen_place


@dataclass(frozen=True)
class ByRule:
    """A rule with how many firms it hit and could not be tried on, and the columns that were missing there."""

    rule: Rule
    hits: int
    untested: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class SuspectView:
    """A firm that was hit, with every hit, and what may make them false: (words, reason code)."""

    firm_id: int
    name: str
    hits: tuple[Hit, ...]
    hints: tuple[tuple[str, str], ...]


def screened(place: str, year: int, scope: Scope, *, on: date) -> Screened:
    """The rules tried on the firms under `place` within `scope`; raises like `screen_place`."""
    seen = hashlib.sha256(repr((sorted(scope.places), scope.everywhere)).encode()).hexdigest()
    key = f"screened-{place}-{year}-{on}-{recorded()}-{seen}"
    return remembered(key, lambda: screen_place(place, year, scope, on=on))


def by_rule(found: Screened) -> list[ByRule]:
    """Every rule that can hit, in order; R01 to R16."""
    hits = [one.rule for one in found.screening.hits]
    views = []
    for rule in found.rules.rules:
        untested = [one for one in found.screening.untested if one.rule == rule.id]
        missing = dict.fromkeys(id for one in untested for id in one.missing)
        if not rule.scope or untested:
            views.append(ByRule(rule, hits.count(rule.id), len(untested), tuple(missing)))
    return views


def suspects(found: Screened, rule: str = "") -> list[SuspectView]:
    """The firms that were hit, or hit by one rule, in the order of the table."""
    guards = {guard.id: guard for guard in found.rules.guards}
    hits: dict[str, list[Hit]] = {}
    for hit in found.screening.hits:
        hits.setdefault(hit.firm, []).append(hit)
    hints: dict[str, list[tuple[str, str]]] = {}
    for hint in found.screening.hints:
        hints.setdefault(hint.firm, []).append((guards[hint.guard].zh, hint.reason))
    return [
        SuspectView(int(firm), found.names[firm], tuple(own), tuple(hints.get(firm, ())))
        for firm, own in hits.items()
        if not rule or any(hit.rule == rule for hit in own)
    ]
