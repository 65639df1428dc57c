"""A screening as the page shows it: by rule and by firm. The same question is answered once for a while."""

from dataclasses import dataclass, replace
from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.screening import Hit, Screening
from tenglong.domain.evaluation.screening.rules import Rule
from tenglong.domain.registry.territory import Level
from tenglong.queries.evaluation.suspects import Screened, screen_place
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import recorded, remembered
from tenglong.store.models import Firm


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
    """The rules tried on the firms under `place` within `scope`; raises like `screen_place`.

    Averages are those of the whole county, and of the whole of a larger place: a hit never depends on who asks.
    """
    tree = territory().at(date(year, 12, 31))
    above = (place, *(one.code for one in tree.ancestors(place)))
    whole = next(code for code in above if tree.place(code).level != Level.TOWN)
    key = f"screened-{whole}-{year}-{on}-{recorded()}"
    found = remembered(key, lambda: screen_place(whole, year, Scope(everywhere=True), on=on))
    return _within(found, place, scope.narrowed(tree.members(place)).places)


def _within(found: Screened, place: str, places: frozenset[int]) -> Screened:
    """What a screening says of the firms in `places`."""
    firms = Firm.objects.filter(place_id__in=places, absorbed_by=None).values_list("id", flat=True)
    seen = {str(id) for id in firms}
    said = found.screening
    return replace(
        found,
        place=place,
        screening=Screening(
            tuple(one for one in said.hits if one.firm in seen),
            tuple(one for one in said.untested if one.firm in seen),
            tuple(one for one in said.hints if one.firm in seen),
        ),
        names={id: name for id, name in found.names.items() if id in seen},
        tested=len(seen),
        suspects=tuple(one for one in found.suspects if str(one.firm_id) in seen),
    )


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
