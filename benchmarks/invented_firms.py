"""Seeded lists of invented firms and their miswritten copies: two lists that share most of their firms.

The rules of miswriting, and their rates, are those of the prototype behind the engines' measurements:
35 % another region in front, 25 % another legal form, 15 % another trade word, 0/1/2 slips of the pen in
50/38/12 %, 10 % a bracket or a blank before the legal form, 15 % another legal representative, 2 % another
county. Addresses and codes are ours: 10 % of addresses missing, 10 % moved, 15 % another house number;
codes missing at a given rate, 2 % of the rest with one wrong character.
"""

import random
from dataclasses import dataclass, replace

from stdnum.cn import uscc

COUNTIES = {
    code: (city, county)
    for code, city, county in (
        line.split()
        for line in """
330602 绍兴 越城区
330603 绍兴 柯桥区
330604 绍兴 上虞区
330681 诸暨 诸暨市
330683 嵊州 嵊州市
330624 新昌 新昌县
330109 杭州 萧山区
330110 杭州 余杭区
330481 海宁 海宁市
330483 桐乡 桐乡市
330482 平湖 平湖市
330421 嘉善 嘉善县
330282 慈溪 慈溪市
330281 余姚 余姚市
330226 宁海 宁海县
330225 象山 象山县
330782 义乌 义乌市
330784 永康 永康市
330783 东阳 东阳市
330781 兰溪 兰溪市
331081 温岭 温岭市
331082 临海 临海市
331083 玉环 玉环市
331003 台州 黄岩区
330382 乐清 乐清市
330381 瑞安 瑞安市
330326 平阳 平阳县
330327 苍南 苍南县
330522 长兴 长兴县
330521 德清 德清县
""".split("\n")
        if line
    )
}
BRAND = (
    "华东盛达金鑫恒宏伟业天成瑞祥永兴隆泰康明宇浩博远航海洋龙凤飞腾跃进新润丰源德信诚嘉美佳丽雅"
    "艺锦绣绿洲绿源蓝天白云星辰日月光辉越美友联合众创力邦安平顺利通达广益民生智慧科锐捷鼎峰巨能"
    "万里百川汇聚宝玉晶莹银河正大中亚环球欧亚卓越普惠利华仁和福禄喜庆吉"
)
TRADES = (
    "纺织 印染 针织 服饰 化纤 机械 机电 电器 电子 五金 塑料 塑胶 "
    "包装 化工 新材料 建材 汽车配件 轴承 阀门 泵业 食品 家具 光电 电缆 "
    "模具 金属制品 精密机械 环保科技 生物科技 医药 纸业 玻璃 橡胶 皮革 箱包 "
).split()
FORMS = {
    "有限公司": 0.68,
    "股份有限公司": 0.06,
    "有限责任公司": 0.06,
    "厂": 0.06,
    "科技有限公司": 0.08,
    "实业有限公司": 0.04,
    "集团有限公司": 0.02,
}
SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆"
)


@dataclass(frozen=True)
class InventedFirm:
    """One firm in parts; `number` is the same for the firm and its copies and is the truth to be found."""

    number: int
    county: str
    prefix: str
    brand: str
    trade: str
    form: str
    representative: str
    code: str
    road: str
    house: int
    written: str = ""

    @property
    def name(self) -> str:
        """The name as written, miswritten or not."""
        return self.written or self.prefix + self.brand + self.trade + self.form

    @property
    def address(self) -> str:
        """County, road and house; "" where the road is not given."""
        return f"{COUNTIES[self.county][1]}{self.road}路{self.house}号" if self.road else ""


def two_lists(
    seed: int, size: int, missing_codes: float, shared: float = 0.8
) -> tuple[list[InventedFirm], list[InventedFirm]]:
    """A clean list and a list in which `shared` of the rows are miswritten copies of rows of the first."""
    dice = random.Random(seed)
    firms = [_firm(dice, number) for number in range(int(size * (2 - shared)))]
    start = int(size * (1 - shared))
    copies = [
        _miswritten(dice, firm, missing_codes) if firm.number < size else firm
        for firm in firms[start : start + size]
    ]
    dice.shuffle(copies)
    return firms[:size], copies


