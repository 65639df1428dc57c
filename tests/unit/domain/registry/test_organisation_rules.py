"""The rules of the organisation are refused where they contradict themselves."""

from importlib import resources

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.registry.organisation_rules import organisation_rules, rules_from

TEXT = resources.files("tenglong.domain.registry").joinpath("organisation.toml").read_text()


def test_the_article_has_two_commanders_and_two_heads_in_a_town():
    units = organisation_rules().units
    assert {id: kind.heads for id, kind in units.items() if kind.heads > 1} == {
        "headquarters": 2,
        "town_leading_group": 2,
    }
    assert organisation_rules().named_by("team") == ("team",)
    assert organisation_rules().named_by("department") == ("department",)
    assert organisation_rules().title("headquarters", "head").zh == "总指挥"
    assert organisation_rules().title("team", "deputy").zh == "代理"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('under = ["headquarters", "office"]', 'under = ["headquarter"]'),
        ('under = [""]', 'under = ["team"]'),
        ('id = "work_group"', 'id = "office"'),
        ('posts = ["deputy_head"]', 'posts = ["vice"]'),
        ("heads = 2", "leads = 2"),
        ('[[post]]\nid = "deputy"', '[[post]]\nid = "acting"'),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(was: str, now: str):
    assert was in TEXT
    with pytest.raises(BadRules):
        rules_from(parse_rules("organisation.toml", TEXT.replace(was, now, 1).encode()))
