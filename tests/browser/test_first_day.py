"""The first day of a city in another province: from an empty folder to its first bulletin under its own masthead.

`make screenshots` writes the pictures of docs/how-to/first-day.md. The test prints how long the day took; a person, who
reads what the pages say, has fifteen minutes.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tenglong.demo.firms import synthetic_code
from tenglong.domain.kernel.periods import china_date
from tests.browser.served import Site
from tests.browser.test_screenshots import keep
from tests.browser.visits import Watch, open_browser
from tests.demonstration import environment

pytestmark = pytest.mark.slow

CITY, SIZE = "441300", (1280, 900)
TODAY = china_date(datetime.now(UTC))
PUSHED = (TODAY - timedelta(days=20)).strftime("%Y.%-m.%-d")
START, MOST_SECONDS = TODAY - timedelta(days=60), 15 * 60
PASSWORDS = {"hz": "Huizhou-Zhengzhi-1", "hz-b": "Huizhou-Zhengzhi-2"}
SERIES = "惠州市低效用地整治简报"
FIRMS = [
    ("惠城区", "水口街道", "惠州演示鸿达五金制品有限公司", "441302", 12.5),
    ("惠城区", "水口街道", "惠州演示鸿达五金制品厂", "", "3亩"),
    ("惠阳区", "淡水街道", "惠州演示恒通塑料有限公司", "441303", "约8"),
    ("惠阳区", "新圩镇", "惠州演示新圩纸箱厂", "", 4.2),
    ("博罗县", "园洲镇", "博罗演示永兴制衣有限公司", "441322", "1,020.5"),
    ("惠东县", "吉隆镇", "惠东演示吉隆鞋业有限公司", "441323", 9),
    ("龙门县", "永汉镇", "龙门演示永汉石材有限公司", "441324", 30),
    ("仲恺高新区", None, "惠州演示仲恺光电有限公司", "441302", 18),
    ("桐乡市", "濮院镇", "桐乡演示外县塑料厂", "", 6),
]
"""One firm under two names, one of another province, sizes as people write them."""
UNITS = ("441302", "441303", "441322", "441323", "441324", "4413Z1")


@pytest.fixture(scope="module")
def empty(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A site that was only founded, and the first password."""
    folder = tmp_path_factory.mktemp("first-day") / "data"
    folder.mkdir()
    command = [sys.executable, "-m", "tenglong.cli", "found", "--user", "hz", "--name", "甲 · 市整治办"]
    said = subprocess.run(
        [*command, "--territory", CITY],
        env=environment(folder, demo=False),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    found = re.search(r"初始密码 (\S+?)（", said)
    assert found, said
    site = Site.start(folder, demo=False)
    yield site, found[1]
    site.stop()
    assert "Traceback" not in site.log.read_text(encoding="utf-8")


def enter(page: Page, username: str, first_password: str) -> None:
    """Sign in for the first time, and choose a password of one's own."""
    page.goto("/sign-in")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(first_password)
    page.locator("form:has(#id_password) button").click()
    page.get_by_label("原密码").fill(first_password)
    page.get_by_label("新密码").fill(PASSWORDS[username])
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator("main")).to_contain_text("密码已修改")


def step(page: Page, words: str) -> None:
    """Follow a step of the list on the first page."""
    page.goto("/")
    page.locator("ol li").filter(has_text=words).get_by_role("link").first.click()


def done(page: Page) -> list[str]:
    """The steps that are ticked."""
    page.goto("/")
    return (
        page.locator("ol li", has=page.get_by_text("已完成", exact=True))
        .locator("a:not(.btn)")
        .all_inner_texts()
    )


def people_list(folder: Path) -> Path:
    """A second person of the office, and a county's."""
    book = openpyxl.Workbook()
    book.active.append(["用户名", "姓名", "单位", "角色"])
    book.active.append(["hz-b", "乙 · 市整治办", "惠州市", "市整治办"])
    book.active.append(["hy-a", "丙 · 惠阳区整治办", "惠阳区", "县整治办"])
    book.save(folder / "人员.xlsx")
    return folder / "人员.xlsx"


