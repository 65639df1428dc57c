"""What a row may say, and in which order it counts."""

from datetime import date, timedelta

from tenglong.domain.campaign.reports.changes import Known, Report, Reported, kind_order, parcel_kinds
from tests.unit.domain.campaign.reports.rows import TODAY, known, row, sentences, told
from tests.unit.domain.ledger.samples import FIRST_DAY


def test_within_a_day_the_order_of_the_vocabulary_counts() -> None:
    report = Report(row(), TODAY)
    for kind, day in (("emptied", 1), ("signed", 1), ("targeted", 0)):
        report.say(kind, FIRST_DAY + timedelta(days=day))
    assert told(report) == ["targeted 0", "signed 1", "emptied 1"]
    assert kind_order()["signed"] < kind_order()["emptied"]


def test_a_day_to_come_is_an_error_and_no_day() -> None:
    report = Report(row(signed_on=TODAY + timedelta(days=1), emptied_on=TODAY), TODAY)
    assert report.day("signed_on") is None and report.day("emptied_on") == TODAY
    assert "error:日期 2021-11-10 晚于填报日期 2021-11-09" in sentences(report)
    assert report.problems[0].ref == "A3"


def test_land_belongs_to_parcels_and_energy_to_the_case() -> None:
    day = date(2021, 9, 1)
    assert Reported("area_vacated", day, 1).land and not Reported("energy_freed", day, 1).land
    assert parcel_kinds() == {"area_signed", "area_vacated", "area_demolished", "area_net"}


def test_a_known_case_has_its_state_and_the_last_entry_of_each_kind() -> None:
    case = known("targeted signed energy_freed=3 energy_freed=5")
    assert (case.state, case.last["energy_freed"].quantity) == ("signed", 5_000_000)
    assert Known.of([]) == Known() and Known().state == "new"
