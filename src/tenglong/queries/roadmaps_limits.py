"""Which limits of a roadmap one may ask to move: the scarce ones one by one, all of one amount together."""

from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.what_if import Change
from tenglong.queries.roadmaps_explanations import LimitRow, limits_of
from tenglong.store.models import Roadmap

SCARCE = Decimal("0.9")
"""Of which part must be used that a capacity counts as scarce."""
MOST = 60


@dataclass(frozen=True)
class Levers:
    """The limits of a roadmap; `tight` are targets and scarce capacities, the fullest first."""

    limits: tuple[LimitRow, ...]
    tight: tuple[LimitRow, ...]
    amounts: tuple[str, ...]

    def changes(
        self, id: str, *, by: Decimal | None = None, share: Decimal | None = None
    ) -> tuple[Change, ...]:
        """A limit moved `by` an amount or a `share`, or all capacities of an amount by a share.

        Raises:
            NotFound: there is no such limit.
        """
        if id in self.amounts:
            return tuple(
                Change(one.id, share=share) for one in self.limits if one.at_most and one.amount == id
            )
        found = next((one for one in self.limits if one.id == id), None)
        if found is None:
            raise NotFound(msg("路线图没有条件“{id}”，请从列表中选择。", id=id))
        return (Change(id, share=share) if by is None else Change(id, bound=found.bound + by),)


def levers_of(roadmap: Roadmap, scope: Scope) -> Levers:
    """What may be moved. Raises NotFound for who may see a part of the roadmap only."""
    limits = limits_of(roadmap, scope)
    scarce = [one for one in limits if not one.at_most or one.used >= SCARCE * one.bound > 0]
    tight = sorted(scarce, key=lambda one: (one.at_most, one.bound - one.used, one.id))
    amounts = dict.fromkeys(one.amount for one in limits if one.at_most)
    return Levers(limits, tuple(tight[:MOST]), tuple(amounts))
