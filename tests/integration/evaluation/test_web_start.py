"""Asking for a run on its page: with a table of firms instead of the register's, and for which year."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.jobs.worker import run_pending
from tenglong.store.models import Evaluation, Observation, Scheme
from tests.guards import guards_down
from tests.integration.campaign.world import csv_file
from tests.integration.evaluation.evaluated import Evaluated, build_evaluated
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db
HEADER = [
    "企业名称", "统一社会信用代码", "年度", "税收（万元）", "用地面积（亩）", "工业增加值（万元）",
    "综合能耗（等价值，吨标煤）", "规模", "行业大类", "连续D类年数", "责任事故", "建设期",
]  # fmt: skip


@pytest.fixture
def found(db: None) -> Evaluated:
    return build_evaluated()


def firms_file(found: Evaluated) -> bytes:
    return csv_file(
        HEADER,
        *(
            [
                firm.name,
                firm.temporary_id,
                2025,
                100 + n,
                20 if n else 0,
                900,
                500,
                "规上",
                "17",
                0,
                "否",
                "否",
            ]
            for n, firm in enumerate(found.firms[:24])
        ),
    )


def test_a_table_that_is_handed_in_is_rated_named_and_given_back(found: Evaluated) -> None:
    client, content = signed_in("demo-jiashan"), firms_file(found)
    wanted = {"scheme": found.scheme.pk, "code": "330421", "year": 2025}
    page = client.post("/evaluations", wanted | {"table": SimpleUploadedFile("企业表.csv", content)})[
        "Location"
    ]
    run_pending()
    assert "企业数据 企业表.csv" in text_of(client.get(page))
    best = Evaluation.objects.latest("id").results.filter(status="rated").order_by("-total").first()
    assert best and best.firm_id == found.firms[23].pk
    why = "“亩均税收”不能计算：“用地面积”为零"
    assert f"指标{why}，按办法不参评。" in text_of(client.get(f"{page}/firms/{found.firms[0].pk}"))
    assert why in text_of(client.get(f"{page}/firms?status=not_rated"))
    answer = client.get(f"{page}/table")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    Evaluation.objects.filter(pk=best.evaluation_id).update(state="publicised")
    town = signed_in("demo-xitang")
    assert f"{page}/table" not in town.get(page).content.decode()
    assert town.get(f"{page}/table").status_code == 404


def test_a_run_of_the_register_has_no_table_to_give(found: Evaluated) -> None:
    client, page = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    assert "企业数据 系统中的年度数据" in text_of(client.get(page))
    assert client.get(f"{page}/table").status_code == 404


def test_the_year_is_that_of_the_scheme_or_the_newest_that_has_data(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    client.post("/evaluations/schemes/shipped/demo-jiaxing-2020", {"code": "330421", "year": 2023})
    with guards_down():
        Observation.objects.filter(year=2025).delete()

    def year(address: str) -> object:
        return client.get(address).context["form"].initial["year"]

    assert year(f"/evaluations?scheme={Scheme.objects.latest('id').pk}") == 2023
    assert year("/evaluations") == 2024 and year("/evaluations/screening") == 2024
