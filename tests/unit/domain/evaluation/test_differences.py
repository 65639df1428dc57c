from tenglong.domain.evaluation.differences import applied, scheme_difference
from tests.unit.domain.evaluation.county import scheme

YOUNG = 'id = "young"\nzh = "投产未满两年"\nen = "young"\nwhen = "new"'
DRAFT = scheme(
    ("weight = 50", "weight = 40"),
    ("weight = 30", "weight = 40"),
    ("benchmark = { given = 3 }", "benchmark = { quantile = 0.8, year = 'last', factor = 1.2, by = ['industry'] }"),
    ('missing = "average"', 'missing = "zero"'),
    ("share = 20", "share = 25"),
    ('kind = "veto"\ngrade = "C"', 'kind = "veto"\ngrade = "D"'),
    ('[[exempt]]\nid = "utility"', f'[[exempt]]\n{YOUNG}\n[[exempt]]\nid = "utility"'),
    ('[grades]\nby', "[total]\nplaces = 1\n[merge]\nby = 'town'\nhost = 'land'\n[grades]\nties = 'down'\nby"),
)  # fmt: skip


def test_every_difference_that_can_change_a_result_is_said_in_the_order_of_the_file() -> None:
    said = [(one.id, str(one.sentence)) for one in scheme_difference(scheme(), DRAFT)]
    assert said == [
        ("weights", "权重：亩均税收 50 → 40、亩均增加值 30 → 40"),
        ("exempt.young", "新增不参评情形“投产未满两年”（new）"),
        (
            "indicator.va_per_tce.benchmark",
            "指标“单位能耗增加值”的基准值：3 → 上年第 80 百分位数（按 industry） × 1.2",
        ),
        ("indicator.va_per_tce.missing", "指标“单位能耗增加值”的缺数据时：按平均得分 → 计零分"),
        ("adjust.accident.grade", "调档规则“安全生产事故一票否决”的档次：C → D"),
        ("merge", "新增合并评价"),
        ("total.places", "总分小数位数：2 → 1"),
        (
            "grades.steps",
            "档次比例或分数线：A 20%、B 40%、C 35%、D 其余 → A 25%、B 40%、C 35%、D 其余",
        ),
        ("grades.ties", "临界并列：向上 → 向下"),
    ]


def test_titles_labels_and_notes_are_no_difference() -> None:
    renamed = scheme(
        ("演示县亩均效益", "演示县亩产效益"), ("亩均税收", "单位用地税收"), ("version = 1", "version = 2")
    )
    assert scheme_difference(scheme(), renamed) == ()


def test_one_difference_at_a_time_leads_from_one_scheme_to_the_other_and_back() -> None:
    for start, end in ((scheme(), DRAFT), (DRAFT, scheme())):
        here = start
        for step, difference in enumerate(scheme_difference(start, end), start=1):
            here = applied(here, end, difference)
            assert len(scheme_difference(here, end)) == len(scheme_difference(start, end)) - step
        assert here == end


def test_a_new_rule_takes_its_place_in_the_order() -> None:
    fallen = '[[adjust]]\nid = "fallen"\nzh = "规上转规下"\nen = "x"\nwhen = "new"\nkind = "demote"'
    accident = '[[adjust]]\nid = "accident"'
    added = scheme((accident, f"{fallen}\n{accident}"))
    (difference,) = scheme_difference(scheme(), added)
    assert [one.id for one in applied(scheme(), added, difference).adjust] == ["new", "fallen", "accident"]


def test_a_changed_order_of_rules_is_a_difference_of_its_own() -> None:
    here = scheme()
    turned = here.model_copy(update={"adjust": here.adjust[::-1]})
    (difference,) = scheme_difference(here, turned)
    assert difference.id == "adjust.order"
    assert applied(here, turned, difference) == turned
    assert "安全生产事故一票否决、新建企业保护" in str(difference.sentence)


def test_what_a_draft_newly_reads_is_declared_with_it() -> None:
    column = '[column.floor]\nzh = "厂房面积"\nen = "floor"\nunit = "平方米"\n[column.industry]'
    draft = scheme(("[column.industry]", column), ('numerator = "tax"', 'numerator = "tax / floor"'))
    (difference,) = scheme_difference(scheme(), draft)
    assert "floor" in applied(scheme(), draft, difference).column
