"""Every command is a door too: what it writes has the name of who gave it, and one that reads writes nothing.

Who may: whoever is at the machine, who holds the database anyway (docs/threat-model.md). A command that is added
without a line here fails.
"""

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tenglong.actions.checkpoints import take_checkpoint
from tenglong.cli.__main__ import main
from tenglong.cli.topics import TOPICS, Needs, parser_of
from tenglong.domain.kernel.rulebook import shipped_bytes
from tenglong.domain.race.ranking import CARDS
from tenglong.queries.checkpoints import key_file
from tenglong.store.models import RuleVersion, TrailEvent
from tests.factories import at_day
from tests.integration.api.test_doors import written
from tests.integration.api.world import Campaign
from tests.integration.campaign.world import csv_file

READS, FILES = "reads", "files"  # of the database nothing is written; it is not even opened
BEYOND = {
    "serve": "migrates, counts dates anew as the machine; what people do then comes through the other doors",
    "worker": "jobs, each with the rights of who asked for it (JOBS of test_doors.py)",
    "demo": "an empty database only, as the machine (tests/acceptance)",
    "restore": "an empty database only, with a line of the trail (tests/integration/test_backup.py)",
}
"""What is not tried here, and its rule."""
COMMANDS = {
    "found": "add_user", "figures": READS, "race": READS,
    "bulletin list": READS, "bulletin issue": "issue_bulletin", "bulletin reissue": READS, "bulletin today": READS,
    "reproduce": READS,
    "roadmap list": READS, "roadmap show": READS, "roadmap slips": READS, "roadmap problem": READS,
    "roadmap plan": READS, "roadmap chart": READS, "roadmap workbook": READS,
    "ledger verify": READS, "ledger prove": READS, "ledger refold": "refold", "ledger checkpoint": "take_checkpoint",
    "ledger cosign": "cosign", "ledger witness": "keep_cosignature", "ledger rekey": "hand_key_on",
    "holidays list": READS, "holidays show": READS, "holidays put": "put_holidays",
    "holidays recount": "recount_publicity",
    "evaluate": FILES, "scheme list": FILES, "scheme show": FILES, "scheme check": FILES,
    "scheme template": FILES, "scheme compare": FILES,
    "explain": FILES, "screen": FILES, "convert-energy": FILES, "plan": FILES,
    "backup": "back_up", "dossier": "make_dossier", "import": "upload",
    "rules list": READS, "rules show": READS, "rules history": READS, "rules check": READS, "rules diff": READS,
    "rules put": "put_rules", "rules release": "release_rules", "rules withdraw": "withdraw_rules",
}  # fmt: skip
"""Every command, and whether it reads or which deed of the trail has the name of who gave it."""


OFF = ("2027-01-01/2027-01-03", "2027-02-05/2027-02-11", "2027-05-01/2027-05-05", "2027-10-01/2027-10-07")
"""The holidays of a year as a notice might name them."""


def every_command() -> set[str]:
    """As the parsers know them."""
    return {" ".join(way) for name in TOPICS for way in _ways(parser_of([name]), name)}


def _ways(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, ...]]:
    top = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    found = [one for one in top.choices[name]._actions if isinstance(one, argparse._SubParsersAction)]
    deeds = list(found[0].choices) if found else []
    yield from ((name, deed) for deed in deeds) if deeds else [(name,)]


def test_no_command_without_its_rule() -> None:
    assert every_command() == {*COMMANDS, *BEYOND}
    files = {name for name, topic in TOPICS.items() if topic.needs is Needs.FILES}
    assert {name.split()[0] for name, rule in COMMANDS.items() if rule == FILES} == files


