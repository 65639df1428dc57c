"""Rows of one file held against each other: which of them are one new firm, and which may be."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.names import normal_name
from tenglong.queries.registry.register import Subject, alike_within

RowKey = tuple[str, int]
SURE_ENOUGH = 995_000
TWO_CODES = msg("名称和属地相同，但信用代码不同，需要人工核对。")
TWO_NAMES = msg("信用代码与名称互相矛盾：代码在本表中属于另一家企业，需要人工核对。")
NO_CODE = msg("名称和属地相同，而这个名称在本表中有几个信用代码，需要人工选择。")


@dataclass(frozen=True, slots=True)
class Sibling:
    """A new firm of the same file that a row may be: by key, with the row that named it first."""

    key: str
    row: int
    name: str
    probability_micro: int
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a row's new firm is called within its file, its code, and which others of the file it may be."""

    key: str
    code: str
    siblings: tuple[Sibling, ...] = ()


@dataclass
class Strangers:
    """The rows of a file that are not certain to be a firm of the register, in the order of the file."""

    rows: list[tuple[RowKey, Subject]] = field(default_factory=list)

    def places(self) -> dict[RowKey, Place]:
        """The place of every row among the others."""
        codes: dict[tuple[str, str], list[str]] = defaultdict(list)
        names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for _, who in self.rows:
            name, code = _named(who), who.reading.code
            if code and code not in codes[name]:
                codes[name].append(code)
            if code and name not in names[code]:
                names[code].append(name)
        own = [_own(who, codes[_named(who)], names.get(who.reading.code, [])) for _, who in self.rows]
        first: dict[str, tuple[RowKey, Subject]] = {}
        for (key, _, _), one in zip(own, self.rows, strict=True):
            first.setdefault(key, one)
        alike = _alike(first)
        return {
            row: Place(key, code, _siblings(key, asked, first, alike))
            for (row, _), (key, code, asked) in zip(self.rows, own, strict=True)
        }


Asked = list[tuple[str, Message]]
"""Keys of other firms of the file that a row may be by its very name or code, and why that is a question."""


def _own(who: Subject, codes: Sequence[str], names: Sequence[tuple[str, str]]) -> tuple[str, str, Asked]:
    """The key and the code of a row, and what must be asked: a name and a code that contradict each other are never
    one firm without a question, and a name alone is the firm of that name, if there is one."""
    name, code = _named(who), who.reading.code
    by_name = f"name:{name[0]}|{name[1]}"
    if not code:
        if len(codes) == 1:
            return f"code:{codes[0]}", codes[0], []
        return by_name, "", [(f"code:{one}", NO_CODE) for one in codes]
    others = [one for one in codes if one != code]
    if names[0] != name and others:
        asked = [(f"code:{one}", TWO_NAMES) for one in (others[0], code)]
        return f"{by_name}|{code}", "", asked
    return f"code:{code}", code, [(f"code:{codes[0]}", TWO_CODES)] if codes[0] != code else []


def _alike(first: dict[str, tuple[RowKey, Subject]]) -> dict[str, Sibling]:
    """By key, the earlier firm of the file that one is most like."""
    keys = list(first)
    found = {}
    for later, earlier, pair in alike_within([who for _, who in first.values()]):
        (_, row), who = first[keys[earlier]]
        found[keys[later]] = Sibling(
            keys[earlier], row, who.name, int(pair.probability * 1_000_000), pair.reasons
        )
    return found


def _siblings(
    key: str, asked: Asked, first: dict[str, tuple[RowKey, Subject]], alike: dict[str, Sibling]
) -> tuple[Sibling, ...]:
    exact = [
        Sibling(other, first[other][0][1], first[other][1].name, SURE_ENOUGH, (why,))
        for other, why in asked
        if other in first and other != key
    ]
    near = alike.get(key)
    return (*exact, near) if near and near.key not in {one.key for one in exact} else tuple(exact)


def _named(who: Subject) -> tuple[str, str]:
    return normal_name(who.name, who.place_code[:6]).full, who.place_code[:6]
