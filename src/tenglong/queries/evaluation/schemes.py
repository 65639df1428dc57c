"""Scheme files before they are brought in, and schemes as the gate of their steps sees them."""

import re

from tenglong.domain.access.policy import Matter
from tenglong.domain.evaluation.loading import scheme_problems
from tenglong.domain.evaluation.process import scheme_process
from tenglong.domain.evaluation.shipped import scheme_text
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.store.models import Scheme

YEAR_LINE = re.compile(r"^year = \d{4}$", re.MULTILINE)


def scheme_file_problems(name: str, raw: bytes) -> list[Message]:
    """Everything that is wrong with an uploaded scheme file; empty where it may be brought in."""
    try:
        return list(scheme_problems(parse_rules(name, raw, decimals=True)))
    except BadRules as error:
        return [error.message]


def shipped_text(id: str, year: int) -> str:
    """The file of a shipped scheme for another year.

    Raises:
        NotFound: there is no such scheme.
    """
    return YEAR_LINE.sub(f"year = {year}", scheme_text(id), count=1)


def scheme_matter(scheme: Scheme) -> Matter:
    """A version of a scheme as the gate sees it."""
    return Matter(scheme_process(), scheme.state, {"": scheme.place_id}, {"imported": [scheme.imported_by]})


def scheme_to_come(place_id: int) -> Matter:
    """A scheme that somebody wants to bring in for a place."""
    return Matter(scheme_process(), "", {"": place_id})
