"""Exact joins of two lists: by credit code, then by full name within a county. Only unique keys join."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from tenglong.domain.campaign.reconciliation.comparison import Candidate, Key, joinable_names

Keys = Callable[[Candidate], Iterable[tuple[str, ...]]]


def by_code(row: Candidate) -> Iterator[tuple[str, ...]]:
    """The row's credit code or temporary id."""
    if row.code:
        yield (row.code,)


def by_name_and_county(row: Candidate) -> Iterator[tuple[str, ...]]:
    """The row's full names, present and former, within its county."""
    if row.county:
        yield from {(name.full, row.county) for name in joinable_names(row)}


def join(
    left: Sequence[Candidate], right: Sequence[Candidate], keys: Keys
) -> Iterator[tuple[Candidate, Candidate]]:
    """Pairs that share a key borne by exactly one row on each side; a row of two answers gets none."""
    bearers_left, bearers_right = _bearers(left, keys), _bearers(right, keys)
    partners: dict[Key, set[Key]] = defaultdict(set)
    back: dict[Key, set[Key]] = defaultdict(set)
    for key, rows in bearers_left.items():
        others = bearers_right.get(key, {})
        if len(rows) == len(others) == 1:
            partners[next(iter(rows))].update(others)
            back[next(iter(others))].update(rows)
    by_id = {row.id: row for row in right}
    for row in left:
        found = partners.get(row.id, set())
        if len(found) == 1 and len(back[next(iter(found))]) == 1:
            yield row, by_id[next(iter(found))]


def _bearers(rows: Sequence[Candidate], keys: Keys) -> dict[tuple[str, ...], dict[Key, None]]:
    found: dict[tuple[str, ...], dict[Key, None]] = defaultdict(dict)
    for row in rows:
        for key in keys(row):
            found[key][row.id] = None
    return found
