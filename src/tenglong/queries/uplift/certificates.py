"""Certificates as of a day, as known at a moment: their rows, and how many of the firms of a roster hold one.

domain.uplift.certificates says what holds on a day; the counts of many are made in SQL, but for firms that were merged
or whose case was another firm's then: these are few, and counted by the domain's own words.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count as CountOf
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat

from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.uplift.certificates import Certificate as Interval
from tenglong.domain.uplift.certificates import Count
from tenglong.queries.ledger.fold import TAKEN_BACK
from tenglong.queries.registry.book import firms_then, kept_firms, known_rows
from tenglong.store.models import Case, Certificate, Entry

Rows = QuerySet[Certificate]
OF_FIRM = Concat(Cast("firm", TextField()), Value(" "), "key")
"""A certificate is one of its firm: counts of cases add up."""
ByCase = dict[int, dict[str, set[str]]]


@dataclass(frozen=True)
class Asked:
    """Which certificates are asked for: those of the firms on a roster, at some places, at a point in both times."""

    roster_id: int
    at: AsOf
    known_at: datetime
    places: Collection[int]


def latest(known_at: datetime | None = None) -> Rows:
    """Of every interval what was said of it last, as known then (None: now), unless that takes it back."""
    known = known_rows(Certificate.objects.all(), known_at)
    same = {name: OuterRef(name) for name in ("kind", "key", "granted")}
    later = known_rows(Certificate.objects.filter(restates=True, id__gt=OuterRef("id"), **same), known_at)
    return known.filter(~Exists(later), void=False)


def holding(rows: Rows, day: date) -> Rows:
    """Those that hold on a day."""
    return rows.filter(Q(until=None) | Q(until__gte=day), Q(ended=None) | Q(ended__gt=day), granted__lte=day)


def counts_by_place(asked: Asked) -> dict[int, dict[str, Count]] | None:
    """How many firms of each place hold a certificate of each kind on the day, and how many certificates they are;
    None where nobody ever spoke of a certificate of a firm on the roster."""
    if not known_rows(Certificate.objects.all(), asked.known_at).exists():
        return None
    moved = _moved(asked)
    if not _is_told(asked, moved):
        return None
    found = _counted(asked, moved.firms)
    if moved.case_of:
        _add_moved(found, asked, moved)
    return dict(found)


def _is_told(asked: Asked, moved: "_Moved") -> bool:
    """Of the cases that were known then, wherever they lie: one that is opened later makes nothing known before it."""
    cases = _open_cases(asked)
    mine = (
        set(cases.filter(pk__in=set(moved.case_of.values())).values_list("pk", flat=True))
        if moved.case_of
        else ()
    )
    others = [firm for firm, case in moved.case_of.items() if case in mine]
    known = known_rows(Certificate.objects.all(), asked.known_at)
    firms = cases.exclude(firm__in=moved.firms).values("firm")
    return known.filter(Q(firm__in=firms) | Q(firm__in=others)).exists()


def _add_moved(found: dict[int, dict[str, Count]], asked: Asked, moved: "_Moved") -> None:
    cases = dict(_cases(asked).filter(pk__in=set(moved.case_of.values())).values_list("pk", "place_id"))
    held: ByCase = defaultdict(lambda: defaultdict(set))
    for row in _of_day(asked).filter(firm__in=moved.case_of.keys()):
        held[moved.case_of[row.firm_id]][row.kind].add(row.key)
    for case_id, kinds in held.items():
        for kind, keys in kinds.items() if case_id in cases else ():
            before = found[cases[case_id]].get(kind, Count())
            found[cases[case_id]][kind] = Count(before.firms + 1, before.certificates + len(keys))


def of_cases(asked: Asked, kind: str) -> dict[int, list[Certificate]]:
    """The certificates of a kind that hold on the day, by the case of the firm that has them."""
    moved = _moved(asked)
    cases = dict(_cases(asked).values_list("pk", "firm"))
    case_of = {firm: case for case, firm in cases.items() if firm not in moved.firms}
    case_of |= {firm: case for firm, case in moved.case_of.items() if case in cases}
    found: dict[int, list[Certificate]] = defaultdict(list)
    for row in _of_day(asked).filter(kind=kind).order_by("id").iterator(2000):
        if row.firm_id in case_of:
            found[case_of[row.firm_id]].append(row)
    return dict(found)


def interval(row: Certificate) -> Interval:
    """The stored row as the domain's value."""
    return Interval(row.kind, row.firm_id, row.number, row.granted, row.until, row.ended)


def _of_day(asked: Asked) -> Rows:
    return holding(latest(asked.known_at), asked.at.day)


def _counted(asked: Asked, but: frozenset[int]) -> dict[int, dict[str, Count]]:
    """The counts of all firms but some."""
    found: dict[int, dict[str, Count]] = defaultdict(dict)
    rows = _of_day(asked).filter(firm__cases__in=_cases(asked)).exclude(firm__in=but)
    counted = (
        rows.order_by()
        .values(place=F("firm__cases__place"), of=F("kind"))
        .annotate(firms=CountOf("firm", distinct=True), keys=CountOf(OF_FIRM, distinct=True))
    )
    for place, kind, firms, keys in counted.values_list("place", "of", "firms", "keys"):
        found[place][kind] = Count(firms, keys)
    return found


def _cases(asked: Asked) -> QuerySet[Case]:
    """Of these the cases at the places asked for."""
    return _open_cases(asked).filter(place_id__in=frozenset(asked.places))


def _open_cases(asked: Asked) -> QuerySet[Case]:
    """The cases of the roster that had been opened, as known then."""
    slots = {kind.slot for kind in vocabulary().kinds.values() if kind.from_the_start}
    opened = Entry.objects.filter(roster_id=asked.roster_id, slot__in=slots, id__lte=asked.at.last_id)
    opened = opened.exclude(id__in=RawSQL(TAKEN_BACK, [asked.at.last_id]))
    return Case.objects.filter(roster_id=asked.roster_id, pk__in=opened.values("case_id"))


@dataclass(frozen=True)
class _Moved:
    """Firms whose certificates are not simply those of their case now: merged ones, and those whose case was another
    firm's then. `case_of`: the case of the roster that had theirs then, where there is one."""

    firms: frozenset[int]
    case_of: dict[int, int]


def _moved(asked: Asked) -> _Moved:
    kept, then = kept_firms(asked.known_at), firms_then(asked.known_at)
    now = dict(Case.objects.filter(pk__in=then.keys()).values_list("pk", "firm")) if then else {}
    firms = frozenset({*kept, *kept.values(), *then.values(), *now.values()})
    if not firms:
        return _Moved(firms, {})
    cases = Case.objects.filter(Q(firm__in=firms) | Q(pk__in=then.keys()), roster_id=asked.roster_id)
    bearer = {then.get(case, firm): case for case, firm in cases.values_list("pk", "firm")}
    found = {firm: bearer[kept.get(firm, firm)] for firm in firms if kept.get(firm, firm) in bearer}
    return _Moved(firms, found)
