"""From the text of a condition or quantity to its tree, or to a sentence that says where the text is wrong."""

from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedToken, VisitError

from tenglong.domain.evaluation.expressions.trees import (
    DEEPEST,
    Aggregate,
    And,
    Arithmetic,
    Comparison,
    Expression,
    Extreme,
    In,
    IsMissing,
    Name,
    Negate,
    Not,
    Number,
    Or,
    Text,
    children,
)
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, listed, msg

LONGEST = 2000
MOST_OPTIONS = 200
MOST_EXTREMES = 5
MOST_DIGITS = 30
SAID = {
    "NAME": msg("名称"),
    "NUMBER": msg("数字"),
    "TEXT": msg("加引号的文字"),
    "COMPARE": msg("比较符号"),
    "$END": msg("结尾"),
}
SIGNS = {"LPAR": "(", "RPAR": ")", "COMMA": ",", "PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/"}


def parse(text: str, *, where: Message | str) -> Expression:
    """The tree of `text`; `where` names file and key for the sentence of an error.

    Raises:
        BadRules: the text is not an expression, or too long or too deep.
    """
    found = _parse(text) if len(text) <= LONGEST else msg("超过 {most} 个字符，请拆成几条。", most=LONGEST)
    if isinstance(found, Message):
        shown = text if len(text) <= LONGEST else text[:40] + "…"
        raise BadRules(msg("{where} 的表达式“{text}”有误：{problem}", where=where, text=shown, problem=found))
    return found


@lru_cache(maxsize=4096)
def _parse(text: str) -> Expression | Message:
    """The tree, or what is wrong."""
    try:
        tree = cast(Expression, _parser().parse(text))
    except UnexpectedInput as error:
        return _unexpected(text, error)
    except _Refused as refused:
        return refused.problem
    except VisitError as error:
        if isinstance(error.orig_exc, _Refused):
            return error.orig_exc.problem
        raise
    if _too_deep(tree):
        return msg("括号或运算嵌套太深，请拆成几条。")
    if _extremes_within(tree) > MOST_EXTREMES:
        return msg("min 和 max 最多嵌套 {most} 层，请拆成几条。", most=MOST_EXTREMES)
    return tree


def _unexpected(text: str, error: UnexpectedInput) -> Message:
    """What stands at the place where no rule of the grammar goes on."""
    expected = error.accepts if isinstance(error, UnexpectedToken) else getattr(error, "allowed", None)
    order = [*SAID, *SIGNS, *sorted(set(expected or ()) - set(SAID) - set(SIGNS))]
    names = [name for name in order if name in (expected or ())]
    wanted = listed(str(SAID.get(name, SIGNS.get(name, name.lower()))) for name in names)
    at = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    if not text[at:].strip() or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        return msg("还没有写完，接下来应为：{wanted}。", wanted=wanted)
    return msg(
        "第 {place} 个字符“{found}”处看不懂，此处应为：{wanted}。",
        place=at + 1,
        found=text[at],
        wanted=wanted,
    )


def _too_deep(expression: Expression) -> bool:
    layer = [expression]
    for _ in range(DEEPEST):
        layer = [child for one in layer for child in children(one)]
        if not layer:
            return False
    return True


def _extremes_within(expression: Expression) -> int:
    """How deep min and max stand in each other: an engine writes the arguments of each down twice."""
    inner = max((_extremes_within(child) for child in children(expression)), default=0)
    return inner + isinstance(expression, Extreme)


class _Refused(Exception):
    """What the grammar allows and the language does not."""

    def __init__(self, problem: Message):
        super().__init__(str(problem))
        self.problem = problem


@cache
def _parser() -> Lark:
    """The parser; it builds the tree while it reads, so that a deep text cannot exhaust the stack."""
    grammar = (
        resources.files("tenglong.domain.evaluation.expressions")
        .joinpath("expressions.lark")
        .read_text("utf-8")
    )
    return Lark(grammar, parser="lalr", transformer=_Builder())


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """One method for each name after an arrow in the grammar, and for its lists."""

    def number(self, token: Token) -> Number:
        if len(token) > MOST_DIGITS:
            raise _Refused(
                msg("数字“{number}”太长，最多 {most} 位。", number=token[:12] + "…", most=MOST_DIGITS)
            )
        return Number(Decimal(token))

    def minus(self, _: Token, token: Token) -> Number:
        return Number(-self.number(token).value)

    def text(self, token: Token) -> Text:
        return Text(str(token[1:-1]))

    def name(self, token: Token) -> Name:
        return Name(str(token))

    def negate(self, _: Token, operand: Expression) -> Negate:
        return Negate(operand)

    def arithmetic(self, left: Expression, op: Token, right: Expression) -> Arithmetic:
        return Arithmetic(cast(Any, str(op)), left, right)

    def comparison(self, left: Expression, op: Token, right: Expression) -> Comparison:
        return Comparison(cast(Any, str(op)), left, right)

    def both(self, left: Expression, right: Expression) -> And:
        return And(left, right)

    def either(self, left: Expression, right: Expression) -> Or:
        return Or(left, right)

    def negation(self, operand: Expression) -> Not:
        return Not(operand)

    def one_of(self, operand: Expression, options: "_List") -> In:
        if len(options) > MOST_OPTIONS:
            raise _Refused(msg("括号里最多列 {most} 个值，请拆成几条。", most=MOST_OPTIONS))
        return In(operand, tuple(options))

    def none_of(self, operand: Expression, options: "_List") -> Not:
        return Not(self.one_of(operand, options))

    def missing(self, operand: Expression) -> IsMissing:
        return IsMissing(operand)

    def present(self, operand: Expression) -> Not:
        return Not(IsMissing(operand))

    def arguments(self, *parts: Any) -> "_List":
        return _grown(_List, parts)

    def options(self, *parts: Any) -> "_List":
        return _grown(_List, parts)

    def groups(self, *parts: Any) -> "_Groups":
        return _grown(_Groups, parts)

    def call(self, function: Token, *lists: Any) -> Extreme | Aggregate:
        arguments = next((tuple(one) for one in lists if type(one) is _List), ())
        by = next((tuple(str(name) for name in one) for one in lists if type(one) is _Groups), ())
        match str(function), arguments:
            case ("min" | "max") as which, (_, _, *_) if not by:
                return Extreme(which, arguments)
            case ("average" | "total") as name, (operand,):
                return Aggregate(name, operand, None, by)
            case "count", () | (_,):
                return Aggregate("count", arguments[0] if arguments else None, None, by)
            case "quantile", (operand, Number(value=fraction)) if fraction <= 1:
                return Aggregate("quantile", operand, fraction, by)
        raise _Refused(_usage(str(function)))


class _List(list[Any]):
    """Arguments or options, as they grow from left to right."""


class _Groups(list[Any]):
    """The names behind `by`."""


def _grown(kind: type[Any], parts: tuple[Any, ...]) -> Any:
    """A list of one part, or the list before it with one more; the list before is used up by that."""
    if len(parts) == 1:
        return kind(parts)
    before, part = parts
    before.append(part)
    return before


def _usage(function: str) -> Message:
    usages = {
        "min": "min(a, b)",
        "max": "max(a, b)",
        "average": "average(x), average(x, by a)",
        "total": "total(x), total(x, by a)",
        "count": "count(), count(x > 1, by a)",
        "quantile": "quantile(x, 0.8), quantile(x, 0.8, by a)",
    }
    if function in usages:
        return msg("{function} 的写法是：{usage}。", function=function, usage=usages[function])
    return msg("没有函数“{function}”，可用的有：{known}。", function=function, known=", ".join(usages))
