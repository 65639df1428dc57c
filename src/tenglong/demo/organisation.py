"""The organisation of the demonstration, and to whom its cases are given; everybody is invented."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from tenglong.actions.campaign.assigning import assign_cases
from tenglong.actions.registry.organisation import tell_organisation
from tenglong.demo.people import CITY, JIASHAN
from tenglong.demo.setting import SETTING
from tenglong.demo.steps import AssignAll, Organise, Step, at
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.registry.organisation import Subject
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.queries.registry.organisation import organisation
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case, Roster

BUTTONS, HOME = SETTING["buttons"], SETTING["buttons"]["county"]
REASON = "演示数据：机构设置和人员均为虚构"
PLAN = load_rules("tenglong.demo", "organisation.toml").content
TEAMS_ELSEWHERE = 2
Row = tuple[str, str, int | None, dict[str, Any]]
"""A unit to record: its kind, its name, the unit above it, and what else is said of it."""


def organisation_steps() -> Iterator[Step]:
    """Counties begin with the year, the button town with its campaign; cases are given to people at the end."""
    yield Organise(at(date(2021, 1, 25), 8), CITY, "")
    yield Organise(at(BUTTONS["start"], 8), JIASHAN, HOME)
    for key, hour in (("city", 18), ("hcle", 18), ("buttons", 19)):
        goal = SETTING[key]
        day = goal.get("as_of") or goal["week"][-1]["day"]
        yield AssignAll(at(day, hour), CITY, goal["code"])


def organise(step: Organise, actor: Actor) -> None:
    """Record the units and people of one county, or of all the others."""
    staff = _Staff(actor, step.at)
    if step.code:
        staff.whole(step.code)
    else:
        for unit in SETTING["hcle"]["unit"]:
            staff.small(unit["code"])


def assign_all(step: AssignAll, actor: Actor) -> None:
    """Give every case of a roster a department, a team and a responsible person."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    rows = Case.objects.filter(roster=Roster.objects.get(code=step.roster)).order_by("number")
    for case in rows:
        groups[_given_to(case, china_date(step.at))].append(case.pk)
    for (department, team, responsible), ids in groups.items():
        said = {"department": department, "team": team, "responsible": responsible}
        assign_cases(actor=actor, at=step.at, case_ids=ids, said=said, reason="明确责任分工（演示数据）")


