"""Where the numbers of a scheme come from, with each number named in words instead of by its path in the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.evaluation.provenance import numbers
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.web.evaluation.tags import own
from tenglong.web.templatetags.tenglong import label

FIELDS = load_rules("tenglong.domain.evaluation", "differences.toml").content["field"]
STEP = re.compile(r"([a-z_]+)|\[([^\]]*)\]")
OTHERS = {
    "weight": _("权重"),
    "benchmark": _("基准值"),
    "quantile": _("分位"),
    "given": _("给定值"),
    "values": _("给定值"),
    "otherwise": _("其余的给定值"),
    "factor": _("倍数"),
    "at_least": _("最少企业数"),
    "share": _("比例（%）"),
    "from": _("分数线"),
}


@dataclass(frozen=True)
class Stated:
    """A number of a scheme: of what, its value, and the document or the reason behind it."""

    what: str
    value: Decimal
    source: str
    assumed: str


def stated(scheme: Scheme) -> list[Stated]:
    """Every number of a scheme, in the order of the file."""
    return [Stated(_named(one.path, scheme), one.value, one.source, one.assumed) for one in numbers(scheme)]


def _named(path: str, scheme: Scheme) -> str:
    return " · ".join(_parts(path, scheme))


def _parts(path: str, scheme: Scheme) -> Iterator[str]:
    """indicator[tax_per_mu].benchmark.factor is 亩均税收 · 基准值 · 倍数."""
    section, items = (
        "",
        {one.id: one for one in (*scheme.indicator, *scheme.exempt, *scheme.points, *scheme.adjust)},
    )
    for key, inner in STEP.findall(path):
        if inner:
            yield own(items[inner]) if inner in items else label(inner)
        elif not section:
            section = key
            if section == "grades":
                yield gettext("分组与定档")
        elif key in FIELDS.get(section, {}):
            if not (section == "grades" and key == "steps"):
                yield label(FIELDS[section][key]["zh"])
        else:
            yield str(OTHERS.get(key, key))
