"""The vocabulary of the ledger: what entries speak of, their kinds, the slots they fill, what they may say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, TypeVar

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

VOID = "void"
OPENED, OPENED_AGAIN, DESCRIBED = "opened", "opened_again", "described"
EVIDENCE_ADDED = "evidence_added"
EVIDENCE_WAIVED = "evidence_waived"
CASE, PARCEL, PART = "case", "parcel", "part"
SHARED = (PARCEL, PART)
"""Subjects of which several cases may speak: the last one counts."""
TYPES = ("text", "choice", "day", "amount", "reference")
T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """What an entry may speak of."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Attribute:
    """What may be said of a subject: a text, one of `choices`, a day (as ISO text), an amount (millionths of `unit`,
    in digits) or a reference (the number of another subject, in digits); empty says nothing."""

    id: str
    subject: str
    type: str
    zh: str
    en: str
    choices: tuple[str, ...] = ()
    unit: str = ""

    def check(self, value: str) -> None:
        """Raises BadValue where `value` is none that the attribute may have."""
        if not value or self.type == "text":
            return
        if self.type == "choice" and value not in self.choices:
            problem = "“{name}”没有“{value}”这个选项，可用的有：{choices}。"
            raise BadValue(msg(problem, name=label(self.zh), value=value, choices=listed(self.choices)))
        if self.type == "day" and not _is_day(value):
            problem = "“{name}”须为日期，如 2021-11-09，“{value}”不是，请改正。"
            raise BadValue(msg(problem, name=label(self.zh), value=value))
        if self.type in ("amount", "reference") and not value.isdecimal():
            raise BadValue(
                msg("“{name}”须为不小于零的整数，“{value}”不是，请改正。", name=label(self.zh), value=value)
            )


@dataclass(frozen=True)
class Kind:
    """One kind of entry.

    Within `slot` the last entry counts; `on` is False for kinds that take the slot back. `quantity` is the
    unit (mu, tce, t) of the amount that the entry states, as a total and not as an increment; None for events.
    One that `describes` says attributes of its subject; `from_the_start` they hold before any day that is known.
    Those that are not recorded `by_hand` come with a deed of their own.
    """

    id: str
    slot: str
    zh: str
    en: str
    on: bool = True
    quantity: str | None = None
    subject: str = CASE
    describes: bool = False
    from_the_start: bool = False
    by_hand: bool = True


@dataclass(frozen=True)
class Vocabulary:
    """All subjects, attributes and kinds, with the digest of the file they came from."""

    kinds: dict[str, Kind]
    digest: str
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

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

    def slots_of(self, subject: str) -> tuple[str, ...]:
        """The slots that belong to one type of subject, in alphabetical order."""
        return tuple(sorted({kind.slot for kind in self.kinds.values() if kind.subject == subject}))

    def attributes_of(self, subject: str) -> dict[str, Attribute]:
        """What may be said of one type of subject."""
        return {id: one for id, one in self.attributes.items() if one.subject == subject}

    def check_attributes(self, kind: Kind, said: Mapping[str, str]) -> None:
        """Raises BadValue where an entry of `kind` may not say what it says."""
        for id, value in said.items():
            attribute = self.attributes.get(id)
            if not kind.describes or attribute is None or attribute.subject != kind.subject:
                problem = "“{kind}”不能登记“{name}”这一项，请改用可登记的事项。"
                raise BadValue(msg(problem, kind=label(kind.zh), name=id))
            attribute.check(value)


def parse_vocabulary(rules: RuleFile) -> Vocabulary:
    """The vocabulary that a rule file states.

    Raises:
        BadRules: an id stands twice, a key is missing or unknown, a subject is not registered, or kinds of one
            slot differ in subject or unit.
    """
    subjects: dict[str, Subject] = _by_id(rules, "subject", Subject)
    attributes: dict[str, Attribute] = _by_id(rules, "attribute", _attribute)
    kinds: dict[str, Kind] = _by_id(rules, "kind", Kind)
    vocabulary = Vocabulary(kinds, rules.digest, subjects, attributes)
    named: list[Kind | Attribute] = [*kinds.values(), *attributes.values()]
    for one in named:
        if one.subject not in subjects:
            problem = "规则文件 {name} 中 {id} 的对象 {subject} 没有登记，请先在 [[subject]] 中登记。"
            raise BadRules(msg(problem, name=rules.name, id=one.id, subject=one.subject))
    for slot, members in vocabulary.slots.items():
        if len({(kind.subject, kind.quantity) for kind in members}) > 1:
            problem = "规则文件 {name} 中 slot {slot} 的各事项单位或归属不一致，请统一。"
            raise BadRules(msg(problem, name=rules.name, slot=slot))
    return vocabulary


def _by_id(rules: RuleFile, table: str, make: Callable[..., T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for row in rules.content.get(table, []):
        id = row.get("id", "?")
        if id in found:
            raise BadRules(msg("规则文件 {name} 中事项 {id} 重复，请删除一处。", name=rules.name, id=id))
        try:
            found[id] = make(**row)
        except (TypeError, ValueError) as error:
            problem = "规则文件 {name} 中事项 {id} 有误：{why}。请对照文件开头的说明改正。"
            raise BadRules(msg(problem, name=rules.name, id=id, why=error)) from error
    return found


def _attribute(*, choices: list[str] | None = None, **row: Any) -> Attribute:
    if row.get("type") not in TYPES:
        raise ValueError(f"type = {row.get('type')}")
    return Attribute(**row, choices=tuple(choices or ()))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with the program."""
    return parse_vocabulary(load_rules("tenglong.domain.ledger", "kinds.toml"))
