"""What the certificate of a roadmap says: in one sentence, and as a percentage that never says too little."""

from decimal import ROUND_CEILING, Decimal

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import plain
from tenglong.store.models import Roadmap

SIGNIFICANT = 2


def printed_gap(gap: str | Decimal) -> Decimal:
    """A gap (a share) in per cent, rounded up: what was not proven is not said. Small ones keep two digits."""
    percent = Decimal(gap) * 100
    places = SIGNIFICANT if abs(percent) >= 1 or not percent else SIGNIFICANT - 1 - percent.adjusted()
    return plain(percent.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING))


def certificate_of(roadmap: Roadmap) -> Message | None:
    """The proof of the plan in one sentence; None where there is no plan or no bound."""
    if not roadmap.gap:
        return None
    gap = Decimal(roadmap.gap)
    if not gap:
        return msg("已证明：在全部可行方案中，没有比它更好的。")
    return msg("已证明：在全部可行方案中，没有比它好 {gap}% 以上的。", gap=printed_gap(gap))
