"""Planning anew in mid-campaign: from the day of the facts on, never before it (docs/algorithms/roadmap.md 7.4)."""

from datetime import date

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.settings import Settings


def going_on(settings: Settings, today: date) -> Settings:
    """The settings with which a campaign is planned anew on a day: from that day on, in the periods of before.

    Days of the bonus go on counting from the first day of before. Targets and clearances whose day is over are left
    out, a start that was chosen for a day that is over is open again; the deadline stays.
    """
    start = max(today, settings.start)
    first = settings.periods_from or settings.start
    content = settings.model_dump()
    content |= {"start": start, "periods_from": first}
    content["bonus"]["counted_from"] = settings.bonus.counted_from or first
    for name in ("targets", "clearances"):
        content[name] = [one for one in content[name] if one["by"] >= start]
    for choice in content["choices"]:
        if choice["start"] and choice["start"] < start:
            choice["start"] = None
    return Settings.model_validate(content)


def check_begins(settings: Settings, facts_on: date) -> None:
    """Raises BadFile where a plan would begin before the day of the facts: what is over cannot be planned."""
    if settings.start < facts_on:
        problem = msg(
            "开始日期 {start} 早于依据情况的日期 {facts_on}，已经过去的日子不能再安排，请改为 {facts_on} 或以后。",
            start=settings.start,
            facts_on=facts_on,
        )
        fields = {"name": settings.title, "key": "start", "problem": problem}
        raise BadFile(msg("编制设置 {name} 的 {key}：{problem}", **fields))
