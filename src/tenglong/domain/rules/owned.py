"""Which rule files a city may put in place of the shipped ones (owned.toml), and whether a file may be one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tenglong.domain.access.policy import load_process
from tenglong.domain.campaign.evidence import EVIDENCE, parse_evidence
from tenglong.domain.campaign.matrix import MATRIX, parse_matrix
from tenglong.domain.evaluation.prices import PRICES, parse_prices
from tenglong.domain.evaluation.screening_file import SCREENING
from tenglong.domain.intake.kinds import TABLES
from tenglong.domain.intake.own_words import parse_own_words
from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.process import Process
from tenglong.domain.kernel.rulebook import Rule, shipped, shipped_bytes
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.race.ranking import CARDS, parse_policy
from tenglong.domain.reporting.addressing import ADDRESSING, parse_addressing
from tenglong.domain.reporting.bulletins.roadmap import WORDING as ROADMAP_WORDING
from tenglong.domain.reporting.bulletins.roadmap import parse_roadmap_wording
from tenglong.domain.reporting.bulletins.wording import WORDING, parse_wording
from tenglong.domain.rules.shape import Shape, shape_problems

PACKAGE = "tenglong.domain.rules"
MOST_BYTES = 256 * 1024


def _screening(file: RuleFile) -> object:
    from tenglong.domain.evaluation.screening.rules import (
        parse_own_screening,  # loads the language of schemes
    )

    return parse_own_screening(file)


READERS: dict[Rule, Callable[[RuleFile], object]] = {
    CARDS: parse_policy,
    ADDRESSING: parse_addressing,
    WORDING: parse_wording,
    ROADMAP_WORDING: parse_roadmap_wording,
    EVIDENCE: parse_evidence,
    MATRIX: parse_matrix,
    TABLES: parse_own_words,
    SCREENING: _screening,
    PRICES: parse_prices,
}
"""The reader of each: the one that also reads the file that ships with the program."""


@dataclass(frozen=True)
class Owned:
    """A rule file that a city may replace: its name, what it decides, and which day counts for it."""

    rule: Rule
    read: Callable[[RuleFile], object]
    title: str
    title_en: str
    decides: str
    decides_en: str
    counts: str
    counts_en: str
    shape: Shape

    @property
    def id(self) -> str:
        """What it is called on the command line and in addresses."""
        return self.rule.id

    @property
    def shipped_text(self) -> str:
        """The text that ships with the program."""
        return shipped_bytes(self.rule).decode()


@cache
def owned() -> dict[str, Owned]:
    """Every file that a city may replace, by its id, in the order in which they are shown."""
    content, readers = load_rules(PACKAGE, "owned.toml").content, {rule.id: rule for rule in READERS}
    found = {}
    for row in content["file"]:
        rule, counts = readers[row["id"]], content["counts"][row["counts"]]
        words = {key: row[key] for key in ("decides", "decides_en")}
        words |= {
            "title": row["zh"],
            "title_en": row["en"],
            "counts": counts["zh"],
            "counts_en": counts["en"],
        }
        shape = Shape(frozenset(row.get("open", ())), row.get("fills", False))
        found[rule.id] = Owned(rule, READERS[rule], **words, shape=shape)
    return found


def owned_by(id: str) -> Owned:
    """The file `id`.

    Raises:
        NotFound: there is none that a city may replace.
    """
    if id not in owned():
        problem = "没有名为“{id}”的规则，可由本市规定的有：{known}。"
        raise NotFound(msg(problem, id=id, known="、".join(owned())))
    return owned()[id]


def file_problems(one: Owned, name: str, raw: bytes) -> tuple[Message, ...]:
    """Everything that is wrong with a file that is to take the place of a shipped one; empty where it may."""
    if len(raw) > MOST_BYTES:
        problem = "规则文件 {name} 有 {size} KB，超过 {most} KB，请确认选对了文件。"
        return (msg(problem, name=name, size=len(raw) // 1024, most=MOST_BYTES // 1024),)
    try:
        file = one.rule.parse(raw, name)
        if found := shape_problems(file.content, shipped(one.rule).content, one.shape):
            return tuple(msg("规则文件 {name}：{problem}", name=name, problem=problem) for problem in found)
        one.read(file)
    except BadRules as error:
        return (error.message,)
    return ()


def check_file(one: Owned, name: str, raw: bytes) -> RuleFile:
    """The file, which may take the place of the shipped one.

    Raises:
        BadRules: it may not; the sentence names file, key and remedy.
    """
    if found := file_problems(one, name, raw):
        raise BadRules(found[0])
    return one.rule.parse(raw, name)


@cache
def rule_process() -> Process:
    """How a rule file comes into force."""
    return load_process(PACKAGE, "process.toml")
