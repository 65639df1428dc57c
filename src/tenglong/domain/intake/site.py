"""The tables by which an office sets itself up, from `site.toml`: read as every table is."""

from collections.abc import Mapping
from functools import cache

from tenglong.domain.intake.kinds import TableKind, kinds_from
from tenglong.domain.kernel.rulefiles import load_rules

PLACES, PEOPLE = "places", "people"
MOST_ROWS = 500
"""So many rows one such table may have: it is carried out while the page waits."""


@cache
def site_kinds() -> Mapping[str, TableKind]:
    """Both kinds by id."""
    return kinds_from(load_rules("tenglong.domain.intake", "site.toml"))
