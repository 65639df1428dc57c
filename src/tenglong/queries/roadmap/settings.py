"""What an office stated for a roadmap: read back, as is usual for a roster, and the numbers set beside plans."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.ordering import natural
from tenglong.domain.roadmap.settings import Settings, default_settings, read_settings
from tenglong.queries.roadmap.overview import sees_all
from tenglong.store.models import Case, Roadmap, Roster

# What may be named when a roadmap is asked for: the zones and teams of the cases of a roster.


def zones_and_teams(roster: Roster, scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that the cases which may be seen bear, in natural order."""
    cases = Case.objects.filter(roster=roster)
    if not scope.everywhere:
        cases = cases.filter(place_id__in=scope.places)
    zones, teams = (
        tuple(
            sorted(
                cases.exclude(**{name: ""}).order_by().values_list(name, flat=True).distinct(), key=natural
            )
        )
        for name in ("zone", "team")
    )
    return zones, teams


def settings_of(roadmap: Roadmap) -> Settings:
    """The settings of a roadmap, every default filled in."""
    return _read(json.dumps(roadmap.settings, sort_keys=True))


def usual_settings(roster: Roster, start: date | None = None) -> Settings:
    """What a form begins with: the days of the roster (from `start` unless that is over), the usual for the rest.

    Raises:
        BadFile: the roster's deadline lies before its start, or too far away for periods of the usual length.
    """
    first = roster.start if start is None or not roster.start < start < roster.deadline else start
    return default_settings(first, roster.deadline, title=roster.title)


def settings_text(settings: Settings) -> str:
    """The settings as a JSON text that `read_settings` takes again."""
    return json.dumps(settings.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"


def periods_of(roadmap: Roadmap) -> tuple[tuple[date, ...], date]:
    """The first days of the periods, and the deadline."""
    settings = settings_of(roadmap)
    return settings.periods, settings.deadline


def staff_capacity(roadmap: Roadmap, team: str) -> Decimal | None:
    """How many staff days a team has in a week; None where nobody said."""
    capacity = settings_of(roadmap).capacity
    return capacity.teams.get(team, capacity.staff_days_per_week)


def funds_by_month(roadmap: Roadmap, scope: Scope) -> dict[date, Decimal]:
    """What may be paid in each month, as far as somebody said; nothing for who may see a part of the roadmap only."""
    if not sees_all(roadmap, scope):
        return {}
    cash = settings_of(roadmap).fund.cash
    return {date.fromisoformat(f"{month}-01"): amount for month, amount in cash.items()}


def available_by(roadmap: Roadmap, scope: Scope, months: Sequence[date]) -> dict[date, Decimal]:
    """What there is to pay with in all by the end of each month: cash carried on, within fund and financing.

    Nothing where nobody said, or for who may see a part of the roadmap only.
    """
    fund, cash = settings_of(roadmap).fund, funds_by_month(roadmap, scope)
    if not sees_all(roadmap, scope) or (fund.total is None and not cash):
        return {}
    whole = None if fund.total is None else fund.total + fund.financing
    found = {}
    for month in months:
        so_far = sum((amount for day, amount in cash.items() if day <= month), Decimal(0))
        limits = [one for one in (whole, so_far if cash else None) if one is not None]
        found[month] = min(limits)
    return found


@lru_cache(maxsize=32)
def _read(text: str) -> Settings:
    return read_settings(json.loads(text))