def slip_of_the_pen(dice: random.Random, name: str) -> str:
    """One character replaced (40 %), dropped (20 %), added (20 %) or swapped with the next (20 %)."""
    place, kind = dice.randrange(len(name)), dice.random()
    if kind < 0.4:
        return name[:place] + dice.choice(BRAND) + name[place + 1 :]
    if kind < 0.6:
        return name[:place] + name[place + 1 :]
    if kind < 0.8:
        return name[:place] + dice.choice(BRAND) + name[place:]
    return name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]


def miscoded(dice: random.Random, code: str, missing_codes: float) -> str:
    """The code as copied: missing at the given rate, else wrong in one character in 2 %."""
    if dice.random() < missing_codes:
        return ""
    if dice.random() < 0.98:
        return code
    place = dice.randrange(8, 18)
    return code[:place] + dice.choice("0123456789") + code[place + 1 :]


def _firm(dice: random.Random, number: int) -> InventedFirm:
    county = dice.choice(list(COUNTIES))
    body = f"91{county}MA{dice.randrange(10**7):07d}"
    return InventedFirm(
        number=number,
        county=county,
        prefix=_prefix(dice, county, (0.5, 0.2, 0.15, 0.05, 0.1)),
        brand="".join(dice.sample(BRAND, dice.choices((2, 3, 4), (0.55, 0.35, 0.10))[0])),
        trade=dice.choice(TRADES),
        form=dice.choices(list(FORMS), list(FORMS.values()))[0],
        representative=_person(dice),
        code=body + uscc.calc_check_digit(body),
        road="".join(dice.sample(BRAND, 2)),
        house=dice.randrange(1, 500),
    )


def _miswritten(dice: random.Random, firm: InventedFirm, missing_codes: float) -> InventedFirm:
    if dice.random() < 0.35:
        firm = replace(firm, prefix=_prefix(dice, firm.county, (0.2,) * 5))
    if dice.random() < 0.25:
        firm = replace(firm, form=dice.choice(list(FORMS)))
    if dice.random() < 0.15:
        other = (firm.trade[:2], firm.trade + "科技", firm.trade + "制造", dice.choice(TRADES))
        firm = replace(firm, trade=dice.choice(other))
    name = firm.name
    for _ in range(dice.choices((0, 1, 2), (0.5, 0.38, 0.12))[0]):
        name = slip_of_the_pen(dice, name)
    if dice.random() < 0.1:
        name = name.replace("有限公司", "（浙江）有限公司" if dice.random() < 0.3 else " 有限公司")
    person = firm.representative if dice.random() < 0.85 else _person(dice)
    county = firm.county if dice.random() < 0.98 else dice.choice(list(COUNTIES))
    moved = _moved(dice, replace(firm, written=name, representative=person, county=county))
    return replace(moved, code=miscoded(dice, firm.code, missing_codes))


def _moved(dice: random.Random, firm: InventedFirm) -> InventedFirm:
    luck = dice.random()
    if luck < 0.10:
        return replace(firm, road="")
    if luck < 0.20:
        return replace(firm, road="".join(dice.sample(BRAND, 2)), house=dice.randrange(1, 500))
    return replace(firm, house=dice.randrange(1, 500)) if luck < 0.35 else firm


def _prefix(dice: random.Random, county: str, shares: tuple[float, ...]) -> str:
    city = COUNTIES[county][0]
    return dice.choices((city, city + "市", "浙江", f"浙江省{city}市", ""), shares)[0]


def _person(dice: random.Random) -> str:
    return dice.choice(SURNAMES) + "".join(dice.sample(BRAND, dice.choice((1, 2))))
