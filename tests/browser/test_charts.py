"""Charts: a number stands in its bar only where the bar is wide enough for it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

STATIC = Path(__file__).parents[2] / "src/tenglong/web/static"
DATA = {
    "units": ["甲"],
    "grades": [
        {"name": "A", "look": "grade-A", "values": [111]},
        {"name": "D", "look": "grade-D", "values": [4222]},
    ],
}


def test_a_bar_narrower_than_its_number_has_none(chromium: Browser) -> None:
    page = chromium.new_page()
    chart = '<div style="width:500px" data-chart="numbers" data-drawn="stacks"></div>'
    page.set_content(f'{chart}<script type="application/json" id="numbers">{json.dumps(DATA)}</script>')
    for name in ("vendor/echarts/echarts.min.js", "tenglong.js"):
        page.add_script_tag(path=STATIC / name)
    page.evaluate("drawCharts()")
    said = page.locator("svg text").all_text_contents()
    assert "4222" in said and "111" not in said
    page.close()
