"""The rules of screening as a file states them, and what a county changes in a file of its own (screening.toml)."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from tenglong.domain.evaluation.expressions import Expression, Kind, names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.trees import check_types
from tenglong.domain.evaluation.schemes import Column
from tenglong.domain.evaluation.screening_file import SCREENING
from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import Rulebook, shipped
from tenglong.domain.kernel.rulefiles import RuleFile

WHICH = "which"  # in a sentence: the conditions of the rule that are true
OVERRIDABLE = {"thresholds", "enabled"}


@dataclass(frozen=True)
class Quantity:
    """A number that rules read and sentences show, made of columns and of quantities before it."""

    id: str
    zh: str
    unit: str
    expression: Expression


@dataclass(frozen=True)
class Rule:
    """A condition with its thresholds. A scope rule hits nobody; rules `within` it are tried where it is true."""

    id: str
    zh: str
    version: str
    when: Expression
    thresholds: Mapping[str, Decimal]
    sentence: str
    source: str
    within: str = ""
    scope: bool = False


@dataclass(frozen=True)
class Guard:
    """What may make a hit false, with the code of the removal reason that would then apply."""

    id: str
    zh: str
    when: Expression
    reason: str


@dataclass(frozen=True)
class Rules:
    """All rules, with the digests of their file and of the county's, joined by "+"."""

    columns: Mapping[str, Column]
    quantities: tuple[Quantity, ...]
    rules: tuple[Rule, ...]
    guards: tuple[Guard, ...]
    digest: str


def shipped_rules() -> Rules:
    """The rules that ship with the program."""
    return _parsed(shipped(SCREENING))


def screening_rules(book: Rulebook) -> Rules:
    """The rules that count by a rulebook."""
    return _parsed(book.file(SCREENING))


@lru_cache(maxsize=100)
def _parsed(file: RuleFile) -> Rules:
    return parse_screening(file)


def parse_own_screening(file: RuleFile) -> Rules:
    """The rules of a file of a city's own; raises BadRules as `parse_screening`, and for a rule that we do not know."""
    found, known = parse_screening(file), [rule.id for rule in shipped_rules().rules]
    for rule in found.rules:
        if rule.id not in known:
            problem = "筛查规则 {name} 中的 {rule} 不存在，可用的有：{known}。"
            raise BadRules(msg(problem, name=file.name, rule=rule.id, known=", ".join(known)))
    return found


def parse_screening(file: RuleFile) -> Rules:
    """The rules of a file that was read with `decimals`.

    Raises:
        BadRules: a key is missing, an expression is wrong, or names in it or in a sentence are not declared.
    """
    content = file.content
    try:
        columns = {id: Column.model_validate(data) for id, data in content["column"].items()}
        kinds: dict[str, Kind] = {id: column.type for id, column in columns.items()}
        quantities = []
        for data in content["quantity"]:
            quantities.append(_quantity(file.name, data, kinds))
            kinds[data["id"]] = "number"
        rules: dict[str, Rule] = {}
        for data in content["rule"]:
            rules[data["id"]] = _rule(file.name, data, kinds, rules)
        guards = tuple(_guard(file.name, data, kinds) for data in content["guard"])
    except (KeyError, ValidationError) as error:
        problem = "筛查规则 {name} 中缺少 {key} 或写法有误，请补充后重试。"
        raise BadRules(msg(problem, name=file.name, key=error)) from error
    return Rules(columns, tuple(quantities), tuple(rules.values()), guards, file.digest)


def override(rules: Rules, file: RuleFile) -> Rules:
    """The rules with a county's own thresholds; the file was read with `decimals` and has an `id`.

    [rule.R04] thresholds = { least_land = 15 }, or enabled = false. A rule that is changed says so in its
    version ("1+" and the id of the file) and names the county's source.

    Raises:
        BadRules: a rule, key or threshold is not one of `rules`, or a threshold is not a number.
    """
    known = {rule.id: rule for rule in rules.rules}
    changed = dict(known)
    own = file.content.get("id")
    if not isinstance(own, str) or not own:
        raise BadRules(msg("筛查规则 {name} 缺少 id，请为本地规则取一个编号。", name=file.name))
    for id, data in _table(file.name, "rule", file.content.get("rule", {})).items():
        if id not in known:
            problem = "筛查规则 {name} 中的 {rule} 不存在，可修改的有：{known}。"
            raise BadRules(msg(problem, name=file.name, rule=id, known=", ".join(known)))
        _refuse_unknown(file.name, id, _table(file.name, id, data), OVERRIDABLE)
        if not isinstance(data.get("enabled", True), bool):
            problem = "筛查规则 {name} 的 {rule}：enabled 应为 true 或 false，不加引号。"
            raise BadRules(msg(problem, name=file.name, rule=id))
        if not data.get("enabled", True):
            del changed[id]
            continue
        thresholds = _overridden(file.name, known[id], data.get("thresholds", {}))
        version = f"{known[id].version}+{own}"
        source = data.get("source", file.source)
        changed[id] = replace(known[id], thresholds=thresholds, version=version, source=source)
    _check_scopes(file.name, changed.values())
    return replace(rules, rules=tuple(changed.values()), digest=f"{rules.digest}+{file.digest}")


