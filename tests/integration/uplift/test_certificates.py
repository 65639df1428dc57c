"""Upgrade certificates: from a table or by hand to the figures, whatever is said later."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from tenglong.actions import intake
from tenglong.actions.campaign import matches
from tenglong.actions.uplift.certificates import end_certificate, record_certificate, take_back_certificate
from tenglong.domain.access.policy import scope_of
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.uplift.certificates import Certificate as Interval
from tenglong.domain.uplift.certificates import count_on
from tenglong.queries.campaign.figures import ask
from tenglong.queries.campaign.lineage import compare, contributions, sources
from tenglong.queries.registry.book import kept_firms
from tenglong.queries.uplift.certificates import interval, latest
from tenglong.queries.uplift.listing import certificates_at, certificates_of
from tenglong.queries.verification_records import verify_records
from tenglong.store.models import Certificate, Firm, MatchPair, Place, Roster
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    TODAY,
    build_places,
    counts,
    make_actor,
    make_roster,
    sentences,
)
from tests.integration.ledger.history_world import EVERYWHERE, asked, brought, figure, firm, uploaded
from tests.integration.web import signed_in

pytestmark = pytest.mark.django_db

NAMES = ("嘉善红星纽扣厂", "嘉善东风纽扣有限公司", "嘉善永固纽扣有限公司")


@pytest.fixture
def roster() -> Roster:
    build_places()
    roster = make_roster()
    brought(
        *(firm(name, 列入日期="2021-05-01") for name in NAMES), roster=roster, at=NOON - timedelta(hours=2)
    )
    return roster


def row(name: str, kind: str, granted: str, **cells: str) -> dict[str, str]:
    """A row of the table of certificates."""
    return firm(name, 证书类型=kind, 取得日期=granted, **cells)


def number(name: str) -> int:
    """The number of a firm."""
    return Firm.objects.get(name=name).pk


def later(hours: int):
    """A moment after noon."""
    return NOON + timedelta(hours=hours)


TABLE = (
    row(NAMES[0], "高企", "2018-10-01", 证书编号="GR2018-1"),
    row(NAMES[0], "高新技术企业", "2021-11-01", 证书编号="GR2021-9"),
    row(NAMES[1], "高新技术企业", "2020-06-01", 证书编号="GR2020-2"),
    row(NAMES[1], "发明专利", "2019-03-05", 证书编号="ZL 2017 1"),
    row(NAMES[1], "发明专利", "2021-08-01", 证书编号="ZL 2018 7"),
    row(NAMES[2], "股改", "2021-09-30"),
    row(NAMES[2], "品字标", "2021-03-01", 失效日期="2021-10-01"),
)


def test_counts_are_as_of_any_day_and_known_from_when_they_were_told(roster: Roster) -> None:
    assert figure(roster, "hnte_firms", NOON) is None, "nobody has said anything: not known, not 0"
    batch = brought(*TABLE, kind="certificates")
    assert counts(batch) == (7, 0, 0, 0)
    said = {
        "2020-05-31": (1, 1, 0, 0), "2020-06-01": (2, 1, 0, 0), "2021-03-01": (2, 1, 0, 1), "2021-09-30": (2, 2, 1, 1),
        "2021-10-01": (1, 2, 1, 0), "2021-11-01": (2, 2, 1, 0),
    }  # fmt: skip
    ids = ("hnte_firms", "invention_patents", "joint_stock_reform_firms", "pinzibiao_firms")
    for day, expected in said.items():
        found = tuple(figure(roster, id, later(1), day=date.fromisoformat(day)) for id in ids)
        assert found == expected, day
    assert figure(roster, "hnte_firms", NOON - timedelta(minutes=1)) is None
    assert figure(roster, "equity_board_listed", later(1)) == 0


def test_an_unchanged_table_changes_nothing_and_a_withdrawn_one_is_not_known(roster: Roster) -> None:
    batch = brought(*TABLE, kind="certificates")
    assert counts(uploaded(*TABLE, kind="certificates", at=later(1))) == (0, 0, 7, 0)
    before = figure(roster, "hnte_firms", later(1))
    intake.withdraw(batch.pk, actor=MACHINE, at=later(2), reason="传错了")
    assert figure(roster, "hnte_firms", later(1)) == before == 2
    assert figure(roster, "hnte_firms", later(2)) is None
    assert all(report.holds for report in verify_records())


def test_a_renewal_or_a_revocation_told_late_moves_only_what_is_known_later(roster: Roster) -> None:
    brought(TABLE[2], kind="certificates")
    again = brought(
        row(NAMES[1], "高企", "2020-06-01", 证书编号="GR2020-2", 失效日期="2021-06-01"),
        kind="certificates",
        at=later(1),
    )
    assert counts(again) == (0, 1, 0, 0)
    assert figure(roster, "hnte_firms", later(0), day=TODAY) == 1
    assert figure(roster, "hnte_firms", later(1), day=TODAY) == 0
    assert figure(roster, "hnte_firms", later(1), day=date(2021, 5, 31)) == 1
    intake.withdraw(again.pk, actor=MACHINE, at=later(2), reason="未撤销")
    assert figure(roster, "hnte_firms", later(2), day=TODAY) == 1


def test_a_merger_makes_one_firm_of_two_and_its_undoing_two_again(roster: Roster) -> None:
    brought(
        row(NAMES[0], "高企", "2020-01-01", 证书编号="A"),
        row(NAMES[1], "高企", "2020-02-01", 证书编号="B"),
        kind="certificates",
    )
    assert figure(roster, "hnte_firms", later(1)) == 2
    place = Firm.objects.get(name=NAMES[1]).place
    pair = MatchPair.objects.create(
        firm_id=number(NAMES[1]),
        candidate_id=number(NAMES[0]),
        place=place,
        probability_micro=900_000,
        created_at=NOON,
    )
    merge = matches.decide(pair.pk, True, actor=MACHINE, at=later(2), reason="实地核对为同一家").merge
    assert (figure(roster, "hnte_firms", later(1)), figure(roster, "hnte_firms", later(2))) == (2, 1)
    [merged] = contributions(asked(roster, later(2)), "hnte_firms")
    assert merged.amount == 1 and len(merged.certificate_ids) == 2
    assert len(contributions(asked(roster, later(1)), "hnte_firms")) == 2
    matches.undo(merge.pk, actor=MACHINE, at=later(3), reason="看错了")
    assert [figure(roster, "hnte_firms", later(n)) for n in (1, 2, 3)] == [2, 1, 2]


def test_a_figure_opens_to_the_cell_and_two_days_compare(roster: Roster) -> None:
    brought(*TABLE, kind="certificates")
    question = asked(roster, later(1), day=date(2021, 9, 30))
    for id in ("hnte_firms", "invention_patents", "joint_stock_reform_firms", "pinzibiao_firms"):
        rows = contributions(question, id)
        assert sum(one.amount for one in rows) == ask(question, [id])[0].exact
    [patents] = contributions(question, "invention_patents")
    assert [source.source["cell"] for source in sources(patents, EVERYWHERE)] == ["D5", "D6"]
    found = compare(
        asked(roster, later(1), day=date(2021, 3, 1)), asked(roster, later(1), day=TODAY), "pinzibiao_firms"
    )
    assert (found.opening, found.corrected, found.new, found.closing) == (1, 0, -1, 0)


def test_one_certificate_belongs_to_one_firm_at_a_time(roster: Roster) -> None:
    batch = uploaded(
        row(NAMES[0], "发明专利", "2019-01-01", 证书编号="ZL1", 失效日期="2020-01-01"),
        row(NAMES[1], "发明专利", "2020-01-01", 证书编号="zl 1"),
        row(NAMES[2], "发明专利", "2021-01-01", 证书编号="ZL1"),
        row(NAMES[2], "发明专利", "2021-12-24", 证书编号="ZL2"),
        row(NAMES[2], "发明专利", "2021-01-01", 有效期至="2020-12-31"),
        kind="certificates",
    )
    assert counts(batch) == (2, 0, 0, 3)
    assert NAMES[1] in sentences(batch, 4) and "晚于" in sentences(batch, 5) and "早于" in sentences(batch, 6)


def test_a_table_that_was_judged_before_another_took_the_number_is_refused(roster: Roster) -> None:
    tables = [
        uploaded(row(name, "发明专利", "2021-01-01", 证书编号="ZL1"), kind="certificates")
        for name in NAMES[:2]
    ]
    intake.accept(tables[0].pk, actor=MACHINE, at=NOON)
    with pytest.raises(Conflict, match="重新预检"):
        intake.accept(tables[1].pk, actor=MACHINE, at=later(1))
    assert [one.firm_id for one in latest()] == [number(NAMES[0])]


def test_a_case_that_is_opened_later_makes_nothing_known_before(roster: Roster) -> None:
    late = "嘉善后来纽扣厂"
    brought(row(late, "高企", "2020-01-01", 证书编号="GR1"), kind="certificates")
    assert figure(roster, "hnte_firms", later(1)) is None
    brought(firm(late, 列入日期="2021-05-01"), roster=roster, at=later(2))
    assert (figure(roster, "hnte_firms", later(1)), figure(roster, "hnte_firms", later(2))) == (None, 1)


def test_of_a_firm_that_lies_elsewhere_a_figure_says_only_that_it_counts(roster: Roster) -> None:
    brought(row(NAMES[0], "高企", "2020-01-01", 证书编号="GR1"), kind="certificates")
    Firm.objects.filter(name=NAMES[0]).update(place=Place.objects.get(code="330482"))
    office = make_actor("jiashan", "county_office", "330421")
    [held] = contributions(asked(roster, later(1), scope=scope_of(office)), "hnte_firms")
    [hidden] = sources(held, scope_of(office))
    assert held.amount == 1 and (hidden.source, hidden.recorded_by) == ({}, "")
    client = signed_in("jiashan")
    assert client.get(f"/firms/{number(NAMES[0])}").status_code == 200
    assert client.get(f"/firms/{number(NAMES[0])}/certificates").status_code == 404
    assert client.get(f"/firms/{number(NAMES[1])}/certificates").status_code == 200


def test_by_hand_recorded_ended_and_taken_back(roster: Roster) -> None:
    firm_id = number(NAMES[0])
    said = Interval("specialised", firm_id, "ZJTX-1", date(2021, 1, 5), date(2024, 1, 4))
    id = record_certificate(said, actor=MACHINE, at=NOON)
    with pytest.raises(Conflict, match="已经登记"):
        record_certificate(said, actor=MACHINE, at=NOON)
    with pytest.raises(Conflict, match="另一家"):
        record_certificate(
            Interval("specialised", number(NAMES[1]), "zjtx-1", date(2022, 1, 1)),
            actor=MACHINE,
            at=later(24 * 90),
        )
    with pytest.raises(BadValue, match="晚于今天"):
        record_certificate(Interval("hnte", firm_id, "", TODAY + timedelta(days=1)), actor=MACHINE, at=NOON)
    with pytest.raises(BadValue, match="请写明理由"):
        end_certificate(id, date(2021, 6, 1), actor=MACHINE, at=NOON, reason=" ")
    ended = end_certificate(id, date(2021, 6, 1), actor=MACHINE, at=later(1), reason="撤销认定")
    assert (figure(roster, "specialised_firms", NOON), figure(roster, "specialised_firms", later(1))) == (
        1,
        0,
    )
    with pytest.raises(NotFound):
        end_certificate(id, date(2021, 6, 1), actor=MACHINE, at=later(1), reason="页面是旧的")
    take_back_certificate(ended, actor=MACHINE, at=later(2), reason="登错企业")
    assert figure(roster, "specialised_firms", later(2), day=date(2021, 3, 1)) == 0
    assert figure(roster, "specialised_firms", later(1), day=date(2021, 3, 1)) == 1
    assert all(report.holds for report in verify_records())


def test_an_office_elsewhere_neither_sees_nor_says_anything(roster: Roster) -> None:
    stranger = make_actor("pinghu", "county_office", "330482")
    leader = make_actor("leader", "leader", "330421")
    said = Interval("hnte", number(NAMES[0]), "GR1", date(2021, 1, 5))
    with pytest.raises(NotFound):
        record_certificate(said, actor=stranger, at=NOON)
    with pytest.raises(NotAllowed):
        record_certificate(said, actor=leader, at=NOON)
    id = record_certificate(said, actor=MACHINE, at=NOON)
    with pytest.raises(NotFound):
        take_back_certificate(id, actor=stranger, at=NOON, reason="不是我的")


def test_what_expires_soon_is_listed_the_next_first(roster: Roster) -> None:
    for name, until in zip(
        NAMES, (TODAY + timedelta(days=90), TODAY, TODAY + timedelta(days=91)), strict=True
    ):
        record_certificate(
            Interval("hnte", number(name), name, date(2019, 1, 1), until), actor=MACHINE, at=NOON
        )
    places = [Firm.objects.get(name=NAMES[0]).place_id]
    found = certificates_at(places, TODAY, expiring_by=TODAY + timedelta(days=90))
    assert [one.firm for one in found] == [NAMES[1], NAMES[0]]
    assert len(certificates_at(places, TODAY)) == 3 and len(certificates_at(places, date(2018, 1, 1))) == 0
    assert [one.last for one in certificates_of(number(NAMES[1]))] == [TODAY]


def test_the_counts_in_sql_are_those_of_the_domain(roster: Roster) -> None:
    brought(*TABLE, kind="certificates")
    for day in (date(2018, 12, 1), date(2021, 9, 30), date(2021, 10, 5)):
        known = [interval(one) for one in latest(later(1))]
        obvious = count_on(day, known, kept_firms(later(1)))
        assert figure(roster, "hnte_firms", later(1), day=day) == Fraction(obvious["hnte"].firms)
    assert Certificate.objects.count() == 7
