"""企业亩均效益综合评价结果告知书: the letter that tells one firm its grade, why, and what would change it.

Other firms are counted in it, never named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from tenglong.domain.evaluation.counterfactual.results import Counterfactual, Way
from tenglong.domain.evaluation.counterfactual.wording import futile_sentences, held_sentences, way_words
from tenglong.domain.evaluation.explanation import Explanation, Mark
from tenglong.domain.evaluation.explanation.wording import (
    margin_sentences,
    printed,
    special_case,
    standing_sentence,
    status_sentence,
    turn_sentence,
)
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.documents import day_text

WORDING = load_rules("tenglong.domain.reporting", "letters.toml").content
_TABLE, _NOTHING = WORDING["table"], WORDING["nothing"]

Stage = Literal["publicity", "ended", "final", "replaced"]
"""Where the result stands: shown and open to objections, shown but no longer open, final, or revised since."""


@dataclass(frozen=True)
class Letter:
    """What a letter says. `created` has a time zone; `deadline` is the last day of publicity, on which objections are
    still taken; `stage` says whether they are, `provisional` whether that day may move with a notice
    of holidays to come.

    `place` is where they go, `contact` a person and a telephone number ("" for none); `consequences` are sentences
    about what the grade leads to, each with its source; `notice` marks the whole letter, such as （演示数据）.
    """

    firm: str
    code: str
    number: str
    office: str
    place: str
    contact: str
    issued_on: date
    deadline: date
    created: datetime
    explanation: Explanation
    counterfactual: Counterfactual
    stage: Stage = "publicity"
    provisional: bool = False
    consequences: tuple[str, ...] = ()
    notice: str = ""


def letter_document(letter: Letter) -> d.Document:
    """The letter as it is printed. A pure function of the letter: printing it again gives an equal document."""
    page, scheme = WORDING["page"], letter.explanation.scheme
    body: list[d.Block] = []
    for number, (name, blocks) in enumerate(_sections(letter), start=1):
        body += [d.Heading(1, f"{d.chinese_number(number)}、{WORDING['sections'][name]}"), *blocks]
    code = page["code"].format(code=letter.code) if letter.code else ""
    stage = WORDING["stages"][letter.stage]
    opening = page["opening"].format(scheme=scheme.title, year=scheme.year, code=code, stage=stage)
    day = day_text(letter.issued_on)
    return d.Document(
        title=page["subject"].format(year=scheme.year, firm=letter.firm),
        author=letter.office,
        created=letter.created,
        blocks=(*_head(letter), d.Paragraph(opening), *body, d.Signature(letter.office, day)),
    )


def _head(letter: Letter) -> Iterator[d.Block]:
    page = WORDING["page"]
    yield d.Title(tuple(page["title"]))
    if letter.number:
        yield d.IssueNumber(letter.number)
    if letter.notice:
        yield d.Notice(letter.notice)
    yield d.Recipients(page["recipient"].format(firm=letter.firm))


def _sections(letter: Letter) -> Iterator[tuple[str, list[d.Block]]]:
    explanation = letter.explanation
    yield "result", [d.Paragraph(text) for text in _result(letter)]
    if explanation.outcome.status == "rated":
        yield "marks", list(_marks(explanation))
    if explanation.turns:
        yield "rules", _numbered([str(turn_sentence(turn)) for turn in explanation.turns])
    if explanation.outcome.grade_by_quota:
        yield "advice", list(_advice(letter.counterfactual))
    if letter.consequences:
        yield "consequences", _numbered(letter.consequences)
    yield "objection" if letter.stage == "publicity" else "publicity", list(_objection(letter))


def _result(letter: Letter) -> Iterator[str]:
    explanation, words = letter.explanation, WORDING["result"]
    outcome = explanation.outcome
    if outcome.status != "rated":
        yield words["not_rated"].format(why=status_sentence(explanation))
        return
    grade = words["grade"].format(grade=_grade(explanation)) if outcome.grade else words["none"]
    margins = "".join(str(one) for one in margin_sentences(explanation))
    yield f"{grade}{standing_sentence(explanation)}{margins}"


def _grade(explanation: Explanation) -> str:
    grades, grade = explanation.scheme.grades, explanation.outcome.grade
    names = {step.grade: step.zh for step in grades.steps} if grades else {}
    words = WORDING["result"]
    if names.get(grade):
        return str(words["grade_name"]).format(grade=grade, name=names[grade])
    return str(words["grade_plain"]).format(grade=grade)


def _marks(explanation: Explanation) -> Iterator[d.Block]:
    losing = sorted(
        (mark for mark in explanation.marks if mark.lost and mark.lost > 0),
        key=lambda mark: -(mark.lost or 0),
    )[: _TABLE["lost_names"]]
    if losing:
        lost = sum((mark.lost or Fraction(0) for mark in losing), Fraction(0))
        names = WORDING["lists"]["join"].join(mark.indicator.zh for mark in losing)
        yield d.Paragraph(_TABLE["lost_most"].format(names=names, points=printed(lost)))
    specs = zip(_TABLE["headers"], _TABLE["widths_mm"], map(d.Align, _TABLE["aligns"]), strict=True)
    yield d.Table(
        caption=_TABLE["caption"].format(year=explanation.scheme.year),
        columns=tuple(d.Column(*spec) for spec in specs),
        rows=(*(_row(mark) for mark in explanation.marks), *_points(explanation)),
        total=_total(explanation),
        notes=tuple(_notes(explanation)),
        whole=True,
    )


def _row(mark: Mark) -> tuple[str, ...]:
    one = mark.indicator
    return (
        _TABLE["name"].format(name=one.zh, unit=one.unit) if one.unit else one.zh,
        _printed(mark.value, "value"),
        _printed(mark.benchmark, "value"),
        _printed(mark.score),
        _printed(mark.full),
        _printed(mark.lost),
        _percent(mark.share),
    )


def _points(explanation: Explanation) -> Iterator[tuple[str, ...]]:
    """Lines for bonus and deduction, where there is any."""
    outcome = explanation.outcome
    for name, points in (("bonus", outcome.bonus), ("deduction", -outcome.deduction)):
        if points:
            share = points / Fraction(outcome.total) if outcome.total else None
            yield _TABLE[name], _NOTHING, _NOTHING, printed(points), _NOTHING, _NOTHING, _percent(share)


def _total(explanation: Explanation) -> tuple[str, ...]:
    total, marks = explanation.outcome.total, explanation.marks
    full = sum((mark.full or Fraction(0) for mark in marks), Fraction(0))
    lost = sum((mark.lost or Fraction(0) for mark in marks), Fraction(0))
    return (
        _TABLE["total"], _NOTHING, _NOTHING, f"{total:f}" if total is not None else _NOTHING,
        printed(full), printed(lost), _percent(Fraction(1)),
    )  # fmt: skip


def _notes(explanation: Explanation) -> Iterator[str]:
    for mark in explanation.marks:
        if mark.how not in ("value", None):
            yield _TABLE["note"].format(name=mark.indicator.zh, why=special_case(mark))


def _printed(value: Fraction | None, kind: str = "score") -> str:
    return str(_NOTHING) if value is None else printed(value, kind)


def _percent(share: Fraction | None) -> str:
    return (
        str(_NOTHING)
        if share is None
        else str(_TABLE["percent"]).format(percent=printed(share * 100, "percent"))
    )


def _advice(found: Counterfactual) -> Iterator[d.Block]:
    words = WORDING["advice"]
    held, futile = [str(one) for one in held_sentences(found)], [str(one) for one in futile_sentences(found)]
    ways = [*(("single", way) for way in found.single), ("pair", found.pair), ("together", found.together)]
    rows = [row for kind, way in ways if way is not None for row in _way(words[kind], way)]
    if rows:
        cheapest = next(way for _, way in ways if way is not None)
        yield d.Paragraph(words["opening"].format(cheapest=way_words(cheapest)))
        specs = zip(words["headers"], words["widths_mm"], map(d.Align, words["aligns"]), strict=True)
        yield d.Table(words["caption"], tuple(d.Column(*spec) for spec in specs), tuple(rows), whole=True)
    yield from _numbered([*held, *futile])
    if found.unreported:
        names = WORDING["lists"]["join"].join(one.zh for one in found.unreported)
        yield d.Paragraph(words["unreported"].format(names=names))
    if rows or futile:
        yield d.Paragraph(words["closing"])
    elif not held:
        yield d.Paragraph(words["best"])


def _way(kind: str, way: Way) -> Iterator[tuple[str, ...]]:
    """One line for each figure; what the way leads to stands in the first."""
    words = WORDING["advice"]
    result = words["result"].format(rank=way.rank, grade=way.grade)
    for number, one in enumerate(way.changes):
        sign = words["more" if one.after > one.before else "less"]
        yield (
            kind if number == 0 else "",
            _TABLE["name"].format(name=one.label.zh, unit=one.label.unit) if one.label.unit else one.label.zh,
            f"{one.before:f}",
            f"{one.after:f}",
            sign.format(value=f"{abs(one.after - one.before):f}"),
            _percent(one.relative),
            result if number == 0 else "",
        )


def _objection(letter: Letter) -> Iterator[d.Block]:
    words = WORDING["objection"]
    deadline = day_text(letter.deadline)
    if letter.provisional:
        deadline = words["provisional"].format(day=deadline)
    yield d.Paragraph(words[letter.stage].format(deadline=deadline, place=letter.place))
    if letter.provisional:
        yield d.Paragraph(words["holidays"])
    if letter.contact:
        yield d.Paragraph(words["contact"].format(contact=letter.contact))


def _numbered(texts: list[str] | tuple[str, ...]) -> list[d.Block]:
    if len(texts) < 2:
        return [d.Paragraph(text) for text in texts]
    return [d.Paragraph(f"{number}.{text}") for number, text in enumerate(texts, start=1)]
