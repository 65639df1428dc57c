"""One folding of characters for all comparison and search: what looks the same is the same."""

import re
import unicodedata
from functools import cache
from importlib import resources

from tenglong.domain.kernel.rulefiles import load_rules

UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0001-\U000e01ef"
)
"""What nobody sees, for a class of a regular expression: controls, format characters, variation selectors, fillers."""
ALIKE = "\u2e80-\u2fdf\ue78d-\ue864\uf900-\ufaff\U0002f800-\U0002fa1f"
"""Radicals, compatibility ideographs and private ones, which look like ordinary characters."""

_PLAIN = re.compile("[ -~\u4e00-\u9fff]*")
_ODD = re.compile(f"[{UNSEEN}{ALIKE}]")
_FIRST_PRIVATE = 0xE815


def legible(text: str) -> str:
    """`text` as it is seen: without what nobody sees, each character that looks like an ordinary one being that one."""
    return text if is_plain(text) else _ODD.sub(_seen, text)


def is_plain(text: str) -> bool:
    """Whether `text` has only ordinary characters, as nearly all have: what is seen, half-width, nothing to fold
    but traditional ones."""
    return _PLAIN.fullmatch(text) is not None


def folded(text: str) -> str:
    """The spelling by which texts are compared: legible, half-width, in simplified characters, trimmed."""
    return simplified(unicodedata.normalize("NFKC", legible(text))).strip()


def simplified(text: str) -> str:
    """`text` with traditional characters replaced one by one."""
    return text if text.isascii() else text.translate(_simple_ones())


def as_of_2022(text: str) -> str:
    """Text decoded from GB 18030 with the characters that the edition of 2022 gives its bytes."""
    return text.translate(_private_ones())


def _seen(odd: re.Match[str]) -> str:
    character = odd[0]
    known = _radicals().get(character) or _private_ones().get(ord(character))
    if known:
        return known
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if compatible != character else character if re.match(f"[{ALIKE}]", character) else ""


@cache
def _radicals() -> dict[str, str]:
    pairs = load_rules("tenglong.domain.kernel", "folding.toml").content["radicals"].split()
    return {pair[0]: pair[1:] for pair in pairs}


@cache
def _private_ones() -> dict[int, str]:
    """Those of GBK, in the order of its bytes FE50 to FEA0, and those that GB 18030 gave up in 2022."""
    content = load_rules("tenglong.domain.kernel", "folding.toml").content["gb18030"]
    trailing = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    decoded = {_FIRST_PRIVATE + at: bytes((0xFE, byte)).decode("gb18030") for at, byte in enumerate(trailing)}
    return decoded | {int(old, 16): chr(int(new, 16)) for old, new in content.items()}


@cache
def _simple_ones() -> dict[int, str]:
    table = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    first = {}
    for line in table.splitlines():
        traditional, _, simple = line.partition("\t")
        if len(traditional) == 1 and simple:
            first[ord(traditional)] = simple.split(" ")[0]
    return first
