"""What a lead is measured against, opened like a figure: the value, its day and age, its source, and who entered it."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tenglong.domain.campaign.figures import definition
from tenglong.domain.campaign.references import Age, age_of
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.quantities import MICRO
from tenglong.queries.campaign.figures import Question, reference_points
from tenglong.store.models import ReferencePoint


@dataclass(frozen=True)
class Reference:
    """A value of the reference series in percent; `figure` is what it is a value of."""

    figure: str
    day: date
    value: Fraction
    source: str
    reason: str
    recorded_at: datetime
    recorded_by: str
    age: Age


def reference_in_force(asked: Question, lead: str) -> Reference | None:
    """The value that the figure `lead` is measured against on the day, as known then; None where there is none."""
    point = reference_points(asked).get(definition(lead).lead_of)
    return None if point is None else _shown(point, asked)


def reference_series(asked: Question, lead: str) -> list[Reference]:
    """Every value that was known by then, corrected ones included, the latest first.

    Raises:
        NotFound: the figure is not measured against a reference.
    """
    figure = definition(lead)
    if not figure.lead_of:
        raise NotFound(msg("指标“{figure}”没有参照值，请打开指标“领先参照进度”。", figure=label(figure.zh)))
    points = ReferencePoint.objects.filter(
        roster_id=asked.roster.pk,
        figure=figure.lead_of,
        day__lte=asked.as_of,
        recorded_at__lte=asked.known_at,
    )
    return [_shown(point, asked) for point in points.order_by("-day", "-id")]


def _shown(point: ReferencePoint, asked: Question) -> Reference:
    return Reference(
        figure=point.figure,
        day=point.day,
        value=Fraction(point.quantity, MICRO),
        source=point.source,
        reason=point.reason,
        recorded_at=point.recorded_at,
        recorded_by=point.recorded_by,
        age=age_of(point.day, asked.as_of),
    )
