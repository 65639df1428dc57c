"""Rules are data: TOML files with their source and a hash that goes into every result."""

import hashlib
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg


@dataclass(frozen=True)
class RuleFile:
    """The parsed content of a rule file, with where it came from and the SHA-256 of its bytes."""

    name: str
    content: dict[str, Any]
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
    try:
        content = tomllib.loads(raw.decode("utf-8"), parse_float=Decimal if decimals else float)
    except (
        ValueError,
        ArithmeticError,
        RecursionError,
    ) as error:  # a hostile file: too long a number, too deep a list
        problem = msg("规则文件 {name} 不是有效的 TOML：{why}。请改正后重试。", name=name, why=error)
        raise BadRules(problem) from error
    if not isinstance(content.get("source"), str):
        raise BadRules(msg("规则文件 {name} 缺少 source（来源），请注明文件依据。", name=name))
    return RuleFile(name, content, hashlib.sha256(raw).hexdigest())
