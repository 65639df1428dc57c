from dataclasses import replace
from decimal import Decimal

from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.bulletins import BulletinContent, RankingRow
from tenglong.domain.reporting.bulletins.pages import bulletin_document
from tests.unit.domain.reporting.samples import CORRECTION, RANKING, sample_content


def texts(content: BulletinContent) -> list[str]:
    blocks = bulletin_document(content, SHIPPED).blocks
    return [block.text for block in blocks if isinstance(block, d.Paragraph | d.Heading)]


def tables(content: BulletinContent) -> list[d.Table]:
    return [block for block in bulletin_document(content, SHIPPED).blocks if isinstance(block, d.Table)]


def test_sections_are_numbered_in_order() -> None:
    headings = [
        block for block in bulletin_document(sample_content(), SHIPPED).blocks if isinstance(block, d.Heading)
    ]
    assert [each.text for each in headings if each.level == 1] == [
        "一、总体进展",
        "二、各地进展",
        "三、亮点与典型",
        "四、存在问题",
        "五、下步要求",
        "六、更正说明",
    ]
    assert [each.text for each in headings if each.level == 2][-1] == "（三）其他名单进展"


def test_a_section_without_content_is_left_out_and_the_rest_renumbered() -> None:
    content = sample_content(others=(), corrections=())
    assert not any("统计口径" in text for text in texts(content))
    assert not any("其他名单" in text or "更正" in text for text in texts(content))


def test_a_quiet_week_says_so() -> None:
    assert "本期未发现慢于序时进度的单位和逾期事项。" in texts(sample_content(problems=()))


def test_calibres_stand_apart_and_are_not_added() -> None:
    main = [text for text in texts(sample_content()) if "520家" in text]
    other = [text for text in texts(sample_content()) if "283家" in text]
    assert len(main) == len(other) == 1 and main != other
    assert other[0].endswith("该口径与上述口径不同，不得相加。")


def test_the_calibre_prints_date_and_knowledge() -> None:
    (calibre,) = [text for text in texts(sample_content()) if text.startswith("注：本期数据")]
    assert "数据截至2021年11月9日，以2021年11月9日17时00分前登记的记录为准。" in calibre
    assert "整治期限为2021年9月1日至2021年12月31日" in calibre


def test_the_ranking_prints_what_it_is_given() -> None:
    ranking = tables(sample_content())[0]
    assert ranking.rows[0] == (
        *("1", "嘉善县", "96", "84", "8", "87.5", "+30.1", "1443.5", "50600", "2", "↑1", "绿牌"),
    )
    assert ranking.rows[-1][-3:] == ("9", "持平", "红牌")
    assert ranking.total is not None and ranking.total[:6] == ("—", "合计", "730", "520", "36", "71.2")


def test_a_unit_without_target_is_not_ranked() -> None:
    idle = RankingRow(unit="港区", target=None, done=0, new=0, land=Decimal(0), energy=Decimal(0))
    ranking = tables(sample_content(ranking=(*RANKING[:2], idle)))[0]
    assert ranking.rows[-1] == ("—", "港区", "—", "0", "0", "—", "—", "0.0", "0", "—", "—", "—")
    assert ranking.notes[-1] == "注：港区本期无整治目标，不参与排名。"


def test_corrections_name_issue_reason_and_cases() -> None:
    many = tuple(replace(CORRECTION, issue=number) for number in range(1, 13))
    table = tables(sample_content(corrections=many))[1]
    assert len(table.rows) == 12
    assert table.rows[0] == (
        *("1", "第1期桐乡市累计销号（家）", "79", "78", "回头看发现用电未归零，撤销销号", "演示桐乡丙染整厂"),
    )


def test_a_document_number_takes_the_place_of_the_issue() -> None:
    blocks = bulletin_document(sample_content(document_number="嘉整治办〔2021〕33号"), SHIPPED).blocks
    assert d.IssueNumber("嘉整治办〔2021〕33号") in blocks


def test_the_document_is_a_function_of_the_stored_content() -> None:
    content = sample_content()
    assert bulletin_document(BulletinContent.from_json(content.to_json()), SHIPPED) == bulletin_document(
        content, SHIPPED
    )
