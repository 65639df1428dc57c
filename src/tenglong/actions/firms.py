"""Bringing firms into the register: new ones, temporary ids, further names, land."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from tenglong.domain.registry.codes import TemporaryId
from tenglong.domain.registry.industry import read_industry
from tenglong.domain.registry.names import normalise
from tenglong.queries.territory import territory
from tenglong.store.models import Firm, FirmName

DIGITS_AS_LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")


@dataclass(frozen=True)
class NewFirm:
    """A firm as a table names it. `provisional` ones get a temporary id even when they bear a code."""

    name: str
    place_id: int
    code: str = ""
    code_status: str = "none"
    provisional: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def register_firms(firms: Sequence[NewFirm], *, at: datetime, source: dict[str, Any], synthetic: bool = False) -> list[Firm]:
    """Enter `firms`, in order; those without a code get a temporary id (TMP-330421-BAB-000123)."""
    numbers = _Numbers()
    rows = []
    for firm in firms:
        industry = read_industry(str(firm.facts.get("industry", "")))
        rows.append(
            Firm(
                name=firm.name,
                core_name=normalise(firm.name).core[:200],
                code=firm.code,
                code_status=firm.code_status,
                temporary_id=None if firm.code and not firm.provisional else numbers.next(firm.place_id),
                party_type=firm.facts.get("party_type", ""),
                size=firm.facts.get("size", ""),
                industry=industry.code,
                industry_edition=industry.edition if industry.code else "",
                place_id=firm.place_id,
                address=firm.facts.get("address", ""),
                synthetic=synthetic,
                created_at=at,
            )
        )
    made = Firm.objects.bulk_create(rows, batch_size=500)
    name_firms([(firm.pk, firm.name) for firm in made], at=at, source=source)
    return made


def name_firms(names: Iterable[tuple[int, str]], *, at: datetime, source: dict[str, Any]) -> None:
    """Remember further names of firms; a name that is known already is passed over."""
    rows = [
        FirmName(firm_id=firm_id, name=name, core_name=normalise(name).core[:200], recorded_at=at, source=source)
        for firm_id, name in names
    ]
    FirmName.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class _Numbers:
    """Running numbers of temporary ids, per county and town."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}

    def next(self, place_id: int) -> str:
        """The next free id of a place. Towns stand with letters for the last digits of their code: no two of
        a county share them, as initials might."""
        code = territory().places[place_id].code
        key = code[:6], re.sub(r"[^A-Z]", "", code[6:9].translate(DIGITS_AS_LETTERS)) or "AA"
        if key not in self._last:
            self._last[key] = self._highest(*key)
        self._last[key] += 1
        return str(TemporaryId(*key, self._last[key]))

    def _highest(self, county: str, town: str) -> int:
        prefix = f"TMP-{county}-{town}-"
        last = Firm.objects.filter(temporary_id__startswith=prefix).aggregate(last=Max("temporary_id"))["last"]
        return int(last.removeprefix(prefix)) if last else 0
