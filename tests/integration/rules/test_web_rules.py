"""The page 本市规则: what counts, comparing, putting, release by another; and the command."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.cli.__main__ import main
from tenglong.domain.kernel.sources import is_clean
from tenglong.domain.rules.owned import owned
from tenglong.store.models import Membership, RuleVersion
from tests.factories import CITY, build_world
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db
CHANGED = owned()["cards"].shipped_text.replace("红牌", "蓝牌")


@pytest.fixture
def world(db: None):
    return build_world(per_unit=2)


def given(text: str, **more: object) -> dict[str, object]:
    return {"code": CITY, "from_day": "2026-01-01", "text": text, **more}


def test_the_list_says_what_each_decides_and_names_no_notes(world):
    client = signed_in("demo-city")
    page = text_of(client.get("/rules"))
    for one in owned().values():
        assert one.title in page and one.decides in page
        assert is_clean(text_of(client.get(f"/rules/{one.id}")))
        assert client.get(f"/rules/{one.id}.toml").content.decode() == one.shipped_text
    assert "放假安排" in page and is_clean(page)


def test_one_puts_and_another_releases(world):
    client = signed_in("demo-city")
    answer = client.post("/rules/cards", given(CHANGED, compare="1"))
    assert "+zh = &quot;蓝牌&quot;" in text_of(answer) and not RuleVersion.objects.exists()
    client.post("/rules/cards", given("", file=SimpleUploadedFile("本市.toml", CHANGED.encode())))
    version = RuleVersion.objects.get()
    assert (version.filename, version.put_by) == ("本市.toml", "demo-city")
    assert client.post(f"/rules/versions/{version.pk}/release").status_code == 403
    version.refresh_from_db()
    assert version.state == "submitted"
    Membership.objects.create(user=world.people["demo-jiashan"], code=CITY, role="city_office")
    other = signed_in("demo-jiashan")
    assert "待放行 1 份" in text_of(other.get(f"/rules?unit={CITY}"))
    other.post(f"/rules/versions/{version.pk}/release")
    version.refresh_from_db()
    assert (version.state, version.released_by) == ("released", "demo-jiashan")
    assert "蓝牌" in text_of(client.get("/rules/cards")) and "已放行" in text_of(client.get("/rules/cards"))


def test_a_wrong_file_is_shown_with_its_faults_and_not_kept(world):
    answer = signed_in("demo-city").post("/rules/cards", given(CHANGED.replace('from = "0"', 'form = "0"')))
    assert answer.status_code == 422 and "没有 card[1].form 这一项" in text_of(answer)
    assert not RuleVersion.objects.exists()


def test_a_county_reads_and_may_not_put(world):
    county = signed_in("demo-jiashan")
    assert "提交新的规则" not in text_of(county.get("/rules/cards"))
    assert county.post("/rules/cards", given(CHANGED)).status_code == 403


def test_the_command_does_the_same(world, tmp_path, capsys):
    path = tmp_path / "cards.toml"
    path.write_text(CHANGED, encoding="utf-8")
    where = ["--territory", CITY]
    put = ["rules", "put", "cards", str(path), *where, "--from", "2026-01-01", "--as"]
    assert main(["rules", "check", "cards", str(path)]) == 0
    assert main([*put, "甲"]) == 0
    number = str(RuleVersion.objects.get().pk)
    assert main(["rules", "release", number, "--as", "甲"]) == 5
    assert main(["rules", "diff", "cards", number, *where]) == 0
    assert '+zh = "蓝牌"' in capsys.readouterr().out
    assert main(["rules", "release", number, "--as", "乙"]) == 0
    assert main(["rules", "list", *where, "--day", "2026-02-01"]) == 0
    assert "嘉兴市，自 2026-01-01" in capsys.readouterr().out
    assert main(["rules", "show", "cards", *where, "--day", "2026-02-01"]) == 0
    assert capsys.readouterr().out == CHANGED
    assert main(["rules", "history", "cards", *where, "--day", "2026-02-01"]) == 0
    assert "命令行（乙）" in capsys.readouterr().out
    path.write_text(CHANGED.replace('above = "-10"', 'above = "ten"'), encoding="utf-8")
    assert main(["rules", "check", "cards", str(path)]) == 4
    assert main(["rules", "show", "moves", *where]) != 0
