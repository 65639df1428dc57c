"""Names of firms: different spellings of one name become equal, different firms do not. All invented."""

import time

import pytest

from tenglong.domain.registry.names import (
    former_names,
    is_branch,
    names_in,
    normalise,
    plain_text,
    tell_one_firm,
)


@pytest.mark.parametrize(
    "written",
    [
        "嘉兴市华东纽扣厂",
        "嘉興市華東紐扣廠",
        " 嘉兴市 华东钮扣厂（个人）",
        "嘉兴市华东纽扣厂(1/1)",
        "嘉兴市【华东】纽扣厂",
        "张三（嘉兴市华东纽扣厂）",
    ],
)
def test_spellings_of_one_name_become_equal(written: str) -> None:
    assert normalise(written).full == "嘉兴市华东纽扣厂"


@pytest.mark.parametrize(
    ("name", "prefix", "core", "legal_form"),
    [
        ("浙江省嘉兴市盛达塑料有限责任公司", "浙江省嘉兴市", "盛达塑料", "有限责任公司"),
        ("嘉善县盛达塑料（浙江）有限公司", "嘉善县", "盛达塑料", "有限公司"),
        ("嘉善盛达科技有限公司", "嘉善", "盛达", "科技有限公司"),
        ("盛达塑料", "", "盛达塑料", ""),
        ("浙江远东书店有限公司", "浙江", "远东书店", "有限公司"),
        ("浙江新华书店有限公司", "浙江", "浙江新华书店", "有限公司"),
        ("惠州市惠阳区新圩镇盛达五金厂", "惠州市惠阳区新圩镇", "盛达五金", "厂"),
        ("苏州盛达精密机械有限公司", "苏州", "盛达精密机械", "有限公司"),
        ("安康食品厂", "", "安康食品", "厂"),
        ("浙江有限公司", "", "浙江", "有限公司"),
        ("ｓｄ五金厂", "", "SD五金", "厂"),
        ("厂", "", "厂", ""),
        ("", "", "", ""),
    ],
)
def test_regions_and_legal_forms_are_taken_off(name: str, prefix: str, core: str, legal_form: str) -> None:
    found = normalise(name)
    assert (found.prefix, found.core, found.legal_form) == (prefix, core, legal_form)


def test_a_region_in_brackets_stays_in_the_full_name() -> None:
    assert normalise("盛达（中国）有限公司").full != normalise("盛达有限公司").full
    assert normalise("盛达（中国）有限公司").core == normalise("盛达有限公司").core


@pytest.mark.parametrize(
    ("name", "joinable"), [("盛达*料厂", False), ("王某", False), ("盛达厂", False), ("盛达塑料", True)]
)
def test_short_and_masked_names_are_not_joined_on(name: str, joinable: bool) -> None:
    assert normalise(name).joinable is joinable


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("盛达公司（原嘉善乙乙厂）", ("盛达公司", "嘉善乙乙厂")),
        ("盛达公司(曾用名:乙厂、丙)", ("盛达公司", "乙厂", "丙")),
        ("乙乙厂【现更名为盛达公司】", ("乙乙厂", "盛达公司")),
        ("盛达（原料药）有限公司", ("盛达（原料药）有限公司",)),
        ("盛达厂（原）", ("盛达厂（原）",)),
        ("张三（盛达公司）", ("张三（盛达公司）",)),
        ("原乡食品有限公司", ("原乡食品有限公司",)),
        ("", ()),
    ],
)
def test_former_names_stand_in_brackets(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_a_cell_of_former_names_may_say_what_it_is() -> None:
    assert former_names("曾用名：乙厂；丙厂/原名称:丁厂，") == ["乙厂", "丙厂", "丁厂"]


@pytest.mark.parametrize(
    ("left", "right", "one"),
    [
        ("嘉善县盛达纽扣有限公司", "盛达钮扣有限责任公司", True),
        ("嘉善县盛达纽扣厂", "嘉善盛达纽扣有限公司", False),
        ("浙江盛达纽扣厂", "宁波盛达纽扣厂", False),
        ("嘉善县西塘镇盛达五金厂", "嘉善县姚庄镇盛达五金厂", False),
        ("盛达纽扣有限公司", "盛达纽扣有限公司门市部", False),
        ("中国银行股份有限公司桐乡支行", "嘉兴银行股份有限公司桐乡支行", False),
        ("盛达报刊亭(2)", "盛达报刊亭(6)", False),
    ],
)
def test_names_that_tell_one_firm(left: str, right: str, one: bool) -> None:
    assert tell_one_firm(normalise(left), normalise(right)) is one


@pytest.mark.parametrize(
    ("left", "right", "branch"),
    [
        ("嘉善县试己眼镜有限公司", "嘉善县试己眼镜有限公司中心店", True),
        ("嘉善试己眼镜有限公司嘉善分公司", "嘉善试己眼镜有限公司", True),
        ("嘉善试己眼镜有限公司", "嘉善试己眼镜有限公司", False),
        ("嘉善试己眼镜一店", "嘉善试己眼镜二店", False),
    ],
)
def test_a_branch_bears_the_name_of_its_firm(left: str, right: str, branch: bool) -> None:
    assert is_branch(normalise(left), normalise(right)) is branch


def test_names_of_people_lose_width_and_spaces_only() -> None:
    assert plain_text("張　三") == "张三"


def test_a_list_of_names_takes_seconds() -> None:
    start = time.perf_counter()
    for number in range(20_000):
        normalise(f"浙江省嘉興市盛達（浙江）塑料{number}有限公司")
    assert time.perf_counter() - start < 5
