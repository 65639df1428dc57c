"""Places and people by workbook: nothing before it is confirmed, the same verdicts after, and out and in again."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenglong.queries.registry.territory import territory
from tenglong.store.models import Membership, PlaceStep, User
from tests.factories import build_people
from tests.integration.campaign.world import build_places
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db
PLACES = ["单位", "变动", "新名称", "新代码", "又称", "另一单位", "次序", "从哪一天起", "理由"]
DAY = "2022-03-01"
STEPS = [
    ["嘉兴市", "增设", "演示港区", "", "港区、演示港", "", "", DAY, "演示批文 1 号"],
    ["演示港区", "新增下级单位", "演示一街道", "", "", "", "", DAY, "演示批文 1 号"],
    ["嘉善县", "调整次序", "", "", "", "", "1", DAY, "演示批文 2 号"],
    ["330421103", "更名", "西塘古镇", "", "", "", "", DAY, "演示批文 3 号"],
    ["嘉善县", "更名", "演示县", "", "", "", "", "2999-01-01", "演示批文 4 号"],
    ["慈溪市", "更名", "别市", "", "", "", "", DAY, "演示批文 5 号"],
]
PEOPLE = ["用户名", "姓名", "单位", "角色"]


@pytest.fixture
def office(db: None) -> Client:
    build_places()
    build_people()
    return signed_in("demo-city")


def workbook(*rows: list[str]) -> SimpleUploadedFile:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("变动.xlsx", out.getvalue())


def counts(page: str) -> tuple[int, ...]:
    found = re.search(r"新增 (\d+) \+ 更新 (\d+) \+ 不变 (\d+) \+ 退回 (\d+)", page)
    assert found, page
    return tuple(map(int, found.groups()))


def tried(office: Client, kind: str, file: SimpleUploadedFile) -> tuple[str, str]:
    """What the page says of a table that is handed in, and what has to be sent to carry it out."""
    answer = office.post(f"/{kind}/table", {"file": file})
    handed = re.search(r'name="handed" value="([^"]+)"', answer.content.decode())
    assert answer.status_code == 200 and handed
    return text_of(answer), handed[1]


def test_places_are_tried_then_entered_and_come_out_as_they_went_in(office: Client) -> None:
    page, handed = tried(office, "places", workbook(PLACES, *STEPS))
    assert counts(page) == (2, 2, 0, 2) and "2999-01-01" in page and "慈溪市" in page
    assert not PlaceStep.objects.exists()
    page = text_of(office.post("/places/table/enter", {"handed": handed}))
    assert counts(page) == (2, 2, 0, 2) and PlaceStep.objects.count() == 4
    tree = territory().at(territory().bearers["330421103"][-1].valid_from)
    harbour = next(place for place in tree.children("330400") if place.name == "演示港区")
    assert [place.name for place in tree.children(harbour.code)] == ["演示一街道"]
    assert tree.place("330421103").name == "西塘古镇" and tree.children("330400")[0].code == "330421"

    out = office.get("/places/table/sheet")
    again, _ = tried(office, "places", SimpleUploadedFile("出.xlsx", b"".join(out)))
    assert counts(again) == (0, 0, 4, 0)


def test_people_get_accounts_and_roles_and_their_passwords_once(office: Client) -> None:
    known = User.objects.get(username="demo-jiashan")
    rows = [
        ["zhao", "赵某（演示）", "西塘镇", "镇（街道）专班"],
        ["zhao", "赵某（演示）", "嘉善县", "audit?"],
        ["demo-jiashan", known.display_name, "平湖市", "县整治办"],
        ["demo-pinghu", "别人", "平湖市", "县整治办"],
        ["demo-city", User.objects.get(username="demo-city").display_name, "330400", "市整治办"],
    ]
    before = Membership.objects.count()
    page, handed = tried(office, "people", workbook(PEOPLE, *rows))
    assert counts(page) == (1, 1, 1, 2) and Membership.objects.count() == before
    answer = office.post("/people/table/enter", {"handed": handed})
    secrets = re.findall(r'<code class="secret">(\w{14})</code>', answer.content.decode())
    assert counts(text_of(answer)) == (1, 1, 1, 2) and len(secrets) == 1
    zhao = User.objects.get(username="zhao")
    assert zhao.check_password(secrets[0]) and zhao.must_change_password

    out = office.get("/people/table/sheet")
    again, _ = tried(office, "people", SimpleUploadedFile("出.xlsx", b"".join(out)))
    assert counts(again)[:2] == (0, 0) and counts(again)[3] == 0


def test_a_table_is_entered_only_by_who_handed_it_in_and_only_as_what_it_was(office: Client) -> None:
    _, handed = tried(office, "places", workbook(PLACES, STEPS[0]))
    for who, kind, sent in (
        ("demo-jiashan", "places", handed),
        ("demo-city", "people", handed),
        ("demo-city", "places", f"{handed}x"),
        ("demo-city", "places", ""),
    ):
        answer = signed_in(who).post(f"/{kind}/table/enter", {"handed": sent})
        assert answer.status_code == 400 and "请先上传表格" in text_of(answer)
    assert signed_in("demo-xitang").get("/places/table").status_code == 403
    assert not PlaceStep.objects.exists()


def test_an_office_reaches_no_further_than_its_own_places(office: Client) -> None:
    county = signed_in("demo-jiashan")
    page, _ = tried(
        county, "places", workbook(PLACES, ["嘉善县", "更名", "演示县", "", "", "", "", DAY, "批文"])
    )
    assert counts(page) == (0, 0, 0, 1) and "上一级整治办" in page
    page, _ = tried(county, "people", workbook(PEOPLE, ["qian", "钱某（演示）", "平湖市", "县整治办"]))
    assert counts(page) == (0, 0, 0, 1)


@pytest.mark.parametrize("kind", ["places", "people"])
def test_the_template_has_what_the_table_asks_for(office: Client, kind: str) -> None:
    answer = office.get(f"/{kind}/table/template")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    headers = [str(cell.value).lstrip("*") for cell in book.worksheets[0][3] if cell.value]
    assert headers == (PLACES if kind == "places" else PEOPLE)
