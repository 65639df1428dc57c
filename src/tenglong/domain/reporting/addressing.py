"""Who a bulletin is from and to: wording by level of territory (addressing.toml)."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from tenglong.domain.kernel.rulefiles import load_rules


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


def address(level: str, name: str, done_figure: str) -> Address:
    """The wording for a territory of `level` called `name`, about a roster that counts `done_figure`."""
    rules = _rules()
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


@cache
def _rules() -> dict[str, Any]:
    return load_rules("tenglong.domain.reporting", "addressing.toml").content
