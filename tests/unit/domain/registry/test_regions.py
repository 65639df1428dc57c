"""Regions in front of names, in any province. All firms are invented."""

import pytest

from tenglong.domain.registry.regions import regions_of

JIASHAN, HUIYANG = "330421", "441303"


@pytest.mark.parametrize(
    ("name", "near", "text", "region", "town"),
    [
        ("西塘镇试乙印刷厂", JIASHAN, "西塘镇", "", "西塘"),
        ("浙江省嘉兴市嘉善县西塘镇试乙印刷厂", "", "浙江省嘉兴市嘉善县西塘镇", "嘉善", "西塘"),
        ("嘉善试乙印刷厂", "", "嘉善", "嘉善", ""),
        ("惠阳试乙印刷厂", HUIYANG, "惠阳", "惠阳", ""),
        ("惠阳试乙印刷厂", "", "", "", ""),
        ("上海市嘉定区试乙印刷厂", JIASHAN, "上海市嘉定区", "嘉定", ""),
        ("延边朝鲜族自治州延吉市试乙厂", "", "延边朝鲜族自治州延吉市", "延吉", ""),
        ("浙江安康食品厂", JIASHAN, "浙江", "浙江", ""),
        ("安康食品厂", JIASHAN, "", "", ""),
        ("景德镇瓷器厂", JIASHAN, "", "", ""),
        ("大舜镇试乙纽扣印刷厂", JIASHAN, "大舜镇", "", "大舜"),
        ("中国试乙印刷厂", "", "中国", "中国", ""),
        ("", JIASHAN, "", "", ""),
    ],
)
def test_places_count_in_their_order_and_where_they_lie(
    name: str, near: str, text: str, region: str, town: str
) -> None:
    found = regions_of(name, near)
    assert (found.text, found.region, found.town) == (text, region, town)


@pytest.mark.parametrize("written", ["嘉膳县", "善嘉县", "嘉县"])
def test_a_slip_of_the_pen_in_ones_own_county_is_still_the_county(written: str) -> None:
    assert regions_of(f"{written}试乙印刷厂", JIASHAN).text == written
    assert regions_of(f"{written}试乙印刷厂", HUIYANG).text == ""


def test_two_slips_are_another_word() -> None:
    assert regions_of("佳膳县试乙印刷厂", JIASHAN).text == ""
