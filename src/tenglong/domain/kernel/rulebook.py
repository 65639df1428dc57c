"""The rule files that count at a place on a day: a city's own where one is in force, else the shipped ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from tenglong.domain.kernel.rulefiles import RuleFile, parse_rules


@dataclass(frozen=True)
class Rule:
    """A rule file that a city may replace: what it is called, and where the one lies that ships with the program.

    `decimals` as for `parse_rules`.
    """

    id: str
    package: str
    name: str
    decimals: bool = False

    def parse(self, raw: bytes, name: str = "") -> RuleFile:
        """The bytes of such a file, called `name` in sentences about it; raises BadRules like `parse_rules`."""
        return parse_rules(name or self.name, raw, decimals=self.decimals)


@cache
def shipped_bytes(rule: Rule) -> bytes:
    """The file that ships with the program."""
    return resources.files(rule.package).joinpath(rule.name).read_bytes()


@cache
def shipped(rule: Rule) -> RuleFile:
    """The file that ships with the program, parsed."""
    return rule.parse(shipped_bytes(rule))


@dataclass(frozen=True)
class Rulebook:
    """What counts at one place on one day; `own` are a city's files in place of the shipped ones, by rule."""

    own: Mapping[str, RuleFile] = field(default_factory=dict)

    def file(self, rule: Rule) -> RuleFile:
        """The file that counts."""
        return self.own.get(rule.id) or shipped(rule)

    def digests(self, rules: Iterable[Rule]) -> dict[str, str]:
        """The digests of the files that count, by rule: what goes into a result that rests on them."""
        return {rule.id: self.file(rule).digest for rule in rules}


SHIPPED = Rulebook()
"""Everything as it ships with the program."""
