"""Who a bulletin is from and to: wording by level of territory (addressing.toml)."""

from dataclasses import dataclass

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import Rule, Rulebook
from tenglong.domain.kernel.rulefiles import RuleFile

ADDRESSING = Rule("addressing", "tenglong.domain.reporting", "addressing.toml")


@dataclass(frozen=True)
class Address:
    """The head and foot of a bulletin for one territory and one roster."""

    series: str
    office: str
    title: tuple[str, ...]
    whole: str
    done_word: str
    recipients: str
    copies: tuple[str, ...]


def parse_addressing(rules: RuleFile) -> RuleFile:
    """A file of ADDRESSING as `address` reads it.

    Raises:
        BadRules: there is no title, or no word for what is named nowhere else.
    """
    for key in ("subject", "done_word"):
        if "other" not in rules.content[key]:
            problem = "规则文件 {name} 的 {key} 缺少 other（其他名单用的词），请补上。"
            raise BadRules(msg(problem, name=rules.name, key=key))
    if not rules.content["title"]:
        raise BadRules(msg("规则文件 {name} 的 title（标题）至少写一行。", name=rules.name))
    return rules


def address(book: Rulebook, level: str, name: str, done_figure: str) -> Address:
    """The wording for a territory of `level` called `name`, about a roster that counts `done_figure`."""
    rules = book.file(ADDRESSING).content
    words = rules["level"][level]
    whole = _whole(words["whole"], name)
    subject = rules["subject"].get(done_figure, rules["subject"]["other"])
    return Address(
        series=rules["series"],
        office=rules["office"].format(name=name),
        title=tuple(line.format(whole=whole, subject=subject) for line in rules["title"]),
        whole=whole,
        done_word=rules["done_word"].get(done_figure, rules["done_word"]["other"]),
        recipients=words["recipients"],
        copies=tuple(words["copies"]),
    )


def _whole(words: str, name: str) -> str:
    """全县, 全市 or 全区 by the name's own last word, where the level leaves it open."""
    if "（" not in words:
        return words
    return next(
        (f"全{ending}" for ending in ("街道", "县", "市", "区", "镇", "乡") if name.endswith(ending)), words
    )
