"""`tenglong roadmap`: what the pages say, on a terminal."""

import json
from pathlib import Path

import pytest

from tenglong.actions import roadmap as roadmaps
from tenglong.cli.__main__ import main
from tenglong.domain.access.policy import Actor, Scope
from tenglong.queries.roadmap.slips import slips_of
from tenglong.queries.roadmap.totals import totals_of
from tenglong.store.models import Roadmap
from tests.integration.campaign.world import NOON
from tests.integration.roadmap.world import LATER, build_world, planned

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ALL = Scope(everywhere=True)


@pytest.fixture
def roadmap() -> Roadmap:
    """A roadmap in force."""
    found = planned(build_world(), Actor("张三", everywhere=True))
    return roadmaps.adopt(actor=Actor("李四", everywhere=True), at=NOON, roadmap=found)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["roadmap", *arguments]) == 0
    return capsys.readouterr().out


def test_the_pages_numbers_stand_on_the_terminal(
    roadmap: Roadmap, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "已采纳" in said(capsys, "list", "--roster", roadmap.roster.code)
    shown, totals = said(capsys, "show", str(roadmap.pk)), totals_of(roadmap, ALL)
    assert f"{totals.lines} 家，启动 {totals.starts} 家，暂缓 {totals.waits} 家" in shown
    assert "已证明" in shown
    assert "政府可承受" in shown
    page = slips_of(roadmap, ALL, LATER.date(), LATER)
    slips = said(capsys, "slips", str(roadmap.pk), "--as-of", str(LATER.date()), "--top", "3")
    assert slips.startswith(
        f"截至 {LATER.date()}：应完成 {page.due} 项，已完成 {page.done} 项，逾期 {page.late} 项。"
    )
    assert len(slips.splitlines()) == 2 + min(3, page.late)


def test_the_files_that_are_written_can_be_checked(
    roadmap: Roadmap, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    problem, plan, book = (tmp_path / name for name in ("problem.json", "plan.json", "roadmap.xlsx"))
    for name, path in (("problem", problem), ("plan", plan), ("workbook", book)):
        said(capsys, name, str(roadmap.pk), str(path))
    assert json.loads(problem.read_bytes())["firms"]
    assert book.read_bytes()[:2] == b"PK"
    assert main(["plan", "--check", str(problem), str(plan)]) == 0
    assert "证书成立" in capsys.readouterr().out


def test_what_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roadmap", "show", "999"]) != 0
    assert "没有第 999 号路线图" in capsys.readouterr().err


def test_a_place_where_nothing_can_be_written(
    roadmap: Roadmap, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["roadmap", "problem", str(roadmap.pk), str(tmp_path / "none" / "problem.json")]) == 2
    assert "无法写入" in capsys.readouterr().err
