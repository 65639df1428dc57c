"""Bringing firms into the register: new ones, temporary ids, further names, land."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from tenglong.actions.registry.book import OpenBook, Statement
from tenglong.domain.registry.book import FIRM, NAME
from tenglong.domain.registry.codes import TemporaryId
from tenglong.queries.registry.register_columns import COLUMNS, core_of, firm_columns
from tenglong.queries.registry.territory import territory
from tenglong.store.bulk import as_instant, as_json, insert, next_ids
from tenglong.store.models import Firm, FirmName

FIXED = ("id", "temporary_id", "place_id", "synthetic", "created_at")
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
    book: OpenBook,
    at: datetime,
    source: dict[str, Any],
    synthetic: bool = False,
    numbers: "TemporaryNumbers | None" = None,
) -> list[int]:
    """Enter `firms`, in order, and give their ids; those without a code get a temporary id (TMP-330421-BAB-000123).

    Who registers many, part by part, hands over the same `numbers` every time: they are looked up once.
    """
    numbers, ids, instant = numbers or TemporaryNumbers(), next_ids(Firm, len(firms)), as_instant(at)
    said = [_said(firm) for firm in firms]
    fixed = (
        (id, None if firm.code and not firm.provisional else numbers.next(firm.place_id), firm.place_id)
        for id, firm in zip(ids, firms, strict=True)
    )
    rows = [(*own, synthetic, instant, *firm_columns(one)) for own, one in zip(fixed, said, strict=True)]
    insert(Firm, (*FIXED, *COLUMNS[FIRM]), rows)
    where = as_json(source)
    names = [(id, firm.name, core_of(firm.name), instant, where) for id, firm in zip(ids, firms, strict=True)]
    insert(FirmName, COLUMNS[NAME], names)
    book.tell([Statement(FIRM, id, one, None, source, True) for id, one in zip(ids, said, strict=True)])
    return ids


def name_firms(names: Iterable[tuple[int, str]], *, book: OpenBook, source: dict[str, Any]) -> None:
    """Remember further names of firms; a name that is known already is passed over."""
    wanted = list(dict.fromkeys(names))
    known = set(FirmName.objects.filter(firm_id__in={id for id, _ in wanted}).values_list("firm_id", "name"))
    fresh = [one for one in wanted if one not in known]
    said = [{"bearer": str(firm_id), "further_name": name} for firm_id, name in fresh]
    ids = next_ids(FirmName, len(fresh))
    book.tell([Statement(NAME, id, one, None, source) for id, one in zip(ids, said, strict=True)])


def _said(firm: NewFirm) -> dict[str, str]:
    facts = {name: str(value) for name, value in firm.facts.items() if value}
    code = {"code": firm.code} if firm.code else {}
    return {"name": firm.name, **code, "code_status": firm.code_status, **facts}


class TemporaryNumbers:
    """Running numbers of temporary ids, per county and town; good for one transaction."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        self._keys: dict[int, tuple[str, str]] = {}
        self._places = territory().places

    def next(self, place_id: int) -> str:
        """The next free id of a place. Towns stand with letters for the last digits of their code: no two of
        a county share them, as initials might."""
        if place_id not in self._keys:
            code = self._places[place_id].code
            letters = re.sub(r"[^A-Z]", "", code[6:9].translate(DIGITS_AS_LETTERS)) or "AA"
            self._keys[place_id] = code[:6], letters
        key = self._keys[place_id]
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
