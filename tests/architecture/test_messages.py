"""Every sentence is also English, with the same fields in it."""

import re
from pathlib import Path

import polib
import pytest

from tools import catalogues, messages

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "src/tenglong/web/locale/en/LC_MESSAGES/django.po"
CHINESE = re.compile(r"[\u3400-\u9fff]")
FIELD = re.compile(r"%\(\w+\)[sd]|%%|\{[^{}]*\}")


@pytest.fixture(scope="module")
def english() -> polib.POFile:
    """The English catalogue."""
    if not CATALOGUE.exists():
        pytest.skip("no catalogue yet: make messages")
    return polib.pofile(str(CATALOGUE))


def forms(entry: polib.POEntry) -> list[str]:
    """The translations of a sentence: one, or one for each number."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.slow
def test_every_sentence_is_in_the_catalogue(english: polib.POFile) -> None:
    assert {(e.msgctxt, e.msgid) for e in english} == {(s.context, s.msgid) for s in messages.collect()}


def test_every_sentence_is_translated(english: polib.POFile) -> None:
    assert [e.msgid for e in english if e.fuzzy or not all(forms(e))] == []


def test_no_translation_is_still_chinese(english: polib.POFile) -> None:
    names = re.compile("腾笼|简体中文|繁體中文")
    assert [f for e in english for f in forms(e) if CHINESE.search(names.sub("", f))] == []


def test_every_field_is_kept(english: polib.POFile) -> None:
    def fields(text: str) -> list[str]:
        return sorted(FIELD.findall(text))

    assert [e.msgid for e in english for text in forms(e) if fields(text) != fields(e.msgid)] == []


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("销号率", "銷號率"),
        ("低散乱污", "低散亂污"),
        ("研发经费占比", "研發經費占比"),
        ("干部到干窑镇、于城镇的台账里核对", "幹部到干窯鎮、于城鎮的臺賬裡核對"),
        ("“{value}”不是数字", "“{value}”不是數字"),
    ],
)
def test_traditional_chinese_is_derived_in_the_words_of_the_field(simplified: str, traditional: str) -> None:
    assert catalogues.traditional(simplified) == traditional


@pytest.mark.slow
def test_every_sentence_that_the_program_says_is_written_out() -> None:
    only_the_labels_of_rule_files = ["gettext(text)"]
    assert messages.python_source().unknown() == only_the_labels_of_rule_files


PLAN = """
class Plan:
    def warn(self, column, template, **params):
        self._add(column, template, params)

    def _add(self, column, template, params):
        self.problems.append(msg(template, **params))
"""


@pytest.mark.parametrize(
    ("said", "found", "unknown"),
    [
        ("def f(x):\n    problem = '甲' if x else '乙'\n    msg(problem, n=1)", {"甲", "乙"}, []),
        ("def f(plan):\n    plan.warn('name', '甲')\n    msg('乙')", {"甲", "乙"}, []),
        ("from rules import TOO_LONG\nmsg(TOO_LONG)", {"丁"}, []),
        ("def f(old):\n    msg(old.template, **old.params)\n    ngettext('甲', '乙', 2)", {"甲"}, []),
        ("import messages\nmessages.warn(x, f'{x}')\nmsg('甲' + x)", set(), ["msg('甲' + x)"]),
        ("def f():\n    a = '甲'\ndef g(x):\n    a = x.y\n    msg(a)", set(), ["msg(a)"]),
        ("def f(x):\n    msg('甲')\n    warn(0, x.y)", {"甲"}, ["warn(0, x.y)"]),
        ("def f(x):\n    msg('甲' if x else x.y)", {"甲"}, ["msg('甲' if x else x.y)"]),
    ],
)  # fmt: skip
def test_sentences_are_followed_to_where_they_are_written(
    said: str, found: set[str], unknown: list[str]
) -> None:
    source = messages.Source({"rules.py": "TOO_LONG = '丁'", "plan.py": PLAN, "said.py": said})
    assert {sentence.msgid for file, sentence in source.sentences() if file == "said.py"} == found
    assert source.unknown() == unknown


def test_sentences_are_found_in_templates() -> None:
    template = (
        '{% translate "甲 100%" %}{{ _("乙")|upper }}{% include "x" with t=_("丙") %}'
        "{% blocktranslate with n=case.name trimmed %}\n  丁 {{ n }}\n  戊\n{% endblocktranslate %}"
        '{% translate "己" context "庚" %}'
    )
    assert list(messages.from_template(template)) == [
        messages.Sentence("甲 100%%"),
        messages.Sentence("乙"),
        messages.Sentence("丙"),
        messages.Sentence("丁 %(n)s 戊"),
        messages.Sentence("己", context="庚"),
    ]


def test_the_labels_of_rule_files_join_the_catalogue() -> None:
    rules = {
        "kind": {"name_zh": "甲", "name_en": "A", "choices": [{"label": "乙", "label_en": "B"}]},
        "state": [{"zh": "丙", "en": "C", "header": "丁"}],
    }
    assert list(catalogues.rule_labels(rules)) == [("甲", "A"), ("乙", "B"), ("丙", "C")]
