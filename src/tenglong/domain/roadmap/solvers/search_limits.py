"""When a search ends; apart from the search itself, so that who only asks for one need not load its libraries."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """When a solver stops: `work` counts steps of the search (the same on every machine), `seconds` a clock.

    A plan within `gap` of its bound is good enough.
    """

    seed: int = 0
    work: float | None = None
    seconds: float | None = None
    gap: float = 0.0
    began: float | None = None
    """When the seconds began, on the machine's monotonic clock; None: when the search does. Processes share it."""
