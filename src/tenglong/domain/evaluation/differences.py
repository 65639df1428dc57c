"""What two schemes do differently, in words and one by one, so that each difference can be tried alone.

Only what can change a result is a difference: titles, labels, notes and sources are not. All weights are one
difference, because a weight is rarely raised without another being lowered; so are the steps of the grades.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenglong.domain.evaluation.schemes import Benchmark, Scheme, Step
from tenglong.domain.kernel.messages import Message, label, listed, msg
from tenglong.domain.kernel.quantities import plain
from tenglong.domain.kernel.rulefiles import load_rules

_WORDS = load_rules("tenglong.domain.evaluation", "differences.toml").content
_FIELDS: dict[str, list[str]] = _WORDS["fields"]
_WITH_METHOD: list[str] = _WORDS["with_method"]["fields"]
_LISTS = ("exempt", "indicator", "points", "adjust")
_PARTS = ("scope", "merge", "points_limit", "total", "grades")


@dataclass(frozen=True)
class Difference:
    """One difference. `id` names it: "weights", "indicator.tax_per_mu.cap", "adjust.accident", "grades.steps" …

    `section` is the table of the scheme file, `item` the id within it ("" for a table that there is once),
    `field` the key ("" where the whole item is new or gone, "order" where only the order differs). `before` is
    None for what is new, `after` for what is gone.
    """

    section: str
    item: str
    field: str
    before: Any
    after: Any
    sentence: Message

    @property
    def id(self) -> str:
        """The path to it, for machines."""
        return ".".join(part for part in (self.section, self.item, self.field) if part)


def scheme_difference(before: Scheme, after: Scheme) -> tuple[Difference, ...]:
    """Every difference that can change a result, in the order of a scheme file."""
    found = [*_columns(before, after), *_weights(before, after)]
    for section in _LISTS:
        found += _list(section, getattr(before, section), getattr(after, section))
    for section in _PARTS:
        found += _part(section, getattr(before, section), getattr(after, section))
    return tuple(found)


def applied(before: Scheme, after: Scheme, difference: Difference) -> Scheme:
    """The scheme `before` with this one difference to `after` and no other; new columns are declared too.

    The result is not checked: an item that refers to another new item is wrong alone; engines say so (BadRules).
    """
    section, item = difference.section, difference.item
    columns = after.column | before.column
    if section == "column":
        changed: Any = columns | {item: _with(before.column[item], after.column[item], difference.field)}
        return before.model_copy(update={"column": changed})
    if section == "weights":
        section, changed = "indicator", _each(before.indicator, after.indicator, "weight")
    elif section not in _LISTS:
        old, new = getattr(before, section), getattr(after, section)
        changed = _with(old, new, difference.field) if difference.field else new
    elif difference.field == "order":
        changed = _reordered(getattr(before, section), getattr(after, section))
    elif difference.field:
        changed = _each(getattr(before, section), getattr(after, section), difference.field, only=item)
    else:
        changed = _placed(getattr(before, section), getattr(after, section), item)
    return before.model_copy(update={"column": columns, section: changed})


def _with(old: Any, new: Any, field: str) -> Any:
    """The old item with the new one's value of `field`; with another method come all its parameters, and only they."""
    if field == "method":
        kept = set(type(old).model_fields) - set(_WITH_METHOD)
        return new.model_copy(update={name: getattr(old, name) for name in kept})
    return old.model_copy(update={field: getattr(new, field)})


def _each(old: Sequence[Any], new: Sequence[Any], field: str, only: str = "") -> tuple[Any, ...]:
    """The old items with the new ones' value of `field`."""
    by_id = {one.id: one for one in new}
    return tuple(
        _with(one, by_id[one.id], field) if one.id in by_id and only in ("", one.id) else one for one in old
    )


