"""What the person at the machine sets up first: places, and accounts that see nothing yet."""

from datetime import UTC, datetime

import pytest

from tenglong.actions.access.people import add_user
from tenglong.actions.registry.territory import install_places
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotAllowed, UserError
from tenglong.domain.registry.divisions import load_places
from tenglong.queries.registry.territory import actor_of, forget_territory, territory
from tenglong.store.models import Place, User

pytestmark = pytest.mark.django_db
MACHINE = Actor("命令行", everywhere=True)
AT = datetime(2021, 1, 4, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_territory():
    yield
    forget_territory()


def test_places_are_installed_once_with_their_ids():
    assert install_places(actor=MACHINE, at=AT, code="330400") == len(load_places().places)
    assert install_places(actor=MACHINE, at=AT, code="330400") == 0
    assert territory().at(AT.date()).place("330421103").name == "西塘镇"


def test_a_place_added_later_gets_an_id_of_its_own():
    install_places(actor=MACHINE, at=AT, code="330400")
    added = Place.objects.create(code="3304X1", name="新区", level="zone", valid_from=AT.date())
    assert added.pk not in load_places().places


def test_only_the_machine_installs_places():
    with pytest.raises(NotAllowed):
        install_places(actor=Actor("somebody"), at=AT, code="330400")


def test_an_account_without_territory_sees_nothing_and_only_the_machine_opens_it():
    install_places(actor=MACHINE, at=AT, code="330400")
    user, password = add_user(actor=MACHINE, at=AT, username="nobody", display_name="没有单位")
    assert user.check_password(password)
    assert actor_of(user, AT.date()).grants == ()
    office, _ = add_user(
        actor=MACHINE, at=AT, username="office", display_name="市整治办", code="330400", role="city_office"
    )
    with pytest.raises(UserError) as refused:
        add_user(actor=actor_of(office, AT.date()), at=AT, username="other", display_name="另一人")
    assert User.objects.filter(username="other").count() == 0
    assert str(refused.value)


@pytest.mark.parametrize(
    ("code", "above", "count"),
    [("441303001", 3, 4), ("419001", 1, 18), ("441900", 1, 38), ("659001", 1, 10), ("130171", 2, 7)],
)
def test_any_place_is_installed_with_what_is_above_and_under_it(code, above, count):
    assert install_places(actor=MACHINE, at=AT, code=code) == count
    assert len(territory().at(AT.date()).ancestors(code)) == above


def test_a_wider_territory_is_added_to_a_narrower_one():
    install_places(actor=MACHINE, at=AT, code="330421103")
    assert Place.objects.count() == 4
    assert install_places(actor=MACHINE, at=AT, code="330421") == 8
    install_places(actor=MACHINE, at=AT, code="330400")
    assert sorted(Place.objects.values_list("pk", flat=True)) == list(range(1, 85))
    assert [place.name for place in territory().at(AT.date()).children("330400")][0] == "南湖区"


def test_a_place_that_was_changed_is_not_installed_again():
    install_places(actor=MACHINE, at=AT, code="330421")
    Place.objects.filter(code="330421103").update(name="演示镇")
    assert install_places(actor=MACHINE, at=AT, code="330421") == 0
    assert Place.objects.get(code="330421103").name == "演示镇"


def test_the_code_of_no_place_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="龙门县（441324）"):
        install_places(actor=MACHINE, at=AT, code="441399")
    assert not Place.objects.exists()
