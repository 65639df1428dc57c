"""Sections that an officer words before issue: what was typed is marked, its numbers are held against the figures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.reporting.bulletins.content import BulletinContent, EditedSection, RankingRow

SECTIONS = ("highlights", "problems", "next_steps")
"""The sections that may be worded by hand: 亮点与典型, 存在问题, 下步要求."""
MOST, LONGEST = 20, 500
Typed = Mapping[str, Sequence[str]]
"""The sentences of the sections that were worded by hand."""

_AMOUNT = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*(万)?\s*(%|家|户|个百分点|亩|吨标准煤|吨标煤)")
_UNITS = {"户": "家", "吨标煤": "吨标准煤"}


@dataclass(frozen=True)
class Editor:
    """Who words a section: the name to sign in with, what they are called, and when."""

    login: str
    name: str
    at: datetime


def sentences_in(text: str) -> tuple[str, ...]:
    """The sentences of a field, one on each line; blank lines and the numbers that the document sets itself go."""
    lines = (re.sub(r"^\s*[0-9]{1,2}[.．、]\s*(?![0-9])", "", line).strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def edited(content: BulletinContent, typed: Typed, editor: Editor) -> BulletinContent:
    """The bulletin with what was typed in place of what was computed, which stays beside it with who and when.

    Raises:
        BadValue: too many sentences, or one that is too long.
    """
    changed: dict[str, Any] = {name: tuple(typed[name]) for name in SECTIONS if name in typed}
    changed = {name: said for name, said in changed.items() if said != getattr(content, name)}
    check_typed(changed)
    marks = tuple(
        EditedSection(name, getattr(content, name), editor.login, editor.name, editor.at) for name in changed
    )
    return replace(content, **changed, edited=marks) if changed else content


def check_typed(typed: Typed) -> None:
    """Raises BadValue where a section that was worded by hand is too long."""
    for said in typed.values():
        if len(said) > MOST:
            problem = "这一节有 {count} 条，最多 {most} 条，请合并或删减。"
            raise BadValue(msg(problem, count=len(said), most=MOST))
        for one in said:
            if len(one) > LONGEST:
                problem = "“{text}……”有 {length} 个字，每条最多 {most} 个字，请缩短或分条。"
                raise BadValue(msg(problem, text=one[:20], length=len(one), most=LONGEST))


def contradictions(content: BulletinContent) -> tuple[Message, ...]:
    """Every number typed with a unit of measure that is none of the figures of what its sentence names."""
    found = []
    for section in content.edited:
        computed = {amount for one in section.computed for amount in _amounts(one)}
        for sentence in section.typed(content):
            about, known = _known(content, sentence)
            for text, value, unit in _amounts(sentence):
                if (text, value, unit) not in computed and not _holds(value, unit, text, known):
                    problem = (
                        "“{amount}”与计算的数据不一致：{about}没有这个数（{known}）。请核对“{sentence}”。"
                    )
                    said = "、".join(f"{one:f}{unit}" for one in known.get(unit, ())[:6]) or "—"
                    found.append(msg(problem, amount=text, about=about, known=said, sentence=sentence[:60]))
    return tuple(found)


def _amounts(sentence: str) -> Iterator[tuple[str, Decimal, str]]:
    for found in _AMOUNT.finditer(folded(sentence)):
        value = Decimal(found[1].replace(",", "")) * (10000 if found[2] else 1)
        yield found[0], value, _UNITS.get(found[3], found[3])


def _known(content: BulletinContent, sentence: str) -> tuple[str, dict[str, list[Decimal]]]:
    """The figures that a sentence may speak of: those of the units it names, else those of the whole."""
    rows = [row for row in content.ranking if row.unit in sentence]
    known: dict[str, list[Decimal]] = {}
    for row in rows or ([content.total] if content.total else []):
        for unit, value in _of_row(row):
            known.setdefault(unit, []).append(value)
    if not rows:
        for figure in (*content.main.figures, *(one for other in content.others for one in other.figures)):
            if figure.exact:
                known.setdefault(figure.unit, []).append(Decimal(figure.exact))
    return "、".join(row.unit for row in rows) or content.main.territory, known


def _of_row(row: RankingRow) -> Iterator[tuple[str, Decimal]]:
    counts = (row.target, row.done, row.new, None if row.target is None else row.target - row.done)
    yield from (("家", Decimal(count)) for count in counts if count is not None)
    amounts = (("%", row.rate), ("个百分点", row.pace_diff), ("亩", row.land), ("吨标准煤", row.energy))
    yield from ((unit, abs(value)) for unit, value in amounts if value is not None)


def _holds(value: Decimal, unit: str, text: str, known: Mapping[str, Sequence[Decimal]]) -> bool:
    """Whether one of the known figures, rounded as the typed one is, is the same."""
    places = len(text.partition(".")[2].rstrip("万%家户个百分点亩吨标准煤 "))
    scale = 10000 if "万" in text else 1
    return any(half_up(one / scale, places) * scale == value for one in known.get(unit, ()))