def _reordered(old: Sequence[Any], new: Sequence[Any]) -> tuple[Any, ...]:
    """The old items, those that both have in the new order."""
    kept = {one.id: one for one in old}
    queue = iter([kept[one.id] for one in new if one.id in kept])
    shared = {one.id for one in new}
    return tuple(next(queue) if one.id in shared else one for one in old)


def _placed(old: Sequence[Any], new: Sequence[Any], item: str) -> tuple[Any, ...]:
    """The old items without `item`, or, where it is new, with it behind the one that it follows in the new order."""
    if any(one.id == item for one in old):
        return tuple(one for one in old if one.id != item)
    known = {one.id for one in old}
    order = [one.id for one in new]
    ahead = [one for one in order[: order.index(item)] if one in known]
    at = 1 + [one.id for one in old].index(ahead[-1]) if ahead else 0
    return (*old[:at], new[order.index(item)], *old[at:])


def _columns(before: Scheme, after: Scheme) -> Iterator[Difference]:
    for name, old in before.column.items():
        if name in after.column:
            yield from _fields("column", name, old, after.column[name], _column_sentence(old.zh))


def _weights(before: Scheme, after: Scheme) -> Iterator[Difference]:
    new = {one.id: one.weight for one in after.indicator}
    pairs = [(one, new[one.id]) for one in before.indicator if one.id in new and one.weight != new[one.id]]
    if pairs:
        said = [
            msg(
                "{name} {before} → {after}",
                name=label(one.zh),
                before=scheme_words(one.weight),
                after=scheme_words(weight),
            )
            for one, weight in pairs
        ]
        old_values, new_values = {one.id: one.weight for one, _ in pairs}, {one.id: w for one, w in pairs}
        yield Difference(
            "weights", "", "", old_values, new_values, msg("权重：{weights}", weights=_joined(said))
        )


