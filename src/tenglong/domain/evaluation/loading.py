"""From a rule file to a scheme, or to a sentence that names file, key and remedy."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenglong.domain.evaluation.checks import check, problems
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import RuleFile, parse_rules
from tenglong.domain.kernel.validation import Sentence, first_problem, key_path, sentence

UNKNOWN = "extra_forbidden"
SENTENCES: dict[str, Sentence] = {
    "number": lambda _: msg("应为数字：不加引号，小数点前后各不超过 15 位。"),
    "tuple_type": lambda _: msg('应为列表，如 ["a", "b"]；成组的项目用 [[…]] 书写。'),
    "dict_type": lambda _: msg("应为一个表，用 [名称] 或 {{…}} 书写。"),
    "model_type": lambda _: msg("应为一个表，用 [名称] 或 {{…}} 书写。"),
    "rule": lambda ctx: msg("应为数字或其中之一：{known}。", known=ctx["known"]),
    "string_pattern_mismatch": lambda _: msg("只能用小写英文字母和数字，以字母开头，请改名。"),
}


def parse_scheme(rules: RuleFile) -> Scheme:
    """The scheme of a rule file that was read with `decimals`.

    Raises:
        BadRules: a key is missing, unknown or wrong, or keys do not fit each other.
    """
    try:
        scheme = _scheme(rules)
    except ValidationError as error:
        raise BadRules(_said(rules, first_problem(error))) from None
    check(scheme, rules.name)
    return scheme


def scheme_problems(rules: RuleFile) -> tuple[Message, ...]:
    """Everything that is wrong with a rule file that was read with `decimals`, one sentence for each key.

    Misspelt keys hide nothing: the rest is looked at as if they were spelt right, or not there.
    """
    found = _refused(rules)
    if not found:
        return tuple(problems(_scheme(rules), rules.name))
    said = {str(one): one for one in (_said(rules, problem) for problem in found)}
    if any(problem["type"] == UNKNOWN for problem in found):
        mended = replace(rules, content=_mended(rules.content, found))
        said |= {str(one): one for one in scheme_problems(mended)}
    return tuple(said.values())


def read_scheme(name: str, raw: bytes) -> Scheme:
    """The scheme in the bytes of a TOML file.

    Raises:
        BadRules: the file is not TOML, or not a scheme; see `parse_scheme`.
    """
    return parse_scheme(parse_rules(name, raw, decimals=True))


def load_scheme(path: Path) -> Scheme:
    """The scheme in a file; raises like `read_scheme`."""
    return read_scheme(path.name, path.read_bytes())


def _scheme(rules: RuleFile) -> Scheme:
    return Scheme.model_validate({**rules.content, "digest": rules.digest})


def _refused(rules: RuleFile) -> list[ErrorDetails]:
    """What the types of single keys say."""
    try:
        _scheme(rules)
    except ValidationError as error:
        found = error.errors(include_url=False)
        inside = {problem["loc"][:1] for problem in found if len(problem["loc"]) > 1}
        return [one for one in found if one["type"] != "too_short" or one["loc"] not in inside]
    return []


def _mended(content: Mapping[str, Any], found: Sequence[ErrorDetails]) -> dict[str, Any]:
    """The content without its unknown keys; their values stand under the missing key that looks most alike."""
    mended: dict[str, Any] = deepcopy(dict(content))
    missing = defaultdict(list)
    for problem in found:
        if problem["type"] == "missing":
            missing[problem["loc"][:-1]].append(str(problem["loc"][-1]))
    for problem in found:
        if problem["type"] == UNKNOWN:
            *above, key = problem["loc"]
            inside: Any = mended
            for step in above:
                inside = inside[step]
            value = inside.pop(key)
            alike = get_close_matches(str(key), missing[tuple(above)], n=1)
            inside.update({name: value for name in alike})
    return mended


def _said(rules: RuleFile, problem: ErrorDetails) -> Message:
    where = key_path(rules.content, problem, named_by="grade")
    what = sentence(problem, SENTENCES)
    return msg("评价办法 {name} 的 {key}：{problem}", name=rules.name, key=where, problem=what)
