"""How many files must come with entries, by the rules that counted where and when each was recorded."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from tenglong.domain.campaign.evidence import EVIDENCE, files_needed, kinds_with_files
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.rulebook import SHIPPED, Rulebook
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.kernel.rules import Shelf, shelf
from tenglong.queries.registry.rulebook import path_of
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case


class FilesNeeded:
    """What the rules asked of the entries of some cases: a rule that came later asks nothing of what was there."""

    def __init__(self, case_ids: Iterable[int]):
        self._shelf = _shelf()
        rows = Case.objects.filter(pk__in=case_ids).values_list("pk", "place_id")
        self._places = dict(rows) if self._shelf.versions else {}

    def of(self, fact: Fact) -> int:
        """How many files had to come with an entry."""
        return files_needed(self._book(fact), fact.kind)

    def digest(self, fact: Fact) -> str:
        """The digest of the rule file that asked it."""
        return self._book(fact).file(EVIDENCE).digest

    def _book(self, fact: Fact) -> Rulebook:
        place_id = self._places.get(fact.case_id)
        return SHIPPED if place_id is None else _book(self._shelf, place_id, fact.recorded_at)


def lacking_kinds(places: Collection[int]) -> tuple[Q, frozenset[str]]:
    """Which entries of cases in these places have fewer files (`given`) than had to come with them, and the kinds of
    which that may be."""
    kept = _shelf()
    few, kinds = Q(), set[str]()
    for group, since, until, book in _spans(kept, places):
        asked = kinds_with_files(book)
        kinds |= set(asked)
        here = Q()
        for needed in {files_needed(book, kind) for kind in asked}:
            here |= Q(
                kind__in=[kind for kind in asked if files_needed(book, kind) == needed], given__lt=needed
            )
        if group is not None:
            here &= Q(case_id__in=Case.objects.filter(place_id__in=group).values("pk"))
        here &= Q(recorded_at__gte=since) if since else Q()
        few |= here & (Q(recorded_at__lt=until) if until else Q())
    return few, frozenset(kinds)


Span = tuple[Collection[int] | None, datetime | None, datetime | None, Rulebook]


def _spans(kept: Shelf, places: Collection[int]) -> Iterable[Span]:
    """Places (None: all) and spans of time with the rulebook that counted there then."""
    if not kept.versions:
        yield None, None, None, SHIPPED
        return
    moments = sorted({one.since for one in kept.versions})
    for place_id, group in _alike(kept, places).items():
        starts = [None, *moments]
        for since, until in zip(starts, [*moments, None], strict=True):
            yield group, since, until, SHIPPED if since is None else _book(kept, place_id, since)


def _alike(kept: Shelf, places: Collection[int]) -> dict[int, list[int]]:
    """The places under the same rules, by one of them."""
    owners, found = {one.code for one in kept.versions}, dict[tuple[str, ...], list[int]]()
    today = max(china_date(one.since) for one in kept.versions)
    for place_id in places:
        path = path_of(territory().places[place_id].code, today)
        found.setdefault(tuple(code for code in path if code in owners), []).append(place_id)
    return {group[0]: group for group in found.values()}


def _book(kept: Shelf, place_id: int, at: datetime) -> Rulebook:
    day = china_date(at)
    return kept.book(path_of(territory().places[place_id].code, day), day, at)


def _shelf() -> Shelf:
    return Shelf(tuple(one for one in shelf().versions if one.rule == EVIDENCE.id))
