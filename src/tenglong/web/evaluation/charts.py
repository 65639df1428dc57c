"""What charts draw, as plain values for static/tenglong.js: it holds the options, the server the numbers."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from tenglong.domain.evaluation.schemes import Scheme
from tenglong.queries.evaluation.results import Bar
from tenglong.web.evaluation.tags import grade_look
from tenglong.web.templatetags.tenglong import in_script


def stacked(bars: Sequence[Bar], grades: Sequence[str], scheme: Scheme) -> dict[str, Any]:
    """How many firms have each grade, one bar for each unit that has any; only grades of the quota are drawn."""
    drawn = [bar for bar in bars if any(grade in bar.firms for grade in grades)]
    return {
        "units": [in_script(bar.label) or gettext("未登记") for bar in drawn],
        "grades": [
            {
                "name": grade,
                "look": grade_look(grade, scheme),
                "values": [bar.firms.get(grade, 0) for bar in drawn],
            }
            for grade in grades
        ],
    }
