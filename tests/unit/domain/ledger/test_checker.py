"""The program that checks a proof needs nothing but Python, and finds whatever is changed in a proof."""

import copy
import inspect
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.ledger import checker
from tenglong.domain.ledger.checker import check, short_form, text_of
from tenglong.domain.ledger.checkpoints import Line, head_of
from tenglong.domain.ledger.entries import GENESIS, Entry, Filed, link
from tenglong.domain.ledger.signing import public_key, sign
from tenglong.domain.ledger.trees import path_to, root_of

SEED, WITNESS, OLD = b"s" * 32, b"w" * 32, b"o" * 32
FILED = Filed("note", True, "case", 7)
AT = datetime(2021, 9, 1, tzinfo=UTC)


def proof() -> dict[str, Any]:
    """The proof of the third of five entries."""
    entries = [
        Entry(n, 1, 7, "note", date(2021, 9, 1), AT, "甲", details={"n": n}, filed=FILED) for n in range(1, 6)
    ]
    hashes = [GENESIS]
    for entry in entries:
        hashes.append(link(hashes[-1], entry))
    leaves = [hash.encode() for hash in hashes[1:]]
    lines = (Line("roster b", "乙", 0, 0, "ab", ()), Line("roster a", "甲", 5, 5, root_of(leaves), ((1, 5),)))
    head = head_of(number=1, taken_at=AT, previous="", lines=lines)
    return {
        "entry": entries[2].canonical().decode(), "previous": hashes[2], "index": 2, "path": path_to(leaves, 2),
        "line": lines[1].to_json(), "line_index": 1,
        "line_path": path_to([text_of(line.to_json()) for line in lines], 1), "head": head,
        "key": public_key(SEED), "signature": sign(SEED, text_of(head)),
        "cosignatures": [{"witness": "省", "key": public_key(WITNESS), "signature": sign(WITNESS, text_of(head))}],
    }  # fmt: skip


def handed_on() -> dict[str, Any]:
    """The same proof of a site whose key was a third one until a checkpoint before."""
    before = {**head_of(number=0, taken_at=AT, previous="", lines=(), next_key=public_key(SEED))}
    one = {"head": before, "key": public_key(OLD), "signature": sign(OLD, text_of(before))}
    return {**proof(), "succession": [one]}


def changed(name: str, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(proof())
    *way, last = name.split(".")
    place = found
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return found


def test_a_proof_holds() -> None:
    assert check(proof()) == [] and check(proof(), public_key(SEED)) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("entry", "{}", "不在该名单的校验树中"),
        ("previous", "1" * 64, "不在该名单的校验树中"),
        ("index", 3, "不在该名单的校验树中"),
        ("path", [], "不在该名单的校验树中"),
        ("line.title", "丙", "不在校验点中"),
        ("head.number", 2, "签名不成立"),
        ("signature", "00" * 64, "签名不成立"),
        ("cosignatures.0.signature", "00" * 64, "见证方“省”"),
    ],
)
def test_whatever_is_changed_is_found(name: str, value: Any, words: str) -> None:
    assert any(words in problem for problem in check(changed(name, value)))


def test_the_key_of_the_reader_counts() -> None:
    assert "您所给公钥" in check(proof(), public_key(WITNESS))[0]


def test_an_old_key_leads_to_the_one_that_it_named() -> None:
    proven = handed_on()
    assert check(proven, public_key(OLD)) == [] == check(proven, public_key(SEED))
    assert check(proof(), public_key(OLD)) and check(proven, public_key(WITNESS)), "nothing was named"
    proven["succession"][0]["head"]["next_key"] = public_key(WITNESS)
    assert any("密钥交接，签名不成立" in problem for problem in check(proven))
    late = handed_on()
    late["succession"][0]["head"]["number"] = 1
    late["succession"][0]["signature"] = sign(OLD, text_of(late["succession"][0]["head"]))
    assert check(late, public_key(OLD)), "a checkpoint can be signed by no key that is named after it"


def test_the_program_alone_checks_a_file(tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(inspect.getsource(checker), encoding="utf-8")
    for name, found in (("good", proof()), ("bad", changed("previous", "1" * 64))):
        (tmp_path / name).write_text(json.dumps(found), encoding="utf-8")
    command = [sys.executable, "-I", "-X", "utf8", "verify.py"]
    good = subprocess.run([*command, "good", public_key(SEED)], cwd=tmp_path, capture_output=True, text=True)
    assert good.returncode == 0 and "证明成立。第 3 号记录" in good.stdout and "见证：省" in good.stdout, good
    bad = subprocess.run([*command, "bad"], cwd=tmp_path, capture_output=True, text=True)
    assert bad.returncode == 1 and "不在该名单的校验树中" in bad.stdout


def test_the_short_form_is_what_is_printed() -> None:
    assert short_form("0123456789abcdef" + "0" * 48) == "0123-4567-89AB-CDEF"
