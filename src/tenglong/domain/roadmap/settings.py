"""Settings of a roadmap from a file or a form: what is not stated is filled in from settings.toml."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from tenglong.domain.kernel.errors import BadFile, BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import load_rules, parse_toml
from tenglong.domain.kernel.validation import Sentence, first_problem, key_path, sentence
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.problems_format import MOST_PERIODS
from tenglong.domain.roadmap.problems_sentences import SENTENCES
from tenglong.domain.roadmap.settings_format import Settings

WHOLE = ("weights",)
"""Tables that are taken as they are stated: a weight that is left out is none."""
_OWN: dict[str, Sentence] = {
    "number": lambda _: msg("应为数字：小数点前后各不超过 15 位。"),
    "string_pattern_mismatch": lambda _: msg("格式不对：编号用小写英文字母和数字，月份写作 2021-05。"),
}


def read_settings(given: str | Mapping[str, Any], name: str = "settings.toml") -> Settings:
    """Settings from a TOML text, or from the tables of a JSON file or a form; `start` and `deadline` must be stated.

    Tables are filled in key by key, lists are taken as they are.

    Raises:
        BadFile: not TOML, or a key is missing, unknown or wrong; the sentence names file, key and remedy.
    """
    stated = _parsed(given, name) if isinstance(given, str) else given
    content = _merged(_defaults(), stated)
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise _not_valid(name, error, content) from None
    for key, problem in _contradictions(settings):
        raise _refusal(name, key, problem)
    return settings


def default_settings(start: date, deadline: date, **stated: Any) -> Settings:
    """The settings of settings.toml for these days; `stated` replaces single keys. Raises like `read_settings`."""
    return read_settings({"start": start, "deadline": deadline, **stated})


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return parse_toml(name, text.encode(), decimals=True)
    except BadRules as error:
        raise BadFile(error.message) from error


def _defaults() -> dict[str, Any]:
    return load_rules("tenglong.domain.roadmap", "settings.toml").content


def _merged(usual: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """`usual` with what is stated in its place, table by table."""
    found = dict(usual)
    for key, value in stated.items():
        below = found.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping) and key not in WHOLE:
            value = _merged(below, value)
        found[key] = value
    return found


def _refusal(name: str, key: str | Message, problem: Message) -> BadFile:
    return BadFile(msg("编制设置 {name} 的 {key}：{problem}", name=name, key=key, problem=problem))


def _not_valid(name: str, error: ValidationError, content: Mapping[str, Any]) -> BadFile:
    problem = first_problem(error)
    key = key_path(content, problem, named_by="name") or msg("（整个文件）")
    return _refusal(name, key, sentence(problem, {**SENTENCES, **_OWN}))


def _contradictions(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Keys that do not fit each other, each with what to do."""
    if settings.deadline < settings.start:
        yield "deadline", msg("截止日期 {deadline} 早于开始日期 {start}，请检查起止日期。", **_days(settings))
    elif len(settings.periods) > MOST_PERIODS:
        yield (
            "period",
            msg(
                "期数 {count} 超过 {most}，请改用更长的周期。", count=len(settings.periods), most=MOST_PERIODS
            ),
        )
    if sum(payment.share for payment in settings.fund.payments) != 1:
        yield "fund.payments", msg("各笔付款的比例之和应为 1，请改正。")
    days = [tier.days for tier in settings.bonus.tiers]
    if days != sorted(set(days)):
        yield "bonus.tiers", msg("奖励档的天数应由小到大，不重复。")
    yield from _unknown(settings)
    yield from _misplaced(settings)


def _unknown(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Ids that measures.toml does not have."""
    known = measures()
    named = [
        ("measures", settings.measures, known.measures),
        ("choices", [choice.measure for choice in settings.choices], known.measures),
        ("prices", settings.prices, known.prices),
        ("estimates", settings.estimates, known.estimates),
        ("aim.weights", settings.aim.weights, known.amounts),
    ]
    for key, ids, allowed in named:
        for id in ids:
            if id not in allowed:
                yield key, msg("没有“{id}”，可用的有：{known}。", id=id, known="、".join(sorted(allowed)))


def _misplaced(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Days outside the plan, two places at once, a name twice."""
    dated = [(f"targets[{n}].by", one.by) for n, one in enumerate(settings.targets, 1)]
    dated += [(f"clearances[{n}].by", one.by) for n, one in enumerate(settings.clearances, 1)]
    starts = [(f"choices[{n}].start", one.start) for n, one in enumerate(settings.choices, 1)]
    for key, day in (*dated, *starts):
        if day is not None and not settings.start <= day <= settings.deadline:
            yield key, msg("{day} 不在 {start} 至 {deadline} 之内，请改正。", day=day, **_days(settings))
    placed = [(f"targets[{n}]", one) for n, one in enumerate(settings.targets, 1)]
    placed += [(f"caps.jobs[{n}]", one) for n, one in enumerate(settings.caps.jobs, 1)]  # type: ignore[misc]
    for key, one in placed:
        if one.town and one.zone:
            yield key, msg("town 和 zone 只写一个。")
    twice = [
        ("parks", [park.name for park in settings.parks]),
        ("choices", [choice.case for choice in settings.choices]),
    ]
    for key, names in twice:
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield key, msg("“{name}”重复，请每个只写一次。", name=name)


def _days(settings: Settings) -> dict[str, date]:
    return {"start": settings.start, "deadline": settings.deadline}
