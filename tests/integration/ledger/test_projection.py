"""What is derived from entries: made anew it is the same, what differs is found; new kinds and figures are rules."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.actions.campaign.cases import add_evidence, open_case, record_entry
from tenglong.actions.ledger.appending import append
from tenglong.actions.ledger.projection import refold
from tenglong.cli.__main__ import main
from tenglong.domain.campaign import figures
from tenglong.domain.campaign.figures import reference
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.rulefiles import load_rules_from
from tenglong.domain.ledger import kinds
from tenglong.domain.ledger.entries import AsOf, Draft
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.lineage import contributions
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.files import path_of
from tenglong.queries.ledger.fold import chain_of, folded_totals, last_id_at
from tenglong.queries.verification import verify
from tenglong.store.models import Case, CaseState, Entry, Evidence, Place, PlaceTotal, Roster
from tests.factories import build_firm
from tests.integration.campaign.world import MACHINE, NOON, build_places, make_roster
from tests.integration.ledger.history_world import EVERYWHERE

pytestmark = pytest.mark.django_db
DAY = date(2021, 6, 1)
AT = datetime(2021, 11, 8, 4, tzinfo=UTC)
PHOTO = b"\xff\xd8\xff" + b"0" * 20


@pytest.fixture
def roster() -> Roster:
    """Two targets, a landlord and a tenant; the first has signed, with a photograph."""
    build_places()
    made = make_roster()
    place = Place.objects.get(code="330421103", valid_to=None)
    for number, party in enumerate(("landlord", "tenant")):
        case = open_case(
            made, build_firm(f"演示{number}厂", place), place, at=AT, by="甲", source={}, party=party
        )
        append(
            made,
            [Draft(case.pk, "targeted", DAY), Draft(case.pk, "energy_freed", DAY, None, 5)],
            by="甲",
            at=AT,
        )
    photo = SimpleUploadedFile("合同.jpg", PHOTO, "image/jpeg")
    record_entry(
        actor=MACHINE,
        at=NOON,
        case=made.cases.order_by("number")[0],
        kind="signed",
        effective_on=DAY,
        files=[photo],
    )
    return made


def derived() -> tuple:
    """Everything that is kept beside the entries, but for ids of rows."""
    states = list(CaseState.objects.order_by("pk").values())
    cases = list(Case.objects.order_by("pk").values())
    totals = sorted(
        PlaceTotal.objects.exclude(count=0, total=0).values_list(
            "measure", "place_id", "party", "count", "total"
        )
    )
    evidence = sorted(Evidence.objects.values_list("entry_id", "digest", "name", "recorded_by"))
    return states, cases, totals, evidence


def finding() -> str:
    """What verifying says; it must not hold."""
    (report,) = verify()
    assert not report.holds
    return str(report.sentence)


def test_made_anew_it_is_the_same(roster: Roster) -> None:
    before = derived()
    assert refold(roster) == 2 and derived() == before
    assert [report.holds for report in verify()] == [True]


@pytest.mark.parametrize("what", ["state", "line", "attribute", "total", "evidence", "all"])
def test_what_differs_from_the_entries_is_found_and_made_anew(roster: Roster, what: str, capsys) -> None:
    before = derived()
    if what in ("state", "all"):
        CaseState.objects.filter(case__number=1).update(state="written_off")
    if what == "line":
        CaseState.objects.filter(case__number=1).update(lines=[])
    if what in ("attribute", "all"):
        Case.objects.filter(number=2).update(team="别组")
    if what in ("total", "all"):
        PlaceTotal.objects.filter(measure="target").update(count=9)
    if what in ("evidence", "all"):
        Evidence.objects.all().delete()
    assert f"请运行 tenglong ledger refold --roster {roster.code}" in finding()
    assert main(["ledger", "refold", "--roster", roster.code]) == 0
    assert "2 户" in capsys.readouterr().out
    assert derived() == before and [report.holds for report in verify()] == [True]


def test_a_case_that_was_put_elsewhere_is_named(roster: Roster) -> None:
    case = roster.cases.order_by("number")[0]
    Case.objects.filter(pk=case.pk).update(place=Place.objects.get(code="330482001", valid_to=None))
    refold(roster)
    assert f"案件 {case.pk} 缺失，或其属地与建案记录不符" in finding()


def test_a_file_that_was_changed_or_is_gone_is_named(roster: Roster) -> None:
    path = path_of(Evidence.objects.get().digest)
    whole = path.read_bytes()
    path.write_bytes(whole + b"!")
    assert "佐证文件“合同.jpg”" in finding()
    path.unlink()
    assert "佐证文件“合同.jpg”" in finding()
    path.write_bytes(whole)
    assert [report.holds for report in verify()] == [True]


def test_evidence_may_be_handed_in_later_and_stands_with_what_it_proves(roster: Roster) -> None:
    signed = Entry.objects.get(kind="signed")
    more = SimpleUploadedFile("补充.jpg", PHOTO + b"1", "image/jpeg")
    added = add_evidence(actor=MACHINE, at=NOON, entry_id=signed.pk, files=[more])
    assert [one.name for one in added.evidence] == ["补充.jpg"]
    assert Evidence.objects.filter(entry_id=signed.pk).count() == 2
    assert [report.holds for report in verify()] == [True]
    with pytest.raises(BadValue, match="没有选择文件"):
        add_evidence(actor=MACHINE, at=NOON, entry_id=signed.pk, files=[])


@pytest.mark.parametrize(
    "kind", ["opened", "opened_again", "inherited", "described", "evidence_added", "absorbed", "void"]
)
def test_what_comes_with_a_deed_is_never_recorded_alone(roster: Roster, kind: str) -> None:
    with pytest.raises(BadValue, match="不能单独登记"):
        record_entry(actor=MACHINE, at=NOON, case=roster.cases.first(), kind=kind, effective_on=DAY)


@pytest.fixture
def more_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A rule folder with one more kind and three more figures."""
    kind = '\n[[kind]]\nid = "inspected"\nslot = "inspection"\nzh = "现场检查"\nen = "Inspected"\n'
    kind += (
        '\n[[kind]]\nid = "steam_freed"\nslot = "steam_freed"\nquantity = "t"\nzh = "用汽"\nen = "Steam"\n'
    )
    about = 'zh = "{id}"\nen = "{id}"\nunit = "家"\nunit_en = "firms"\n'
    figure = "".join(
        f'\n[[figure]]\nid = "{id}"\n{about.format(id=id)}{what}\n'
        for id, what in (
            ("firms_inspected", 'count = "inspection"'),
            ("tenants_inspected", 'count = "inspection"\nparty = "tenant"'),
            ("steam", 'sum = "steam_freed"'),
            ("steaming", 'count = "steam_freed"\nmore_than = ""'),
        )
    )
    for package, name, more in (
        ("tenglong.domain.ledger", "kinds.toml", kind),
        ("tenglong.domain.campaign", "figures.toml", figure),
    ):
        text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text + more, encoding="utf-8")
    for module in (kinds, figures):
        monkeypatch.setattr(module, "load_rules", lambda _, name: load_rules_from(tmp_path / name))
    caches = (kinds.vocabulary, figures.definitions, figures.every_measure)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_a_new_kind_and_a_new_figure_are_rules_only(more_rules: None, roster: Roster) -> None:
    first, second = roster.cases.order_by("number")
    drafts = [
        Draft(first.pk, "inspected", DAY),
        Draft(second.pk, "inspected", date(2021, 7, 1)),
        Draft(second.pk, "steam_freed", DAY, None, 3_000_000),
    ]
    append(roster, drafts, by="甲", at=NOON)
    expected = {"firms_inspected": 2, "tenants_inspected": 1, "steam": 3, "steaming": 1}
    last = last_id_at(roster.pk, None)
    now = Question(
        RosterView.of(roster), "330400", date(2021, 11, 9), NOON, AsOf(date(2021, 11, 9), last), EVERYWHERE
    )
    assert {one.id: one.exact for one in ask(now, list(expected))} == expected
    assert {id: sum(part.amount for part in contributions(now, id)) for id in expected} == expected
    for day, counts in ((date(2021, 6, 30), 1), (date(2021, 11, 9), 2)):
        at = AsOf(day, last)
        then = Question(RosterView.of(roster), "330400", day, NOON, at, EVERYWHERE)
        assert ask(then, ["firms_inspected"])[0].exact == counts
        places = dict(Case.objects.values_list("pk", "place_id"))
        measures = tuple(figures.measures_of(figures.definitions().values()))
        slow = reference(
            [fact for fact, _ in chain_of(roster.pk)], at, places, figures.every_measure(), kinds.vocabulary()
        )
        fast = folded_totals(roster.pk, at, measures, sorted(set(places.values())))
        assert {place: totals.counts for place, totals in fast.items()} == {
            place: totals.counts for place, totals in slow.items()
        }
    assert [report.holds for report in verify()] == [True]
