"""路线图执行情况: the section of a bulletin that says how the adopted roadmap is carried out."""

from datetime import date
from fractions import Fraction

from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.kernel.rulebook import Rule
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.bulletins.content import LateMilestone, RoadmapCourse, UnitMilestones
from tenglong.domain.reporting.bulletins.wording import NOTHING, Words, check_columns, short_day
from tenglong.domain.reporting.documents import day_text

WORDING = Rule("bulletin_roadmap", "tenglong.domain.reporting.bulletins", "roadmap.toml")


def parse_roadmap_wording(rules: RuleFile) -> Words:
    """What a file of WORDING says; raises BadRules where the columns do not fill the page."""
    check_columns(rules.name, "columns", rules.content["columns"])
    return rules.content


def roadmap_section(words: Words, course: RoadmapCourse, as_of: date) -> tuple[str, list[d.Block]]:
    """Its heading and what stands below it; without anything due one sentence."""
    blocks: list[d.Block] = [d.Paragraph(_opening(words, course, as_of))]
    if course.whole.due:
        blocks.append(_table(words, course, as_of))
    if course.latest:
        items = "；".join(_late(words, one, as_of) for one in course.latest)
        rest = course.whole.late - len(course.latest)
        form = words["longest" if rest else "late"]
        blocks.append(d.Paragraph(form.format(items=items, rest=rest)))
    if course.money:
        blocks.append(d.Paragraph(course.money))
    return words["section"], blocks


def _opening(words: Words, course: RoadmapCourse, as_of: date) -> str:
    whole = course.whole
    form = "none_due" if not whole.due else "opening" if whole.late else "all_done"
    return str(words[form]).format(
        title=course.title,
        adopted_on=day_text(course.adopted_on),
        as_of=short_day(as_of, as_of.year),
        due=whole.due,
        done=whole.done,
        late=whole.late,
        rate=_rate(whole),
    )


def _late(words: Words, one: LateMilestone, as_of: date) -> str:
    team = words["team"].format(team=one.team) if one.team else ""
    day = short_day(one.due_on, as_of.year)
    return str(words["late_item"]).format(
        unit=one.unit,
        firm=one.firm,
        item=one.item,
        due_on=words["provisional"].format(day=day) if one.provisional else day,
        days=one.days,
        team=team,
    )


def _table(words: Words, course: RoadmapCourse, as_of: date) -> d.Table:
    specs, units = words["columns"], words["units"][course.unit_kind]
    return d.Table(
        caption=words["caption"].format(as_of=day_text(as_of)),
        columns=tuple(
            d.Column(
                spec["header"].format(units=units), spec["width_mm"], d.Align(spec.get("align", "center"))
            )
            for spec in specs
        ),
        rows=tuple(_cells(words, unit) for unit in course.units),
        total=_cells(words, course.whole),
        unit_line=words["unit_line"],
        notes=(words["note"],),
    )


def _cells(words: Words, unit: UnitMilestones) -> tuple[str, ...]:
    texts = {
        "unit": unit.unit or words["no_unit"],
        "due": str(unit.due),
        "done": str(unit.done),
        "late": str(unit.late),
        "rate": _rate(unit),
        "most_days": str(unit.most_days) if unit.late else NOTHING,
    }
    return tuple(texts[spec["key"]] for spec in words["columns"])


def _rate(unit: UnitMilestones) -> str:
    return f"{half_up(Fraction(100 * unit.done, unit.due), 1):f}" if unit.due else NOTHING
