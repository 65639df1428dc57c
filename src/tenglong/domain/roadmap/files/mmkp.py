"""Public multiple-choice knapsack files as roadmap problems.

A class is a firm that must take one item, a resource is a limit.

The format (I01 … I13 and its kin): the number of classes, of items in a class, and of resources; the capacities; then
for each class a line with its number, and for each of its items a line with its value and what it uses of each
resource. Classes may have different numbers of items. There is one period.

Files differ: the numbers at the head may stand on any lines, the line of a class may hold its number, how many items it
has, or both, or be missing where all classes have as many items as the head says. Some carry solutions behind the
last class: they are passed over.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.files.content import plain_bytes
from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.problems import Problem

_MOST_PLACES = 6
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?")
_Line = tuple[int, list[str]]


def read_mmkp(path: Path) -> Problem:
    """The problem in a file.

    Raises:
        BadFile: it cannot be read or is not in the format; the sentence names the line.
    """
    return parse_problem(as_json(path), path.name)


def as_json(path: Path) -> bytes:
    """The same problem as a JSON file. Raises BadFile."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(msg("文件“{name}”无法读取（{why}）。", name=path.name, why=error)) from error
    return plain_bytes(problem_of(text, path.name))


def problem_of(text: str, name: str) -> dict[str, Any]:
    """The same problem in the JSON format. Raises BadFile."""
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    (classes, size, resources), capacities, lines = _head(name, lines)
    named = bool(lines) and _begins_class(lines[0][1], resources)
    firms: list[dict[str, Any]] = []
    for number, words in lines:
        ended = len(firms) == classes and len(firms[-1]["measures"]) == size
        if ended and (named or len(words) != resources + 1):
            break
        begins = _begins_class(words, resources)
        if begins or not named and (not firms or len(firms[-1]["measures"]) == size):
            firms.append({"id": str(len(firms) + 1), "must": True, "measures": []})
        if begins:
            continue
        if not firms:
            raise _wrong(name, number, "物品之前应有一行类的编号。")
        items = firms[-1]["measures"]
        value, *uses = _numbers(name, number, words, count=resources + 1)
        amounts = {"value": value} | {f"r{k}": use for k, use in enumerate(uses, 1)}
        items.append({"name": str(len(items) + 1), "amounts": amounts})
    if len(firms) != classes:
        raise _wrong(name, lines[-1][0] if lines else 1, "类的个数与开头所写不符。")
    places = min(_MOST_PLACES, max(map(_places, text.split()), default=0))
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


def _head(name: str, lines: list[_Line]) -> tuple[tuple[int, int, int], list[Decimal], list[_Line]]:
    """The three sizes, the capacities, and the lines after them."""
    words: list[str] = []
    for place, (number, more) in enumerate(lines):
        words += more
        if not all(word.isdigit() for word in words[:3]) or len(words) == 2 and not place:
            break
        wanted = 3 + int(words[2]) if len(words) > 2 else 4
        if len(words) >= wanted:
            classes, size, resources = map(int, words[:3])
            return (
                (classes, size, resources),
                _numbers(name, number, words[3:], resources),
                lines[place + 1 :],
            )
    raise _wrong(name, 1, "开头应为三个整数：类数、每类的物品数、资源数。")


def _begins_class(words: list[str], resources: int) -> bool:
    """Whether a line is that of a class: too short for an item."""
    return len(words) == 1 or len(words) == 2 and resources > 1


def _numbers(name: str, number: int, words: list[str], count: int) -> list[Decimal]:
    if not all(_NUMBER.fullmatch(word) for word in words):
        raise _wrong(name, number, "应为不带指数的数字。")
    found = [Decimal(word) for word in words]
    if len(found) != count:
        raise _wrong(name, number, "数字的个数与开头所写的资源数不符。")
    return found


def _places(word: str) -> int:
    return len(word.partition(".")[2].rstrip("0"))


def _wrong(name: str, line: int, problem: str) -> BadFile:
    return BadFile(msg("文件 {name} 第 {line} 行：{problem}", name=name, line=line, problem=msg(problem)))