def _list(section: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    for name, one in before.items():
        if name in after:
            yield from _fields(section, name, one, after[name], _item_sentence(section, one.zh))
        else:
            yield Difference(section, name, "", one, None, msg("取消{item}", item=_item(section, one)))
    for name, one in after.items():
        if name not in before:
            yield Difference(section, name, "", None, one, msg("新增{item}", item=_item(section, one)))
    if section in _WORDS["ordered"]["sections"]:
        yield from _order(
            section, [one for one in old if one.id in after], [one for one in new if one.id in before]
        )


def _order(section: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    before, after = [one.id for one in old], [one.id for one in new]
    if before != after:
        sentence = msg(
            "{kind}的先后：{before} → {after}",
            kind=_kind(section),
            before=listed(one.zh for one in old),
            after=listed(one.zh for one in new),
        )
        yield Difference(section, "", "order", before, after, sentence)


def _part(section: str, old: Any, new: Any) -> Iterator[Difference]:
    if old is None or new is None:
        if old is not new:
            sentence = {"merge": (msg("取消合并评价"), msg("新增合并评价"))}.get(
                section, (msg("取消排名定档"), msg("新增排名定档"))
            )[old is None]
            yield Difference(section, "", "", old, new, sentence)
        return
    yield from _fields(section, "", old, new, _part_sentence)


Sentence = Callable[[Message, Any, Any], Message]


def _fields(section: str, item: str, old: Any, new: Any, sentence: Sentence) -> Iterator[Difference]:
    fields = _FIELDS[section]
    if section == "indicator" and old.method != new.method:
        parts = [said for _, said in _changed(section, _WITH_METHOD, old, new, sentence)]
        yield Difference(section, item, "method", old.method, new.method, _sentences(parts))
        fields = [field for field in fields if field not in _WITH_METHOD]
    for field, said in _changed(section, fields, old, new, sentence):
        yield Difference(section, item, field, getattr(old, field), getattr(new, field), said)


def _changed(
    section: str, fields: Sequence[str], old: Any, new: Any, sentence: Sentence
) -> Iterator[tuple[str, Message]]:
    """The fields that differ, each with its sentence."""
    for field in fields:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            name = label(_WORDS["field"][section][field]["zh"])
            yield field, sentence(name, scheme_words(before), scheme_words(after))


def _column_sentence(column: str) -> Sentence:
    def said(field: Message, before: Any, after: Any) -> Message:
        template = "数据列“{name}”的{field}：{before} → {after}"
        return msg(template, name=label(column), field=field, before=before, after=after)

    return said


def _item_sentence(section: str, name: str) -> Sentence:
    def said(field: Message, before: Any, after: Any) -> Message:
        template = "{kind}“{name}”的{field}：{before} → {after}"
        return msg(template, kind=_kind(section), name=label(name), field=field, before=before, after=after)

    return said


def _part_sentence(field: Message, before: Any, after: Any) -> Message:
    return msg("{field}：{before} → {after}", field=field, before=before, after=after)


def _kind(section: str) -> Message:
    return label(_WORDS["kind"][section]["zh"])


def _item(section: str, one: Any) -> Message:
    if section == "indicator":
        return msg("指标“{name}”（权重 {weight}）", name=label(one.zh), weight=scheme_words(one.weight))
    if not one.when:
        return msg("{kind}“{name}”", kind=_kind(section), name=label(one.zh))
    return msg("{kind}“{name}”（{when}）", kind=_kind(section), name=label(one.zh), when=one.when)


def scheme_words(value: Any) -> Message | str:
    """A value of a scheme file as people say it."""
    match value:
        case None | "" | ():
            return msg("无")
        case Decimal():
            return f"{plain(value):f}"
        case Benchmark():
            return benchmark_words(value)
        case Step(share=Decimal() as share):
            return f"{value.grade} {plain(share):f}%"
        case Step(from_=Decimal() as least):
            return msg("{grade} {points} 分起", grade=value.grade, points=f"{plain(least):f}")
        case Step():
            return msg("{grade} 其余", grade=value.grade)
        case tuple():
            return _joined([scheme_words(one) for one in value])
        case str() if value in _WORDS["value"]:
            return label(_WORDS["value"][value]["zh"])
        case _:
            return str(value)


def benchmark_words(benchmark: Benchmark) -> Message | str:
    """What a value is measured against, as people say it: 上年企业平均值（按 industry）× 2."""
    if benchmark.given is not None:
        return f"{plain(benchmark.given):f}"
    if benchmark.given_by:
        values = [f"{key} {plain(value):f}" for key, value in benchmark.values.items()]
        return msg("按 {column} 给定：{values}", column=benchmark.given_by, values="、".join(values))
    words: Message = _computed(benchmark)
    if benchmark.year == "last":
        words = msg("上年{what}", what=words)
    if benchmark.by:
        words = msg("{what}（按 {columns}）", what=words, columns="、".join(benchmark.by))
    if benchmark.factor != 1:
        words = msg("{what} × {factor}", what=words, factor=f"{plain(benchmark.factor):f}")
    if benchmark.at_least > 1:
        words = msg("{what}，不足 {count} 家时用全部企业", what=words, count=benchmark.at_least)
    return words


def _computed(benchmark: Benchmark) -> Message:
    if benchmark.quantile is not None:
        return msg("第 {percent} 百分位数", percent=f"{plain(benchmark.quantile * 100):f}")
    if benchmark.max:
        return msg("最大值")
    if benchmark.min:
        return msg("最小值")
    return msg("汇总平均值") if benchmark.average == "pooled" else msg("企业平均值")


def _joined(parts: Sequence[Message | str]) -> Message | str:
    joined = parts[-1]
    for part in reversed(parts[:-1]):
        joined = msg("{first}、{rest}", first=part, rest=joined)
    return joined


def _sentences(parts: Sequence[Message]) -> Message:
    joined = parts[-1]
    for part in reversed(parts[:-1]):
        joined = msg("{first}；{rest}", first=part, rest=joined)
    return joined
