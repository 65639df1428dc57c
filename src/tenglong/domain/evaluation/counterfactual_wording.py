"""The cheapest change in sentences, for a page, a letter or a command line."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tenglong.domain.evaluation.counterfactual_results import Change, Counterfactual, Futile, Way
from tenglong.domain.evaluation.explanation_wording import printed
from tenglong.domain.evaluation.schemes import Column
from tenglong.domain.kernel.messages import Message, label, msg


def advice(found: Counterfactual, names: dict[str, str] | None = None) -> tuple[Message, ...]:
    """What would lift the firm, the cheapest first; then what cannot. `names` are those of the firms that move."""
    return tuple(_advice(found, names or {}))


def _advice(found: Counterfactual, names: dict[str, str]) -> Iterator[Message]:
    for rule in found.held_by:
        template = (
            "档次受“{name}”限制：不解除该情形，改变数据不能升档。"
            if found.hopeless and rule.kind == "veto"
            else "没有“{name}”，档次会更高。"
        )
        yield msg(template, name=label(rule.zh))
    for number, way in enumerate(found.single):
        template = "最省的一项：{change}。" if number == 0 else "或者：{change}。"
        yield msg(template, change=way_words(way, names))
    if found.pair is not None:
        yield msg("同时改变两项：{change}。", change=way_words(found.pair, names))
    if found.together is not None:
        yield msg("各项同比例改变：{change}。", change=way_words(found.together, names))
    if found.futile and not (found.single or found.pair or found.together):
        yield msg("单独或同比例改变各项数据，都不能升档。")
    for futile in found.futile:
        yield futile_sentence(futile, found.grade)


def way_words(way: Way, names: dict[str, str]) -> Message:
    """What to change, the result, and who falls to make room; without a full stop."""
    values = {
        "changes": _joined([change_words(one) for one in way.changes]),
        "total": way.total,
        "grade": way.grade,
    }
    said = msg("{changes}，总分变为 {total} 分、第 {rank} 名，升为 {grade} 档", rank=way.rank, **values)
    falling = [names.get(one.firm, one.firm) for one in way.moved]
    if falling:
        said = msg(
            "{said}（{count} 家企业的档次随之变动：{firms}）",
            said=said,
            count=len(falling),
            firms="、".join(falling[:5]),
        )
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


def futile_sentence(futile: Futile, grade: str) -> Message:
    """That one figure alone is not enough."""
    values = {"name": label(futile.label.zh), "most": amount(futile.most, futile.label), "grade": grade}
    if futile.total is None:
        return msg("只改变{name}不能升档。", **values)
    return msg("只改变{name}不能升档：即使改到 {most}，总分也只有 {total} 分。", total=futile.total, **values)


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
