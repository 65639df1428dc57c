"""Keys that do not fit each other are refused with the key and the remedy."""

import pytest

from tenglong.domain.evaluation.checks import column_kinds, result_kinds, value_kinds
from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadRules
from tests.spec.evaluation.cases import scheme_of

GRADES = 'grades = { by = "quota", steps = [{ grade = "A", share = 50 }, { grade = "B" }] }\n'
X = 'id = "x", method = "ratio"'


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        # names
        ('indicator = [{ id = "tax" }]', "indicator.tax.：列“tax”与指标同名"),
        ('indicator = [{ id = "x" }, { id = "x" }]', "编号“x”出现了不止一次"),
        ('indicator = [{ id = "total" }]', "名称“total”另有含义"),
        ('exempt = [{ id = "a", when = "fresh" }, { id = "a", when = "fresh" }]', "exempt.a.：编号“a”"),
        # expressions
        ('indicator = [{ id = "x", numerator = "taxx" }]', "x..numerator：没有名称“taxx”"),
        ('indicator = [{ id = "x", denominator = "county" }]', "x..denominator：county 是文字"),
        ('indicator = [{ id = "x", numerator = "tax / average(tax)" }]', "numerator：这里不能用汇总函数"),
        ('indicator = [{ id = "x" }, { id = "y", numerator = "x" }]', "y..numerator：没有名称“x”"),
        ('scope = { when = "tax" }', "scope.when：tax 是数值"),
        ('exempt = [{ id = "a", when = "total < 3" }]', "exempt.a..when：没有名称“total”"),
        ('points = [{ id = "a", points = "county" }]', "points.a..points：county 是文字"),
        ('points = [{ id = "a", when = "rank < 3", points = 1 }]', "points.a..when：没有名称“rank”"),
        (
            GRADES + 'adjust = [{ id = "a", kind = "promote", when = "grade < 3" }]',
            "adjust.a..when：文字只能用",
        ),
        # methods and benchmarks
        ('indicator = [{ id = "x", cap = 1.5 }]', "x..cap：方法 value 不用 cap"),
        (f"indicator = [{{ {X}, k = 2 }}]", "x..k：方法 ratio 不用 k"),
        (f"indicator = [{{ {X} }}]", "x..benchmark：方法 ratio 需要基准值"),
        ('indicator = [{ id = "x", benchmark = { given = 1 } }]', "x..benchmark：方法 value 不用基准值"),
        (f"indicator = [{{ {X}, benchmark = {{ }} }}]", "恰好选一种，现有 0 种"),
        (f"indicator = [{{ {X}, benchmark = {{ given = 1, max = true }} }}]", "恰好选一种，现有 2 种"),
        (f"indicator = [{{ {X}, benchmark = {{ given = 0 }} }}]", "benchmark：基准值应大于 0"),
        (f"indicator = [{{ {X}, benchmark = {{ max = true, factor = 0 }} }}]", "factor：倍数应大于 0"),
        (f"indicator = [{{ {X}, benchmark = {{ given = 1, factor = 2 }} }}]", "factor 只用于由数据算出"),
        (
            f"indicator = [{{ {X}, benchmark = {{ max = true, values = {{ a = 1 }} }} }}]",
            "只与 given_by 一起用",
        ),
        (f'indicator = [{{ {X}, benchmark = {{ given_by = "county" }} }}]', "values：缺少各类的基准值"),
        (
            f'indicator = [{{ {X}, benchmark = {{ given_by = "tax", values = {{ a = 1 }} }} }}]',
            "type 应为 text",
        ),
        (f'indicator = [{{ {X}, benchmark = {{ average = "pooled" }} }}]', "没有分母的指标不能用 pooled"),
        (f'indicator = [{{ {X}, benchmark = {{ max = true, by = ["place"] }} }}]', "by：没有列“place”"),
        (f"indicator = [{{ {X}, benchmark = {{ given = 1 }}, floor = 2, cap = 1 }}]", "下限 2 高于上限 1"),
        (
            'indicator = [{ id = "x", method = "inverse", benchmark = { given = 1 }, floor = 2 }]',
            "高于上限 1",
        ),
        ('indicator = [{ id = "x", missing = "as_value" }]', "x..missing：没有指标值时不能用 as_value"),
        ('indicator = [{ id = "x", no_denominator = "as_value" }]', "x..no_denominator：没有指标值"),
        ('indicator = [{ id = "x", method = "minmax", by = ["tax"] }]', "x..by：列“tax”的 type 应为 text"),
        ('indicator = [{ id = "x", average_by = ["y"] }]', "x..average_by：没有列“y”"),
        # total, merge, provenance
        ("total = { floor = 2, cap = 1 }", "total.floor：下限高于上限"),
        ('merge = { by = "tax", host = "land" }', "merge.by：列“tax”的 type 应为 text"),
        ('merge = { by = "parcel", host = "county" }', "merge.host：列“county”的 type 应为 number"),
        ('indicator = [{ id = "x", assumed = { wieght = "a" } }]', "x..assumed：“wieght”不是本表的项目"),
        # grades
        ('adjust = [{ id = "a", kind = "promote", when = "fresh" }]', "adjust：没有 .grades."),
        (GRADES.replace('"A", share = 50', '"A"'), "grades.steps.A.：按比例分档时"),
        (GRADES.replace("share = 50", "from = 50"), "grades.steps.A.：按比例分档时"),
        (GRADES.replace('"B"', '"A"'), "grades.steps：档次“A”为空或重复"),
        (GRADES.replace("50", "33.3333333"), "grades.steps.A..share：比例最多写 6 位小数"),
        (GRADES.replace('"B"', '"B", share = 50'), "grades.steps.B.：最后一档收下其余企业"),
        (GRADES.replace("{ grade", '{ grade = "S", share = 50.5 }, { grade', 1), "比例之和为 100.5%"),
        (GRADES.replace("quota", "score"), "grades.steps.A.：按分数分档时"),
        (
            'grades = { by = "score", steps = ['
            '{ grade = "A", from = 60 }, { grade = "B", from = 60 }, { grade = "C" }] }',
            "grades.steps.B..from：最低分应低于上一档的 60",
        ),
        (GRADES.replace("steps", 'peers = ["tax"], steps'), "grades.peers：列“tax”的 type 应为 text"),
        (GRADES.replace("steps", 'tie_break = ["tax"], steps'), "grades.tie_break：没有指标“tax”"),
        (
            GRADES + 'adjust = [{ id = "a", kind = "veto", when = "fresh" }]',
            "adjust.a..grade：veto 需要 grade",
        ),
        (GRADES + 'adjust = [{ id = "a", kind = "fix", grade = "T", when = "fresh" }]', "没有档次“T”"),
        (
            GRADES + 'adjust = [{ id = "a", kind = "promote", not_below = "B", when = "fresh" }]',
            "promote 不用 not_below",
        ),
        (
            GRADES + 'adjust = [{ id = "a", kind = "fix", grade = "A", steps = 2, when = "fresh" }]',
            "fix 不用 steps",
        ),
    ],
)
def test_what_does_not_fit_is_named(parts: str, said: str) -> None:
    with pytest.raises(BadRules, match=f"case.toml 的 .*{said}"):
        scheme_of(parts)


def test_each_place_may_read_its_names() -> None:
    scheme = scheme_of("")
    assert column_kinds(scheme)["county"] == "text"
    assert set(value_kinds(scheme)) - set(column_kinds(scheme)) == {"x"}
    assert set(result_kinds(scheme)) - set(value_kinds(scheme)) == {"total", "rank", "peers", "grade"}


def read_with(column: str) -> Scheme:
    head = 'id = "x"\ntitle = "x"\ntitle_en = "x"\nplace = "x"\nyear = 2020\nversion = 1\nsource = "x"\n'
    indicator = '[[indicator]]\nid = "y"\nzh = "y"\nen = "y"\nnumerator = "tax"\n'
    rest = 'unit = "x"\nweight = 1\nmethod = "value"\n'
    return read_scheme("x.toml", (head + column + indicator + rest).encode())


def test_a_basis_is_one_that_tables_state() -> None:
    text = '[column.tax]\nzh = "税收"\nen = "Tax"\nbasis = "{}"\n'
    assert read_with(text.format("equivalent")).column["tax"].basis == "equivalent"
    with pytest.raises(BadRules, match=r"column.tax..basis：没有口径“等价”，可用的有：.*equivalent（等价）"):
        read_with(text.format("等价"))
