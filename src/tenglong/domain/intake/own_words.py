"""A city's own words for the columns and answers of tables: the shipped kinds with other synonyms."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from tenglong.domain.intake.headers import header_key
from tenglong.domain.intake.kinds import TABLES, Column, TableKind, kinds_from, table_kinds
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.kernel.rulefiles import RuleFile


def parse_own_words(rules: RuleFile) -> Mapping[str, TableKind]:
    """The kinds of a file in which a city wrote its own synonyms.

    Raises:
        BadRules: something else than synonyms is changed, or one word means two columns of a table.
    """
    found, ours = kinds_from(rules), table_kinds()
    for id, kind in found.items():
        for column, shipped in zip(kind.columns, ours[id].columns, strict=False):
            if _bare(column) != _bare(shipped):
                problem = "规则文件 {name} 中 column.{column} 只能增减 synonyms（同义词），其余请保持原样。"
                raise BadRules(msg(problem, name=rules.name, column=column.id))
        if len(kind.columns) != len(ours[id].columns):
            problem = "规则文件 {name} 中 kind.{kind} 的列须与随软件提供的一致，只能增减 synonyms（同义词）。"
            raise BadRules(msg(problem, name=rules.name, kind=id))
        _check_one_meaning(rules.name, kind)
    return found


def _bare(column: Column) -> Column:
    """A column without the words that a city owns."""
    return replace(column, synonyms=(), choices=tuple(replace(one, synonyms=()) for one in column.choices))


def _check_one_meaning(name: str, kind: TableKind) -> None:
    meant: dict[str, Column] = {}
    for column in kind.columns:
        for word in column.names:
            other = meant.setdefault(header_key(word), column)
            if other.id != column.id:
                problem = "规则文件 {name} 中“{word}”既指“{one}”又指“{other}”，一张表里一个词只能指一列。"
                values = {"word": word, "one": other.header, "other": column.header}
                raise BadRules(msg(problem, name=name, **values))


@lru_cache(maxsize=100)
def _parsed(rules: RuleFile) -> Mapping[str, TableKind]:
    return parse_own_words(rules)


def kinds_by(book: Rulebook) -> Mapping[str, TableKind]:
    """The kinds of table in the words of a rulebook."""
    return _parsed(book.file(TABLES))
