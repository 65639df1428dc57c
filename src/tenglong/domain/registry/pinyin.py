"""Names of places for readers of English: 拼音转写, with the kind of place as a word."""

from collections.abc import Callable
from functools import cache

from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.registry.divisions import PACKAGE

_BEFORE_VOWEL = "aoe"


@cache
def in_pinyin(name: str) -> str:
    """The name of a place in Latin letters: 嘉善县 → Jiashan County. What is no Chinese stays as it is."""
    rules = load_rules(PACKAGE, "data/pinyin.toml").content
    if name in rules["official"]:
        return str(rules["official"][name])
    if name.isascii():
        return name
    stem, kind = _parted(name, rules["terms"])
    peoples: list[str] = []
    while kind.startswith("Autonomous") or kind.startswith("Ethnic"):
        stem, people = _parted(stem, rules["peoples"])
        if not people:
            break
        peoples.insert(0, people)
    return " ".join(filter(None, [_spelt(name, len(stem)), _listed(peoples), kind]))


def _parted(name: str, endings: dict[str, str]) -> tuple[str, str]:
    """A name without the longest ending that leaves something of it, and the English of the ending."""
    for length in range(len(name) - 1, 0, -1):
        if name[-length:] in endings:
            return name[:-length], endings[name[-length:]]
    return name, ""


def _listed(peoples: list[str]) -> str:
    if len(peoples) < 2:
        return "".join(peoples)
    return f"{', '.join(peoples[:-1])} and {peoples[-1]}"


def _spelt(name: str, stem: int) -> str:
    """The first `stem` characters as one word; an apostrophe stands before a syllable that begins with a vowel.

    They are read in the whole name: 单 of 单县 is Shan.
    """
    spelt = ""
    for syllable in _reader()(name, errors=list, v_to_u=True)[:stem]:
        apart = spelt[-1:].isalpha() and syllable[0] in _BEFORE_VOWEL
        spelt += f"'{syllable}" if apart else syllable
    return spelt[:1].upper() + spelt[1:]


@cache
def _reader() -> Callable[..., list[str]]:
    """What reads characters, with the readings of names of places; loaded when the first English page asks for it."""
    import pypinyin

    readings = load_rules(PACKAGE, "data/pinyin.toml").content["readings"]
    pypinyin.load_phrases_dict({word: [[one] for one in sounds] for word, sounds in readings.items()})
    pypinyin.load_single_dict({ord(word): sounds[0] for word, sounds in readings.items() if len(word) == 1})
    return pypinyin.lazy_pinyin
