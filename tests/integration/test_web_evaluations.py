"""The pages of evaluations: who sees what, and the way from draft to final on them."""

import pytest

from tests.integration.evaluated import Evaluated, build_evaluated
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Evaluated:
    return build_evaluated()


def pages(found: Evaluated) -> list[str]:
    run, firm = found.run.pk, found.firms[11].pk
    return [
        "/evaluations", "/evaluations/schemes", f"/evaluations/schemes/{found.scheme.pk}",
        f"/evaluations/schemes/{found.scheme.pk}.toml", "/evaluations/schemes/shipped/demo-jiaxing-2020",
        "/evaluations/schemes/shipped/demo-jiaxing-2020.toml",
        f"/evaluations/schemes/{found.scheme.pk}/with/{found.scheme.pk}", f"/evaluations/{run}",
        f"/evaluations/{run}/firms", f"/evaluations/{run}/firms?near=1&sort=-total", f"/evaluations/{run}/firms.xlsx",
        f"/evaluations/{run}/firms/{firm}", f"/evaluations/{run}/firms/{firm}/cheapest", f"/evaluations/{run}/review",
        f"/evaluations/{run}/weights", f"/evaluations/{run}/comparison", f"/evaluations/{run}/deciding",
        f"/evaluations/{run}/comparison/{run}/effects",
        f"/evaluations/{run}/objections", f"/evaluations/{run}/prices", f"/evaluations/{run}/prices.xlsx?rates_of=330481",
        "/evaluations/screening", "/evaluations/screening?year=2025", "/evaluations/screening.xlsx?year=2025",
        "/evaluations/screening/2025/roster", f"/evaluations/{run}/roster",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_county_office_opens_every_page(found: Evaluated, language: str) -> None:
    client = signed_in("demo-jiashan")
    client.post("/language", {"language": language, "next": "/"})
    for address in pages(found):
        answer = client.get(address)
        assert answer.status_code == 200, (address, text_of(answer)[:3000])
