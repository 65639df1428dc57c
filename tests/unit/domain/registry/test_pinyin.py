"""Names of places in Latin letters: sound, spelling, and the kind of place as a word."""

import re

import pytest

from tenglong.domain.registry.divisions import shipped_with
from tenglong.domain.registry.pinyin import in_pinyin

CHINESE = re.compile(r"[\u3400-\u9fff]")
NAMES = {
    "嘉善县": "Jiashan County",
    "嘉兴经济技术开发区": "Jiaxing Economic and Technological Development Zone",
    "西塘桥街道": "Xitangqiao Subdistrict",
    "干窑镇": "Ganyao Town",
    "陕西省": "Shaanxi Province",
    "山西省": "Shanxi Province",
    "北京市": "Beijing",
    "内蒙古自治区": "Inner Mongolia",
    "西藏自治区": "Xizang",
    "六安市": "Lu'an City",
    "西安市": "Xi'an City",
    "东阿县": "Dong'e County",
    "单县": "Shan County",
    "任县": "Ren County",
    "蔚县": "Yu County",
    "乐清市": "Yueqing City",
    "乐山市": "Leshan City",
    "朝阳区": "Chaoyang District",
    "长垣市": "Changyuan City",
    "厦门市": "Xiamen City",
    "番禺区": "Panyu District",
    "洪洞县": "Hongtong County",
    "重庆市": "Chongqing",
    "景宁畲族自治县": "Jingning She Autonomous County",
    "黔西南布依族苗族自治州": "Qianxinan Bouyei and Miao Autonomous Prefecture",
    "双江拉祜族佤族布朗族傣族自治县": "Shuangjiang Lahu, Va, Blang and Dai Autonomous County",
    "呼和浩特市": "Hohhot City",
    "吕梁市": "Lüliang City",
    "县": "Xian",
    "Port Area": "Port Area",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_spelt_as_on_maps(name):
    assert in_pinyin(name) == NAMES[name]


def test_every_place_of_three_provinces_is_spelt_without_a_chinese_character():
    names = {place.name for code in ("330000", "540000", "150000") for place in shipped_with(code)}
    assert len(names) > 2000
    assert [name for name in names if CHINESE.search(in_pinyin(name))] == []
