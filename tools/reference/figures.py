"""docs/reference/figures.md: what each figure counts, from figures.toml."""

from tenglong.domain.campaign.figures import Definition, definitions
from tenglong.domain.kernel.rulefiles import load_rules
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Figures

Drawn from `src/tenglong/domain/campaign/figures.toml` by `make docs`; do not edit. Source: {source}.

A figure is asked for with a roster, a territory, a day and a moment of knowledge. It counts over the
targets of the roster unless it says “every case”. Slots are those of [ledger.md](ledger.md); how values are
rounded and compared, with worked examples, stands in [algorithms/figures.md](../algorithms/figures.md).
“Places” is how many decimal places are always printed; without a number up to two are printed, without
trailing zeros.
"""


def page() -> str:
    """Every figure in the order of the file."""
    source = load_rules("tenglong.domain.campaign", "figures.toml").source
    rows = [
        [code(f.id), f.zh, f.en, f.unit, meaning(f), "" if f.places is None else str(f.places)]
        for f in definitions().values()
    ]
    return markdown.page(
        HEAD.format(source=source),
        markdown.table(["id", "中文", "English", "unit", "what it is", "places"], rows),
    )


def meaning(figure: Definition) -> str:
    """What a figure is, in words."""
    if figure.lead_of:
        return f"`{figure.lead_of}` minus the roster's reference series on that day"
    if figure.part:
        return f"`{figure.part}` ÷ `{figure.whole}`"
    if figure.count:
        whose = f" of party `{figure.party}`" if figure.party else ""
        over = ", over every case" if figure.of == "all" else ""
        done = "; a roster may count it as done" if figure.done else ""
        if figure.more_than is not None:
            return f"cases with more in `{figure.count}` than " + (
                f"in `{figure.more_than}`" if figure.more_than else "nothing"
            )
        taken = "for which `{}` was taken back" if figure.off else "counted in `{}`"
        return f"cases{whose} {taken.format(figure.count)}{over}{done}"
    return f"sum of `{figure.sum}`" + (f" minus sum of `{figure.less}`" if figure.less else "")
