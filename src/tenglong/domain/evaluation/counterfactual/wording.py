"""The cheapest change in sentences, for a page, a letter or a command line."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tenglong.domain.evaluation.counterfactual.results import Change, Counterfactual, Way
from tenglong.domain.evaluation.explanation.wording import printed
from tenglong.domain.evaluation.schemes import Column
from tenglong.domain.kernel.messages import Message, label, listed, msg

NAMED = 5  # other firms that a sentence names at most


def advice(found: Counterfactual, names: Mapping[str, str] | None = None) -> Iterator[Message]:
    """What would lift the firm, the cheapest first; then what cannot, and which figures it has not reported.

    Without `names` other firms are only counted. With them a firm is called by its name, by its id where it has none
    there, and only counted where the name is "".
    """
    yield from held_sentences(found)
    for number, way in enumerate(found.single):
        template = "最省的一项：{change}。" if number == 0 else "或者：{change}。"
        yield msg(template, change=way_words(way, names))
    if found.pair is not None:
        yield msg("同时改变两项：{change}。", change=way_words(found.pair, names))
    if found.together is not None:
        yield msg("各项同比例改变：{change}。", change=way_words(found.together, names))
    yield from futile_sentences(found)
    if found.unreported:
        lacking = listed(column.zh for column in found.unreported)
        yield msg("没有“{names}”的数据，补报后按实际数据计分。", names=lacking)


def held_sentences(found: Counterfactual) -> Iterator[Message]:
    """The rules after the quota that stand in the way."""
    for rule in found.held_by:
        template = (
            "档次受“{name}”限制：不解除该情形，改变数据不能升档。"
            if found.hopeless and rule.kind == "veto"
            else "没有“{name}”，档次会更高。"
        )
        yield msg(template, name=label(rule.zh))


def futile_sentences(found: Counterfactual) -> Iterator[Message]:
    """Which figures alone are not enough."""
    if found.futile and not (found.single or found.pair or found.together):
        yield msg("单独或同比例改变各项数据，都不能升档。")
    for futile in found.futile:
        values = {"name": label(futile.label.zh), "most": amount(futile.most, futile.label)}
        if futile.total is None:
            yield msg("只改变{name}不能升档。", **values)
        else:
            template = "只改变{name}不能升档：即使改到 {most}，总分也只有 {total} 分。"
            yield msg(template, total=futile.total, **values)


def way_words(way: Way, names: Mapping[str, str] | None = None) -> Message:
    """What to change, the result, and who falls to make room; without a full stop."""
    values = {
        "changes": _joined([change_words(one) for one in way.changes]),
        "total": way.total,
        "grade": way.grade,
    }
    said = msg("{changes}，总分变为 {total} 分、第 {rank} 名，升为 {grade} 档", rank=way.rank, **values)
    if not way.moved:
        return said
    known = [] if names is None else [one for one in way.moved if names.get(one.firm, one.firm)]
    if not known or names is None:
        return msg("{said}（另有 {count} 家企业的档次随之变动）", said=said, count=len(way.moved))
    moved = "、".join(f"{names.get(one.firm, one.firm)} {one.before} → {one.after}" for one in known[:NAMED])
    template = "{said}（另有 {count} 家企业的档次随之变动：{firms}）"
    if len(way.moved) > len(known[:NAMED]):
        template = "{said}（另有 {count} 家企业的档次随之变动，如：{firms}）"
    said = msg(template, said=said, count=len(way.moved), firms=moved)
    return said


def change_words(change: Change) -> Message:
    """One figure, from what to what, and by how much."""
    values = {
        "name": label(change.label.zh),
        "before": amount(change.before, change.label),
        "after": amount(change.after, change.label),
        "by": amount(abs(change.after - change.before), change.label),
    }
    relative = change.relative
    if relative is None:
        return msg("{name}由 {before}增至 {after}", **values)
    percent = printed(relative * 100, "percent")
    if change.after > change.before:
        return msg("{name}由 {before}增至 {after}（增加 {by}，{percent}%）", percent=percent, **values)
    return msg("{name}由 {before}减至 {after}（减少 {by}，{percent}%）", percent=percent, **values)


def amount(value: Decimal, column: Column) -> Message | str:
    """A figure with its unit."""
    if not column.unit:
        return f"{value:f}"
    return msg("{value} {unit}", value=f"{value:f}", unit=label(column.unit))


def _joined(parts: Sequence[Message]) -> Message:
    joined = parts[-1]
    for part in reversed(parts[:-1]):
        joined = msg("{first}，{rest}", first=part, rest=joined)
    return joined
