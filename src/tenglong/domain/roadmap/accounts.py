"""The money of a campaign on the day of a roadmap: what was paid, what contracts still take, what is free (8.2).

One definition for every face, from entries of the ledger: paid is what `paid_amount` says of all cases; committed is
what the prices of contracts in force (`contract`, `contract_price`) exceed it by, case by case, finished cases too;
free is fund + financing - paid - committed. What a plan pays beyond contracts is planned: it comes out of what is free.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import exact_text
from tenglong.domain.roadmap.facts import FirmFacts

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Account:
    """All in 10,000 yuan, exact. `total` is None where nobody stated a fund; then nothing is said to be free.

    `to_pay` is all that is still paid from the day on: what is committed, and what the plan adds to it.
    """

    total: Decimal | None
    financing: Decimal
    paid: Decimal
    committed: Decimal
    to_pay: Decimal

    @property
    def free(self) -> Decimal | None:
        """What no contract has taken yet; negative where contracts take more than there is."""
        return None if self.total is None else self.total + self.financing - self.paid - self.committed

    @property
    def planned(self) -> Decimal:
        """What the plan pays beyond contracts that are signed."""
        return self.to_pay - self.committed

    @property
    def left(self) -> Decimal | None:
        """What is free once the plan is carried out."""
        return None if self.free is None else self.free - self.planned

    @property
    def sentences(self) -> tuple[Message, ...]:
        """The reconciliation: how what is free comes about, and what the plan leaves of it."""
        fields = {name: exact_text(getattr(self, name)) for name in ("paid", "committed", "planned")}
        if self.total is None or self.free is None or self.left is None:
            return (
                msg(
                    "没有填报资金总额；已付 {paid} 万元，合同待付 {committed} 万元，本方案另需 {planned} 万元。",
                    **fields,
                ),
            )
        fields |= {"total": exact_text(self.total), "financing": exact_text(self.financing)}
        fields |= {"free": exact_text(self.free), "left": exact_text(self.left)}
        return (
            msg(
                "资金 {total} ＋ 融资 {financing} − 已付 {paid} − 合同待付 {committed} ＝ 可用 {free}（万元）。",
                **fields,
            ),
            msg("本方案在合同之外另需 {planned} 万元，完成后余 {left} 万元。", **fields),
        )


def committed_of(firm: FirmFacts) -> Decimal:
    """What the contract of a firm still takes by the ledger; nothing where none is in force or no price is known."""
    return still_owed(firm.signed_on, firm.price, firm.paid)


def still_owed(signed_on: date | None, price: Decimal | None, paid: Decimal | None) -> Decimal:
    """What a contract of `price` still takes once `paid` was paid; nothing where none is in force or no price known."""
    if signed_on is None or price is None:
        return NOTHING
    return max(price - (paid or NOTHING), NOTHING)


def paid_of(firms: Iterable[FirmFacts]) -> Decimal:
    """What was paid to firms so far."""
    return sum((firm.paid or NOTHING for firm in firms), NOTHING)
