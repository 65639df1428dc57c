"""Two cities with rules of their own on one server; a second person; what was made before stays and is made again."""

from datetime import date, datetime, timedelta

import pytest

from tenglong.actions.campaign.cases import record_entry
from tenglong.actions.campaign.rosters import create_roster
from tenglong.actions.registry.territory import install_places
from tenglong.actions.reporting.bulletins import issue, prepare, reissue
from tenglong.actions.rules.releasing import put_rules, release_rules, withdraw_rules
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.evaluation.prices import prices
from tenglong.domain.evaluation.screening.rules import screening_rules, shipped_rules
from tenglong.domain.kernel.errors import BadRules, BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.periods import Window
from tenglong.domain.rules.owned import owned
from tenglong.queries.campaign.figures import question
from tenglong.queries.campaign.lacking import lacking
from tenglong.queries.evaluation.suspects import screen_place
from tenglong.queries.race.board import board
from tenglong.queries.registry.rulebook import rulebook
from tenglong.queries.registry.territory import actor_of, territory
from tenglong.queries.rules.versions import before, difference, rule_in_force, version_text, versions_of
from tenglong.store.models import Membership, Place, RuleText, RuleVersion, User
from tests.factories import CITY, JIASHAN, MACHINE, PINGHU, at_day, build_world
from tests.integration.campaign.world import csv_file, staged

pytestmark = pytest.mark.django_db

AS_OF, HUIZHOU = date(2021, 11, 9), "441300"
ONE, OTHER = Actor("命令行（甲）", everywhere=True), Actor("命令行（乙）", everywhere=True)


@pytest.fixture
def world(db: None):
    return build_world()


def text(rule: str, *changes: tuple[str, str]) -> bytes:
    """The shipped file with some places changed."""
    said = owned()[rule].shipped_text
    for old, new in changes:
        assert old in said
        said = said.replace(old, new)
    return said.encode()


def in_force(
    rule: str, *changes: tuple[str, str], code: str = CITY, day: int = 74, start: date = AS_OF
) -> RuleVersion:
    """A changed file, put by one person and released by another."""
    given = {"rule": rule, "raw": text(rule, *changes), "code": code, "from_day": start}
    version = put_rules(actor=ONE, at=at_day(day), **given)
    return release_rules(actor=OTHER, at=at_day(day), version=version)


def cards(world, as_of: date, known_at: datetime, code: str = CITY) -> list[str]:
    asked = question(
        roster=world.hcle, code=code, as_of=as_of, known_at=known_at, scope=Scope(everywhere=True)
    )
    return [row.card.zh for row in board(asked) if row.card]


def person(name: str, code: str, role: str = "city_office") -> Actor:
    user = User.objects.create(username=name)
    Membership.objects.create(user=user, code=code, role=role)
    return actor_of(user, AS_OF)


BLUE = ('zh = "红牌"', 'zh = "蓝牌"'), ('from = "0"', 'from = "99"'), ('above = "-10"', 'above = "98"')


def test_a_rule_counts_once_a_second_person_released_it(world):
    put = {"rule": "cards", "raw": text("cards", *BLUE), "code": CITY, "from_day": AS_OF}
    version = put_rules(actor=ONE, at=at_day(74), **put)
    assert "蓝牌" not in cards(world, AS_OF, at_day(75))
    with pytest.raises(NotAllowed):
        release_rules(actor=ONE, at=at_day(74), version=version)
    release_rules(actor=OTHER, at=at_day(74), version=version)
    assert set(cards(world, AS_OF, at_day(75))) == {"蓝牌"}
    with pytest.raises(Conflict):
        release_rules(actor=OTHER, at=at_day(75), version=version)
    with pytest.raises(Conflict, match="无需再次提交"):
        put_rules(actor=ONE, at=at_day(75), **put)


def test_days_before_and_what_was_known_before_keep_their_rules(world):
    was = cards(world, AS_OF, at_day(73))
    in_force("cards", *BLUE)
    assert set(cards(world, AS_OF, at_day(75))) == {"蓝牌"}
    assert "蓝牌" not in cards(world, AS_OF - timedelta(days=1), at_day(75))
    assert cards(world, AS_OF, at_day(73)) == was


def test_two_cities_have_their_own_and_counties_are_under_theirs(world):
    install_places(actor=MACHINE, at=at_day(1), code=HUIZHOU)
    there = create_roster(
        actor=MACHINE,
        at=at_day(2),
        code="huizhou",
        title="惠州演示名单",
        issuer="惠州市整治办",
        definition_text="演示",
        place=Place.objects.get(code=HUIZHOU),
        window=Window(date(2021, 4, 27), date(2021, 12, 31)),
    )
    in_force("addressing", ('series = "淘汰落后工作通报"', 'series = "嘉兴腾笼换鸟专报"'))
    in_force("addressing", ('series = "淘汰落后工作通报"', 'series = "惠州攻坚快报"'), code=HUIZHOU)
    in_force("bulletin", ('highlights = "亮点与典型"', 'highlights = "惠州亮点"'), code=HUIZHOU)
    in_force("evidence", ("signed = 1", "signed = 3"), code=HUIZHOU)
    ours = prepare(actor=MACHINE, at=at_day(75), roster=world.hcle, code=CITY, as_of=AS_OF)
    theirs = prepare(actor=MACHINE, at=at_day(75), roster=there, code=HUIZHOU, as_of=AS_OF)
    assert (ours.series, theirs.series) == ("嘉兴腾笼换鸟专报", "惠州攻坚快报")
    assert ours.rules["bulletin"] != theirs.rules["bulletin"]
    county = territory().at(AS_OF).children(HUIZHOU)[0].code
    days = date(2021, 11, 20)
    assert rulebook(county, days).digests([owned()["evidence"].rule]) == rulebook(HUIZHOU, days).digests(
        [owned()["evidence"].rule]
    )
    assert rule_in_force("evidence", JIASHAN, days).version is None
    with pytest.raises(NotFound):
        version = versions_of("addressing", HUIZHOU, days, Scope(everywhere=True))[0]
        release_rules(actor=person("jx", CITY), at=at_day(76), version=version)


