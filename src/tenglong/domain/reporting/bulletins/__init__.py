"""What a bulletin says, as plain values; beside it, how it is worded and set."""

from tenglong.domain.reporting.bulletins.content import (
    BulletinContent,
    Correction,
    EditedSection,
    LateMilestone,
    OverdueItem,
    PrintedFigure,
    RankingRow,
    RoadmapCourse,
    RosterProgress,
    UnitMilestones,
    WeeklyDelta,
)

__all__ = [
    "BulletinContent",
    "Correction",
    "EditedSection",
    "LateMilestone",
    "OverdueItem",
    "PrintedFigure",
    "RankingRow",
    "RoadmapCourse",
    "RosterProgress",
    "UnitMilestones",
    "WeeklyDelta",
]
