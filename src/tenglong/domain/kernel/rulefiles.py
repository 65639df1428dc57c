"""Rules are data: TOML files with their source and a hash that goes into every result."""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.sources import told_in

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_TOO_DEEP = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""", re.ASCII)
"""A key of more parts than any rule has: the parser takes the square of their number."""
_KEY = msg("键名只能用英文字母、数字、下划线和连字符，其他文字要加引号。")
_WHY = (
    ("Expected '='", msg("键的后面应为等号。")),
    ("Expected newline", msg("值的后面应换行。")),
    ("Expected ']", msg("表名的方括号没有写完。")),
    ("Unclosed array", msg("列表的方括号没有写完，或缺少逗号。")),
    ("Unclosed inline table", msg("花括号没有写完，或缺少逗号。")),
    ("Unterminated string", msg("引号没有写完。")),
    ("Illegal character", msg("引号没有写完，或文字里有不能用的字符。")),
    ("Unescaped", msg("文字里的反斜杠应写两个，或改用单引号。")),
    ("Invalid initial character", _KEY),
    ("Invalid statement", _KEY),
    ("Invalid date", msg("日期或时间不存在。")),
    ("Cannot", msg("这一项或这个表在前面已经写过。")),
    ("Duplicate", msg("这一项在前面已经写过。")),
    ("Invalid value", msg("这里应为数字、true、false 或加引号的文字。")),
    ("", msg("写法不对。")),
)
"""How the parser's sentences begin, and what they mean."""


@dataclass(frozen=True)
class RuleFile:
    """The parsed content of a rule file, with where it came from and the SHA-256 of its bytes.

    Files of one name and digest are equal, so that what a reader makes of one may be kept under it.
    """

    name: str
    content: dict[str, Any] = field(compare=False)
    digest: str

    @property
    def source(self) -> str:
        """Where the rules come from, as the file itself says."""
        return self.content["source"]


def load_rules(package: str, name: str, *, decimals: bool = False) -> RuleFile:
    """The rule file `name` that ships inside `package`; `decimals` as for `parse_rules`."""
    return parse_rules(name, resources.files(package).joinpath(name).read_bytes(), decimals=decimals)


def load_rules_from(path: Path) -> RuleFile:
    """A rule file that a city keeps outside the program."""
    return parse_rules(path.name, path.read_bytes())


def parse_rules(name: str, raw: bytes, *, decimals: bool = False) -> RuleFile:
    """Rules from the bytes of a TOML file; with `decimals` a number with a point is a Decimal, not a float.

    Raises:
        BadRules: the file is not TOML, or does not say where its rules come from.
    """
    content = told_in(parse_toml(name, raw, decimals=decimals))
    if not isinstance(content.get("source"), str):
        raise BadRules(msg("规则文件 {name} 缺少 source（来源），请注明文件依据。", name=name))
    return RuleFile(name, content, hashlib.sha256(raw).hexdigest())


def parse_toml(name: str, raw: bytes, *, decimals: bool = False) -> dict[str, Any]:
    """What the bytes of a TOML file say; raises BadRules, with line and character, where they are none."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = (
            "规则文件 {name} 不是有效的 TOML：第 {line} 行第 {column} 个字不是 UTF-8 编码，请另存后重试。"
        )
        line, column = _position(raw[: error.start].decode("utf-8"))
        raise BadRules(msg(problem, name=name, line=line, column=column)) from error
    if found := _TOO_DEEP.search(text):
        line, column = _position(text[: found.start()])
        problem = "规则文件 {name} 第 {line} 行第 {column} 个字起的键名层级过多（最多 32 级），请改正后重试。"
        raise BadRules(msg(problem, name=name, line=line, column=column))
    try:
        return tomllib.loads(text, parse_float=Decimal if decimals else float)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(_not_toml(name, text, str(error))) from error
    except (ValueError, ArithmeticError, RecursionError) as error:  # a hostile file
        problem = "规则文件 {name} 不是有效的 TOML：数字过长或嵌套过深。请改正后重试。"
        raise BadRules(msg(problem, name=name)) from error


def _not_toml(name: str, text: str, said: str) -> Message:
    """Where a file is no TOML and why, from what the parser says in English."""
    found = _PLACE.search(said)
    line, column = (int(found[1]), int(found[2])) if found else _position(text.rstrip())
    why = next((sentence for start, sentence in _WHY if said.startswith(start)), _WHY[-1][1])
    problem = "规则文件 {name} 不是有效的 TOML：第 {line} 行第 {column} 个字，{why}请改正后重试。"
    return msg(problem, name=name, line=line, column=column, why=why)


def _position(before: str) -> tuple[int, int]:
    """The line and the character in it that follow a text, both counted from 1."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