def _table(name: str, where: str, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        problem = "筛查规则 {name} 的 {where} 应为一个表，用 [名称] 或 {{…}} 书写。"
        raise BadRules(msg(problem, name=name, where=where))
    return data


def _overridden(name: str, rule: Rule, thresholds: Any) -> dict[str, Decimal]:
    where = f"{rule.id}.thresholds"
    _refuse_unknown(name, where, _table(name, where, thresholds), set(rule.thresholds))
    return {**rule.thresholds, **_numbers(name, rule.id, thresholds)}


def _refuse_unknown(name: str, where: str, data: Mapping[str, Any], known: set[str]) -> None:
    for key in data:
        if key not in known and key != "source":
            problem = "筛查规则 {name} 的 {where} 没有“{key}”，可用的有：{known}。"
            raise BadRules(msg(problem, name=name, where=where, key=key, known=", ".join(sorted(known))))


def _check_scopes(name: str, rules: Iterable[Rule]) -> None:
    there = {rule.id for rule in rules}
    for rule in rules:
        if rule.within and rule.within not in there:
            problem = "筛查规则 {name} 停用了 {scope}，但 {rule} 以它为范围，请一并处理。"
            raise BadRules(msg(problem, name=name, scope=rule.within, rule=rule.id))


def _numbers(name: str, rule: str, thresholds: Mapping[str, Any]) -> dict[str, Decimal]:
    for key, value in thresholds.items():
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            problem = "筛查规则 {name} 的 {rule}：阈值 {key} 应为数字，不加引号，现为“{value}”。"
            raise BadRules(msg(problem, name=name, rule=rule, key=key, value=value))
    return {key: Decimal(value) for key, value in thresholds.items()}


def _quantity(name: str, data: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Quantity:
    expression = _expression(name, f"{data['id']}.expression", data["expression"], kinds, "number")
    return Quantity(data["id"], data["zh"], data["unit"], expression)


def _rule(name: str, data: Mapping[str, Any], kinds: Mapping[str, Kind], before: Mapping[str, Rule]) -> Rule:
    thresholds = _numbers(name, data["id"], data.get("thresholds", {}))
    known: dict[str, Kind] = {**kinds, **dict.fromkeys(thresholds, "number")}
    when = _expression(name, f"{data['id']}.when", data["when"], known, "flag")
    scope, within = data.get("scope", False), data.get("within", "")
    if within and not (within in before and before[within].scope):
        problem = "筛查规则 {name} 的 {rule}：within 应为排在前面的范围规则，现为“{within}”。"
        raise BadRules(msg(problem, name=name, rule=data["id"], within=within))
    sentence = "" if scope else data["sentence"]
    for text in (sentence, "" if scope else data["sentence_en"]):
        _check_sentence(name, data["id"], text, known)
    version = str(data["version"])
    return Rule(data["id"], data["zh"], version, when, thresholds, sentence, data["source"], within, scope)


def _guard(name: str, data: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Guard:
    reasons = [choice.id for choice in table_kinds()["roster_review"].column("removal_reason").choices]
    if data["reason"] not in reasons:
        problem = "筛查规则 {name} 的 {guard}：没有剔除原因代码“{reason}”，可用的有：{known}。"
        values = {"guard": data["id"], "reason": data["reason"], "known": ", ".join(reasons)}
        raise BadRules(msg(problem, name=name, **values))
    when = _expression(name, f"{data['id']}.when", data["when"], kinds, "flag")
    return Guard(data["id"], data["zh"], when, data["reason"])


def _expression(name: str, key: str, text: str, kinds: Mapping[str, Kind], wanted: Kind) -> Expression:
    where = msg("筛查规则 {name} 的 {key}", name=name, key=key)
    expression = parse(text, where=where)
    check_types(expression, kinds, wanted, where=where)
    return expression


def _check_sentence(name: str, rule: str, sentence: str, known: Mapping[str, Kind]) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
    for field in sorted(fields - known.keys() - {WHICH}):
        problem = "筛查规则 {name} 的 {rule}：句子里的 {{{field}}} 没有声明，请改正。"
        raise BadRules(msg(problem, name=name, rule=rule, field=field))


def read_by(rules: Rules, when: Expression) -> tuple[str, ...]:
    """The columns and quantities that a condition reads, with those that the quantities are made of."""
    made = {quantity.id: quantity.expression for quantity in rules.quantities}
    found: dict[str, None] = {}
    waiting = list(names(when))
    while waiting:
        name = waiting.pop(0)
        if name in rules.columns or name in made:
            found[name] = None
            waiting += [other for other in names(made[name]) if other not in found] if name in made else []
    return tuple(found)
