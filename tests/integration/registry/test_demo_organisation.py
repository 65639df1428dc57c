"""The organisation of the demonstration is the article's, and whom its cases go to is registered."""

from collections import Counter
from datetime import date

import pytest

from tenglong.demo import organisation as demo
from tenglong.demo.setting import SETTING
from tenglong.domain.access.policy import scope_of
from tenglong.queries.registry.organisation import organisation
from tenglong.queries.registry.organisation_chart import organigram
from tenglong.store.models import Case
from tests.factories import JIASHAN, MACHINE, build_world
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db
DAY = date(2021, 11, 9)


def test_the_article_s_organisation_is_staffed_and_cases_go_to_it():
    build_world()
    for step in demo.organisation_steps():
        if isinstance(step, demo.Organise):
            demo.organise(step, MACHINE)
    chart = organisation().at(DAY)
    units = [unit for unit in chart.units.values() if unit.place.startswith(JIASHAN)]
    kinds = Counter(unit.kind for unit in units if "攻坚组" not in unit.name)
    assert kinds == {
        "headquarters": 1, "office": 1, "work_group": 8, "department": 23, "town_leading_group": 1,
        "zone_task_force": 5, "function_task_force": 3, "team": SETTING["buttons"]["teams"],
    }  # fmt: skip
    vacant = [
        node for root in organigram(scope_of(MACHINE), DAY).roots for node in every(root) if node.vacant
    ]
    assert vacant == []
    names = {unit.name for unit in chart.units.values()}
    for case in Case.objects.all():
        department, team, person = demo._given_to(case, DAY)
        assert {department, team} <= names and person in organisation().labelled
        leads = {unit.name for unit in chart.units.values() for post in chart.posts_in(unit.id)
                 if organisation().people[post.person].label == person}  # fmt: skip
        assert leads == {team}, person
    assert "嘉善演示干部101（总指挥）" not in text_of(signed_in("demo-pinghu").get("/organisation"))
    assert "嘉善演示干部101" in text_of(signed_in("demo-jiashan").get("/organisation?as_of=2021-11-09"))


def every(node):
    yield node
    for below in node.below:
        yield from every(below)