@pytest.fixture
def told(
    world: Campaign, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, list[str]]:
    """What each command is told of the campaign."""
    copytree(key_file().parent, tmp_path / "own/keys")  # of the bulletins' checkpoints; rekey changes it
    settings.DATA = tmp_path / "own"
    point, signed = tmp_path / "point.json", tmp_path / "signed.json"
    take_checkpoint(at=at_day(77))
    main(["ledger", "checkpoint", "--out", str(point)])
    settings.DATA = tmp_path / "province"
    capsys.readouterr()
    main(["ledger", "cosign", str(point), "--witness", "省（演示）"])
    signed.write_text(capsys.readouterr().out, encoding="utf-8")
    settings.DATA = tmp_path / "own"
    roadmap, bulletin = str(world.planned.adopted.pk), str(next(iter(world.bulletins.values())))
    table = tmp_path / "firms.csv"
    table.write_bytes(csv_file(["县(市、区)", "镇(街道)", "企业名称"], ["嘉善县", "西塘镇", "嘉善甲演示厂"]))
    cards, city = tmp_path / "cards.toml", ("--territory", "330400")
    cards.write_bytes(shipped_bytes(CARDS).replace(b'"-10"', b'"-8"'))
    put = ["cards", str(cards), *city, "--from", "2027-01-01"]
    for day in ("2027-02-01", "2027-03-01"):
        main(["rules", "put", *put[:-1], day, "--as", "提交人"])
    first, second = RuleVersion.objects.order_by("pk").values_list("pk", flat=True)
    about_rules = {
        "rules list": [], "rules show": ["cards"], "rules history": ["cards", *city], "rules check": put[:2],
        "rules diff": put[:4], "rules put": put, "rules release": [str(first)], "rules withdraw": [str(second)],
    }  # fmt: skip
    capsys.readouterr()
    about_roadmap = {
        f"roadmap {file}": [roadmap, str(tmp_path / file)]
        for file in ("problem", "plan", "chart", "workbook")
    }
    return {
        "found": ["--user", "demo-first", "--name", "演示", "--territory", "330400"],
        "figures": ["--roster", "hcle"], "race": ["--roster", "hcle"],
        "bulletin list": ["--roster", "hcle"], "bulletin issue": ["--roster", "hcle", "--as-of", "2021-11-10"],
        "bulletin reissue": [bulletin], "bulletin today": [bulletin], "reproduce": [str(world.rated.run.pk)],
        "roadmap list": [], "roadmap show": [roadmap], "roadmap slips": [roadmap], **about_roadmap, **about_rules,
        "ledger verify": ["--files", "--checkpoint", str(point)], "ledger prove": [str(world.entry_id)],
        "ledger refold": [], "ledger checkpoint": [], "ledger cosign": [str(point), "--witness", "演示"],
        "ledger witness": [str(signed)], "ledger rekey": [],
        "holidays list": [], "holidays show": ["2021"], "holidays recount": [],
        "holidays put": ["2027", "--off", *OFF, "--source", "演示通知"],
        "backup": [str(tmp_path / "kept")], "dossier": ["hcle/1", str(tmp_path / "dossier.zip")],
        "import": [str(table), "--kind", "firms", "--territory", "330421"],
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name, rule in COMMANDS.items() if rule == READS))
def test_a_command_that_reads_writes_nothing(
    told: dict[str, list[str]], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written()
    assert main([*name.split(), *told[name]]) in (0, 1), capsys.readouterr().err
    assert written() == before


WRITES = sorted(name for name, rule in COMMANDS.items() if rule not in (READS, FILES))


@pytest.mark.parametrize("who", ["", "演示员"])
@pytest.mark.parametrize("name", WRITES)
def test_a_command_that_writes_says_who_gave_it(
    told: dict[str, list[str]], name: str, who: str, database_vendor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "backup" and database_vendor == "postgresql":
        pytest.skip("needs a transaction of its own: tests/integration/test_backup.py")
    more, by = (["--as", who], f"命令行（{who}）") if who else ([], "命令行")
    last = TrailEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert main([*name.split(), *told[name], *more]) == 0, capsys.readouterr().err
    since = TrailEvent.objects.filter(pk__gt=last)
    none = name == "holidays recount"  # no date moves
    assert since.filter(deed=COMMANDS[name]).count() == (0 if none else 1), list(since.values("deed", "by"))
    assert not since.exclude(by=by).exists()


def test_every_command_that_writes_takes_the_name_of_who_gives_it() -> None:
    for name in (*WRITES, "restore"):
        topic, *deed = name.split()
        parser = argparse.ArgumentParser()
        import_module(f"tenglong.cli.{TOPICS[topic].module}").add_to(parser)
        for step in deed:
            ways = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
            parser = ways.choices[step]
        assert any("--as" in one.option_strings for one in parser._actions), name
