"""Bringing firms into the register: new ones, temporary ids, further names, land."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from tenglong.domain.registry.codes import TemporaryId
from tenglong.domain.registry.industry import read_industry
from tenglong.queries.register import normal_name
from tenglong.queries.territory import territory
from tenglong.store.bulk import as_instant, as_json, insert, next_ids
from tenglong.store.models import Firm, FirmName

FIRM_COLUMNS = (
    "id", "name", "core_name", "code", "code_status", "temporary_id", "party_type", "size", "industry",
    "industry_edition", "place_id", "address", "synthetic", "created_at",
)  # fmt: skip
NAME_COLUMNS = ("firm_id", "name", "core_name", "recorded_at", "source")
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


def register_firms(
    firms: Sequence[NewFirm],
    *,
    at: datetime,
    source: dict[str, Any],
    synthetic: bool = False,
    numbers: "TemporaryNumbers | None" = None,
) -> list[int]:
    """Enter `firms`, in order, and give their ids; those without a code get a temporary id (TMP-330421-BAB-000123).

    Who registers many, part by part, hands over the same `numbers` every time: they are looked up once.
    """
    numbers, ids = numbers or TemporaryNumbers(), next_ids(Firm, len(firms))
    rows = (_row(id, firm, numbers, synthetic) for id, firm in zip(ids, firms, strict=True))
    instant = as_instant(at)
    insert(Firm, FIRM_COLUMNS, [(*row, instant) for row in rows])
    insert(FirmName, NAME_COLUMNS, _names(zip(ids, (firm.name for firm in firms), strict=True), at, source))
    return ids


def name_firms(names: Iterable[tuple[int, str]], *, at: datetime, source: dict[str, Any]) -> None:
    """Remember further names of firms; a name that is known already is passed over."""
    insert(FirmName, NAME_COLUMNS, _names(names, at, source), skip_known=True)


def _names(names: Iterable[tuple[int, str]], at: datetime, source: dict[str, Any]) -> list[tuple[Any, ...]]:
    instant, where = as_instant(at), as_json(source)
    return [(firm_id, name, normal_name(name).core[:200], instant, where) for firm_id, name in names]


def _row(id: int, firm: NewFirm, numbers: "TemporaryNumbers", synthetic: bool) -> tuple[Any, ...]:
    industry = read_industry(str(firm.facts.get("industry", "")))
    return (
        id,
        firm.name,
        normal_name(firm.name).core[:200],
        firm.code,
        firm.code_status,
        None if firm.code and not firm.provisional else numbers.next(firm.place_id),
        firm.facts.get("party_type", ""),
        firm.facts.get("size", ""),
        industry.code,
        industry.edition if industry.code else "",
        firm.place_id,
        firm.facts.get("address", ""),
        synthetic,
    )


class TemporaryNumbers:
    """Running numbers of temporary ids, per county and town; good for one transaction."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        self._places = territory().places

    def next(self, place_id: int) -> str:
        """The next free id of a place. Towns stand with letters for the last digits of their code: no two of
        a county share them, as initials might."""
        code = self._places[place_id].code
        key = code[:6], re.sub(r"[^A-Z]", "", code[6:9].translate(DIGITS_AS_LETTERS)) or "AA"
        if key not in self._last:
            self._last[key] = self._highest(*key)
        self._last[key] += 1
        return str(TemporaryId(*key, self._last[key]))

    def _highest(self, county: str, town: str) -> int:
        prefix = f"TMP-{county}-{town}-"
        last = Firm.objects.filter(temporary_id__startswith=prefix).aggregate(last=Max("temporary_id"))[
            "last"
        ]
        return int(last.removeprefix(prefix)) if last else 0
