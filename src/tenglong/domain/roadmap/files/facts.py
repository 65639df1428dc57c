"""Facts of cases as JSON, and back: a roadmap keeps what it was planned from."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.jsontext import compact
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.facts import FirmFacts

FORMAT = "tenglong-roadmap-facts/1"
_TYPES = {field.name: str(field.type) for field in fields(FirmFacts)}


def facts_to_json(facts: Iterable[FirmFacts]) -> bytes:
    """The file: one object for each case, with what is known of it; the same bytes for the same facts."""
    rows = [_stated(one) for one in facts]
    return (compact({"format": FORMAT, "cases": rows}) + "\n").encode()


def facts_from_json(raw: bytes) -> list[FirmFacts]:
    """The facts that `facts_to_json` wrote.

    Raises:
        BadFile: they are not.
    """
    try:
        content = json.loads(raw)
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
        return [
            FirmFacts(**{name: _value(name, value) for name, value in row.items()})
            for row in content["cases"]
        ]
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise BadFile(msg("路线图的案件资料文件不完整或被改动过：{why}。", why=error)) from error


def _stated(facts: FirmFacts) -> dict[str, Any]:
    """What is not known, and what is empty, is left out."""
    return {name: _plain(value) for name, value in asdict(facts).items() if value not in (None, "", ())}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return (
        value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
    )


def _value(name: str, value: Any) -> Any:
    kind = _TYPES[name]
    if "Decimal" in kind:
        return Decimal(value)
    if "date" in kind:
        return date.fromisoformat(value)
    return tuple(value) if kind.startswith("tuple") else value
