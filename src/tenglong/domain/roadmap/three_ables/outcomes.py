"""What a check of the three-ables review is about, and what comes out of it."""

from enum import StrEnum


class Able(StrEnum):
    """What a check is about."""

    ACCEPTABLE = "acceptable"
    AFFORDABLE = "affordable"
    FEASIBLE = "feasible"


class Outcome(StrEnum):
    """What comes out of it."""

    PASS = "pass"
    CONDITIONAL = "conditional"
    FAIL = "fail"
