from dataclasses import replace
from datetime import date

from tenglong.domain.kernel.rulebook import SHIPPED, shipped
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.bulletins import RoadmapCourse, UnitMilestones
from tenglong.domain.reporting.bulletins.pages import bulletin_document
from tenglong.domain.reporting.bulletins.roadmap import WORDING, roadmap_section
from tests.unit.domain.reporting.samples import AS_OF, COURSE, sample_content

WORDS = shipped(WORDING).content


def texts(course: RoadmapCourse) -> list[str]:
    return [
        block.text for block in roadmap_section(WORDS, course, AS_OF)[1] if isinstance(block, d.Paragraph)
    ]


def test_the_section_says_how_many_milestones_were_due_and_reached() -> None:
    assert texts(COURSE)[0] == (
        "按照《西塘镇整治路线图》（2021年8月2日采纳，以下简称路线图），截至11月9日应完成节点12项，已完成9项，"
        "完成率75.0%；逾期未完成3项。"
    )


def test_the_latest_are_named_with_firm_days_and_team() -> None:
    assert texts(COURSE)[1] == (
        "逾期时间较长的节点：西塘镇演示1号纽扣厂“签约”应于10月25日前完成，逾期15天（责任小组：第2组）；"
        "西塘镇演示2号纽扣厂“腾空”应于11月8日前完成，逾期1天；其余1项未逐一列出。"
    )


def test_nothing_is_left_out_when_all_are_named() -> None:
    whole = replace(COURSE, whole=replace(COURSE.whole, done=10))
    assert texts(whole)[1].startswith("逾期未完成的节点：西塘镇演示1号")
    assert texts(whole)[1].endswith("逾期1天。")


def test_units_stand_in_a_table_that_fits_the_page() -> None:
    table = next(block for block in roadmap_section(WORDS, COURSE, AS_OF)[1] if isinstance(block, d.Table))
    assert [column.header for column in table.columns][0] == "区块"
    assert table.rows == (
        ("东片", "8", "8", "0", "100.0", "—"),
        ("西片", "4", "1", "3", "25.0", "15"),
    )
    assert table.total == ("合计", "12", "9", "3", "75.0", "15")
    assert sum(column["width_mm"] for column in WORDS["columns"]) == 156


def test_all_reached_and_nothing_due_are_said_in_one_sentence() -> None:
    done = replace(COURSE, whole=UnitMilestones("合计", 12, 12, 0), latest=())
    assert texts(done)[0].endswith("截至11月9日应完成节点12项，已全部完成。")
    none = replace(COURSE, whole=UnitMilestones("合计", 0, 0, 0), units=(), latest=())
    assert roadmap_section(WORDS, none, date(2021, 8, 3))[1] == [
        d.Paragraph("按照《西塘镇整治路线图》（2021年8月2日采纳，以下简称路线图），截至8月3日尚无到期节点。")
    ]


def test_a_bulletin_has_the_section_after_the_ranking_only_with_a_roadmap() -> None:
    def headings(roadmap: RoadmapCourse | None) -> list[str]:
        blocks = bulletin_document(sample_content(roadmap=roadmap), SHIPPED).blocks
        return [block.text for block in blocks if isinstance(block, d.Heading) and block.level == 1]

    assert headings(COURSE)[1:4] == ["二、各地进展", "三、路线图执行情况", "四、亮点与典型"]
    assert "三、路线图执行情况" not in headings(None)
