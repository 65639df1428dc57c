"""Filters of the roadmap pages: measures, amounts with their units, outcomes of checks."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy

from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.roadmap.wording import amount_label as amount_words
from tenglong.queries.roadmap.overview import printed_gap
from tenglong.web.campaign.tags import answer
from tenglong.web.templatetags.tenglong import grouped, in_script, sentence

register = template.Library()

OUTCOMES = {
    "pass": gettext_lazy("通过"),
    "conditional": gettext_lazy("有条件"),
    "fail": gettext_lazy("不通过"),
}
ABLES = {
    "acceptable": gettext_lazy("企业可接受"),
    "affordable": gettext_lazy("政府可承受"),
    "feasible": gettext_lazy("方案可实施"),
}
UNITS = {
    "land": gettext_lazy("亩"),
    "floor_area": gettext_lazy("平方米"),
    "energy": gettext_lazy("吨标准煤"),
    "wastewater": gettext_lazy("吨"),
    "cod": gettext_lazy("吨"),
    "write_off": gettext_lazy("家"),
    "money": gettext_lazy("万元"),
    "cash": gettext_lazy("万元"),
    "bonus": gettext_lazy("万元"),
    "tax": gettext_lazy("万元"),
    "staff_days": gettext_lazy("工日"),
    "appraisals": gettext_lazy("件"),
    "legal": gettext_lazy("件"),
    "space": gettext_lazy("平方米"),
    "jobs": gettext_lazy("人"),
    "contracts": gettext_lazy("家"),
    "emptied": gettext_lazy("家"),
}
METHODS = {
    "exhaustive": gettext_lazy("逐一比较全部组合"),
    "exact": gettext_lazy("精确求解"),
    "prices": gettext_lazy("价格分解"),
    "by_hand": gettext_lazy("手工调整"),
}
REASONS = {
    "certified": gettext_lazy("证书已证明"),
    "claimed": gettext_lazy("求解器自称最优"),
    "all_tried": gettext_lazy("全部组合已比较"),
    "conflict": gettext_lazy("限制互相矛盾"),
    "work": gettext_lazy("到了工作量上限"),
    "time": gettext_lazy("到了求解时间"),
    "interrupted": gettext_lazy("人工停止"),
    "no_improvement": gettext_lazy("不再有改进"),
    "too_large": gettext_lazy("规模超出这一方法"),
    "memory": gettext_lazy("内存不足"),
    "crashed": gettext_lazy("求解进程意外结束"),
}
FATES = {
    "kept": gettext_lazy("按原定"),
    "moved": gettext_lazy("改期"),
    "broken": gettext_lazy("改变"),
    "missed": gettext_lazy("错过"),
}
FATE_RULES = {
    "kept": gettext_lazy("处置方式和启动日期不变，完成不晚于原定。"),
    "moved": gettext_lazy("启动日期改变，或完成晚于原定。"),
    "broken": gettext_lazy("改用别的处置方式，或不再安排。"),
    "missed": gettext_lazy("原定日期已过，台账没有启动或没有完成。"),
}
# Units as the amounts of problem files bear them (domain/roadmap/measures.toml).
UNIT_WORDS = frozenset(("亩", "吨标准煤", "家", "万元", "工日", "件", "人"))
BATCHES = ("vacate", "enforce", "upgrade")
PLACES = 2
LARGE = 1000


@register.filter
def words(message: Any) -> str:
    """A sentence about a roadmap in the reader's language, units too, the names in it in the reader's script."""
    found = Message.from_json(message) if isinstance(message, dict) else message
    return in_script(sentence(_with_units(found) if isinstance(found, Message) else found))


def _with_units(message: Message) -> Message:
    """The sentence with the units among its values as labels: problem files keep them as plain text."""
    values = message.params.items()
    return Message(message.template, {name: _unit(value) for name, value in values})


def _unit(value: Any) -> Any:
    if isinstance(value, Message):
        return _with_units(value)
    return Message(value) if value in UNIT_WORDS else value


@register.filter
def measure_label(id: str) -> str:
    """The label of a measure; a firm without one waits."""
    return answer(id, "measure") if id else gettext("等待")


@register.filter
def batch_label(id: str) -> str:
    """The label of a batch; a firm without one waits."""
    return answer(id, "batch") if id else gettext("等待")


@register.filter
def batch_look(id: str) -> str:
    """The colour of a batch."""
    return f"bar-{id}" if id in BATCHES else "bar-other"


@register.filter
def method_label(id: str) -> str:
    """By which method a plan was found."""
    return str(METHODS.get(id, id))


@register.filter
def reason_label(id: str) -> str:
    """Why the search ended where it did."""
    return str(REASONS.get(id, id))


@register.filter
def amount_label(id: str) -> str:
    """What an amount is called."""
    return sentence(amount_words(id))


@register.filter
def amount_unit(id: str) -> str:
    """The unit of an amount."""
    return str(UNITS.get(id, ""))


@register.filter
def outcome_label(id: str) -> str:
    """How a check ended."""
    return str(OUTCOMES.get(id, id))


@register.filter
def fate_label(id: str) -> str:
    """What became of a promise."""
    return str(FATES.get(id, id))


@register.filter
def fate_rule(id: str) -> str:
    """By which rule."""
    return str(FATE_RULES.get(id, ""))


@register.filter
def able_label(id: str) -> str:
    """Which of the three-ables a check belongs to."""
    return str(ABLES.get(id, id))


@register.filter
def amount(value: Any) -> str:
    """An amount (a number, or a text that is one) with at most two places; a dash where there is none."""
    return "—" if value in (None, "") else grouped(format(plain(half_up(Decimal(value), PLACES)), "f"))


@register.filter
def brief(value: Any) -> str:
    """An amount for a tile: without decimal places once it is large."""
    large = value not in (None, "") and abs(Decimal(value)) >= LARGE
    return grouped(format(half_up(Decimal(value), 0), "f")) if large else amount(value)


@register.filter
def gap_percent(value: Any) -> str:
    """A certified gap as a percentage, rounded up; a dash where there is none."""
    return "—" if value in (None, "") else f"{format(printed_gap(value), 'f')}%"


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """What a mapping holds under a key; None where it holds nothing."""
    return mapping.get(key)


@register.filter
def by_weight(checks: Iterable[Any]) -> list[Any]:
    """Checks by the three-ables in their order, what failed first."""
    ables, outcomes = list(ABLES), list(reversed(OUTCOMES))
    return sorted(checks, key=lambda one: (ables.index(one.able), outcomes.index(one.outcome)))
