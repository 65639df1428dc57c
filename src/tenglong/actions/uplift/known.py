"""The certificates that are known, held against what somebody wants to say: one certificate belongs to one firm."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from tenglong.domain.uplift.certificates import Certificate as Interval
from tenglong.queries.registry.book import kept_firms
from tenglong.queries.uplift.certificates import interval, latest
from tenglong.store.models import Certificate

Bearer = int | str
"""A firm by its number, or by what rows of one new firm have in common."""


class KnownCertificates:
    """By kind and key every interval that counts, each with who bears it; only what bears on `about`, where it is
    given."""

    def __init__(self, about: Sequence[Interval] | None = None):
        self._kept = kept_firms()
        self._found: dict[tuple[str, str], list[tuple[Bearer, Interval]]] = defaultdict(list)
        rows = latest() if about is None else latest().filter(self._bearing_on(about))
        for row in rows.iterator(chunk_size=5000):
            self.add(interval(row), self.bearer(row.firm_id))

    def bearer(self, firm: int) -> int:
        """The firm that a record turned out to be."""
        return self._kept.get(firm, firm)

    def _bearing_on(self, about: Sequence[Interval]) -> Q:
        firms = {self.bearer(one.firm) for one in about}
        same = firms | {record for record, kept in self._kept.items() if kept in firms}
        keys, kinds = {one.key for one in about}, {one.kind for one in about}
        return Q(kind__in=kinds) & (Q(key__in=keys) | Q(number="", firm__in=same))

    def add(self, said: Interval, bearer: Bearer) -> None:
        """Later rows are held against this one too."""
        self._found[_key(said, bearer)].append((bearer, said))

    def known(self, said: Interval, bearer: Bearer) -> Interval | None:
        """The interval that begins on the same day, as it is known of the same firm."""
        same = [
            one
            for who, one in self._found.get(_key(said, bearer), ())
            if who == bearer and one.granted == said.granted
        ]
        return same[-1] if same else None

    def borne_by_another(self, said: Interval, bearer: Bearer) -> Bearer | None:
        """Another firm that holds the certificate in the days of the interval."""
        for who, one in self._found.get(_key(said, bearer), ()):
            if who != bearer and _meet(one, said):
                return who
        return None


def restated(said: Iterable[Interval]) -> set[tuple[str, str, date]]:
    """Which of some intervals, each by kind, key and day, were spoken of before, whatever became of that."""
    wanted = list(said)
    keys = {one.key for one in wanted}
    rows = Certificate.objects.filter(kind__in={one.kind for one in wanted}, key__in=keys)
    return set(rows.values_list("kind", "key", "granted"))


def _key(said: Interval, bearer: Bearer) -> tuple[str, str]:
    return said.kind, said.key if said.number.strip() else f"#{bearer}"


def _meet(one: Interval, other: Interval) -> bool:
    first, second = one.last() or date.max, other.last() or date.max
    return one.granted <= second and other.granted <= first