def test_an_old_bulletin_is_made_again_to_the_byte(world):
    first = issue(actor=MACHINE, at=at_day(74), roster=world.hcle, code=CITY, as_of=date(2021, 11, 5))
    in_force("bulletin", ('highlights = "亮点与典型"', 'highlights = "先进典型"'), day=75)
    second = issue(actor=MACHINE, at=at_day(76), roster=world.hcle, code=CITY, as_of=AS_OF)
    in_force("bulletin", ('highlights = "亮点与典型"', 'highlights = "好的做法"'), day=77)
    for bulletin in (first, second):
        again = reissue(bulletin)
        assert (again.identical, again.same_program) == (True, True)
    assert RuleText.objects.filter(digest=first.content["rules"]["bulletin"]).exists()
    assert first.rules_digest != second.rules_digest


def test_evidence_is_asked_for_by_the_rule_of_the_day_of_entry(world):
    case = next(iter(world.cases[PINGHU]))
    before_rule = len(lacking(world.hcle, world_places()))
    in_force("evidence", ("[files]", "[files]\nnote = 2"), start=date(2021, 11, 13))
    assert len(lacking(world.hcle, world_places())) == before_rule
    about = {"actor": MACHINE, "case": case, "kind": "note", "effective_on": AS_OF, "details": {"said": {}}}
    with pytest.raises(BadValue, match="至少 2 份"):
        record_entry(at=at_day(75), **about)


def world_places() -> frozenset[int]:
    return territory().at(AS_OF).members(CITY)


def test_a_wrong_file_is_refused_and_nothing_is_kept(world):
    bad = text("cards", ('from = "0"', 'from = "零"'))
    with pytest.raises(BadRules, match="from 应为引号内的数字"):
        put_rules(actor=ONE, at=at_day(74), rule="cards", raw=bad, code=CITY, from_day=AS_OF)
    with pytest.raises(NotFound, match="可由本市规定的有"):
        put_rules(actor=ONE, at=at_day(74), rule="kinds", raw=bad, code=CITY, from_day=AS_OF)
    assert not RuleText.objects.exists() and not RuleVersion.objects.exists()


def test_a_county_cannot_put_or_release_the_rules_of_its_city(world):
    county = person("county", JIASHAN, "county_office")
    given = {"rule": "cards", "raw": text("cards", *BLUE), "code": CITY, "from_day": AS_OF}
    for code in (CITY, JIASHAN):
        with pytest.raises(NotAllowed):
            put_rules(actor=county, at=at_day(74), **(given | {"code": code}))
    version = put_rules(actor=person("city", CITY), at=at_day(74), **given)
    for deed in (release_rules, withdraw_rules):
        with pytest.raises(NotAllowed):
            deed(actor=county, at=at_day(74), version=version)


def test_what_was_put_shows_how_it_differs_and_may_be_withdrawn(world):
    changed = in_force("cards", ('zh = "红牌"', 'zh = "蓝牌"'))
    again = put_rules(
        actor=ONE, at=at_day(75), rule="cards", raw=text("cards"), code=CITY, from_day=date(2021, 12, 1)
    )
    assert '-zh = "蓝牌"' in difference(before(again), version_text(again))
    assert '-zh = "红牌"' in difference(before(changed), version_text(changed))
    withdraw_rules(actor=ONE, at=at_day(75), version=again)
    assert rule_in_force("cards", CITY, date(2021, 12, 2)).version == changed.pk


def test_two_cities_read_tables_in_their_own_words(world):
    install_places(actor=MACHINE, at=at_day(1), code=HUIZHOU)
    in_force(
        "tables",
        ('synonyms = ["单位名称"', 'synonyms = ["厂家称呼"'),
        code=HUIZHOU,
        day=2,
        start=date(2021, 9, 1),
    )
    file = csv_file(["厂家称呼", "乡镇街道"], ["演示惠州厂", "江南街道"])
    here, there = (
        staged(file, "firms", code=code, at=at_day(60), day=date(2021, 9, 2)) for code in (CITY, HUIZHOU)
    )
    assert here.state == "failed" and there.state == "staged"
    assert (
        there.summary["rules"]["tables"]
        == rulebook(HUIZHOU, AS_OF).digests([owned()["tables"].rule])["tables"]
    )


def test_two_cities_screen_and_price_by_their_own(world):
    install_places(actor=MACHINE, at=at_day(1), code=HUIZHOU)
    in_force(
        "screening", ("thresholds = { least_land = 20 }", "thresholds = { least_land = 40 }"), code=HUIZHOU
    )
    in_force("prices", ('value = "0.05"', 'value = "0.06"'), code=HUIZHOU)
    ours, theirs = rulebook(CITY, AS_OF), rulebook(HUIZHOU, AS_OF)
    assert prices(ours).digest != prices(theirs).digest
    assert (ours, screening_rules(ours)) == (rulebook(CITY, date(2021, 1, 1)), shipped_rules())
    land = {rule.thresholds.get("least_land") for rule in screening_rules(theirs).rules}
    assert 40 in land and 20 not in land
    found = screen_place(HUIZHOU, 2021, Scope(everywhere=True), on=AS_OF)
    assert found.rules.digest == screening_rules(theirs).digest
