"""What a reader may see of where a rule comes from: the names of documents, without the marks of developers' notes."""

import re
from typing import Any

ASSUMED = "本系统假定"
KEYS = frozenset({"source", "note", "assumed", "where"})
"""The keys of rule files under which it says where something comes from."""

_MARK = re.compile(
    r"\s*\[[^\[\]]*\b(?:inference|memory|assumptions?|measured|calc|unverified|[SG]\d{2})\b[^\[\]]*\]"
)
_FILE = r"(?:domain|design|engines)\.md"
_SECTION = r"§?\s*\d[\w.§–—*-]*|§\s*\w[\w.]*|F\d\d(?:[–-]F\d\d)?"
_NOTE = re.compile(
    rf"(?:术语取自|做法取自|取自|据|见)?\s*{_FILE}(?:\s*(?:{_SECTION})(?:\s*[、,]\s*(?=§)(?:{_SECTION}))*(?:\s+F\d\d[–-]F\d\d|\s+F\d\d)?(?:\s+[A-Z]\b)?)?"
    r"(?:所录各地办法|所录)?(?:末段)?"
    r"|(?:\bissue \d+(?:, \d+)*(?: part \d+)?)|methods\.json[\w -]*|article\.zh-Hant\.txt"
    r"|\b\w+/algorithms/[\w.]+(?: [\d.]+)?|(?<![\u4e00-\u9fff》〕])\s*§\s*\d[\w.–—-]*(?:末段)?"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ASIDES = re.compile(r"(?:[（(][^（）()]*[)）][、，,\s]*)+")


def told(said: str) -> str:
    """Where something comes from as users read it: what names a document stays; 本系统假定 where nothing does.

    Sections of developers' notes, [inference], [S02] and sentences that are theirs alone are left out.
    """
    if is_clean(said) and _CHINESE.search(said):
        return said
    pieces = (_cleaned(piece) for piece in _pieces(said))
    return "；".join(piece for piece in pieces if piece) or ASSUMED


def told_in(content: Any) -> Any:
    """A table, as TOML has it, in which everything that says where something comes from is as users read it."""
    if isinstance(content, dict):
        return {key: _told_under(key, value) for key, value in content.items()}
    return [told_in(one) for one in content] if isinstance(content, list) else content


def is_clean(text: str) -> bool:
    """Whether nothing of developers' notes stands in a text."""
    return _MARK.search(text) is None and _NOTE.search(text) is None


def _told_under(key: str, value: Any) -> Any:
    if key not in KEYS:
        return told_in(value)
    if key == "assumed" and isinstance(value, dict):
        return {inner: _told_under(key, one) for inner, one in value.items()}
    if not isinstance(value, str):
        return told_in(value)
    return told(value) if key == "source" or not is_clean(value) else value


def _pieces(said: str) -> list[str]:
    """The parts between semicolons that stand in no brackets."""
    pieces, depth = [""], 0
    for char in said:
        depth += (char in "（(") - (char in "）)")
        if char in ";；" and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += char
    return pieces


def _cleaned(piece: str) -> str:
    """A piece without the marks; "" where it names nothing that users know."""
    text = _NOTE.sub("", _MARK.sub("", piece))
    text = re.sub(r"(?<=[（(])[\s，,、:：;；]+|[\s，,、:：;；]+(?=[)）])", "", text)
    text = re.sub(r"[（(][)）]", "", text)
    text = re.sub(r"\s+(?=[，、：；。（）])", "", text).strip(" \n，,、:：")
    if _ASIDES.fullmatch(text) or not (
        _CHINESE.search(text) or "://" in text or text.startswith(("GB", "RFC"))
    ):
        return ""
    return text
