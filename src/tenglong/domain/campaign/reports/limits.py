"""Nobody frees more land than there is: said of the row and the cell, before anything is accepted."""

from tenglong.domain.campaign.reports.changes import Report, report_rules
from tenglong.domain.kernel.messages import label
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.kinds import vocabulary

TOO_MUCH = "“{what}”{freed} 亩，比用地 {held} 亩还多，请核对两处的数字和单位。"


def check_land(report: Report, held: int | None) -> None:
    """Add an error for each amount of land that is more than is `held`, in millionths of a mu; None: nobody knows."""
    if held is None:
        return
    kinds = report_rules()["of_the_parcel"]["kinds"]
    for item in report.reported:
        if item.kind in kinds and item.quantity is not None and item.quantity > held:
            what = label(vocabulary().kind(item.kind).zh)
            report.error(
                item.column, TOO_MUCH, what=what, freed=from_micro(item.quantity), held=from_micro(held)
            )
