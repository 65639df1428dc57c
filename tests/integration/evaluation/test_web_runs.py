"""The pages of evaluations: who sees what, and the way from draft to final on them."""

import io
from datetime import date
from typing import Any

import docx
import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenglong.actions import evaluation
from tenglong.jobs.worker import run_pending
from tenglong.store.models import Evaluation, Job, Objection, Roster, Scheme
from tests.factories import MACHINE
from tests.integration.evaluation.evaluated import AT, SCHEME, Evaluated, build_evaluated, computed, who
from tests.integration.web import cells_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Evaluated:
    return build_evaluated()


def pages(found: Evaluated) -> list[str]:
    run, scheme, firm = (
        f"/evaluations/{found.run.pk}",
        f"/evaluations/schemes/{found.scheme.pk}",
        found.firms[11].pk,
    )
    shipped, sheet = "/evaluations/schemes/shipped/demo-jiaxing-2020", f"{run}/firms/{firm}"
    return [
        "/evaluations", "/evaluations/schemes", scheme, f"{scheme}.toml", f"{scheme}/with/{found.scheme.pk}",
        shipped, f"{shipped}.toml", run, f"{run}/firms", f"{run}/firms?near=1&sort=-total", f"{run}/firms.xlsx",
        sheet, f"{sheet}/cheapest", f"{run}/review", f"{run}/weights", f"{run}/comparison", f"{run}/deciding",
        f"{run}/comparison/{found.run.pk}/effects", f"{run}/objections", f"{run}/prices",
        f"{run}/prices.xlsx?rates_of=330481", "/evaluations/screening", "/evaluations/screening?year=2025",
        "/evaluations/screening.xlsx?year=2025", "/evaluations/screening/2025/roster", f"{run}/roster",
    ]  # fmt: skip


def paper(name: str = "异议书.pdf", content: bytes = b"%PDF-1.7 stamped") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def publicised(found: Evaluated) -> Client:
    """The county office has shown the results to the public."""
    county = signed_in("demo-jiashan")
    county.post(f"/evaluations/{found.run.pk}/publicise", {"days": 5})
    return county


def over(found: Evaluated) -> None:
    """The publicity has run out."""
    Evaluation.objects.filter(pk=found.run.pk).update(
        publicity_start=date(2026, 11, 2), publicity_end=date(2026, 11, 9)
    )


def grade_of(found: Evaluated, number: int) -> str:
    return found.run.results.get(firm=found.firms[number]).grade


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_county_office_opens_every_page(found: Evaluated, language: str) -> None:
    client = signed_in("demo-jiashan")
    client.post("/language", {"language": language, "next": "/"})
    answers = {address: client.get(address) for address in pages(found)}
    assert {address: one.status_code for address, one in answers.items() if one.status_code != 200} == {}
    html = [one.content for one in answers.values() if one["Content-Type"].startswith("text/html")]
    assert [one for one in html if b"onclick=" in one or b" style=" in one or b"<script>" in one] == []


def test_strangers_and_people_of_other_counties_learn_nothing(found: Evaluated) -> None:
    pinghu, nobody = signed_in("demo-pinghu"), signed_in("demo-nobody")
    for address in pages(found):
        assert Client().get(address).status_code == 302, address
        assert nobody.get(address).status_code == 403, address
        answer = pinghu.get(address)
        assert f"/{found.run.pk}" not in address or answer.status_code == 404, address
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            assert "西塘" not in text_of(answer), address


def test_a_town_sees_nothing_of_a_draft_and_then_its_own_firms_beside_the_whole_counts(
    found: Evaluated,
) -> None:
    town, run = signed_in("demo-xitang"), f"/evaluations/{found.run.pk}"
    assert town.get(run).status_code == 404
    publicised(found)
    overview, listed = text_of(town.get(run)), text_of(town.get(f"{run}/firms"))
    assert f"B 鼓励提升类 {found.run.counts['grades']['B']} 本辖区" in overview
    assert "虚构西塘镇1号机械厂" in listed and "魏塘街道" not in listed
    assert town.get(f"{run}/firms/{found.firms[0].pk}").status_code == 200
    assert town.get(f"{run}/firms/{found.firms[14].pk}").status_code == 404
    assert town.post(f"{run}/finalise").status_code == 403


