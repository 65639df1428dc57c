"""The board of contracts of a roster, as of a day, as known at a moment: one reading for page, workbook and API."""

from collections.abc import Mapping

from tenglong.domain.campaign.particulars import TOLD, schedule
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.roadmap.signing import Board, Deal, board_of
from tenglong.queries.campaign.figures import Question
from tenglong.queries.ledger.fold import Row, fold_rows, said_of_cases
from tenglong.queries.roadmap.histories import payments_of_cases
from tenglong.store.models import Case, Entry

SLOTS = ("contract", "contract_price", "paid_amount", "target")
SAID = ("party", "team", "zone")


def signing_board(asked: Question) -> Board:
    """Contracts and payments of the cases under the question's territory that the person may see."""
    roster_id = asked.roster.pk
    rows = Case.objects.filter(roster_id=roster_id, place_id__in=asked.place_ids)
    cases = set(rows.values_list("pk", flat=True))
    said = said_of_cases(roster_id, asked.at, SAID)
    told: dict[int, dict[str, Row]] = {}
    for row in fold_rows(roster_id, SLOTS, asked.at):
        if row.case_id in cases and row.is_on:
            told.setdefault(row.case_id, {})[row.slot] = row
    stated = _instalments(roster_id)
    deals = [_deal(slots, said.get(case, {}), stated) for case, slots in sorted(told.items())]
    paid = payments_of_cases(roster_id, asked.at)
    return board_of(deals, [(day, amount) for case, day, amount in paid if case in cases], asked.roster.start)


def _instalments(roster_id: int) -> dict[int, str]:
    """The instalments of every price that a person recorded with them, by entry."""
    prices = Entry.objects.filter(roster_id=roster_id, slot="contract_price", import_id__isnull=True)
    found = prices.values_list("pk", "details")
    return {
        id: details[TOLD]["instalments"] for id, details in found if "instalments" in details.get(TOLD, {})
    }


def _deal(slots: Mapping[str, Row], said: Mapping[str, str], stated: Mapping[int, str]) -> Deal:
    contract, price, paid = (slots.get(slot) for slot in SLOTS[:3])
    return Deal(
        target="target" in slots,
        party=said.get("party", ""),
        team=said.get("team", ""),
        zone=said.get("zone", ""),
        signed_on=contract.effective_on if contract else None,
        price=from_micro(price.quantity or 0) if price else None,
        paid=from_micro(paid.quantity or 0) if paid else from_micro(0),
        instalments=schedule(stated[price.entry_id]) if price and price.entry_id in stated else (),
    )
