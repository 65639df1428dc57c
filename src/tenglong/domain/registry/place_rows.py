"""The rows of a places file."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.registry.territory import Level, Place


def read_places(rules: RuleFile) -> list[Place]:
    """The rows of a places file; parents and successors are named there by code.

    Raises:
        BadRules: a row lacks a key, has an unknown level, or names a code that is not in the file.
    """
    rows = sorted(rules.content["places"], key=lambda row: (row["code"], row.get("from", date.min)))
    last_id = {row["code"]: row["id"] for row in rows}
    following = {one["id"]: other["id"] for one, other in pairwise(rows) if one["code"] == other["code"]}
    try:
        return [_place(row, rules.content["always"], last_id, following) for row in rows]
    except (KeyError, ValueError) as error:
        problem = "行政区划文件 {name} 有误：{why}，请核对每行的键、级别和上级代码。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


def _place(row: Mapping[str, Any], always: date, last_id: dict[str, int], following: dict[int, int]) -> Place:
    successor = last_id[row["successor"]] if "successor" in row else following.get(row["id"])
    return Place(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        level=Level(row["level"]),
        parent_id=last_id[row["parent"]] if "parent" in row else None,
        order=row["order"],
        valid_from=row.get("from", always),
        valid_to=row.get("to"),
        successor_id=successor if "to" in row else None,
        aliases=tuple(row.get("aliases", ())),
    )
