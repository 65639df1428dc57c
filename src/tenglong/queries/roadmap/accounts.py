"""The money of a roadmap as every face says it: from the flows that were summed when it was planned."""

from django.db.models import Sum

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.roadmap.accounts import Account
from tenglong.queries.roadmap.overview import sees_all
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.views import COMMITTED, MONEY, PAID, visible_flows
from tenglong.store.models import Roadmap


def account_of(roadmap: Roadmap, scope: Scope) -> Account:
    """Of the cases that may be seen; who sees a part only is not told the fund, which is that of the whole place."""
    rows = visible_flows(roadmap, scope).filter(amount__in=(PAID, COMMITTED, MONEY)).values("amount")
    sums = {
        row["amount"]: from_micro(row["micro"]) for row in rows.annotate(micro=Sum("quantity")).order_by()
    }
    fund, whole = settings_of(roadmap).fund, sees_all(roadmap, scope)
    return Account(
        total=fund.total if whole else None,
        financing=fund.financing,
        paid=sums.get(PAID, from_micro(0)),
        committed=sums.get(COMMITTED, from_micro(0)),
        to_pay=sums.get(MONEY, from_micro(0)),
    )
