"""What the button cluster is worth and was paid: floors, staff, tax, appraisals, prices and payments, all invented.

Drawn with a chance of its own, so that the course of the campaign stays as it was.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random

from tenglong.demo.buttons import GOAL, Cluster
from tenglong.demo.setting import SETTING
from tenglong.demo.stories import Story

PRICES = GOAL["money"]
MU = 10_000 / 15
"""Square metres."""


def add_money(cluster: Cluster) -> None:
    """Give every case floor, staff and tax, and every contract its appraisal, price and payments."""
    rng = Random(SETTING["seed"] + 1)
    tenants: dict[str, list[Story]] = {}
    for story in cluster.stories:
        if story.fixed["relation"] == "承租":
            tenants.setdefault(story.firm.parcel, []).append(story)
    for story in cluster.stories:
        if story.fixed["relation"] != "承租":
            _share_floor(rng, story, tenants.get(story.firm.parcel, []))
    for story in cluster.stories:
        staff = max(2, round(rng.lognormvariate(1.6, 0.6)))
        story.fixed["staff"] = staff
        story.fixed["tax"] = _rounded(staff * PRICES["tax"] * _around(rng, "tax_spread"))
        if story.day_of("signed_on"):
            _contract(rng, story)


def _share_floor(rng: Random, owner: Story, tenants: list[Story]) -> None:
    """The building on the owner's land, three quarters of it let where there are tenants."""
    land = float(owner.firm.land) if owner.firm.land else rng.uniform(4, 15)
    floor = round(land * MU * float(PRICES["plot_ratio"]))
    owner.fixed["floor_area"] = Decimal(floor)
    weights = [rng.lognormvariate(0, 0.5) for _ in tenants]
    for tenant, weight in zip(tenants, weights, strict=True):
        tenant.fixed["floor_area"] = Decimal(max(20, round(floor * 0.75 * weight / sum(weights))))


def _contract(rng: Random, story: Story) -> None:
    signed, floor = story.day_of("signed_on"), story.fixed["floor_area"]
    assert signed is not None and isinstance(floor, Decimal)
    tenant = story.fixed["relation"] == "承租"
    worth = floor * PRICES["tenant_floor" if tenant else "floor"]
    worth += PRICES["moving"] if tenant else story.firm.land * PRICES["land"]
    appraised = _rounded(worth * _around(rng, "spread"))
    bonus = next((share for days, share in PRICES["bonus_tiers"] if (signed - GOAL["start"]).days < days), 0)
    price = _rounded(appraised * _around(rng, "bargaining") + appraised * PRICES["bonus"] * bonus)
    story.happened(
        "appraised_on", max(GOAL["start"], signed - timedelta(days=rng.randint(2, 12))), known_on=signed
    )
    story.states("appraised_value", appraised, signed)
    story.states("contract_price", price, signed)
    story.states("paid_on", signed, signed)
    story.states("paid_amount", _rounded(price * PRICES["first"]), signed)
    for event, share in PRICES["tenant_later" if tenant else "landlord_later"]:
        if day := story.day_of(event):
            story.states("paid_on", day, day)
            story.states("paid_amount", _rounded(price * share), day)


def _around(rng: Random, key: str) -> Decimal:
    """A factor near 1, within the spread that the setting states."""
    spread = float(PRICES[key])
    return Decimal(round(rng.uniform(1 - spread, 1 + spread), 4))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
