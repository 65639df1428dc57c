"""The button cluster of Xitang: landlords, their tenants, the enforced and the upgraded."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tenglong.demo.chance import days_along, shares, signing_rush
from tenglong.demo.firms import BUTTONS, Firm, Registry
from tenglong.demo.setting import SETTING
from tenglong.demo.stories import Story, hundredths

GOAL = SETTING["buttons"]
COD_PER_TONNE = Decimal("0.0004")  # 400 mg/L, the permitted concentration of the article's totals


class Cluster:
    """Builds the cluster step by step; `stories` is the result."""

    def __init__(self, rng: Random, registry: Registry):
        self.rng, self.registry = rng, registry
        self.stories: list[Story] = []
        self._dealt: Counter[str] = Counter()
        self.landlords = self._landlords()
        self.tenants = self._tenants()
        self.enforced = self._enforced()
        self.upgraded = [
            self._story(self._firm(), "owner", "提升", "改造提升") for _ in range(GOAL["upgraded"])
        ]
        self._sign()
        self._vacate()
        self._free_land()
        self._energy()
        self._water()
        self._upgrade()

    @property
    def left(self) -> list[Story]:
        """The landlords and tenants who signed but are still there."""
        waiting = GOAL["signed_not_vacated_landlords"]
        return self.landlords[:waiting] + self.tenants[: GOAL["signed_not_vacated_tenants"]]

    @property
    def gone(self) -> list[Story]:
        """Everybody whose premises were emptied by the article's date."""
        return [story for story in self.stories if story.day_of("emptied_on")]

    def _firm(self, *, workshop: bool = False, coded: bool = True, parcel: str = "") -> Firm:
        village = self.rng.choice(GOAL["villages"])
        address = f"{GOAL['town']}{village}{SETTING['mark']}弄{self.rng.randint(1, 300)}号"
        return self.registry.firm(
            GOAL["county"],
            BUTTONS,
            workshop=workshop,
            coded=coded,
            town=GOAL["town"],
            address=address,
            parcel=parcel,
        )

    def _story(
        self, firm: Firm, relation: str, batch: str, measure: str, landlord: Story | None = None
    ) -> Story:
        relations = {"landlord": "房东", "tenant": "承租", "owner": "自有"}
        zone = landlord.fixed["zone"] if landlord else self.rng.choice(GOAL["zones"])
        team = landlord.fixed["team"] if landlord else self._team(str(zone))
        story = Story(
            firm,
            {
                "zone": zone,
                "team": team,
                "cluster": "纽扣",
                "relation": relations[relation],
                "landlord_name": landlord.firm.name if landlord else None,
                "landlord_code": landlord.firm.code if landlord else None,
                "parcel_no": firm.parcel or None,
                "batch": batch,
                "measure": measure,
                "list_source": "新增",
                "listed_on": GOAL["start"],
            },
        )
        self.stories.append(story)
        return story

    def _team(self, zone: str) -> str:
        """The teams of a zone take its landlords in turn."""
        size = -(-GOAL["teams"] // len(GOAL["zones"]))
        first = GOAL["zones"].index(zone) * size
        theirs = range(first + 1, min(first + size, GOAL["teams"]) + 1)
        self._dealt[zone] += 1
        return f"第{theirs[self._dealt[zone] % len(theirs)]}攻坚小组"

    def _landlords(self) -> list[Story]:
        count = GOAL["landlords_signed"] + GOAL["landlords_late"] + 1
        firms = [self._firm(parcel=f"YS-XT-{number:04d}") for number in range(1, count + 1)]
        return [self._story(firm, "landlord", "腾退", "腾退收回") for firm in firms]

    @property
    def refusing(self) -> Story:
        """The landlord who signs nothing."""
        return self.landlords[-1]

    def _tenants(self) -> list[Story]:
        count = GOAL["tenants_signed"] + GOAL["tenants_late"]
        open_landlords = self.landlords[GOAL["signed_not_vacated_landlords"] : -1]
        waiting = self.landlords[: GOAL["signed_not_vacated_landlords"]]
        tenants = []
        for number in range(count):
            still_there = number < GOAL["signed_not_vacated_tenants"]
            tenants.append(self._tenant(self.rng.choice(waiting if still_there else open_landlords)))
        for _ in range(GOAL["tenants_refusing"]):
            self._tenant(self.refusing).fixed["problem"] = "房东未签约，承租户观望"
        return tenants

    def _tenant(self, landlord: Story, batch: str = "腾退", measure: str = "腾退收回") -> Story:
        coded = self.rng.randrange(100) < GOAL["with_code_percent"]
        firm = self._firm(workshop=True, coded=coded, parcel=landlord.firm.parcel)
        return self._story(firm, "tenant", batch, measure, landlord)

    def _enforced(self) -> list[Story]:
        waiting = GOAL["signed_not_vacated_landlords"]
        stays = self.landlords[:waiting]
        goes = self.landlords[waiting:-1]
        still_there = GOAL["enforced_not_vacated"]
        return [
            self._tenant(self.rng.choice(stays if number < still_there else goes), "执法", "关停淘汰")
            for number in range(GOAL["enforced"])
        ]

    def _sign(self) -> None:
        first, hundredth = GOAL["start"] + timedelta(days=1), GOAL["hundredth_day"]
        early = self.landlords[: GOAL["landlords_signed"]] + self.tenants[: GOAL["tenants_signed"]]
        self.rng.shuffle(early)
        days = days_along(self.rng, first, hundredth, len(early), lambda day: signing_rush(day + 1))
        for story, day in zip(early, days, strict=True):
            story.happened("signed_on", day)
        late = self.landlords[GOAL["landlords_signed"] : -1] + self.tenants[GOAL["tenants_signed"] :]
        for story in late:
            story.happened("signed_on", date(2021, 8, 10) + timedelta(days=self.rng.randrange(45)))
        self.refusing.fixed["problem"] = "房东对补偿价格有异议，拒绝签约"
        for story in self.enforced:
            filed = date(2021, 5, 10) + timedelta(days=self.rng.randrange(100))
            story.happened("case_filed_on", filed)
            story.happened("decided_on", filed + timedelta(days=12))
            story.happened("closed_on", filed + timedelta(days=15))

    def _vacate(self) -> None:
        left = {id(story) for story in [*self.left, *self.enforced[: GOAL["enforced_not_vacated"]]]}
        left_behind = date(2021, 4, 27)
        last_out: dict[str, date] = {}
        for story in [*self.tenants, *self.enforced]:
            ready = story.day_of("signed_on") or story.day_of("closed_on")
            if id(story) in left or ready is None:
                continue
            day = min(ready + timedelta(days=self.rng.randint(8, 60)), date(2021, 11, 4))
            story.happened("emptied_on", day)
            if story.fixed["batch"] == "腾退":
                story.happened("handed_over_on", day + timedelta(days=1))
            last_out[story.firm.parcel] = max(last_out.get(story.firm.parcel, left_behind), day)
        for story in self.landlords[:-1]:
            signed = story.day_of("signed_on")
            if id(story) in left or signed is None:
                continue
            own = signed + timedelta(days=self.rng.randint(8, 60))
            day = min(max(own, last_out.get(story.firm.parcel, own)) + timedelta(days=1), date(2021, 11, 8))
            story.happened("emptied_on", day)
            story.happened("handed_over_on", day + timedelta(days=1))

    def _free_land(self) -> None:
        freed = [story for story in self.landlords if story.day_of("emptied_on")]
        areas = shares(self.rng, GOAL["land_hundredths"], len(freed), spread=0.7, least=40)
        land = {id(story): area for story, area in zip(freed, areas, strict=True)}
        for story in self.landlords:
            area = hundredths(land.get(id(story)) or self.rng.randint(150, 900))
            story.firm = replace(story.firm, land=area)
            story.fixed["land"] = area
            if signed := story.day_of("signed_on"):
                story.states("area_signed", area, signed)
            if emptied := story.day_of("emptied_on"):
                story.states("area_vacated", area, emptied)
                if emptied < date(2021, 9, 20) and self.rng.random() < 0.6:
                    story.happened("demolished_on", emptied + timedelta(days=30))
                    story.states("area_demolished", area, emptied + timedelta(days=30))

    def _energy(self) -> None:
        gone = {id(story) for story in self.gone}
        away = shares(self.rng, GOAL["energy_of_vacated_hundredths"], len(gone), spread=0.8, least=50)
        others = [story for story in self.stories if id(story) not in gone]
        rest = GOAL["energy_before_hundredths"] - GOAL["energy_of_vacated_hundredths"]
        # The upgraded are the large ones: they keep most of what is left.
        small = [story for story in others if story not in self.upgraded]
        of_small = shares(self.rng, rest // 20, len(small), spread=0.5, least=50)
        least = 2 * (GOAL["energy_saved_by_upgrade_hundredths"] // GOAL["upgraded"])
        of_upgraded = shares(self.rng, rest - rest // 20, len(self.upgraded), spread=0.6, least=least)
        for story, amount in zip(
            [*self.gone, *small, *self.upgraded], [*away, *of_small, *of_upgraded], strict=True
        ):
            story.fixed["energy"] = hundredths(amount)
            story.fixed["energy_basis"] = "等价"
            if emptied := story.day_of("emptied_on"):
                story.states("energy_freed", hundredths(amount), emptied)

    def _water(self) -> None:
        step = GOAL["water_step"]
        landlords = {id(story) for story in self.landlords}
        tenants = [story for story in self.gone if id(story) not in landlords]
        away = self.rng.sample(tenants, GOAL["dischargers_vacated"])
        stay = self.tenants[: GOAL["signed_not_vacated_tenants"]] + self.upgraded
        least = 2 * (GOAL["water_saved_by_upgrade"] // len(self.upgraded) // step * step)
        gone = shares(self.rng, GOAL["water_of_vacated"], len(away), spread=0.7, least=4 * step, step=step)
        kept = shares(self.rng, GOAL["water_of_others"], len(stay), spread=0.5, least=least, step=step)
        for story, amount in zip([*away, *stay], [*gone, *kept], strict=True):
            story.fixed.update(wastewater=Decimal(amount), wastewater_method="核定")
            story.fixed.update(cod=Decimal(amount) * COD_PER_TONNE, cod_method="核定")
            story.fixed["processes"] = self.rng.choice(["染色", "电镀", "喷漆"])
            if emptied := story.day_of("emptied_on"):
                _cut_water(story, amount, emptied)

    def _upgrade(self) -> None:
        count = len(self.upgraded)
        step = GOAL["water_step"]
        energy = shares(self.rng, GOAL["energy_saved_by_upgrade_hundredths"], count, spread=0.2)
        water = shares(self.rng, GOAL["water_saved_by_upgrade"], count, spread=0.2, step=step, least=step)
        for story, saved, cut in zip(self.upgraded, energy, water, strict=True):
            begun = date(2021, 5, 20) + timedelta(days=self.rng.randrange(80))
            done = begun + timedelta(days=self.rng.randint(40, 85))
            story.happened("constructing_on", begun)
            story.happened("completed_on", done)
            story.states("energy_freed", hundredths(saved), done)
            _cut_water(story, cut, done)


def _cut_water(story: Story, amount: int, day: date) -> None:
    story.states("wastewater_freed", Decimal(amount), day)
    story.states("cod_freed", Decimal(amount) * COD_PER_TONNE, day)
