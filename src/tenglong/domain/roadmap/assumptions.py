"""What a roadmap rests on that no source states: settings, estimates, unit prices and measures, each with its reason.

Rule files and an office's own settings keep the reasons under `assumed`; what an office states with a source takes the
place of a number there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.roadmap.measures import measure_labels
from tenglong.domain.roadmap.settings import Settings, default_settings


@dataclass(frozen=True)
class Assumption:
    """One number, or a few of one kind: what it is about, the number where it is one, with its unit, and why."""

    about: Message
    value: str
    why: str


def assumptions_of(settings: Settings) -> tuple[Assumption, ...]:
    """The assumptions behind a roadmap with these settings, of the measures that may be taken."""
    rules = load_rules("tenglong.domain.roadmap", "measures.toml").content
    return (
        *_of_settings(settings),
        *_of_figures(rules, settings),
        *_of_prices(rules, settings),
        *_of_measures(rules, settings),
    )


def _of_settings(settings: Settings) -> Iterator[Assumption]:
    titles = {
        "aim": msg("目标"),
        "fund": msg("资金"),
        "bonus": msg("奖励"),
        "capacity": msg("人力"),
        "sequence": msg("先后次序"),
        "stability": msg("滚动重排"),
        "solver": msg("求解"),
    }
    stated, usual = (one.model_dump(mode="json") for one in (settings, _usual(settings)))
    for key, title in titles.items():
        for name, why in stated[key]["assumed"].items():
            ours = usual[key]["assumed"].get(name) == why
            if not ours or _part(stated[key], name) == _part(usual[key], name):
                yield Assumption(title, _number(stated[key].get(name)), why)


def _usual(settings: Settings) -> Settings:
    return default_settings(settings.start, settings.deadline)


def _part(table: Mapping[str, Any], name: str) -> Any:
    """The number with this name in a table of settings, or in its table of weights."""
    return table.get(name, table.get("weights", {}).get(name))


def _of_figures(rules: Mapping[str, Any], settings: Settings) -> Iterator[Assumption]:
    estimates = rules["estimates"]
    for name, why in estimates["assumed"].items():
        if name not in settings.estimates:
            yield Assumption(msg("未填报的数据"), _number(estimates[name]), why)


def _of_prices(rules: Mapping[str, Any], settings: Settings) -> Iterator[Assumption]:
    for price in rules["price"]:
        why = price.get("assumed", {}).get("value")
        if why and price["id"] not in settings.prices:
            yield Assumption(label(price["zh"]), f"{price['value']} {price['unit']}", why)


def _of_measures(rules: Mapping[str, Any], settings: Settings) -> Iterator[Assumption]:
    for measure in rules["measure"]:
        if measure["id"] in settings.measures:
            for why in measure.get("assumed", {}).values():
                yield Assumption(label(measure_labels()[measure["id"]]), "", why)


def _number(value: Any) -> str:
    """A plain number as it is written; tables and lists are explained by their reason."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
