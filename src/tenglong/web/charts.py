"""What charts draw, as plain values for static/tenglong.js: it holds the options, the server the numbers."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from tenglong.domain.kernel.quantities import half_up
from tenglong.queries.home import Week


def course(weeks: Sequence[Week]) -> dict[str, Any]:
    """Done against the pace, week by week."""
    return {
        "days": [week.day.isoformat() for week in weeks],
        "lines": [
            {"name": gettext("累计完成"), "values": [week.done for week in weeks], "area": True},
            {
                "name": gettext("序时进度应完成"),
                "values": [float(half_up(week.due, 1)) for week in weeks],
                "dashed": True,
            },
        ],
    }
