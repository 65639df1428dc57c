"""Industries by GB/T 4754: codes as typed, with the edition they belong to."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

_CODE = re.compile(r"([A-T])?(\d{2,4})")


@dataclass(frozen=True)
class IndustryReading:
    """A code such as C4119, its name in the edition, and a warning where the edition does not know it.

    `code` is "" where nothing could be read; `name` is "" where the edition has no such code.
    """

    code: str
    name: str
    edition: str
    warning: Message | None = None


def read_industry(text: str) -> IndustryReading:
    """Read “C4119”, “4119”, “4119 其他日用杂品制造” or a name of the edition; never raises."""
    rules = _rules().content
    edition, plain = rules["edition"], re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if not plain:
        return IndustryReading("", "", edition)
    found = _CODE.match(plain)
    digits = found[2] if found else _codes_by_name().get(plain, "")
    section = (found and found[1]) or (rules["section"] if digits in rules["names"] else "")
    if section == rules["section"] and digits in rules["names"]:
        return IndustryReading(section + digits, rules["names"][digits], edition)
    problem = "行业“{value}”不在 {edition} 制造业（C13—C43）的代码表内，请核对代码。"
    return IndustryReading(section + digits, "", edition, msg(problem, value=text, edition=edition))


def division(code: str) -> str:
    """The two-digit division of an industry code: C41 for C4119, "" for ""."""
    return code[:3]


@cache
def _codes_by_name() -> dict[str, str]:
    """The most detailed code that bears each name."""
    names: dict[str, str] = _rules().content["names"]
    ordered = sorted(names, key=len)
    return {unicodedata.normalize("NFKC", names[code]).upper(): code for code in ordered}


@cache
def _rules() -> RuleFile:
    return load_rules("tenglong.domain.registry", "data/industry_2017.toml")