def pushed_list(folder: Path) -> Path:
    """What the office has: a title, a line of notes, days and sizes as text, a total, a foreign row."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "汇总"
    sheet.append(["惠州市低效工业用地企业推送名单（演示数据）"])
    sheet.merge_cells("A1:H1")
    sheet.append([f"填报单位：惠州市整治办　　填报日期：{TODAY:%Y年%m月%d日}"])
    sheet.append(
        ["序号", "县（区）", "镇街", "企业名称", "统一社会信用代码", "实际用地（亩）", "推送时间", "备注"]
    )
    for number, (county, town, name, code, land) in enumerate(FIRMS, 1):
        coded = synthetic_code(code, number) if code else None
        sheet.append([number, county, town, name, coded, land, PUSHED, None])
    sheet.append(["合计", None, None, None, None, "=SUM(F4:F12)", None, None])
    book.save(folder / "推送名单.xlsx")
    return folder / "推送名单.xlsx"


def reviewed_list(folder: Path) -> Path:
    """Everything kept, the county and the city agreeing."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        ["县(市、区)", "企业名称", "拟办", "县级意见", "县级日期", "市级意见", "市级日期", "最终名单版本"]
    )
    day = (TODAY - timedelta(days=5)).isoformat()
    for county, _, name, *_ in FIRMS[:1] + FIRMS[2:-1]:
        sheet.append([county, name, "保留", "同意", day, "同意", day, "第一版"])
    book.save(folder / "名单核定表.xlsx")
    return folder / "名单核定表.xlsx"


def upload(page: Page, kind: str, file: Path) -> None:
    """Hand a table in and wait until it has been checked."""
    page.goto("/imports")
    page.get_by_label("表格种类").select_option(label=kind)
    page.locator("#id_roster").select_option("hz-2026")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="上传并预检").click()
    expect(page.get_by_text("待确认", exact=True)).to_be_visible(timeout=60_000)


def confirm(page: Page) -> None:
    """Let what was checked count."""
    page.get_by_role("button", name="确认入账").click()
    expect(page.get_by_text("已确认", exact=True)).to_be_visible(timeout=60_000)


def settle_doubts(page: Page) -> None:
    """The firm that stands there under two names is one."""
    page.locator("main").get_by_role("link", name="企业比对", exact=True).click()
    expect(page.locator("main")).to_contain_text("惠州演示鸿达五金制品厂")
    page.get_by_label("认定依据").fill("登记机关查询为同一家（演示数据）")
    page.get_by_role("button", name="认定为同一家企业").click()
    expect(page.locator("main")).to_contain_text("目前没有等待认定的企业")


def own_masthead(page: Page, other: Page) -> None:
    """The bulletins get a name of the city's own: one person puts the rule, another releases it."""
    page.goto("/rules/addressing")
    text = page.locator("#id_text")
    text.fill(text.input_value().replace("淘汰落后工作通报", SERIES))
    page.locator("#id_from_day").fill(TODAY.isoformat())
    page.get_by_role("button", name="提交，待放行").click()
    expect(page.locator("main")).to_contain_text("待放行")
    other.goto("/rules/addressing")
    other.locator("section", has_text="历次规则").get_by_role("link", name=re.compile(r"^\d+$")).first.click()
    other.get_by_role("button", name="放行").click()
    expect(other.locator("main")).to_contain_text("已放行")


def set_targets(page: Page) -> None:
    """One firm for each unit."""
    step(page, "下达目标")
    for code in UNITS:
        form = page.locator("form[action*='targets']")
        form.locator("[name=code]").select_option(code)
        form.locator("[name=quantity]").fill("1")
        form.get_by_role("button", name="登记目标").click()
        expect(page.locator("main")).to_contain_text("目标已登记")


