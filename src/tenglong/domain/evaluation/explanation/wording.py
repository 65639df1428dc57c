"""An explanation in sentences, each of which can stand alone on a page, in a letter or on a command line."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.differences import scheme_words
from tenglong.domain.evaluation.explanation.explaining import Explanation, Mark
from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.replay import Turn
from tenglong.domain.evaluation.schemes import Indicator, Scheme
from tenglong.domain.kernel.messages import Message, label, listed, msg
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.kernel.rulefiles import load_rules

_RULES = load_rules("tenglong.domain.evaluation.explanation", "explanation.toml").content
_PLACES, _DIGITS = _RULES["places"], _RULES["digits"]


def printed(value: Fraction | Decimal, kind: str = "score") -> str:
    """A number as explanations print it: `kind` is value, score or percent; trailing zeros are left out.

    Small numbers of a kind with significant digits get as many places as these need.
    """
    places = _PLACES[kind]
    if kind in _DIGITS and value:
        size = (
            Decimal(abs(value).numerator) / Decimal(value.denominator)
            if isinstance(value, Fraction)
            else value
        )
        places = max(places, _DIGITS[kind] - 1 - size.adjusted())
    return f"{plain(half_up(value, places)):f}"


def sentences(explanation: Explanation) -> tuple[Message, ...]:
    """Status and rank, the marks, bonus and deduction, the rules after the quota, and the margins, in this order.

    Of a firm that was not rated: why, and what it must report to be.
    """
    outcome = explanation.outcome
    if outcome.status != "rated":
        return (status_sentence(explanation), *_to_report(explanation))
    return (
        standing_sentence(explanation),
        *(mark_sentence(mark) for mark in explanation.marks),
        *_points(explanation),
        *(turn_sentence(turn) for turn in explanation.turns),
        *margin_sentences(explanation),
    )


def status_sentence(explanation: Explanation) -> Message:
    """Why a firm was not rated."""
    outcome, scheme = explanation.outcome, explanation.scheme
    if outcome.status == "out_of_scope":
        return msg("不在本办法的评价范围内，未评价。")
    exempt = {rule.id: rule.zh for rule in scheme.exempt}
    if outcome.reason == "no_peers":
        return msg("缺少排名分组所需的数据，未评价。")
    if outcome.reason == "no_indicators":
        return msg("没有一项指标可以计分，未评价。")
    lacking = next((one for one in scheme.indicator if outcome.reason == f"no_{one.id}"), None)
    if lacking is not None:
        why = without_value(scheme, lacking, explanation.known)
        return msg("指标“{name}”不能计算：{why}，按办法不参评。", name=label(lacking.zh), why=why)
    name = label(exempt.get(outcome.reason, outcome.reason))
    if outcome.grade:
        return msg("属于“{name}”，按办法不参评，列为 {grade}。", name=name, grade=outcome.grade)
    return msg("属于“{name}”，按办法不参评。", name=name)


def _to_report(explanation: Explanation) -> Iterator[Message]:
    """Which figures a firm lacks to be rated, as far as it is known what it reported."""
    scheme, reason, known = explanation.scheme, explanation.outcome.reason, explanation.known
    lacking: list[str] = []
    for one in scheme.indicator:
        if reason in ("no_indicators", f"no_{one.id}"):
            read = [
                name
                for text in (one.numerator, one.denominator)
                if text
                for name in names(parse(text, where=one.id))
            ]
            lacking += [name for name in read if name in known and known[name] is None]
    if lacking:
        said = listed(scheme.column[name].zh for name in dict.fromkeys(lacking))
        yield msg("请补报“{names}”，补报后按实际数据评价。", names=said)


def without_value(scheme: Scheme, one: Indicator, known: Mapping[str, Fraction | None]) -> Message:
    """Why a firm was not rated for the sake of an indicator: no data, or a denominator that is zero or negative.

    `known` are figures of the firm by column; where they do not tell which it was, both are named.
    """
    lacking, columns = msg("缺少数据"), names(parse(one.denominator, where=one.id)) if one.denominator else ()
    if not columns or _no_denominator(one) != "not_rated":
        return lacking
    said = listed(scheme.column[id].zh for id in columns)
    alone = columns[0] if len(columns) == 1 and columns[0] == one.denominator else ""
    if alone in known:
        value = known[alone]
        if value is None or value > 0:
            return lacking
        return msg("“{name}”为零", name=said) if value == 0 else msg("“{name}”为负数", name=said)
    if one.missing != "not_rated":
        return msg("分母（{name}）为零或负数", name=said)
    return msg("缺少数据，或分母（{name}）为零或负数", name=said)


def standing_sentence(explanation: Explanation) -> Message:
    """Total, rank and, by quota, the ranks that the grade takes."""
    outcome = explanation.outcome
    values = {
        "total": outcome.total,
        "rank": outcome.rank,
        "peers": outcome.peers,
        "grade": outcome.grade_by_quota,
    }
    span = next((one for one in explanation.spans if one.grade == outcome.grade_by_quota), None)
    if not outcome.grade_by_quota:
        return msg("总分 {total} 分，在同组 {peers} 家企业中列第 {rank} 名。", **values)
    if span is None:
        return msg(
            "总分 {total} 分，在同组 {peers} 家企业中列第 {rank} 名，按分数线为 {grade} 档。", **values
        )
    if span.last < span.first:
        return msg("总分 {total} 分，在同组 {peers} 家企业中列第 {rank} 名，按比例为 {grade} 档。", **values)
    if span.last == span.first:
        template = (
            "总分 {total} 分，在同组 {peers} 家企业中列第 {rank} 名，按比例为 {grade} 档（第 {first} 名）。"
        )
        return msg(template, **values, first=span.first)
    template = "总分 {total} 分，在同组 {peers} 家企业中列第 {rank} 名，按比例为 {grade} 档（第 {first}–{last} 名）。"
    return msg(template, **values, first=span.first, last=span.last)


def mark_sentence(mark: Mark) -> Message:
    """What one indicator gave and what it lost."""
    one, name = mark.indicator, label(mark.indicator.zh)
    if mark.score is None:
        return msg("{name}：该项不计分，其权重由其他指标分摊。", name=name)
    if mark.full is None or mark.lost is None:
        return msg("{name}：得 {score} 分。", name=name, score=printed(mark.score))
    scored = {
        "name": name,
        "score": printed(mark.score),
        "full": printed(mark.full),
        "lost": _lost(mark.lost),
    }
    if mark.how != "value" or mark.value is None:
        return msg("{name}：{why}，得 {score} 分，满分 {full} 分{lost}。", why=special_case(mark), **scored)
    measured = scored | {"value": printed(mark.value, "value"), "unit": label(one.unit)}
    if mark.benchmark is None:
        return msg("{name}：{value} {unit}，得 {score} 分，满分 {full} 分{lost}。", **measured)
    return msg(
        "{name}：{value} {unit}，为基准值 {benchmark} 的 {percent}%，得 {score} 分，满分 {full} 分{lost}。",
        benchmark=printed(mark.benchmark, "value"),
        percent=printed(mark.value / mark.benchmark * 100, "percent"),
        **measured,
    )


def _lost(lost: Fraction) -> Message | str:
    return msg("，失 {points} 分", points=printed(lost)) if lost > 0 else ""


def special_case(mark: Mark) -> Message:
    """The special case that scored the mark, and by which rule (3.2)."""
    one = mark.indicator
    rule = {"negative": one.negative, "zero": one.zero, "no_denominator": _no_denominator(one)}.get(
        str(mark.how), one.missing
    )
    words = (
        msg("记 {points} 分", points=f"{plain(rule):f}") if isinstance(rule, Decimal) else scheme_words(rule)
    )
    templates = {
        "negative": msg("指标值为负，{rule}", rule=words),
        "zero": msg("指标值为零，{rule}", rule=words),
        "no_denominator": msg("分母为零或负数，{rule}", rule=words),
        "no_benchmark": msg("没有基准值，{rule}", rule=words),
    }
    return templates.get(str(mark.how), msg("缺少数据，{rule}", rule=words))


def _no_denominator(one: Indicator) -> str | Decimal:
    return one.missing if one.no_denominator is None else one.no_denominator


def _points(explanation: Explanation) -> Iterator[Message]:
    """Each item of bonus or deduction, and what the limits cut."""
    outcome = explanation.outcome
    names = {one.id: one.zh for one in explanation.scheme.points}
    for rule, points in outcome.points:
        values = {"name": label(names[rule]), "points": printed(abs(points))}
        yield (
            msg("加分项“{name}”：加 {points} 分。", **values)
            if points >= 0
            else msg("减分项“{name}”：减 {points} 分。", **values)
        )
    gained = sum((points for _, points in outcome.points if points > 0), Fraction(0))
    taken = -sum((points for _, points in outcome.points if points < 0), Fraction(0))
    if gained != outcome.bonus:
        yield msg("加分合计按上限计 {points} 分。", points=printed(outcome.bonus))
    if taken != outcome.deduction:
        yield msg("减分合计按上限计 {points} 分。", points=printed(outcome.deduction))


def turn_sentence(turn: Turn) -> Message:
    """What one rule after the quota did to the grade, and why."""
    values = {"name": label(turn.rule.zh), "before": turn.before, "after": turn.after}
    if turn.before == turn.after:
        return msg("符合“{name}”，档次仍为 {after}。", **values)
    match turn.rule.kind:
        case "promote":
            return msg("因“{name}”，由 {before} 提为 {after}（提档）。", **values)
        case "demote":
            return msg("因“{name}”，由 {before} 降为 {after}（降档）。", **values)
        case "protect":
            return msg("因“{name}”，由 {before} 调为 {after}（保护）。", **values)
        case "veto":
            return msg("因“{name}”，由 {before} 降为 {after}（一票否决）。", **values)
        case _:
            return msg("因“{name}”，由 {before} 定为 {after}（定档）。", **values)


def margin_sentences(explanation: Explanation) -> Iterator[Message]:
    """How far it is to the grades above and below."""
    up, down = explanation.up, explanation.down
    if up is not None:
        yield msg(
            "距 {grade} 档最低分 {cut} 分差 {points} 分。",
            grade=up.grade,
            cut=up.cut,
            points=printed(up.points),
        )
    if down is not None:
        template = "比 {grade} 档最高分 {cut} 分高 {points} 分。" if explanation.spans else (
            "比 {grade} 档以上的分数线 {cut} 分高 {points} 分。"
        )  # fmt: skip
        yield msg(template, grade=down.grade, cut=down.cut, points=printed(down.points))
