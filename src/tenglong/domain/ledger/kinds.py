"""The vocabulary of the ledger: kinds of entry and the slots they fill."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

VOID = "void"


class Subject(StrEnum):
    """What an entry's slot belongs to."""

    CASE = "case"
    PARCEL = "parcel"


@dataclass(frozen=True)
class Kind:
    """One kind of entry.

    Within `slot` the last entry counts; `on` is False for kinds that take the slot back. `quantity` is the
    unit (mu, tce, t) of the amount that the entry states, as a total and not as an increment; None for events.
    """

    id: str
    slot: str
    zh: str
    en: str
    on: bool = True
    quantity: str | None = None
    subject: Subject = Subject.CASE


@dataclass(frozen=True)
class Vocabulary:
    """All kinds, with the digest of the file they came from."""

    kinds: dict[str, Kind]
    digest: str

    def kind(self, id: str) -> Kind:
        """The kind `id`.

        Raises:
            BadValue: there is no such kind.
        """
        if id not in self.kinds:
            known = "、".join(f"{kind.zh}({kind.id})" for kind in self.kinds.values())
            raise BadValue(msg("没有“{value}”这种台账事项，可用的有：{known}。", value=id, known=known))
        return self.kinds[id]

    def find(self, text: str) -> Kind:
        """The kind that a person named by id, Chinese or English label."""
        wanted = text.strip()
        for kind in self.kinds.values():
            if wanted in (kind.id, kind.zh, kind.en):
                return kind
        return self.kind(wanted)

    @property
    def slots(self) -> dict[str, tuple[Kind, ...]]:
        """Each slot with the kinds that write it, in the order of the file."""
        slots: dict[str, tuple[Kind, ...]] = {}
        for kind in self.kinds.values():
            slots[kind.slot] = (*slots.get(kind.slot, ()), kind)
        return slots


def parse_vocabulary(rules: RuleFile) -> Vocabulary:
    """The vocabulary that a rule file states.

    Raises:
        BadRules: a kind stands twice, misses a key, or kinds of one slot differ in subject or unit.
    """
    kinds: dict[str, Kind] = {}
    for row in rules.content.get("kind", []):
        kind = _parse_kind(rules.name, row)
        if kind.id in kinds:
            raise BadRules(msg("规则文件 {name} 中事项 {id} 重复，请删除一处。", name=rules.name, id=kind.id))
        kinds[kind.id] = kind
    vocabulary = Vocabulary(kinds, rules.digest)
    for slot, members in vocabulary.slots.items():
        if len({(kind.subject, kind.quantity) for kind in members}) > 1:
            problem = "规则文件 {name} 中 slot {slot} 的各事项单位或归属不一致，请统一。"
            raise BadRules(msg(problem, name=rules.name, slot=slot))
    return vocabulary


def _parse_kind(name: str, row: dict[str, Any]) -> Kind:
    try:
        return Kind(**{**row, "subject": Subject(row.get("subject", "case"))})
    except (TypeError, ValueError) as error:
        problem = "规则文件 {name} 中事项 {id} 有误：{why}。请对照文件开头的说明改正。"
        raise BadRules(msg(problem, name=name, id=row.get("id", "?"), why=error)) from error


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with the program."""
    return parse_vocabulary(load_rules("tenglong.domain.ledger", "kinds.toml"))
