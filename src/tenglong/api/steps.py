"""The one shape in which the API says what may be done with a thing."""

from collections.abc import Iterable
from typing import Any

from ninja import Schema

from tenglong.api.values import Sentence
from tenglong.domain.access.processes import Offer


class StepOut(Schema):
    """A step of a process that the caller has the right to take now: a reason, and so many files, must come with it.

    `barred` says why it must wait; null where it may be taken.
    """

    process: str
    step: str
    name: str
    name_en: str
    reason: bool
    files: int
    barred: Sentence | None


def steps_out(offers: Iterable[Offer]) -> list[dict[str, Any]]:
    """Offers in that shape, in the order of the process."""
    return [
        {
            "process": offer.process,
            "step": offer.step.id,
            "name": offer.step.zh,
            "name_en": offer.step.en,
            "reason": offer.step.reason,
            "files": offer.step.files,
            "barred": offer.barred,
        }
        for offer in offers
    ]
