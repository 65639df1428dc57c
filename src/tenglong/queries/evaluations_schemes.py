"""Scheme files before they are brought in, and whether a draft may be put in force."""

import re

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import check_other_person
from tenglong.domain.evaluation.loading import scheme_problems
from tenglong.domain.evaluation.process import check_step
from tenglong.domain.evaluation.shipped import scheme_text
from tenglong.domain.kernel.errors import BadRules, UserError
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


def put_in_force_problem(scheme: Scheme, actor: Actor) -> Message | None:
    """Why a person who may put schemes in force may not do it with this draft."""
    try:
        check_other_person(check_step("put_in_force", ""), actor.name, {"imported": scheme.imported_by})
    except UserError as error:
        return error.message
    return None
