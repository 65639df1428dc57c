"""What is known of a case."""

from tenglong.domain.roadmap.facts import LANDLORD, TENANT, FirmFacts


def test_land_belongs_to_those_who_hold_it_not_to_tenants() -> None:
    assert FirmFacts("1", 1, "演示", "330421103", party=LANDLORD).holds_land
    assert FirmFacts("1", 1, "演示", "330421103").holds_land
    assert not FirmFacts("1", 1, "演示", "330421103", party=TENANT).holds_land
