"""From a rule file to a scheme, or to a sentence that names file, key and remedy."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenglong.domain.evaluation.checks import check, problems
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import RuleFile, parse_rules

Sentence = Callable[[Mapping[str, Any]], Message]

PROBLEMS: dict[str, Sentence] = {
    "missing": lambda _: msg("缺少这一项，请补上。"),
    "extra_forbidden": lambda _: msg("没有这一项，请核对拼写或删去。"),
    "number": lambda _: msg("应为数字：不加引号，小数点前后各不超过 15 位。"),
    "int_type": lambda _: msg("应为整数，不加引号。"),
    "bool_type": lambda _: msg("应为 true 或 false，不加引号。"),
    "string_type": lambda _: msg("应为加引号的文字。"),
    "tuple_type": lambda _: msg('应为列表，如 ["a", "b"]；成组的项目用 [[…]] 书写。'),
    "dict_type": lambda _: msg("应为一个表，用 [名称] 或 {{…}} 书写。"),
    "model_type": lambda _: msg("应为一个表，用 [名称] 或 {{…}} 书写。"),
    "rule": lambda ctx: msg("应为数字或其中之一：{known}。", known=ctx["known"]),
    "literal_error": lambda ctx: msg("应为其中之一：{known}。", known=ctx["expected"].replace(" or ", ", ")),
    "string_pattern_mismatch": lambda _: msg("只能用小写英文字母和数字，以字母开头，请改名。"),
    "string_too_long": lambda ctx: msg("最多 {most} 个字符，请缩短。", most=ctx["max_length"]),
    "greater_than": lambda ctx: msg("应大于 {limit}。", limit=ctx["gt"]),
    "greater_than_equal": lambda ctx: msg("不应小于 {limit}。", limit=ctx["ge"]),
    "less_than_equal": lambda ctx: msg("不应大于 {limit}。", limit=ctx["le"]),
    "too_short": lambda ctx: msg("至少要有 {least} 项，请补充。", least=ctx["min_length"]),
    "too_long": lambda ctx: msg("最多 {most} 项，请合并或删减。", most=ctx["max_length"]),
}


def parse_scheme(rules: RuleFile) -> Scheme:
    """The scheme of a rule file that was read with `decimals`.

    Raises:
        BadRules: a key is missing, unknown or wrong, or keys do not fit each other.
    """
    try:
        scheme = Scheme.model_validate({**rules.content, "digest": rules.digest})
    except ValidationError as error:
        raise BadRules(_sentence(rules, error)) from None
    check(scheme, rules.name)
    return scheme


def scheme_problems(rules: RuleFile) -> tuple[Message, ...]:
    """Everything that is wrong with a rule file that was read with `decimals`, one sentence for each key."""
    try:
        scheme = Scheme.model_validate({**rules.content, "digest": rules.digest})
    except ValidationError as error:
        found = error.errors(include_url=False)
        inside = {problem["loc"][:1] for problem in found if len(problem["loc"]) > 1}
        whole = [one for one in found if one["type"] != "too_short" or one["loc"] not in inside]
        return tuple(_said(rules, problem) for problem in whole)
    return tuple(problems(scheme, rules.name))


def read_scheme(name: str, raw: bytes) -> Scheme:
    """The scheme in the bytes of a TOML file.

    Raises:
        BadRules: the file is not TOML, or not a scheme; see `parse_scheme`.
    """
    return parse_scheme(parse_rules(name, raw, decimals=True))


def load_scheme(path: Path) -> Scheme:
    """The scheme in a file; raises like `read_scheme`."""
    return read_scheme(path.name, path.read_bytes())


def _sentence(rules: RuleFile, error: ValidationError) -> Message:
    """The first problem; a misspelt key before the key that it leaves missing."""
    found = error.errors(include_url=False)
    return _said(rules, next((one for one in found if one["type"] == "extra_forbidden"), found[0]))


def _said(rules: RuleFile, problem: ErrorDetails) -> Message:
    sentence = PROBLEMS.get(problem["type"])
    said = sentence(problem.get("ctx", {})) if sentence else msg("{why}", why=problem["msg"])
    where = _path(rules.content, problem)
    return msg("评价办法 {name} 的 {key}：{problem}", name=rules.name, key=where, problem=said)


def _path(content: Mapping[str, Any], problem: ErrorDetails) -> str:
    """Where in the file: indicator[tax_per_mu].weight; a part without id is numbered from 1."""
    path, here = "", content
    for step in problem["loc"]:
        if step == "[key]":
            continue
        inner = _inside(here, step)
        if isinstance(step, int):
            said = inner.get("id", inner.get("grade", step + 1)) if isinstance(inner, Mapping) else step + 1
            path += f"[{said}]"
        else:
            path += f".{step}" if path else step
        here = inner
    return path


def _inside(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None
