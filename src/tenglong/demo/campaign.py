"""The whole invented campaign, made from one seed."""

from dataclasses import dataclass
from functools import cache
from random import Random

from tenglong.demo.buttons import Cluster
from tenglong.demo.buttons_money import add_money
from tenglong.demo.city import city_list
from tenglong.demo.firms import Registry
from tenglong.demo.hcle import ProvinceList, province_list
from tenglong.demo.setting import SETTING
from tenglong.demo.stories import Story


@dataclass(frozen=True)
class Campaign:
    """The three lists with all their cases."""

    province: ProvinceList
    city: list[Story]
    buttons: Cluster


@cache
def campaign() -> Campaign:
    """The campaign of the article; the same on every machine."""
    rng = Random(SETTING["seed"])
    registry = Registry(rng)
    province = province_list(rng, registry)
    city, buttons = city_list(rng, registry, province), Cluster(rng, registry)
    add_money(buttons)
    return Campaign(province, city, buttons)
