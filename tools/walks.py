"""Counts the files through which a thing passes: python tools/walks.py [--files]

    stage, accept    a row of a case ledger, from the upload to what counts
    preview          the bulletin of the day after it
    record, race     an entry recorded by hand, until the race shows it
    compute          the scheme of a county, from its text to grades

A file counts when one of its functions is entered while the walk is under way; what merely stands on the way of an
import does not. Each walk runs in a process and on a database of its own, both thrown away. What the parsing child
does (`domain/intake/readers`) happens elsewhere and is not counted.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = f"{ROOT}/src/tenglong/"
HEADER = [
    "序号", "县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码", "批次", "签约日期", "腾空日期", "核查日期",
    "销号日期", "实际腾出用地(亩)", "实际腾出用能(吨标煤)", "综合能耗(吨标煤)", "房东/承租关系",
]  # fmt: skip
ROW = [1, "南湖区", "凤桥镇", "嘉兴甲甲染整有限公司", "", "执法", "2021-05-03", "", "", "", "", "", "88", ""]


@contextmanager
def counted(entered: set[str]) -> Iterator[None]:
    """Notes the files of the package whose functions are entered."""

    def enter(frame: FrameType, event: str, _argument: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and frame.f_code.co_name != "<module>" and name.startswith(PACKAGE):
            entered.add(name.removeprefix(PACKAGE))

    sys.setprofile(enter)
    try:
        yield
    finally:
        sys.setprofile(None)


def _uploaded() -> Any:
    from tenglong.actions import intake as imports
    from tests.integration.campaign.world import MACHINE, NOON, TODAY, build_places, make_roster, xlsx_file

    build_places()
    return imports.upload(
        actor=MACHINE, at=NOON, kind="case_ledger", roster=make_roster(), code="330400",
        stream=[xlsx_file(HEADER, ROW)], filename="台账.xlsx", business_day=TODAY,
    )  # fmt: skip


def stage() -> Callable[[], Any]:
    """A row is read and judged."""
    from tenglong.actions import intake as imports
    from tests.integration.campaign.world import NOON

    batch = _uploaded()
    return lambda: imports.stage(batch.pk, at=NOON)


def accept() -> Callable[[], Any]:
    """What was judged is carried out."""
    from tenglong.actions import intake as imports
    from tests.integration.campaign.world import MACHINE, NOON

    batch = imports.stage(_uploaded().pk, at=NOON)
    return lambda: imports.accept(batch.pk, actor=MACHINE, at=NOON)


def preview() -> Callable[[], Any]:
    """The bulletin of the day is gathered, set and written."""
    from tenglong.actions import intake as imports
    from tenglong.actions.reporting.bulletins import prepare
    from tenglong.domain.reporting.writers.docx import write_docx
    from tenglong.queries.reporting.bulletins import document_of
    from tests.integration.campaign.world import MACHINE, NOON, TODAY

    batch = imports.stage(_uploaded().pk, at=NOON)
    imports.accept(batch.pk, actor=MACHINE, at=NOON)

    def walk() -> None:
        content = prepare(actor=MACHINE, at=NOON, roster=batch.roster, code="330400", as_of=TODAY)
        write_docx(document_of(content))

    return walk


def record() -> Callable[[], Any]:
    """A person records that a firm has moved out; the race counts it."""
    from tenglong.actions import intake as imports
    from tenglong.actions.campaign.cases import record_entry
    from tenglong.queries.campaign.figures import question
    from tenglong.queries.race.board import board
    from tenglong.store.models import Case
    from tests.integration.campaign.world import MACHINE, NOON, TODAY
    from tests.integration.evaluation.world import Paper

    batch = imports.stage(_uploaded().pk, at=NOON)
    imports.accept(batch.pk, actor=MACHINE, at=NOON)
    case = Case.objects.select_related("roster").get()

    def walk() -> None:
        from tenglong.domain.access.policy import scope_of

        record_entry(actor=MACHINE, at=NOON, case=case, kind="emptied", effective_on=TODAY, files=[Paper()])
        scope = scope_of(MACHINE)
        board(question(roster=case.roster, code="330400", as_of=TODAY, known_at=NOON, scope=scope))

    return walk


def compute() -> Callable[[], Any]:
    """A run is computed, from the text of its scheme and the register to grades."""
    from tenglong.actions import evaluation
    from tests.integration.evaluation.world import at, build_county, scheme_in_force

    county = build_county()
    run = evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme_in_force(county))
    return lambda: evaluation.carry_out(run.pk, actor=county.drafter, at=at(13))


WALKS = {walk.__name__: walk for walk in (stage, accept, preview, record, compute)}


def files_of(name: str) -> set[str]:
    """The files that a walk enters; call it in a process of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenglong.config.settings"
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="tenglong-walk-") as folder:
        os.environ["TENGLONG_DATA"] = folder
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        walk, entered = WALKS[name](), set[str]()
        with counted(entered):
            walk()
    return entered


def main() -> None:
    """A line for each walk, and its files where they are asked for."""
    chosen = [word for word in sys.argv[1:] if word in WALKS]
    if chosen:
        sys.path.insert(0, str(ROOT))
        print(*sorted(files_of(chosen[0])), sep="\n")
        return
    for name in WALKS:
        done = subprocess.run(
            [sys.executable, __file__, name], cwd=ROOT, capture_output=True, text=True, check=True
        )
        files = done.stdout.split()
        print(f"{name:<8} {len(files):>3}")
        if "--files" in sys.argv:
            print(*(f"    {file}" for file in files), sep="\n")


if __name__ == "__main__":
    main()
