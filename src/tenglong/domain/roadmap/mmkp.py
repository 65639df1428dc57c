"""Public multiple-choice knapsack files as roadmap problems.

A class is a firm that must take one item, a resource is a limit.

The format (I01 … I13 and its kin): the number of classes, of items in a class, and of resources; the capacities; then
for each class a line with its number, and for each of its items a line with its value and what it uses of each
resource. Classes may have different numbers of items. There is one period.
"""

from pathlib import Path
from typing import Any

import orjson

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.problems_reading import parse_problem

_MOST_PLACES = 6


def read_mmkp(path: Path) -> Problem:
    """The problem in a file.

    Raises:
        BadFile: it cannot be read or is not in the format; the sentence names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(msg("文件“{name}”无法读取（{why}）。", name=path.name, why=error)) from error
    return parse_problem(orjson.dumps(problem_of(text, path.name)), path.name)


def problem_of(text: str, name: str) -> dict[str, Any]:
    """The same problem in the JSON format. Raises BadFile."""
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or len(lines[0][1]) != 3 or not all(word.isdigit() for word in lines[0][1]):
        raise _wrong(name, 1, "开头应为三个整数：类数、每类的物品数、资源数。")
    classes, _, resources = map(int, lines[0][1])
    capacities = _numbers(name, *lines[1], count=resources)
    firms: list[dict[str, Any]] = []
    for number, words in lines[2:]:
        if len(words) == 1:
            firms.append({"id": str(len(firms) + 1), "must": True, "measures": []})
        elif not firms:
            raise _wrong(name, number, "物品之前应有一行类的编号。")
        else:
            items = firms[-1]["measures"]
            value, *uses = _numbers(name, number, words, count=resources + 1)
            amounts = {"value": value} | {f"r{k}": use for k, use in enumerate(uses, 1)}
            items.append({"name": str(len(items) + 1), "amounts": amounts})
    if len(firms) != classes:
        raise _wrong(name, lines[-1][0], "类的个数与开头所写不符。")
    places = min(_MOST_PLACES, max((_places(word) for _, words in lines for word in words), default=0))
    kinds = {"value": "brings"} | {f"r{k}": "takes" for k in range(1, resources + 1)}
    return {
        "format": "tenglong-roadmap/1",
        "name": name,
        "periods": ["2000-01-01"],
        "amounts": {id: {"kind": kind, "decimals": places} for id, kind in kinds.items()},
        "firms": firms,
        "limits": [
            {"id": f"r{k}", "amount": f"r{k}", "at_most": capacity}
            for k, capacity in enumerate(capacities, 1)
        ],
        "aim": {"kind": "benefit", "weights": {"value": 1}, "decimals": 0},
    }


def _numbers(name: str, number: int, words: list[str], count: int) -> list[float]:
    try:
        found = [float(word) for word in words]
    except ValueError:
        raise _wrong(name, number, "应为数字。") from None
    if len(found) != count:
        raise _wrong(name, number, "数字的个数与开头所写的资源数不符。")
    return found


def _places(word: str) -> int:
    return len(word.partition(".")[2].rstrip("0"))


def _wrong(name: str, line: int, problem: str) -> BadFile:
    return BadFile(msg("文件 {name} 第 {line} 行：{problem}", name=name, line=line, problem=msg(problem)))