def test_a_bad_scheme_is_told_everything_at_once_and_not_stored(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    bad = SCHEME.replace("weight = 40", 'weight = "40"').replace('peers = ["scale"]', 'peer = ["scale"]')
    file = SimpleUploadedFile("bad.toml", bad.encode(), "application/toml")
    answer = client.post("/evaluations/schemes", {"code": "330421", "file": file})
    said = text_of(answer)
    assert answer.status_code == 422 and "2 处须改正，没有导入" in said
    assert "bad.toml 的 indicator[va_per_tce].weight：应为数字" in said and "grades.peer：没有这一项" in said
    assert Scheme.objects.count() == 1


def test_a_scheme_is_brought_in_read_in_words_and_put_in_force_by_another(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    text = SCHEME.replace("version = 1", "version = 2").replace("share = 50", "share = 40")
    file = SimpleUploadedFile("v2.toml", text.encode(), "application/toml")
    page = client.post("/evaluations/schemes", {"code": "330421", "file": file})["Location"]
    said = text_of(client.get(page))
    assert "税收 ÷ 用地面积" in said and "汇总平均值（按 行业大类），不足 3 家时用全部企业" in said
    assert "60 假设" in said and "亩均税收 · 权重 60 假设 演示所设" in said
    assert "须由他人办理" in said
    assert client.post(f"{page}/in-force").status_code == 403
    new = Scheme.objects.get(version=2)
    compared = text_of(client.get(f"/evaluations/schemes/{found.scheme.pk}/with/{new.pk}"))
    assert "A 20%、B 50%、C 20%、D 其余 → A 20%、B 40%、C 20%、D 其余" in compared
    assert "已作为草案导入" in said and new.state == "draft"


def test_a_shipped_scheme_is_used_for_another_year(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    answer = client.post("/evaluations/schemes/shipped/demo-jiaxing-2020", {"code": "330421", "year": 2025})
    made = Scheme.objects.latest("id")
    assert answer["Location"] == f"/evaluations/schemes/{made.pk}"
    assert (made.year, made.place.code, made.state) == (2025, "330421", "draft")


def test_a_run_is_asked_for_and_shows_how_far_it_is_until_it_is_there(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    wanted = {"scheme": found.scheme.pk, "code": "330421", "year": 2024, "note": "上年"}
    page = client.post("/evaluations", wanted)["Location"]
    assert "计算中" in text_of(client.get(page))
    assert "every 1s" in client.get(f"{page}/progress").content.decode()
    run_pending()
    assert client.get(f"{page}/progress")["HX-Refresh"] == "true"
    assert "结果只供参考，不能公示" in text_of(client.get(page))


def test_a_run_that_failed_says_why_and_can_be_tried_again(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    page = client.post("/evaluations", {"scheme": found.scheme.pk, "code": "330421", "year": 2010})[
        "Location"
    ]
    run_pending()
    said = text_of(client.get(page))
    assert "2010 年没有“" in said and "重新计算" in said and "2010 年 · 失败" in said
    client.post(f"{page}/retry")
    assert "计算中" in text_of(client.get(page))


def test_from_publicity_to_final_with_an_objection_on_the_way(found: Evaluated) -> None:
    county, run, firm = publicised(found), f"/evaluations/{found.run.pk}", found.firms[13]
    town = signed_in("demo-xitang")
    form = f"{run}/firms/{firm.pk}/object"
    missing = town.post(form, {"claim": "用地面积有误"})
    assert missing.status_code == 422 and "至少 1 份材料" in text_of(missing)
    page = town.post(form, {"claim": "用地面积应为 10 亩", "files": paper()})["Location"]
    assert "还不能“定稿”：公示到" in text_of(county.get(run))
    county.post(f"{run}/finalise")
    assert Evaluation.objects.get(pk=found.run.pk).state == "publicised"
    assert "1 件异议待裁定" in text_of(county.get(run))
    assert town.get(page).status_code == 200 and "裁定异议" not in text_of(town.get(page))
    answers = {"outcome": "upheld", "reason": "已核对土地证", "column_land": "10"}
    assert "用地面积 33 → 10" in text_of(county.post(page, answers, follow=True))
    over(found)
    assert "1 件异议成立，请先按异议修订" in text_of(county.get(run))
    revision = county.post(f"{run}/revise", {"way": "freeze"})["Location"]
    run_pending()
    assert "修订时结果未变" not in text_of(county.get(f"{revision}/firms/{firm.pk}"))
    assert f"第 {found.run.pk} 号" in text_of(county.get(f"{revision}/comparison"))


def test_without_objections_the_results_become_final_and_count(found: Evaluated) -> None:
    county, run = publicised(found), f"/evaluations/{found.run.pk}"
    over(found)
    assert "已定稿" in text_of(county.post(f"{run}/finalise", follow=True))
    firm = found.firms[0]
    assert f"2025 年 {grade_of(found, 0)}" in text_of(county.get(f"/firms/{firm.pk}"))


def test_nobody_decides_an_objection_that_they_recorded(found: Evaluated) -> None:
    county = publicised(found)
    form = f"/evaluations/{found.run.pk}/firms/{found.firms[3].pk}/object"
    page = county.post(form, {"claim": "税收有误", "files": paper()})["Location"]
    assert "须由他人办理" in text_of(county.get(page))
    refused = county.post(page, {"outcome": "dismissed", "reason": "无依据"})
    assert refused.status_code == 200 and Objection.objects.get().state == "open"


def test_an_objection_is_taken_back_on_its_page_by_who_recorded_it(found: Evaluated) -> None:
    county = publicised(found)
    form = f"/evaluations/{found.run.pk}/firms/{found.firms[3].pk}/object"
    town = signed_in("demo-xitang")
    page = town.post(form, {"claim": "税收有误", "files": paper()})["Location"]
    assert "撤回异议" in text_of(town.get(page)) and "撤回异议" not in text_of(county.get(page))
    assert county.post(f"{page}/withdraw", {"reason": "误登"}).status_code == 403
    assert "须写明理由" in text_of(town.post(f"{page}/withdraw", {"reason": " "}, follow=True))
    said = text_of(town.post(f"{page}/withdraw", {"reason": "企业书面放弃"}, follow=True))
    assert "号异议已撤回" in said and "企业书面放弃" in said and "撤回人" in said
    assert "撤回异议" not in said and Objection.objects.get().state == "withdrawn"


def test_evidence_is_saved_not_opened_and_only_by_those_who_see_the_firm(found: Evaluated) -> None:
    county = publicised(found)
    form = f"/evaluations/{found.run.pk}/firms/{found.firms[3].pk}/object"
    page = county.post(form, {"claim": "税收有误", "files": paper()})["Location"]
    answer = county.get(f"{page}/files/0")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 stamped"
    assert answer["Content-Disposition"].startswith("attachment")
    assert county.get(f"{page}/files/1").status_code == 404
    assert signed_in("demo-pinghu").get(f"{page}/files/0").status_code == 404


def test_the_data_to_correct_are_called_as_the_scheme_calls_them(found: Evaluated) -> None:
    county = publicised(found)
    form = f"/evaluations/{found.run.pk}/firms/{found.firms[3].pk}/object"
    page = signed_in("demo-xitang").post(form, {"claim": "税收有误", "files": paper()})["Location"]
    county.post("/language", {"language": "en", "next": "/"})
    said = text_of(county.get(page))
    assert "Accident" in said and "责任事故" not in said and "Years in D in a row" in said


def test_missing_figures_and_odd_weights_are_said_on_the_page_of_a_run(found: Evaluated) -> None:
    odd = SCHEME.replace("weight = 40", "weight = 30").replace("version = 1", "version = 2")
    scheme = evaluation.import_scheme(
        actor=who("demo-jiashan"), at=AT, text=odd, code="330421", filename="odd.toml"
    )
    run = computed(scheme, by=MACHINE)
    assert run.counts["missing"]["tax"] == 3
    told = text_of(signed_in("demo-jiashan").get(f"/evaluations/{run.pk}"))
    assert "缺数据：“税收”有 3 家没有填写。" in told
    assert "各指标的权重合计为 90，不是 100" in told
    assert "权重合计" not in text_of(signed_in("demo-jiashan").get(f"/evaluations/{found.run.pk}"))


def test_a_withdrawal_needs_a_reason(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    assert "须写明理由" in text_of(client.post(f"{run}/withdraw", follow=True))
    assert "已撤回" in text_of(client.post(f"{run}/withdraw", {"reason": "数据有误"}, follow=True))


def test_an_answer_that_cannot_be_read_is_refused_by_its_field(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    said = text_of(client.post(f"{run}/publicise", {"days": "十天"}, follow=True))
    assert "“公示工作日数”有误" in said and "已公示" not in said
    assert "已公示" in text_of(client.post(f"{run}/publicise", follow=True))  # nothing said: the usual number


def test_a_firm_in_d_reads_why_and_what_would_change_it(found: Evaluated) -> None:
    number = next(n for n in range(14) if grade_of(found, n) == "D")
    client, sheet = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}/firms/{found.firms[number].pk}"
    said = text_of(client.get(sheet))
    assert "D 落后整治类" in said and "距 C 档最低分" in said and "亩均税收 万元/亩" in said
    assert "最省的一项：" in text_of(client.get(f"{sheet}/cheapest"))


def test_other_firms_that_would_move_are_named_only_where_they_may_be_seen(found: Evaluated) -> None:
    county, town = publicised(found), signed_in("demo-xitang")
    for firm in found.firms[1:14]:
        sheet = f"/evaluations/{found.run.pk}/firms/{firm.pk}/cheapest"
        if "虚构魏塘街道" in text_of(county.get(sheet)):
            said = text_of(town.get(sheet))
            assert "魏塘街道" not in said and "其他辖区的一家企业" in said
            return
    pytest.fail("no firm of the town moves one of another town")


def test_a_veto_and_an_exemption_are_told_on_the_sheet_and_in_the_list(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    vetoed, exempt = found.firms[1], found.firms[6]
    said = text_of(client.get(f"{run}/firms/{vetoed.pk}"))
    assert "C 监管调控类 因“发生责任事故，不评为A、B类”，由 A 降为 C（一票否决）。 总分" in said
    assert "属于“建设期企业”，按办法不参评，列为 T。" in text_of(client.get(f"{run}/firms/{exempt.pk}"))
    left = text_of(client.get(f"{run}/firms?status=not_rated"))
    assert "建设期企业（按办法不参评）" in left and "“亩均税收”不能计算：缺少数据" in left


def test_the_letter_is_written_once_results_are_public(found: Evaluated) -> None:
    client, letter = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}/firms/{found.firms[13].pk}.docx"
    assert client.get(letter).status_code == 409
    publicised(found)
    answer = client.get(letter)
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "虚构西塘镇14号机械厂" in text and "盖公章的书面异议" in text and "虚构西塘镇1号" not in text


def test_the_letter_of_a_final_result_invites_nobody_to_object(found: Evaluated) -> None:
    client, run = publicised(found), f"/evaluations/{found.run.pk}"
    over(found)
    client.post(f"{run}/finalise")
    answer = client.get(f"{run}/firms/{found.firms[13].pk}.docx")
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "公示已于2026年11月9日结束，评价结果已经定稿" in text and "书面异议" not in text


def test_the_list_is_narrowed_ordered_and_exported_as_it_is_seen(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    query = "?grade=D&sort=-total&unit=330421103"
    rows = [row for row in cells_of(client.get(f"{run}/firms.xlsx{query}")) if row[9] == "D"]
    said = text_of(client.get(f"{run}/firms{query}"))
    totals = [row[7] for row in rows]
    assert rows and totals == sorted(totals, reverse=True)
    assert f"西塘镇 · 共 {len(rows)} 户" in said
    assert all(f"{row[2]} {row[4]}" in said for row in rows)


def test_a_condition_that_is_not_offered_is_said_to_be_ignored(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    said = text_of(client.get(f"{run}/firms?grade=Q&near=7&status=gone"))
    assert "没有采用的条件（没有这一选项）：等级 Q；参评情况 gone；临近档线 7。" in said
    assert "没有采用" not in text_of(client.get(f"{run}/firms?grade=D"))
    rows = cells_of(client.get(f"{run}/firms.xlsx?grade=Q"))
    assert any("没有采用的条件（没有这一选项）：等级 Q" == str(cell) for row in rows for cell in row)


def test_firms_near_a_threshold_are_found_for_the_review(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    review = text_of(client.get(f"{run}/review?points=5&percent=5"))
    near = text_of(client.get(f"{run}/firms?near=5"))
    named = [firm.name for firm in found.firms if f" {firm.name} " in near]
    assert named and all(name in review for name in named)
    assert "各项数据有 ±5% 误差时" in review
    assert "亩均税收 60 65" in text_of(client.get(f"{run}/weights"))


def test_a_rehearsal_shows_who_moves_and_what_each_difference_does(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    text = SCHEME.replace("version = 1", "version = 2").replace("share = 50", "share = 30")
    file = SimpleUploadedFile("v2.toml", text.encode(), "application/toml")
    client.post("/evaluations/schemes", {"code": "330421", "file": file})
    rehearsal = computed(Scheme.objects.get(version=2), by=MACHINE)
    page = f"/evaluations/{rehearsal.pk}/comparison?with={found.run.pk}"
    said = text_of(client.get(page))
    moved = sum(
        rehearsal.results.get(firm=row.firm).grade != row.grade
        for row in found.run.results.select_related("firm")
    )
    assert moved and f"等级变动的企业 {moved} 户" in said
    effects = text_of(client.get(f"/evaluations/{rehearsal.pk}/comparison/{found.run.pk}/effects"))
    assert f"D 其余 {moved}" in effects
    assert "发生责任事故，不评为A、B类 调档规则 1" in text_of(
        client.get(f"/evaluations/{rehearsal.pk}/deciding")
    )
    assert client.get(page.replace(str(found.run.pk), "999")).status_code == 404


def test_hits_are_explained_and_suspects_become_a_roster(found: Evaluated) -> None:
    client = signed_in("demo-jiashan")
    said = text_of(client.get("/evaluations/screening?year=2025"))
    assert "R07 " in said and "未能检验" in said and "须现场核实" not in said.split("疑似企业")[0]
    form = client.get("/evaluations/screening/2025/roster").context["form"]
    answers = {name: field.initial or form.initial[name] for name, field in form.fields.items()}
    page = client.post("/evaluations/screening/2025/roster", answers | {"rule": ["R07"]})["Location"]
    assert "均为疑似，待核实" in text_of(client.get(page))
    roster = Roster.objects.latest("id")
    hit = text_of(client.get("/evaluations/screening?year=2025&rule=R07"))
    assert f"R07 命中 {roster.cases.count()} 户" in hit and roster.cases.count()
    none = client.post("/evaluations/screening/2025/roster", answers | {"code": "other", "rule": []})
    assert none.status_code == 422 and "没有疑似企业" in text_of(none)


def test_a_hit_does_not_depend_on_who_asks(found: Evaluated) -> None:
    address = "/evaluations/screening?year=2025&rule=R08"
    county, town = (signed_in(name).get(address).context["rows"] for name in ("demo-jiashan", "demo-xitang"))
    own = {firm.pk for firm in found.firms[:14]}
    assert [one.firm_id for one in town] and {one.firm_id for one in town} == {
        one.firm_id for one in county if one.firm_id in own
    }
    assert town[0].hits == next(one.hits for one in county if one.firm_id == town[0].firm_id)


def test_prices_are_those_of_a_document_or_none(found: Evaluated) -> None:
    client, run = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}"
    assert "没有收录本地区这一年度的价格文件" in text_of(client.get(f"{run}/prices"))
    tried = text_of(client.get(f"{run}/prices?rates_of=330481"))
    assert "浙江省 慈溪市 海宁市 山东省" in tried
    assert "0.3 元/千瓦时" in tried and "须核对原文" in tried and "不得执行" in tried
    rows = cells_of(client.get(f"{run}/prices.xlsx?rates_of=330481"))
    assert sum(row[3] == "D" for row in rows) == found.run.counts["grades"]["D"]
    client.post("/language", {"language": "en", "next": "/"})
    assert "Zhejiang Cixi Haining Shandong" in text_of(client.get(f"{run}/prices"))


QUERIES = {"": 13, "/firms": 11, "/firms/{firm}": 12, "/objections": 8}


@pytest.mark.parametrize("page", QUERIES)
def test_a_page_asks_the_database_no_more_than_this(
    found: Evaluated, django_assert_max_num_queries: Any, page: str
) -> None:
    client, address = signed_in("demo-jiashan"), f"/evaluations/{found.run.pk}{page}"
    address = address.format(firm=found.firms[3].pk)
    client.get(address)
    with django_assert_max_num_queries(QUERIES[page]):
        client.get(address)


def test_in_a_large_run_a_worker_looks_for_the_cheapest_change(
    found: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenglong.queries.evaluation.firm.FEW", 3)
    number = next(n for n in range(14) if grade_of(found, n) == "D")
    client = signed_in("demo-jiashan")
    part = f"/evaluations/{found.run.pk}/firms/{found.firms[number].pk}/cheapest"
    caches["lasting"].clear()
    assert "hx-post" in client.get(part).content.decode()
    client.post(part)
    client.post(part)
    assert Job.objects.filter(kind="find_cheapest").count() == 1
    assert "every 1s" in client.get(part).content.decode()
    run_pending()
    assert "最省的一项：" in text_of(client.get(part))
    assert signed_in("demo-pinghu").post(part).status_code == 404


def test_in_a_large_run_a_worker_finds_what_a_letter_says(
    found: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenglong.queries.evaluation.firm.FEW", 3)
    sheet = f"/evaluations/{found.run.pk}/firms/{found.firms[13].pk}"
    assert signed_in("demo-jiashan").post(f"{sheet}/letter").status_code == 409
    client = publicised(found)
    caches["lasting"].clear()
    assert client.get(f"{sheet}.docx").headers["Location"] == f"{sheet}/letter"
    waiting = client.get(f"{sheet}/letter").content.decode()
    assert f'hx-post="{sheet}/letter"' in waiting and "下载告知书" not in waiting
    client.post(f"{sheet}/letter")
    assert (
        f'hx-get="{sheet}/letter"'
        in client.get(f"{sheet}/letter", headers={"HX-Request": "1"}).content.decode()
    )
    run_pending()
    assert f'href="{sheet}.docx"' in client.get(f"{sheet}/letter").content.decode()
    assert client.get(f"{sheet}.docx").status_code == 200
    assert signed_in("demo-pinghu").post(f"{sheet}/letter").status_code == 404