def issue(page: Page, folder: Path) -> str:
    """The first bulletin; gives what its document says."""
    step(page, "签发第一期通报")
    page.locator("form [name=as_of]").fill(TODAY.isoformat())
    page.get_by_role("button", name="预览通报").click()
    keep(page.screenshot(), "first-day-bulletin.png", SIZE)
    page.get_by_role("button", name="签发", exact=True).click()
    page.get_by_role("link", name="查看通报").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    download.value.save_as(folder / "通报.docx")
    document = docx.Document(folder / "通报.docx")
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_first_day_of_a_city_of_another_province(chromium: Browser, empty, tmp_path: Path, capsys):
    site, first_password = empty
    began, watch = time.monotonic(), Watch()
    page, other = (open_browser(chromium, site.address) for _ in range(2))
    for one in (page, other):
        watch.over(one)

    enter(page, "hz", first_password)
    assert done(page) == []
    keep(page.screenshot(), "first-day-steps.png", SIZE)

    step(page, "核对单位")
    page.get_by_role("link", name="惠州市", exact=True).click()
    page.get_by_text("新增下级单位").first.click()
    page.locator("#add-name").fill("仲恺高新区")
    page.locator("#add-day").fill(START.isoformat())
    page.locator("#add-reason").fill("惠府〔2026〕1 号（演示数据）")
    page.get_by_role("button", name="新增下级单位").click()
    expect(page.locator("main")).to_contain_text("单位变动已登记")

    page.goto("/")
    page.locator("ol li").filter(has_text="添加人员").get_by_role("link", name="按表办理").click()
    page.get_by_label("文件").set_input_files(people_list(tmp_path))
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("p.account")).to_have_text("读取 2 行 = 新增 2 + 更新 0 + 不变 0 + 退回 0")
    keep(page.screenshot(), "first-day-people.png", SIZE)
    page.get_by_role("button", name="确认办理").click()
    enter(other, "hz-b", page.locator("tr", has_text="hz-b").locator(".secret").inner_text())

    step(page, "建立名单")
    page.get_by_label("名单名称").fill("惠州市低效用地整治名单")
    page.get_by_label("名单代码").fill("hz-2026")
    page.get_by_label("确定单位").fill("市整治办")
    page.get_by_label("口径说明", exact=True).fill("全市低效工业用地企业，依据演示文件，以销号为完成。")
    page.get_by_label("开始日期").fill(START.isoformat())
    page.get_by_label("截止日期").fill((TODAY + timedelta(days=60)).isoformat())
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("已建立")

    step(page, "上传推送名单")
    upload(page, "推送名单", pushed_list(tmp_path))
    expect(page.locator("p.account")).to_have_text("读取 9 行 = 新增 8 + 更新 0 + 不变 0 + 退回 1")
    keep(page.screenshot(), "first-day-upload.png", SIZE)
    confirm(page)
    settle_doubts(page)
    assert done(page) == ["核对单位", "添加人员", "建立名单", "上传推送名单"]

    upload(other, "名单核定表", reviewed_list(tmp_path))
    page.goto(other.url)
    confirm(page)
    step(page, "核定名单")
    page.get_by_role("link", name="惠州市低效用地整治名单").first.click()
    page.get_by_role("button", name="冻结新版本").click()
    expect(page.locator("main")).to_contain_text("第 1 版")
    set_targets(page)
    own_masthead(page, other)

    said = issue(page, tmp_path)
    assert SERIES in said and "惠州市整治工作办公室" in said and "仲恺高新区" in said
    assert "第一天" not in page.goto("/").text()
    took = time.monotonic() - began
    assert took < MOST_SECONDS and not watch.problems
    with capsys.disabled():
        sys.stdout.write(
            f"\nThe first day took {took:.0f} s, from the first password to the first bulletin.\n"
        )
