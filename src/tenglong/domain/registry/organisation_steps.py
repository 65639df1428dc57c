"""What may be said of the organisation: which parts a unit, a person and a post have, and which of them stay."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.organisation import Organisation, Subject
from tenglong.domain.registry.organisation_rules import organisation_rules

_NAME = re.compile(r"[\w（）()“”+·、—-]{2,40}")
_PERSON = re.compile(r"[^\W\d_]([^\W_]|·){1,19}")
FIRST, LAST = date(1980, 1, 1), date(2100, 1, 1)
"""Days beyond these are slips of the pen."""


@dataclass(frozen=True)
class Statement:
    """What is said of a subject from `day` on; `number` 0 is one that begins."""

    subject: Subject
    day: date
    said: Mapping[str, Any]
    number: int = 0
    source: Mapping[str, Any] | None = None


FIXED = {
    Subject.UNIT: ("kind", "place"),
    Subject.PERSON: ("place",),
    Subject.POST: ("person", "unit", "kind", "acts_for"),
}
"""What is said when a subject begins, and never changes."""
FREE = {
    Subject.UNIT: ("name", "parent", "function", "zone", "duties", "order", "until"),
    Subject.PERSON: ("name", "number", "username", "until"),
    Subject.POST: ("until",),
}
"""What may be said anew from a day on."""
NEEDED = {
    Subject.UNIT: ("name", "kind", "place"),
    Subject.PERSON: ("name", "place"),
    Subject.POST: ("person", "unit", "kind"),
}


def cleaned(statement: Statement, known: Organisation) -> dict[str, Any]:
    """What a statement says that is new; what is said already is left out.

    Raises:
        NotFound: the subject is not there; BadValue: a part is missing, unknown or impossible, or the day is.
    """
    subject, said = statement.subject, dict(statement.said)
    if not FIRST <= statement.day < LAST:
        problem = "日期 {day} 不合理，请填写 {first} 至 {last} 之间的日期。"
        raise BadValue(msg(problem, day=statement.day, first=FIRST, last=LAST))
    if not statement.number:
        missing = [name for name in NEEDED[subject] if not said.get(name)]
        if missing:
            raise BadValue(msg("机构须填写名称、类型和所在地；任职须填写干部、机构和职务，请补填。"))
    else:
        said = _changes(statement, known)
    _check_words(subject, said)
    if said.get("until") and date.fromisoformat(said["until"]) < statement.day:
        problem = "截止日期 {until} 早于起始日期 {day}，请改正。"
        raise BadValue(msg(problem, until=said["until"], day=statement.day))
    return {name: value for name, value in said.items() if value not in (None, "") or statement.number}


def _changes(statement: Statement, known: Organisation) -> dict[str, Any]:
    """The parts that differ from what holds on the day."""
    spans = known.spans(statement.subject, statement.number)
    if statement.day < spans[0].since:
        problem = "日期 {day} 早于它设立或任职的日期 {since}，请填写这一天或更晚的日期。"
        raise BadValue(msg(problem, day=statement.day, since=spans[0].since))
    holding = [span for span in spans if span.since <= statement.day][-1].said
    said = {name: value for name, value in statement.said.items() if name in FREE[statement.subject]}
    return {name: value for name, value in said.items() if (holding.get(name) or "") != (value or "")}


def _check_words(subject: Subject, said: Mapping[str, Any]) -> None:
    unknown = set(said) - {*FIXED[subject], *FREE[subject]}
    if unknown:
        raise BadValue(msg("没有“{name}”这一项，请核对。", name=sorted(unknown)[0]))
    rules = organisation_rules()
    name = str(said.get("name", ""))
    if "name" in said and not (_PERSON if subject is Subject.PERSON else _NAME).fullmatch(name):
        problem = "“{name}”不能作为名称：机构 2 至 40 个字、干部 2 至 20 个字，不含空格和其他符号。"
        raise BadValue(msg(problem, name=name[:50]))
    offered = {Subject.UNIT: rules.units, Subject.POST: rules.posts}.get(subject, {})
    for part, choices in (("kind", offered), ("function", rules.functions)):
        if said.get(part) and said[part] not in choices:
            known = "、".join(choices)
            raise BadValue(msg("没有“{value}”这一类型，可用的有：{known}。", value=said[part], known=known))
    for part, longest in (("zone", 60), ("duties", 300), ("number", 20), ("username", 150)):
        if len(str(said.get(part) or "")) > longest:
            raise BadValue(msg("文字超过 {longest} 个字，请缩短。", longest=longest))
