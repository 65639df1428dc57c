"""Names of firms: different spellings of one name become equal, different firms do not. All invented."""

import time

import pytest

from tenglong.domain.registry.names import normalise, plain_text


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
        ("浙江新华书店有限公司", "浙江", "新华书店", "有限公司"),
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


def test_names_of_people_lose_width_and_spaces_only() -> None:
    assert plain_text("張　三") == "张三"


def test_a_list_of_names_takes_seconds() -> None:
    start = time.perf_counter()
    for number in range(20_000):
        normalise(f"浙江省嘉興市盛達（浙江）塑料{number}有限公司")
    assert time.perf_counter() - start < 5