@dataclass
class _Staff:
    """Somebody who records units and people; everybody gets the next number of their county."""

    actor: Actor
    at: datetime

    def small(self, code: str) -> None:
        """An office with a director, a department that leads, and two teams with a leader each; the county of the
        article has its departments later."""
        name, numbers = _full(code), count(1)
        rows: list[Row] = [
            ("office", f"{name}整治办", None, {}),
            ("department", f"{name}经信局（示例）", None, LEADS),
        ]
        first = self._units(code, rows[: 1 if code == HOME else 2])
        teams = self._units(code, [("team", team, first[0], {}) for team in _teams_of(code)])
        for unit in (*teams, *first):
            self._posts(code, unit, ["head"], numbers)

    def whole(self, code: str) -> None:
        """The article's "1+8+24" and "5+3" with 23 departments."""
        town, numbers = BUTTONS["town_code"], count(101)
        (headquarters,) = self._units(code, [("headquarters", PLAN["headquarters"], None, {})])
        self._posts(code, headquarters, ["head", "head", "deputy_head"], numbers)
        self._under(headquarters, PLAN["office"])
        rows: list[Row] = [("work_group", name, headquarters, {}) for name in PLAN["groups"]]
        rows += [
            ("department", one["name"], headquarters, {"function": one["function"]})
            for one in PLAN["department"]
        ]
        others = PLAN["others"]
        rows += [
            ("department", f"{name}（示例）", headquarters, {"function": others["function"]})
            for name in others["names"]
        ]
        for unit in self._units(code, rows):
            self._posts(code, unit, ["head"], numbers)
        (leading,) = self._units(town, [("town_leading_group", PLAN["town_group"], headquarters, {})])
        self._posts(town, leading, ["head", "head", "deputy_head"], numbers)
        zones = [("zone_task_force", f"{zone}专班", leading, {"zone": zone}) for zone in BUTTONS["zones"]]
        forces: list[Row] = [("function_task_force", name, leading, {}) for name in PLAN["function_forces"]]
        made = self._units(town, [*zones, *forces])
        for unit in made:
            self._posts(town, unit, ["head"], numbers)
        size = -(-BUTTONS["teams"] // len(zones))
        rows = [
            (
                "team",
                f"第{number + 1}攻坚小组",
                made[number // size],
                {"zone": BUTTONS["zones"][number // size]},
            )
            for number in range(BUTTONS["teams"])
        ]
        for unit in self._units(town, rows):
            self._posts(town, unit, ["head", "member"], numbers)

    def _under(self, headquarters: int, name: str) -> None:
        """The office that was there before comes under the headquarters."""
        day = china_date(self.at)
        number = next(unit.id for unit in organisation().at(day).units.values() if unit.name == name)
        said = [Statement(Subject.UNIT, day, {"parent": headquarters}, number)]
        tell_organisation(actor=self.actor, at=self.at, statements=said, reason=REASON)

    def _units(self, place: str, rows: Sequence[Row]) -> list[int]:
        said = [
            {"kind": kind, "name": name, "parent": parent, "place": place, "order": order, **more}
            for order, (kind, name, parent, more) in enumerate(rows, start=1)
        ]
        return self._tell(Subject.UNIT, said)

    def _posts(self, place: str, unit: int, kinds: Sequence[str], numbers: Iterator[int]) -> None:
        prefix = _full(place[:6])[:2]
        names = [f"{prefix}演示干部{next(numbers)}" for _ in kinds]
        people = self._tell(Subject.PERSON, [{"name": name, "place": place} for name in names])
        held = [
            {"person": person, "unit": unit, "kind": kind} for person, kind in zip(people, kinds, strict=True)
        ]
        self._tell(Subject.POST, held)

    def _tell(self, subject: Subject, said: Sequence[dict[str, Any]]) -> list[int]:
        statements = [Statement(subject, china_date(self.at), one) for one in said]
        made = tell_organisation(actor=self.actor, at=self.at, statements=statements, reason=REASON)
        return [step.number for step in made]


LEADS = {"function": "industry"}


def _full(code: str) -> str:
    return str(SETTING["places"]["full"][code])


def _teams_of(code: str) -> list[str]:
    """The teams of a county that has no 24 of them."""
    return [f"{_full(code)}第{number}攻坚组（示例）" for number in range(1, TEAMS_ELSEWHERE + 1)]


def _given_to(case: Case, day: date) -> tuple[str, str, str]:
    """Department, team and person of a case: in the button town its own teams, elsewhere those of the county."""
    code = territory().places[case.place_id].code
    in_town = code == BUTTONS["town_code"] and day >= BUTTONS["start"]
    county = next(unit["code"] for unit in SETTING["hcle"]["unit"] if code.startswith(unit["code"]))
    turn = case.number % 2
    if in_town:
        team = case.team if case.team.startswith("第") else f"第{case.number % BUTTONS['teams'] + 1}攻坚小组"
        number = int(team.removeprefix("第").removesuffix("攻坚小组"))
        department = "县环保局" if case.batch == "enforce" else "县经信局"
        return department, team, f"嘉善演示干部{_first_of_teams() + 2 * (number - 1) + turn}"
    department = "县经信局" if county == HOME else f"{_full(county)}经信局（示例）"
    return department, _teams_of(county)[turn], f"{_full(county)[:2]}演示干部{1 + turn}"


def _first_of_teams() -> int:
    """The number of the leader of the first team: everybody of the county and the town comes before."""
    heads = 3 + len(PLAN["groups"]) + len(PLAN["department"]) + len(PLAN["others"]["names"])
    return 101 + heads + 3 + len(BUTTONS["zones"]) + len(PLAN["function_forces"])
