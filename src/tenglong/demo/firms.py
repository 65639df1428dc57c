"""Invented firms: names that cannot be mistaken for each other, codes with valid check digits, addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from stdnum.cn import uscc

from tenglong.demo.setting import SETTING

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION = "MADEM"  # MADEMO would read better, but the alphabet of codes has no O
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Trade:
    """A line of business with its GB/T 4754-2017 code, and words for it in firms' names."""

    code: str
    name: str
    words: tuple[str, ...]


TRADES = (
    Trade("1713", "棉印染精加工", ("印染", "染整", "漂染", "丝光布", "色织")),
    Trade("2822", "涤纶纤维制造", ("化纤", "涤纶", "差别化丝", "加弹")),
    Trade("3021", "水泥制品制造", ("水泥制品", "管桩", "预制件", "砌块")),
    Trade("3391", "黑色金属铸造", ("铸造", "铸件", "熔模", "精铸")),
    Trade("3360", "金属表面处理及热处理加工", ("电镀", "镀锌", "热处理", "氧化")),
    Trade("2110", "木质家具制造", ("木业", "家具", "胶合板", "地板")),
    Trade("2929", "塑料零件及其他塑料制品制造", ("塑料", "注塑", "薄膜", "管材")),
    Trade("3311", "金属结构制造", ("五金", "钢构", "紧固件", "标准件")),
    Trade("2221", "机制纸及纸板制造", ("造纸", "纸业", "箱板", "纸管")),
    Trade("1910", "皮革鞣制加工", ("皮革", "制革", "皮件", "毛皮")),
)
BUTTONS = Trade("4119", "其他日用杂品制造", ("纽扣", "树脂扣", "贝壳扣", "金属扣", "拉链头"))


@dataclass(frozen=True)
class Firm:
    """A firm or workshop of the demonstration; `code` is empty where there is none."""

    name: str
    code: str
    county: str
    town: str
    address: str
    trade: Trade
    subject_type: str = "企业"
    scale: str = "规下"
    parcel: str = ""
    land: Decimal = Decimal(0)


class Registry:
    """Gives out invented firms, each name and code once."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._names = _trade_names(rng)
        self._number = 0

    def firm(
        self, county: str, trade: Trade, *, coded: bool = True, workshop: bool = False, **facts: str
    ) -> Firm:
        """The next firm of `county`; `facts` may fix town and address."""
        places = SETTING["places"]
        town = facts.get("town") or self._rng.choice(places["towns"].get(county, [""]))
        self._number += 1
        name = f"{places['names'][county]}{next(self._names)}{SETTING['mark']}{self._rng.choice(trade.words)}"
        road = "".join(self._rng.sample(SETTING["syllables"], 2))
        street = facts.get("address") or f"{places['full'][county]}{town}{road}路{self._number}号"
        return Firm(
            name=name + ("加工点" if workshop else self._rng.choice(["有限公司", "厂", "科技有限公司"])),
            code=synthetic_code(county, self._number, "92" if workshop else "91") if coded else "",
            county=county,
            town=town,
            address=street,
            trade=trade,
            subject_type="作坊" if workshop else "企业",
            scale="规上" if self._rng.random() < 0.2 and not workshop else "规下",
            parcel=facts.get("parcel", ""),
        )


def synthetic_code(county: str, number: int, prefix: str = "91") -> str:
    """A valid code of the reserved pattern …MADEM…; zones without a national code use the city's."""
    region = county if county.isdigit() else "330400"
    body = ORGANISATION + "".join(ALPHABET[number // 31**place % 31] for place in (2, 1, 0))
    values = [_organisation_value(character) for character in body]
    check = (11 - sum(w * v for w, v in zip(_WEIGHTS, values, strict=True)) % 11) % 11
    code = f"{prefix}{region}{body}{'X' if check == 10 else check}"
    return code + uscc.calc_check_digit(code)


def _organisation_value(character: str) -> int:
    return int(character) if character.isdigit() else ord(character) - ord("A") + 10


def _trade_names(rng: Random) -> Iterator[str]:
    letters = SETTING["syllables"]
    pairs = [(x, y) for x in range(len(letters)) for y in range(len(letters)) if x != y]
    rng.shuffle(pairs)
    for x, y in pairs:
        yield letters[x] + letters[y] + letters[(x + 2 * y) % len(letters)]
